"""Executive Orders 13571 and 12862 as their files say them."""

from datetime import date

import pytest

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.answers.placeholder import placeholder
from cxworkflow.policies.answers.sections import Content
from cxworkflow.policies.answers.weaknesses import weak_in
from cxworkflow.policies.organizations import Organization, read_organization

pytestmark = pytest.mark.unit

ORDER_13571, ORDER_12862 = read_policy(POLICIES / "eo-13571.toml"), read_policy(POLICIES / "eo-12862.toml")
ON = date(1994, 9, 8)


@pytest.fixture(scope="module")
def branch() -> Organization:
    return read_organization(ORGANIZATIONS / "executive-branch.toml")


@pytest.mark.clause("eo-13571 2")
def test_a_plan_is_due_180_days_after_the_order() -> None:
    rule = ORDER_13571.clock("plan")
    assert rule.term.due_on(ORDER_13571.signed_on) == date(2011, 10, 24)
    assert (rule.set_by, rule.applies, rule.stops) == ("policy", "obliged", ("approved",))


@pytest.mark.clause("eo-12862 2")
@pytest.mark.clause("eo-12862 3")
def test_the_report_and_the_plan_are_due_on_fixed_days() -> None:
    due = {kind: ORDER_12862.clock(kind).due_on for kind in ("survey-report", "plan")}
    assert due == {"survey-report": date(1994, 3, 8), "plan": date(1994, 9, 8)}
    assert ORDER_12862.clock("plan").stops == ("published",)


@pytest.mark.clause("eo-13571 1")
@pytest.mark.clause("eo-13571 2.a")
@pytest.mark.clause("eo-13571 2.b")
@pytest.mark.clause("eo-13571 2.c")
@pytest.mark.clause("eo-13571 2.d")
@pytest.mark.clause("eo-13571 2.e")
@pytest.mark.clause("eo-13571 2.f")
def test_each_of_the_six_actions_asks_for_approach_benefits_and_time_line() -> None:
    assert [section.clause for section in ORDER_13571.sections] == [f"2.{letter}" for letter in "abcdef"]
    for section in ORDER_13571.sections:
        asked = {field.key: field for field in section.fields}
        assert {"approach", "benefits", "time_line"} <= asked.keys(), section.clause
        assert all(asked[key].required for key in ("approach", "benefits", "time_line"))
        assert asked["time_line"].commits is not None


@pytest.mark.clause("eo-13571 2.a")
def test_the_major_initiative_comes_first_and_is_one() -> None:
    first = ORDER_13571.sections[0]
    assert {field.key: field.type for field in first.fields}["initiative"] == "line"
    others = [field.key for section in ORDER_13571.sections[1:] for field in section.fields]
    assert "initiative" not in others


@pytest.mark.clause("eo-12862 1")
@pytest.mark.clause("eo-12862 1.a")
@pytest.mark.clause("eo-12862 1.b")
@pytest.mark.clause("eo-12862 1.c")
@pytest.mark.clause("eo-12862 1.e")
@pytest.mark.clause("eo-12862 1.f")
@pytest.mark.clause("eo-12862 1.g")
@pytest.mark.clause("eo-12862 1.h")
def test_each_of_the_eight_actions_is_a_section() -> None:
    actions = [f"1.{letter}" for letter in "abcdefgh"]
    assert [section.clause for section in ORDER_12862.sections] == [*actions, "2.use", "3.training"]


@pytest.mark.clause("eo-12862 2.use")
def test_what_customers_say_counts_for_management_and_for_resources() -> None:
    (decisions,) = ORDER_12862.section("2.use").fields
    assert decisions.required
    assert [column.key for column in decisions.columns] == ["said", "concerns", "decided"]
    assert {choice.value for choice in decisions.columns[1].choices} == {"management", "resources"}


@pytest.mark.clause("eo-12862 3")
def test_reviewers_are_asked_whether_customers_would_understand_the_plan() -> None:
    asked = ORDER_12862.section("1.a").rubric
    assert "Would the people named here" in asked
    assert "understand the whole plan" in asked


@pytest.mark.clause("eo-12862 1.d")
def test_benchmarks_are_named_and_one_should_come_from_business() -> None:
    section = ORDER_12862.section("1.d")
    row = {"whose": "A state office", "sector": "public", "standard": "Ten minutes", "ours": "An hour"}
    (fault,) = weak_in(ORDER_12862, section, {"1.d": {"benchmarks": [row]}})
    assert "No benchmark here comes from business." in fault.reason
    assert weak_in(ORDER_12862, section, {"1.d": {"benchmarks": [row, {**row, "sector": "private"}]}}) == []


@pytest.mark.clause("eo-12862 3.training")
def test_training_is_encouraged_and_not_required() -> None:
    section = ORDER_12862.section("3.training")
    assert section.as_needed
    assert [field.key for field in section.fields] == ["training"]


@pytest.mark.clause("eo-12862 3")
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("We answer within ten days. Then we ask whether it helped you, and change what did not.", False),
        ("We " + "really " * 30 + "answer.", True),
    ],
)
def test_a_sentence_that_customers_would_not_get_through_is_told(text: str, hint: bool) -> None:
    found = weak_in(ORDER_12862, ORDER_12862.section("1.h"), {"1.h": {"text": text}})
    assert [fault.key for fault in found if "more than 30 words" in fault.reason] == (["text"] if hint else [])


@pytest.mark.clause("eo-13571 5")
@pytest.mark.clause("eo-12862 4")
def test_independent_agencies_are_invited_and_departments_bound(branch: Organization) -> None:
    invited = {each.code for each in branch.components if each.files == "invited"}
    assert invited == {each.code for each in branch.components if each.kind == "independent agency"}
    assert {"FCC", "NRC", "SEC"} <= invited
    bound = {each.code for each in branch.obliged(ORDER_13571.signed_on)}
    assert {"VA", "DHS", "SSA"} <= bound
    assert not invited & bound
    assert "DHS" not in {each.code for each in branch.obliged(ORDER_12862.signed_on)}


@pytest.mark.clause("eo-13571 4")
def test_guidance_is_the_one_thing_that_omb_itself_delivers() -> None:
    assert [each.id for each in ORDER_13571.delivered_by("directorate")] == ["guidance"]
    assert ORDER_13571.delivered_by("component") == ()


def test_those_who_act_are_called_as_the_orders_have_it() -> None:
    assert ORDER_13571.names.in_words("CX Directorate reviewer") == "Office of Management and Budget reviewer"
    assert ORDER_13571.names.in_words("Acting Chief Information Officer") == "Acting Chief Performance Officer"
    assert read_policy(POLICIES / "dhs-076-02.toml").names.told == {}


@pytest.mark.parametrize("policy", [ORDER_13571, ORDER_12862], ids=lambda policy: policy.id)
def test_every_section_can_be_answered(policy: Policy) -> None:
    answered: dict[str, Content] = {each.clause: placeholder(each, on=ON) for each in policy.sections}
    assert answered.keys() == {each.clause for each in policy.sections}

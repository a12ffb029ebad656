"""One section's answers: what is of the wrong kind, what is still missing, and the checklist by clause."""

from typing import Any

import pytest

from cxworkflow.policies import Policy
from cxworkflow.policies.answers import check_section, checklist, empty_content, missing_in, missing_overall

pytestmark = pytest.mark.unit

Answers = dict[str, Any]


def faults_in(policy: Policy, clause: str, content: object) -> dict[str, str]:
    """Key and reason of each fault of kind."""
    _, faults = check_section(policy.section(clause), content, at_key="")
    return {fault.key: fault.reason for fault in faults}


def activity(**changes: object) -> dict[str, object]:
    """A section IV.c.4 with one activity."""
    row = {"what": "Test", "owner": "Team", "start": "2024-02-01", "end": "2024-03-01", "principles": [1], **changes}
    return {"activities": [row], "text": ""}


def person(**changes: object) -> dict[str, object]:
    """A section IV.c.1 with one person."""
    return {"personnel": [{"role": "Analyst", "series_grade": None, "fte": 1, "kind": "employee", **changes}]}


def test_a_draft_may_be_incomplete(policy: Policy) -> None:
    for section in policy.sections:
        content, faults = check_section(section, {}, at_key=section.clause)
        assert faults == []
        assert content == empty_content(section)


def test_the_normal_form_stays_as_it_is(policy: Policy, hisp_answers: Answers) -> None:
    for section in policy.sections:
        assert check_section(section, hisp_answers[section.clause], at_key="") == (hisp_answers[section.clause], [])


@pytest.mark.asvs("V2.2.1", "V1.4.2", "V15.3.5")
@pytest.mark.parametrize(
    ("fte", "says"),
    [
        (-2, "too small"),
        (100_001, "too large"),
        ("much", "“much” is not a number"),
        ("1.5", "while it stands in quotation marks"),
        (True, "not true"),
        ([1], "not a list"),
        (float("nan"), "not a number"),
        (float("inf"), "too large"),
    ],
)
def test_a_number_that_is_none_or_out_of_bounds_is_refused(policy: Policy, fte: object, says: str) -> None:
    assert says in faults_in(policy, "IV.c.1", person(fte=fte))["personnel[0].fte"]


@pytest.mark.parametrize("year", [2023.5, 1999, 2101, "24"])
def test_a_fiscal_year_has_four_digits(policy: Policy, year: object) -> None:
    content = {"funds": [{"source": "Fees", "fiscal_year": year, "amount_usd": 1}]}

    assert list(faults_in(policy, "IV.c.1", content)) == ["funds[0].fiscal_year"]


@pytest.mark.parametrize(("amount", "refused"), [(0, False), (0.01, False), (1200.5, False), (-1, True), (0.001, True)])
def test_an_amount_is_in_dollars_and_cents(policy: Policy, amount: float, *, refused: bool) -> None:
    content = {"funds": [{"source": "Fees", "fiscal_year": 2024, "amount_usd": amount}]}

    assert bool(faults_in(policy, "IV.c.1", content)) is refused


@pytest.mark.parametrize("count", [0, 1.5, "three"])
def test_people_to_hire_are_counted_in_whole_numbers_from_one(policy: Policy, count: object) -> None:
    content = {"needed": True, "hires": [{"role": "Designer", "count": count, "by": "2024-06-30"}]}

    assert list(faults_in(policy, "IV.c.6", content)) == ["hires[0].count"]


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2024-02-30", "not a day of the calendar"),
        ("2023-02-29", "not a day of the calendar"),
        ("02/01/2024", "year-month-day"),
        ("20240201", "year-month-day"),
        ("0024-02-01", "year 0024"),
        (20240201, "not a number"),
    ],
)
def test_a_date_is_a_day_of_the_calendar(policy: Policy, day: object, says: str) -> None:
    assert says in faults_in(policy, "IV.c.4", activity(start=day))["activities[0].start"]


@pytest.mark.asvs("V2.2.3")
def test_work_does_not_end_before_it_starts(policy: Policy) -> None:
    faults = faults_in(policy, "IV.c.4", activity(start="2024-03-02", end="2024-03-01"))

    assert faults["activities[0].end"].startswith("March 1, 2024 lies before the start, March 2, 2024.")
    assert faults_in(policy, "IV.c.4", activity(start="2024-03-01", end="2024-03-01")) == {}


@pytest.mark.parametrize(
    ("principles", "keys"),
    [
        ([1, 8], []),
        ([2.0], []),
        ([0], ["[0]"]),
        ([3, 9], ["[1]"]),
        ([3, 3], ["[1]"]),
        (["3"], ["[0]"]),
        ([2.5], ["[0]"]),
        (3, [""]),
    ],
)
def test_principles_are_the_policys_own_each_once(policy: Policy, principles: object, keys: list[str]) -> None:
    found = faults_in(policy, "IV.c.4", activity(principles=principles))

    assert list(found) == [f"activities[0].principles{key}" for key in keys]


def test_a_choice_is_one_of_those_offered(policy: Policy) -> None:
    assert "Use “employee” or “contractor”" in faults_in(policy, "IV.c.1", person(kind="robot"))["personnel[0].kind"]


def test_a_misspelt_field_is_named_with_the_one_that_was_meant(policy: Policy) -> None:
    assert "Did you mean “fte”?" in faults_in(policy, "IV.c.1", person(ftee=1))["personnel[0].ftee"]
    assert "Did you mean “text”?" in faults_in(policy, "IV.c.5.a", {"txt": "x"})["txt"]


def test_needed_is_yes_or_no(policy: Policy) -> None:
    assert "yes (true) or no (false)" in faults_in(policy, "IV.c.6", {"needed": "maybe"})["needed"]


def test_a_value_at_fault_gives_way_to_an_empty_one(policy: Policy) -> None:
    content, _ = check_section(policy.section("IV.c.1"), person(fte="much"), at_key="IV.c.1")

    assert content["personnel"][0]["fte"] is None
    assert content["funds"] == []


def test_what_is_missing_is_named_by_place(policy: Policy, answers: Answers) -> None:
    metrics = answers["IV.c.3"]
    metrics["metrics"][0].update(baseline=None, principles=[])

    missing = missing_in(policy.section("IV.c.3"), metrics)

    assert [fault.key for fault in missing] == ["metrics[0].baseline", "metrics[0].principles"]
    assert missing[0].reason == "Fill in “Baseline”."


def test_a_number_of_zero_is_an_answer(policy: Policy) -> None:
    assert missing_in(policy.section("IV.c.1"), {**person(fte=0), "funds": None})[0].key == "funds"


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ({}, ["needed"]),
        ({"needed": None, "hires": []}, ["needed"]),
        ({"needed": False}, ["reason"]),
        ({"needed": False, "reason": "  "}, ["reason"]),
        ({"needed": False, "reason": "We have them."}, []),
        ({"needed": True}, ["hires"]),
        ({"needed": True, "hires": [{"role": "Designer"}]}, ["hires[0].count", "hires[0].by"]),
        ({"needed": False, "reason": "No.", "hires": [{"role": "Designer"}]}, ["hires"]),
        ({"needed": True, "reason": "No.", "hires": [{"role": "A", "count": 1, "by": "2024-06-30"}]}, ["reason"]),
    ],
)
@pytest.mark.clause("IV.c.6")
def test_not_needed_wants_a_reason_and_needed_wants_rows(
    policy: Policy, content: dict[str, object], missing: list[str]
) -> None:
    assert [fault.key for fault in missing_in(policy.section("IV.c.6"), content)] == missing


def test_the_checklist_follows_the_policy_and_tells_begun_from_missing(policy: Policy, answers: Answers) -> None:
    del answers["IV.c.2"]
    answers["IV.c.3"]["metrics"][0]["baseline"] = None
    answers["IV.c.5.a"] = {"text": " "}

    items = checklist(policy, answers, hisp=True)

    assert [item.section for item in items] == list(policy.sections)
    states = {item.section.clause: item.state for item in items}
    assert {clause: state for clause, state in states.items() if state != "complete"} == {
        "IV.c.2": "missing",
        "IV.c.3": "incomplete",
        "IV.c.5.a": "missing",
        "IV.g.1": "missing",
        "IV.g.2": "missing",
    }


def test_all_that_keeps_a_strategy_from_being_submitted_is_told_by_clause(policy: Policy, answers: Answers) -> None:
    assert missing_overall(policy, answers, hisp=False) == []
    answers["IV.c.3"]["metrics"][0]["baseline"] = None

    keys = [fault.key for fault in missing_overall(policy, answers, hisp=True)]

    assert keys == ["IV.c.3.metrics[0].baseline", "IV.g.1.text", "IV.g.2.text"]

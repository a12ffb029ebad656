"""DHS Policy Statement 076-02 as its file says it."""

from datetime import date
from typing import get_args

import pytest

from cxworkflow.models.people import Role
from cxworkflow.policies import Policy
from cxworkflow.policies.notice_kinds import NoticeKind
from cxworkflow.policies.parts import RoleName

pytestmark = pytest.mark.unit

SIGNED_ON = date(2023, 7, 13)


def test_every_clause_says_who_what_and_where_in_the_product(policy: Policy) -> None:
    ids = [clause.id for clause in policy.clauses]

    assert ids[:2] == ["I", "II"]
    assert {"IV.a", "IV.a.4", "IV.b", "IV.b.note-1", "IV.d", "IV.e", "IV.f", "V", "VI", "VII"} <= set(ids)
    assert {section.clause for section in policy.sections} <= set(ids)
    assert all(clause.who and clause.summary and clause.lives_in for clause in policy.clauses)


def test_the_eight_principles_are_clauses_of_their_own(policy: Policy) -> None:
    assert [(each.number, each.clause) for each in policy.principles] == [(n, f"III.{n}") for n in range(1, 9)]


@pytest.mark.parametrize(
    ("kind", "set_by", "started_on", "due_on"),
    [
        pytest.param("directorate", "policy", SIGNED_ON, date(2023, 10, 11), marks=pytest.mark.clause("IV.a")),
        pytest.param("strategy", "policy", SIGNED_ON, date(2024, 1, 9), marks=pytest.mark.clause("IV.b")),
        pytest.param("department", "policy", SIGNED_ON, date(2024, 9, 30), marks=pytest.mark.clause("IV.e")),
        pytest.param(
            "implementation", "policy", date(2023, 10, 2), date(2024, 3, 30), marks=pytest.mark.clause("IV.d")
        ),
        pytest.param("implementation", "policy", date(2024, 4, 3), date(2024, 9, 30), marks=pytest.mark.clause("IV.d")),
        pytest.param("implementation", "policy", date(2024, 4, 4), date(2024, 9, 30), marks=pytest.mark.clause("IV.e")),
        ("review", "directorate", date(2024, 1, 1), date(2024, 1, 31)),
        ("revision", "directorate", date(2024, 1, 5), date(2024, 1, 19)),
    ],
)
def test_each_clock_is_due_on_its_day(policy: Policy, kind: str, set_by: str, started_on: date, due_on: date) -> None:
    rule = policy.clock(kind)

    assert rule.set_by == set_by
    assert rule.term.due_on(started_on) == due_on


def test_the_signature_starts_one_clock_per_component(policy: Policy) -> None:
    assert policy.signed_component_clocks == ("strategy",)


@pytest.mark.clause("IV.e")
def test_no_extension_passes_the_end_of_fiscal_year_2024_without_an_authority(policy: Policy) -> None:
    assert policy.extension_limit is not None
    assert (policy.extension_limit.on, policy.extension_limit.clause) == (date(2024, 9, 30), "IV.e")


@pytest.mark.parametrize(
    ("rung", "roles"),
    [
        (-60, ["lead"]),
        (-14, ["lead"]),
        (-7, ["lead", "executive"]),
        (1, ["lead", "executive"]),
        (7, ["lead", "executive", "directorate-lead"]),
        (14, ["lead", "executive", "directorate-lead", "cio"]),
        (28, ["lead", "executive", "directorate-lead", "cio"]),
    ],
)
def test_a_required_date_reaches_further_up_as_it_nears_and_passes(policy: Policy, rung: int, roles: list[str]) -> None:
    ladder = policy.ladder(policy.clock("strategy").ladder)

    assert list(ladder.roles_at(rung)) == roles
    assert ladder.repeat_every == 14


def test_the_departments_own_dates_go_to_the_cio_and_the_directorate(policy: Policy) -> None:
    for kind in ("directorate", "department"):
        ladder = policy.ladder(policy.clock(kind).ladder)
        assert ladder.roles_at(-60) == ladder.roles_at(28) == ("cio", "directorate-lead")


def test_targets_are_followed_for_four_weeks_after_their_date(policy: Policy) -> None:
    review, revision = (policy.ladder(policy.clock(kind).ladder) for kind in ("review", "revision"))

    assert review.rungs == revision.rungs == (-7, -1, 0, 1, 7, 14, 28)
    assert review.repeat_every is revision.repeat_every is None
    assert review.roles_at(-7) == review.roles_at(28) == ("directorate-lead",)
    assert revision.roles_at(0) == ("lead",)
    assert revision.roles_at(1) == ("lead", "executive")


@pytest.mark.clause("IV.a")
def test_two_deliverables_stop_the_directorates_clock(policy: Policy) -> None:
    assert {each.id for each in policy.deliverables if each.stops == "directorate"} == {
        "cx-directorate",
        "directive-and-instruction-begun",
    }


@pytest.mark.clause("IV.g.1")
@pytest.mark.clause("IV.g.2")
def test_only_hisps_are_asked_about_staffing_and_feedback(policy: Policy) -> None:
    extra = set(policy.sections_for(hisp=True)) - set(policy.sections_for(hisp=False))

    assert {section.clause for section in extra} == {"IV.g.1", "IV.g.2"}
    assert len(policy.sections_for(hisp=False)) == 10


def test_every_question_has_help_and_every_section_an_example(policy: Policy) -> None:
    for section in policy.sections:
        assert section.help
        assert section.example
        for field in section.fields:
            assert field.help
            assert all(column.help for column in field.columns)


@pytest.mark.clause("IV.c.6")
@pytest.mark.clause("IV.c.7")
def test_hiring_and_contracts_are_asked_as_needed(policy: Policy) -> None:
    assert [section.clause for section in policy.sections if section.as_needed] == ["IV.c.6", "IV.c.7"]


def test_every_event_of_a_strategy_says_whom_it_is_told_to(policy: Policy) -> None:
    assert policy.told_of("returned") == ("lead", "executive")
    assert policy.told_of("recommended") == ("cio",)
    assert policy.told_of("assigned") == ()
    assert policy.told_of("an event nobody has heard of") == ()
    of_quarters = {kind for kind in get_args(NoticeKind) if kind.startswith("quarter-")}  # another policy's
    assert set(policy.notices) == set(get_args(NoticeKind)) - of_quarters


@pytest.mark.clause("V")
def test_the_glossary_explains_customer_experience(policy: Policy) -> None:
    words = [each.word for each in policy.words]

    assert "Customer experience (CX)" in words
    assert words == sorted(words, key=str.casefold)


def test_a_policy_comes_back_from_its_stored_form(policy: Policy) -> None:
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_policies_and_people_know_the_same_roles() -> None:
    assert set(RoleName.__args__) == {role.value for role in Role}  # type: ignore[attr-defined]

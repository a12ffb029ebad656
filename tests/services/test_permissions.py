"""Who may do what: every permission with every role, at the own Component and at another."""

from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed
from cxworkflow.models import Component, Outcome, Person, Role, Strategy
from cxworkflow.permissions import TABLE, Permission, holds, may, require, role_for
from cxworkflow.services import assignments, recusals, reviews
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")

# Somebody of CBP, whose submitted strategy is asked about; the same role at ICE; and the people of the Department.
OWN = {"contributor": (Role.CONTRIBUTOR, "CBP"), "lead": (Role.LEAD, "CBP"), "executive": (Role.EXECUTIVE, "CBP")}
OTHER = {f"other {name}": (role, "ICE") for name, (role, _) in OWN.items()}
DEPARTMENT = {
    "reviewer": (Role.REVIEWER, None),
    "directorate lead": (Role.DIRECTORATE_LEAD, None),
    "cio": (Role.CIO, None),
    "hq lead": (Role.LEAD, "OCIO"),
    "auditor": (Role.AUDITOR, None),
    "administrator": (Role.ADMINISTRATOR, None),
}
CAST: dict[str, tuple[Role, str | None]] = {**OWN, **OTHER, **DEPARTMENT}

OF_THE_STRATEGY = {
    Permission.SEE_DRAFT: {"contributor", "lead", "executive", "directorate lead", "cio", "auditor"},
    Permission.SEE_SUBMITTED: {"contributor", "lead", "executive", "reviewer", "directorate lead", "cio", "auditor"},
    Permission.DRAFT: {"lead"},
    Permission.EDIT: {"lead"},
    Permission.ASSIGN_SECTION: {"lead"},
    Permission.SUBMIT: {"lead", "executive"},
    Permission.WITHDRAW: {"lead", "executive"},
    Permission.ASSIGN_REVIEWER: {"directorate lead"},
    Permission.TAKE_OFF: {"directorate lead"},
    Permission.RECUSE: {"directorate lead", "reviewer"},
    Permission.SEE_COMMENTS: {"contributor", "lead", "executive", "reviewer", "directorate lead", "cio", "auditor"},
    Permission.SEE_TEAM: {"reviewer", "directorate lead", "cio", "auditor"},
    Permission.SEE_ADVICE: {"reviewer", "directorate lead", "cio", "auditor"},
    Permission.COMMENT: {"directorate lead"},
    Permission.ANSWER: {"lead", "directorate lead"},
    Permission.SETTLE: {"directorate lead"},
    Permission.MARK: {"directorate lead"},
    Permission.DECLINE: set(),
    Permission.RECOMMEND: {"directorate lead"},
    Permission.RETURN: {"directorate lead", "cio"},
    Permission.APPROVE: {"cio"},
    Permission.REPORT_IMPLEMENTED: {"lead", "executive"},
    Permission.ASK_EXTENSION: {"lead", "executive"},
    Permission.SEE_QUARTERS: {"contributor", "lead", "executive", "reviewer", "directorate lead", "cio", "auditor"},
    Permission.KEEP_SERVICES: {"lead"},
    Permission.REPORT_QUARTER: {"lead"},
}
OF_THE_DEPARTMENT = {
    Permission.DELIVER: {"directorate lead", "cio"},
    Permission.SET_CLOCK: {"cio"},
    Permission.CLOSE_OFFICES: {"directorate lead", "cio", "administrator"},
    Permission.SEE_ALL: {"reviewer", "directorate lead", "cio", "auditor"},
    Permission.SEE_RECORD: {"directorate lead", "cio", "auditor"},
    Permission.TAKE_OUT_STORY: {"auditor"},
    Permission.SEE_OPERATIONS: {"directorate lead", "cio", "auditor", "administrator"},
    Permission.SEE_PEOPLE: {"directorate lead", "cio", "auditor", "administrator"},
    Permission.SETTLE_NOTICES: {"cio", "administrator"},
    Permission.APPOINT: {"administrator"},
    Permission.CONFIRM_ACCOUNTS: {"administrator"},
    Permission.TAKE_OUT_PERSON: {"administrator"},
    Permission.NAME_ACTING: {"cio", "administrator"},
    Permission.CLEAR_QUARTER: {"cio"},
}


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    return stage.submitted("CBP")


@pytest.fixture
def cast(stage: Stage) -> dict[str, Person]:
    return {name: stage.person(role, code) for name, (role, code) in CAST.items()}


@pytest.mark.parametrize("permission", OF_THE_STRATEGY, ids=lambda permission: permission.name)
def test_who_may_do_it_to_a_strategy(strategy: Strategy, cast: dict[str, Person], permission: Permission) -> None:
    allowed = {name for name, person in cast.items() if may(person, permission, strategy, at=AT, clause="IV.c.3")}
    assert allowed == OF_THE_STRATEGY[permission]


@pytest.mark.parametrize("permission", OF_THE_DEPARTMENT, ids=lambda permission: permission.name)
def test_who_may_do_it_in_the_department(cast: dict[str, Person], permission: Permission) -> None:
    assert {name for name, person in cast.items() if may(person, permission, at=AT)} == OF_THE_DEPARTMENT[permission]


def test_every_permission_is_in_the_table() -> None:
    assert set(TABLE) == set(Permission)
    later = set(Permission) - set(OF_THE_STRATEGY) - set(OF_THE_DEPARTMENT)
    assert all(TABLE[permission] for permission in later)


@pytest.mark.parametrize("permission", Permission, ids=lambda permission: permission.name)
def test_a_question_about_the_wrong_thing_is_no_error_and_no_yes_by_accident(
    stage: Stage, cast: dict[str, Person], permission: Permission
) -> None:
    component = stage.component("CBP")
    for name, person in cast.items():
        may(person, permission, component, at=AT)
        if name.startswith("other"):
            assert not may(person, permission, component, at=AT)


def test_who_holds_no_role_may_do_nothing(stage: Stage, strategy: Strategy) -> None:
    nobody = stage.newcomer("Norm Null")
    assert not any(may(nobody, permission, strategy, at=AT, clause="IV.c.3") for permission in Permission)


def test_who_was_deactivated_may_do_nothing(strategy: Strategy, cast: dict[str, Person]) -> None:
    for person in cast.values():
        person.deactivated_at = AT
    session().flush()
    assert not any(
        may(person, permission, strategy, at=AT, clause="IV.c.3")
        for person in cast.values()
        for permission in Permission
    )


def test_a_role_counts_from_its_first_day_until_the_day_it_ends(strategy: Strategy, stage: Stage) -> None:
    lead = stage.newcomer("Tom Term", (Role.LEAD, "CBP"), from_on="2023-12-10")
    lead.appointments[0].until_on = date(2023, 12, 20)
    session().flush()
    allowed = {
        when: may(lead, Permission.WITHDRAW, strategy, at=eastern(when))
        for when in ("2023-12-09 23:59", "2023-12-10 00:00", "2023-12-19 23:59", "2023-12-20 00:00")
    }
    assert list(allowed.values()) == [False, True, True, False]
    assert holds(lead, Role.LEAD, component=strategy.component, on=date(2023, 12, 19))
    assert not holds(lead, Role.LEAD, component=strategy.component, on=date(2023, 12, 20))
    assert not holds(lead, Role.LEAD, on=date(2023, 12, 19))


def test_a_reviewer_acts_once_assigned(stage: Stage, strategy: Strategy, cast: dict[str, Person]) -> None:
    reviewer = cast["reviewer"]
    reviews.assign(strategy, reviewer, by=cast["directorate lead"], at=AT)
    assert {
        permission for permission in OF_THE_STRATEGY if may(reviewer, permission, strategy, at=AT, clause="IV.c.3")
    } == {
        Permission.SEE_SUBMITTED,
        Permission.SEE_COMMENTS,
        Permission.RECUSE,
        Permission.SEE_TEAM,
        Permission.SEE_ADVICE,
        Permission.COMMENT,
        Permission.ANSWER,
        Permission.SETTLE,
        Permission.MARK,
        Permission.DECLINE,
        Permission.RECOMMEND,
        Permission.SEE_QUARTERS,
    }
    assert not may(reviewer, Permission.COMMENT, stage.submitted("ICE"), at=AT)


def test_a_reviewer_does_not_see_what_was_never_submitted(stage: Stage, cast: dict[str, Person]) -> None:
    assert not may(cast["reviewer"], Permission.SEE_SUBMITTED, stage.drafted("ICE"), at=AT)


def test_a_contributor_writes_only_what_is_assigned_and_only_there(stage: Stage, cast: dict[str, Person]) -> None:
    draft, writer = stage.drafted("ICE"), cast["other contributor"]
    assignments.assign(draft, "IV.c.3", writer, by=cast["other lead"], at=AT)
    session().expire(draft)
    assert may(writer, Permission.EDIT, draft, at=AT, clause="IV.c.3")
    assert not may(writer, Permission.EDIT, draft, at=AT, clause="IV.c.4")
    assert not may(writer, Permission.EDIT, draft, at=AT)


@pytest.mark.clause("IV.b.note-1")
def test_the_headquarters_lead_looks_after_ocio_and_the_offices_it_covers(
    stage: Stage, cast: dict[str, Person]
) -> None:
    lead = cast["hq lead"]
    ocio = stage.drafted("OCIO")
    assert {Permission.DRAFT, Permission.EDIT, Permission.SUBMIT, Permission.WITHDRAW} == {
        permission
        for permission in (Permission.DRAFT, Permission.EDIT, Permission.SUBMIT, Permission.WITHDRAW)
        if may(lead, permission, ocio, at=AT, clause="IV.c.3")
    }
    assert may(lead, Permission.SEE_DRAFT, stage.component("PRIV"), at=AT)
    assert not may(lead, Permission.SUBMIT, stage.component("PRIV"), at=AT)
    assert not may(lead, Permission.SEE_DRAFT, stage.component("CBP"), at=AT)


def test_nobody_decides_on_what_they_recommended(stage: Stage, strategy: Strategy) -> None:
    both = stage.newcomer("Eve Lund", (Role.CIO, None), (Role.DIRECTORATE_LEAD, None))
    assert may(both, Permission.APPROVE, strategy, at=AT)
    reviews.recommend(strategy, Outcome.APPROVED, by=both, at=AT)
    assert not may(both, Permission.APPROVE, strategy, at=AT)
    assert role_for(both, Permission.RETURN, strategy, at=AT) is Role.DIRECTORATE_LEAD


def test_a_refusal_says_what_is_not_allowed(strategy: Strategy, cast: dict[str, Person]) -> None:
    with pytest.raises(NotAllowed, match=r"^You may not withdraw this strategy\. Nothing was changed\.$"):
        require(cast["cio"], Permission.WITHDRAW, strategy, at=AT)
    with pytest.raises(NotAllowed, match=r"^You may not comment on this strategy\. Nobody reviews or decides on"):
        require(cast["reviewer"], Permission.COMMENT, strategy, at=AT)


@pytest.mark.parametrize(
    "permission",
    [
        Permission.SEE_DRAFT,
        Permission.SEE_SUBMITTED,
        Permission.SEE_COMMENTS,
        Permission.ASSIGN_SECTION,
        Permission.ANSWER,
        Permission.ASK_EXTENSION,
    ],
)
def test_a_headquarters_lead_may_what_a_lead_may_for_the_own_component(stage: Stage, permission: Permission) -> None:
    hq_lead = stage.newcomer("Hugo Quist", (Role.HQ_LEAD, "CBP"))
    assert may(hq_lead, permission, stage.submitted("CBP"), at=AT)
    assert not may(hq_lead, permission, stage.submitted("ICE"), at=AT)


@pytest.mark.parametrize("permission", [Permission.SEE_DRAFT, Permission.SEE_SUBMITTED, Permission.SEE_COMMENTS])
def test_the_headquarters_lead_of_ocio_looks_after_the_offices_that_it_covers(
    stage: Stage, permission: Permission
) -> None:
    hq_lead = stage.newcomer("Hugo Quist", (Role.HQ_LEAD, "OCIO"))
    office = session().scalars(select(Component).where(Component.covered_by == "OCIO").limit(1)).one()
    assert may(hq_lead, permission, office, at=AT)
    assert not may(stage.newcomer("Lena Lead", (Role.LEAD, "OCIO")), permission, office, at=AT)


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (Role.DIRECTORATE_LEAD, Permission.TAKE_OFF),
        (Role.DIRECTORATE_LEAD, Permission.SEE_TEAM),
        (Role.DIRECTORATE_LEAD, Permission.SETTLE),
        (Role.DIRECTORATE_LEAD, Permission.MARK),
        (Role.DIRECTORATE_LEAD, Permission.ANSWER),
        (Role.CIO, Permission.SEE_TEAM),
        (Role.AUDITOR, Permission.SEE_TEAM),
    ],
)
def test_whoever_is_of_the_component_has_no_part_in_its_review(
    stage: Stage, role: Role, permission: Permission
) -> None:
    of_it = stage.newcomer("Bo Both", (role, None), (Role.CONTRIBUTOR, "CBP"))
    assert not may(of_it, permission, stage.submitted("CBP"), at=AT)
    assert may(of_it, permission, stage.submitted("ICE"), at=AT)


@pytest.mark.parametrize("role", [Role.DIRECTORATE_LEAD, Role.CIO])
def test_who_is_out_of_a_review_hears_nothing_of_it_and_is_out_for_good(stage: Stage, role: Role) -> None:
    person, strategy = stage.newcomer("Rex Cused", (role, None), (Role.REVIEWER, None)), stage.submitted("CBP")
    assert may(person, Permission.SEE_COMMENTS, strategy, at=AT)
    recusals.recuse(strategy, reason="I worked there.", by=person, at=AT)
    assert not may(person, Permission.SEE_COMMENTS, strategy, at=AT)
    assert not may(person, Permission.RECUSE, strategy, at=AT)


def test_a_directorate_lead_who_was_assigned_may_decline(stage: Stage) -> None:
    second, strategy = stage.newcomer("Dora Second", (Role.DIRECTORATE_LEAD, None)), stage.submitted("CBP")
    assert not may(second, Permission.DECLINE, strategy, at=AT)
    reviews.assign(strategy, second, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    assert may(second, Permission.DECLINE, strategy, at=AT)

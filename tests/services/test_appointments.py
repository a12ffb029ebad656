"""Roles are given, ended and handed over by the administrator; the system is never without one; nobody is deleted."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.models import Appointment, Decision, Event, Notice, Person, Role, SignIn
from cxworkflow.permissions import Permission, may
from cxworkflow.services import appointments, people, sign_ins
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-01 09:00")
TODAY, LATER = date(2023, 12, 1), date(2023, 12, 15)


@pytest.fixture
def administrator(stage: Stage) -> Person:
    return stage.person(Role.ADMINISTRATOR)


def told(kind: str) -> list[Notice]:
    return list(session().scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def last_line() -> Event:
    return session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def test_the_administrator_adds_a_person_and_gives_a_role_and_the_person_is_told(
    stage: Stage, administrator: Person
) -> None:
    person = appointments.invite("Ada West", "Ada.West@stage.example", by=administrator, at=AT)
    appointments.appoint(person, Role.LEAD, stage.component("CBP"), from_on=LATER, by=administrator, at=AT)
    assert last_line().by_role == "administrator"
    (notice,) = told("appointed")
    assert (notice.person_id, notice.to_role, notice.facts["title"]) == (person.id, "lead", "Component lead of CBP")
    assert not may(person, Permission.DRAFT, stage.component("CBP"), at=AT)
    assert may(person, Permission.DRAFT, stage.component("CBP"), at=eastern("2023-12-15 00:00"))


def test_an_address_that_is_taken_is_said(stage: Stage, administrator: Person) -> None:
    with refused(InvalidInput, "Somebody here has this address already."):
        appointments.invite("Another", administrator.email.upper(), by=administrator, at=AT)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_changes_roles(stage: Stage, role: Role) -> None:
    code = "OCIO" if role is Role.HQ_LEAD else "CBP" if role in (Role.CONTRIBUTOR, Role.LEAD, Role.EXECUTIVE) else None
    by, other = stage.person(role, code), stage.newcomer("Ada West")
    with refused(NotAllowed, "You may not add people or change their roles."):
        appointments.appoint(other, Role.AUDITOR, None, from_on=TODAY, by=by, at=AT)
    with refused(NotAllowed, "You may not add people or change their roles."):
        appointments.end(by.appointments[0], on=TODAY, by=by, at=AT)
    with refused(NotAllowed, "You may not add people or change their roles."):
        appointments.deactivate(other, reason="Left.", by=by, at=AT)


def test_what_makes_no_sense_is_refused_where_it_stands(stage: Stage, administrator: Person) -> None:
    ada, cbp = stage.newcomer("Ada West"), stage.component("CBP")

    def give(**asked: Any) -> None:
        given = {"role": Role.LEAD, "component": cbp, "from_on": TODAY, **asked}
        appointments.appoint(ada, by=administrator, at=AT, **given)

    nonsense: dict[str, dict[str, Any]] = {
        "component: Component lead: Choose the Component.": {"role": Role.LEAD, "component": None},
        "component: Auditor: A role of the Department has no Component.": {"role": Role.AUDITOR, "component": cbp},
        "from: November 30, 2023 has passed": {"from_on": date(2023, 11, 30)},
        "until: The last day has to come after December 1, 2023.": {"until_on": TODAY},
        "until: Give the day on which the acting role ends.": {"acting": True},
    }
    for sentence, asked in nonsense.items():
        with refused(InvalidInput, sentence):
            give(**asked)
    give()
    with refused(InvalidInput, "Ada West holds this role on December 1, 2023 already."):
        give()


def test_who_administers_holds_no_role_that_sees_a_strategy(stage: Stage, administrator: Person) -> None:
    reviewer = stage.person(Role.REVIEWER)
    for person, role in ((administrator, Role.CIO), (reviewer, Role.ADMINISTRATOR)):
        with refused(InvalidInput, "would administer this system and hold another role at the same time."):
            appointments.appoint(person, role, None, from_on=TODAY, by=administrator, at=AT)
    strategy = stage.submitted("CBP")
    for permission in (Permission.SEE_DRAFT, Permission.SEE_SUBMITTED, Permission.SEE_ALL, Permission.SEE_RECORD):
        assert not may(administrator, permission, strategy, at=eastern("2023-12-19 09:00"))


def test_ending_a_role_signs_the_person_out_at_once(stage: Stage, administrator: Person) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    sign_ins.begin(lead, "demo", at=AT)
    appointments.end(lead.appointments[0], on=LATER, by=administrator, at=AT)
    assert session().scalars(select(SignIn).where(SignIn.person_id == lead.id)).all() == []
    assert lead.appointments[0].until_on == LATER
    assert [notice.person_id for notice in told("role-ended")] == [lead.id]
    assert last_line().details == {"person": lead.id, "role": "lead", "until_on": "2023-12-15"}
    with refused(InvalidInput, "This role ends on December 15, 2023 already."):
        appointments.end(lead.appointments[0], on=LATER, by=administrator, at=AT)
    with refused(InvalidInput, "November 30, 2023 has passed"):
        appointments.end(lead.appointments[0], on=date(2023, 11, 30), by=administrator, at=AT)


def test_a_role_that_was_given_by_mistake_never_counts(stage: Stage, administrator: Person) -> None:
    given = appointments.appoint(stage.newcomer("Ada West"), Role.AUDITOR, None, from_on=LATER, by=administrator, at=AT)
    appointments.end(given, on=TODAY, by=administrator, at=AT)
    assert given.until_on == given.from_on
    assert not given.in_force(LATER)


def test_a_hand_over_leaves_no_day_without_a_lead_and_none_with_two(stage: Stage, administrator: Person) -> None:
    lead, ada, cbp = stage.person(Role.LEAD, "CBP"), stage.newcomer("Ada West"), stage.component("CBP")
    appointments.hand_over(lead.appointments[0], ada, on=LATER, by=administrator, at=AT)
    days = (date(2023, 12, 14), LATER)
    assert [people.holder(Role.LEAD, cbp, on=on) for on in days] == [lead, ada]
    assert not lead.appointments[0].in_force(LATER)
    assert {notice.person_id for notice in told("appointed") + told("role-ended")} == {lead.id, ada.id}
    with refused(InvalidInput, "Ada West holds this role. Choose the person who takes it over."):
        appointments.hand_over(ada.appointments[0], ada, on=LATER, by=administrator, at=AT)


def test_the_last_administrator_stays(stage: Stage, administrator: Person) -> None:
    held, sentence = administrator.appointments[0], "Nobody would administer this system any more."
    with refused(NotNow, sentence):
        appointments.end(held, on=LATER, by=administrator, at=AT)
    with refused(NotNow, sentence):
        appointments.deactivate(administrator, reason="Left.", by=administrator, at=AT)
    second = appointments.appoint(
        stage.newcomer("Ada West"),
        Role.ADMINISTRATOR,
        None,
        from_on=TODAY,
        until_on=LATER,
        by=administrator,
        at=AT,
    )
    with refused(NotNow, sentence):
        appointments.end(held, on=LATER, by=administrator, at=AT)
    second.until_on = None
    session().flush()
    appointments.end(held, on=LATER, by=administrator, at=AT)
    with refused(NotNow, sentence):
        appointments.deactivate(second.person, reason="Left.", by=administrator, at=AT)


def test_administration_is_handed_over_like_any_role(stage: Stage, administrator: Person) -> None:
    ada = stage.newcomer("Ada West")
    appointments.hand_over(administrator.appointments[0], ada, on=TODAY, by=administrator, at=AT)
    assert may(ada, Permission.APPOINT, at=AT)
    assert not may(administrator, Permission.APPOINT, at=AT)


def test_who_is_deactivated_is_signed_out_and_keeps_their_place_in_the_record(
    stage: Stage, administrator: Person
) -> None:
    lead, before = stage.person(Role.LEAD, "CBP"), session().scalar(select(func.count(Person.id)))
    sign_ins.begin(lead, "demo", at=AT)
    with refused(InvalidInput, "reason: Say why"):
        appointments.deactivate(lead, reason=" ", by=administrator, at=AT)
    appointments.deactivate(lead, reason="On leave.", by=administrator, at=AT)
    assert session().scalars(select(SignIn).where(SignIn.person_id == lead.id)).all() == []
    assert not may(lead, Permission.DRAFT, stage.component("CBP"), at=AT)
    assert session().scalar(select(func.count(Person.id))) == before
    with refused(NotNow, "is deactivated already"):
        appointments.deactivate(lead, reason="Again.", by=administrator, at=AT)
    with refused(NotNow, "Reactivate"):
        appointments.appoint(lead, Role.AUDITOR, None, from_on=TODAY, by=administrator, at=AT)
    appointments.reactivate(lead, by=administrator, at=AT)
    assert may(lead, Permission.DRAFT, stage.component("CBP"), at=AT)
    with refused(NotNow, "is not deactivated"):
        appointments.reactivate(lead, by=administrator, at=AT)


def test_the_cio_names_who_acts_and_the_decision_says_so(stage: Stage) -> None:
    strategy, cio, ada = stage.submitted("CBP"), stage.person(Role.CIO), stage.newcomer("Ada West")
    acting = appointments.appoint(
        ada,
        Role.CIO,
        None,
        from_on=date(2024, 1, 8),
        until_on=date(2024, 1, 12),
        acting=True,
        by=cio,
        at=eastern("2024-01-02 09:00"),
    )
    assert acting.title == "Acting Chief Information Officer"
    for when in ("2024-01-07 23:59", "2024-01-12 00:00"):
        with refused(NotAllowed, "You may not approve this strategy."):
            stage.approve(strategy, when, by=ada)
    stage.approve(strategy, "2024-01-11 23:59", by=ada)
    assert session().scalars(select(Decision)).one().by_role == "acting-cio"
    line = session().scalars(select(Event).where(Event.verb == "approve")).one()
    assert (line.by_name, line.by_role) == ("Ada West", "acting-cio")


def test_the_cio_names_nobody_but_who_acts_and_ends_it_early(stage: Stage) -> None:
    cio, ada = stage.person(Role.CIO), stage.newcomer("Ada West")
    with refused(NotAllowed, "You may not add people or change their roles."):
        appointments.appoint(ada, Role.CIO, None, from_on=TODAY, by=cio, at=AT)
    acting = appointments.appoint(ada, Role.CIO, None, from_on=TODAY, until_on=LATER, acting=True, by=cio, at=AT)
    appointments.end(acting, on=date(2023, 12, 5), by=cio, at=AT)
    assert acting.until_on == date(2023, 12, 5)
    with refused(NotAllowed, "You may not name an acting Chief Information Officer."):
        appointments.end(acting, on=TODAY, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)


def test_who_holds_the_role_in_their_own_right_is_not_acting(stage: Stage) -> None:
    cio = stage.person(Role.CIO)
    assert cio.as_whom(Role.CIO, None, on=TODAY) == "cio"
    session().add(Appointment(person=cio, role=Role.CIO, component=None, from_on=TODAY, until_on=LATER, acting=True))
    session().flush()
    assert cio.as_whom(Role.CIO, None, on=TODAY) == "cio"

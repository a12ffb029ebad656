"""Sections assigned to contributors: until a day, with a notice, reminded of while they lack something, taken back."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Event, Notice, Person, Role, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.services import assignments, drafting, jobs, strategies
from tests.mail.correspondence import read
from tests.refusals import refused
from tests.stage import Stage, answers, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

AT = eastern("2023-12-06 10:00")
UNTIL = date(2023, 12, 13)


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.LEAD, "CBP")


@pytest.fixture
def writer(stage: Stage) -> Person:
    return stage.person(Role.CONTRIBUTOR, "CBP")


@pytest.fixture
def strategy(stage: Stage, lead: Person) -> Strategy:
    """CBP's strategy, begun and empty."""
    return strategies.begin(stage.edition, stage.component("CBP"), by=lead, at=AT)


def told(person: Person, kind: str) -> list[Notice]:
    """The notices of a kind to a person, in order."""
    wanted = select(Notice).where(Notice.person_id == person.id, Notice.kind == kind)
    return list(session().scalars(wanted.order_by(Notice.id)))


def test_a_contributor_is_told_of_a_section_and_its_day_once(strategy: Strategy, lead: Person, writer: Person) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    [notice] = told(writer, "section-assigned")
    mail = read(notice)
    assert mail.subject == (
        "CBP: section IV.c.2 of the customer experience strategy is yours to write by December 13, 2023"
    )
    assert f"/strategies/{strategy.id}/sections/IV.c.2" in mail.text


def test_another_day_is_told_again(strategy: Strategy, lead: Person, writer: Person) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    assignments.assign(strategy, "IV.c.2", writer, due_on=date(2023, 12, 20), by=lead, at=eastern("2023-12-07 09:00"))
    assert len(told(writer, "section-assigned")) == 2
    assert [given.due_on for given in strategy.assignments] == [date(2023, 12, 20)]


def test_a_day_that_is_over_is_refused(strategy: Strategy, lead: Person, writer: Person) -> None:
    with refused(InvalidInput, "That day is over."):
        assignments.assign(strategy, "IV.c.2", writer, due_on=date(2023, 12, 5), by=lead, at=AT)


def test_the_contributor_is_reminded_three_days_before_on_the_day_and_after_it(
    strategy: Strategy, lead: Person, writer: Person
) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    for day in range(7, 20):
        jobs.do_due(at=eastern(f"2023-12-{day:02} 06:00"))
    subjects = [read(notice).subject for notice in told(writer, "section-due")]
    assert [subject.partition("strategy ")[2] for subject in subjects] == [
        "is due on December 13, 2023, in 3 days",
        "is due today, December 13, 2023",
        "was due on December 13, 2023",
    ]


def test_after_days_without_a_worker_the_latest_reminder_goes_out_alone(
    strategy: Strategy, lead: Person, writer: Person
) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    jobs.do_due(at=eastern("2023-12-18 06:00"))
    assert len(told(writer, "section-due")) == 1


def test_a_section_that_lacks_nothing_is_not_reminded_of(strategy: Strategy, lead: Person, writer: Person) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    drafting.save_section(strategy, "IV.c.2", answers(hisp=True)["IV.c.2"], base_revision=0, by=writer, at=AT)
    jobs.do_due(at=eastern("2023-12-18 06:00"))
    assert not told(writer, "section-due")


def test_who_is_no_contributor_any_more_is_not_reminded(strategy: Strategy, lead: Person, writer: Person) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    writer.appointments[0].until_on = UNTIL
    jobs.do_due(at=eastern("2023-12-18 06:00"))
    assert not told(writer, "section-due")


def test_a_section_taken_back_is_not_theirs_any_more_and_they_are_told(
    strategy: Strategy, lead: Person, writer: Person
) -> None:
    assignments.assign(strategy, "IV.c.2", writer, due_on=UNTIL, by=lead, at=AT)
    drafting.save_section(strategy, "IV.c.2", {}, base_revision=0, by=writer, at=AT)
    assignments.take_back(strategy, "IV.c.2", writer, by=lead, at=AT)
    assert not may(writer, Permission.EDIT, strategy, at=AT, clause="IV.c.2")
    [notice] = told(writer, "section-taken-back")
    assert "What you saved is kept." in read(notice).text
    assert list(strategy.contents) == ["IV.c.2"]
    lines = select(Event.verb).where(Event.strategy_id == strategy.id, Event.verb.contains("section"))
    assert list(session().scalars(lines.order_by(Event.id))) == ["assigned-section", "took-back-section"]
    with refused(NotFound, "Section IV.c.2 is not assigned to"):
        assignments.take_back(strategy, "IV.c.2", writer, by=lead, at=AT)
    assignments.assign(strategy, "IV.c.2", writer, by=lead, at=AT)
    assert may(writer, Permission.EDIT, strategy, at=AT, clause="IV.c.2")


def test_sections_go_to_contributors_of_the_component_in_office(stage: Stage, strategy: Strategy, lead: Person) -> None:
    gone = stage.newcomer("Ted Hale", (Role.CONTRIBUTOR, "CBP"))
    gone.appointments[0].until_on = AT.date()
    left = stage.newcomer("Amy Pond", (Role.CONTRIBUTOR, "CBP"))
    left.deactivated_at = AT
    for person in (gone, left, stage.person(Role.CONTRIBUTOR, "ICE"), lead, stage.person(Role.REVIEWER)):
        with refused(NotNow, f"{person.name} is not a contributor of CBP, so no section can be assigned."):
            assignments.assign(strategy, "IV.c.2", person, by=lead, at=AT)


@pytest.mark.parametrize("verb", [assignments.assign, assignments.take_back])
def test_only_the_lead_gives_and_takes_and_only_while_it_is_written(
    stage: Stage, lead: Person, writer: Person, verb: Callable[..., None]
) -> None:
    strategy = stage.submitted("CBP")
    with refused(NotAllowed, "You may not assign sections."):
        verb(strategy, "IV.c.2", writer, by=stage.person(Role.EXECUTIVE, "CBP"), at=AT)
    with refused(NotNow, "Only a draft or a returned strategy can be changed"):
        verb(strategy, "IV.c.2", writer, by=lead, at=AT)

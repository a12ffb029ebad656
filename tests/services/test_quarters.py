"""The quarter of a HISP: entered, submitted, cleared, sent; its clock; what is refused, and that nothing is lost."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotNow
from cxworkflow.models import Clock, Event, Light, Notice, QuarterEntry, QuarterReport, QuarterState, Role, Service
from cxworkflow.services import quarter_lights, quarters, recurring
from tests import hisps
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.f", "omb-a11-280 280.data")]

CYCLE, ENTERED = "2023-Q4", eastern("2023-10-10 10:00")


@pytest.fixture
def service(stage: Stage) -> Service:
    hisps.in_force()
    recurring.open_due(at=eastern("2023-10-01 00:05"))
    return hisps.service(stage)


def clock(stage: Stage, code: str = "CBP", cycle: str = CYCLE) -> Clock:
    wanted = select(Clock).where(Clock.kind == "hisp-quarter", Clock.cycle == cycle)
    return session().scalars(wanted.where(Clock.component_id == stage.component(code).id)).one()


def owed(kind: str) -> set[str]:
    return set(session().scalars(select(Notice.to_role).where(Notice.kind == kind)))


@pytest.mark.clause("omb-a11-280 280.hisp")
def test_every_hisp_has_a_clock_of_30_days_after_each_quarter_since_it_is_in_the_register(
    stage: Stage, service: Service
) -> None:
    recurring.open_due(at=eastern("2024-01-01 00:05"))
    found = session().execute(select(Clock.cycle, Clock.due_on).where(Clock.kind == "hisp-quarter").distinct())
    assert dict(found.tuples().all()) == {"2023-Q4": date(2023, 10, 30), "2024-Q1": date(2024, 1, 30)}
    holders = select(func.count(Clock.component_id.distinct())).where(Clock.kind == "hisp-quarter")
    assert session().scalar(holders) == 4


def test_a_quarter_goes_by_way_of_the_cio_to_omb_and_stops_its_clock(stage: Stage, service: Service) -> None:
    lead, cio = stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    report = hisps.entered(stage, service)
    quarters.submit(report, by=lead, at=ENTERED)
    assert (report.state, report.status, report.lacks) == (QuarterState.SUBMITTED, Light.YELLOW, ["sent"])
    assert owed("quarter-submitted") == {"cio", "directorate-lead"}
    with refused(NotNow, "The Chief Information Officer has to clear it first."):
        quarters.send(report, by=lead, at=ENTERED)
    quarters.clear(report, by=cio, at=ENTERED)
    assert owed("quarter-cleared") == {"lead", "directorate-lead"}
    quarters.send(report, by=lead, at=eastern("2023-10-29 17:00"))
    assert (report.state, report.status, report.lacks) == (QuarterState.SENT, Light.GREEN, [])
    assert report.status_on == date(2023, 10, 29), "it was yellow until then"
    assert clock(stage).stopped_on == date(2023, 10, 29)
    assert clock(stage, "FEMA").stopped_on is None
    verbs = session().scalars(select(Event.verb).where(Event.verb.like("quarter-%")).order_by(Event.id)).all()
    assert verbs == ["quarter-entered", "quarter-submitted", "quarter-cleared", "quarter-sent"]


def test_what_is_returned_says_why_and_is_mended_with_all_its_numbers(stage: Stage, service: Service) -> None:
    lead, cio = stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    report = hisps.entered(stage, service)
    quarters.submit(report, by=lead, at=ENTERED)
    with refused(NotNow, "is with the Chief Information Officer"):
        enter(stage, service, volume_of_customers="2000")
    with refused(InvalidInput, "Say what has to be mended"):
        quarters.send_back(report, reason=" ", by=cio, at=ENTERED)
    quarters.send_back(report, reason="Visits are counted twice.", by=cio, at=ENTERED)
    assert owed("quarter-returned") == {"lead", "executive"}
    enter(stage, service, volume_of_customers="900")
    assert [entry.revision for entry in session().scalars(select(QuarterEntry).order_by(QuarterEntry.id))] == [1, 2]
    quarters.submit(report, by=lead, at=ENTERED)
    quarters.clear(report, by=cio, at=ENTERED)
    assert report.state is QuarterState.CLEARED


def enter(
    stage: Stage, service: Service, *, base_revision: int = 1, cycle: str = CYCLE, **changed: str
) -> QuarterEntry:
    by = stage.person(Role.LEAD, "CBP")
    numbers = hisps.typed(hisps.COUNTS, **changed)
    return quarters.enter(
        service.component,
        cycle,
        service,
        "website",
        hisps.COUNTS,
        numbers,
        base_revision=base_revision,
        by=by,
        at=ENTERED,
    )


def test_a_quarter_sent_twice_gets_a_clear_answer_and_a_correction_keeps_what_was_sent(
    stage: Stage, service: Service
) -> None:
    lead, cio = stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    report = hisps.sent(stage, service)
    with refused(NotNow, "It was sent on October 20, 2023 already. Nothing was lost, and nothing changed."):
        quarters.send(report, by=lead, at=ENTERED)
    with refused(NotNow, "open a correction on its page first"):
        enter(stage, service, volume_of_customers="2000")
    with refused(NotNow, "was sent to OMB on October 20, 2023"):
        quarters.submit(report, by=lead, at=ENTERED)
    with refused(InvalidInput, "Say what is corrected, and why"):
        quarters.correct(report, reason="", by=lead, at=ENTERED)
    quarters.correct(report, reason="Kiosks were left out.", by=lead, at=eastern("2023-11-20 10:00"))
    assert (report.revision, report.state, report.status) == (2, QuarterState.OPEN, Light.YELLOW)
    assert report.status_on == date(2023, 11, 20)
    enter(stage, service, volume_of_customers="2000")
    quarters.submit(report, by=lead, at=eastern("2023-11-20 11:00"))
    quarters.clear(report, by=cio, at=eastern("2023-11-20 12:00"))
    quarters.send(report, by=lead, at=eastern("2023-11-20 13:00"))
    assert report.status is Light.GREEN
    served = [each.numbers["volume_of_customers"] for each in report.entries]
    assert served == [1000, 2000], "the former numbers are there beside the new ones"
    assert clock(stage).stopped_on == date(2023, 10, 20), "the clock keeps the day of the first sending"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"volume_of_respondents": "500"}, "Respondents (500) can’t be more than customers offered the survey (400)."),
        (
            {"volume_of_customers_provided_survey_opportunity": "1001"},
            "Customers offered the survey (1,001) can’t be more than customers served (1,000).",
        ),
        ({"q2_5": "61"}, "Trust: 101 answers are more than the 100 respondents."),
        ({"q1_1": "-3"}, "Satisfaction, 1: “-3” is not a whole number from 0 on."),
        ({"q1_1": "1.5"}, "“1.5” is not a whole number from 0 on."),
        ({"q1_1": "10,00"}, "“10,00” is not a whole number from 0 on."),
        ({"q1_1": ""}, "Satisfaction, 1: give a number. Write 0 if there was none."),
        ({"volume_of_customers": "9" * 14}, "is more than 1,000,000,000,000. Check it."),
        ({"volume_of_customers": "٣"}, "is not a whole number from 0 on."),
    ],
)
def test_numbers_that_do_not_add_up_are_refused(
    stage: Stage, service: Service, changed: dict[str, str], sentence: str
) -> None:
    with refused(InvalidInput, sentence):
        enter(stage, service, base_revision=0, **changed)


def test_a_quarter_that_is_not_over_is_refused(stage: Stage, service: Service) -> None:
    with refused(NotNow, "Quarter 1 of fiscal year 2024 ends on December 31, 2023."):
        enter(stage, service, base_revision=0, cycle="2024-Q1")


def test_the_form_is_one_that_holds_for_the_quarter(stage: Stage, service: Service) -> None:
    with refused(InvalidInput, "This form is not in force for 2023-Q4. There is: Seven questions"):
        quarters.form_for("2023-Q4", hisps.TRUST)
    assert quarters.form_for("2024-Q1", hisps.TRUST).questions[0].id == "trust"
    assert quarters.form_for("2024-Q1", hisps.COUNTS)


def test_who_enters_second_is_told_and_overwrites_nothing(stage: Stage, service: Service) -> None:
    first = enter(stage, service, base_revision=0)
    assert enter(stage, service, base_revision=0) is first, "the same numbers again change nothing"
    with refused(Conflict, "Somebody else entered numbers here meanwhile."):
        enter(stage, service, base_revision=0, volume_of_customers="3000")


def test_who_does_what(stage: Stage, service: Service) -> None:
    report = hisps.entered(stage, service)
    other, lead, cio = stage.person(Role.LEAD, "FEMA"), stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    for by in (other, cio, stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.AUDITOR)):
        with refused(NotAllowed, "You may not report this Component’s quarterly data."):
            quarters.submit(report, by=by, at=ENTERED)
    quarters.submit(report, by=lead, at=ENTERED)
    for by in (lead, stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.REVIEWER)):
        with refused(NotAllowed, "You may not clear or return quarterly data."):
            quarters.clear(report, by=by, at=ENTERED)


def test_nobody_clears_what_they_submitted(stage: Stage, service: Service) -> None:
    both = stage.newcomer("Bo Both", (Role.LEAD, "CBP"), (Role.CIO, None))
    report = hisps.entered(stage, service)
    quarters.submit(report, by=both, at=ENTERED)
    with refused(NotAllowed, "Somebody else than who submitted a quarter clears it."):
        quarters.clear(report, by=both, at=ENTERED)


def test_silence_is_a_row_of_its_own_and_stays_when_the_quarter_comes_late(stage: Stage, service: Service) -> None:
    hisps.sent(stage, service)
    quarter_lights.note_silence(date(2023, 10, 30), eastern("2023-10-30 00:05"))
    assert silent() == [], "the due date itself is in time"
    quarter_lights.note_silence(date(2023, 12, 1), eastern("2023-12-01 00:05"))
    quarter_lights.note_silence(date(2023, 12, 2), eastern("2023-12-02 00:05"))
    assert silent() == ["FEMA", "TSA", "USCIS"]
    said = session().scalars(select(Event.details).where(Event.verb == "quarter-not-reported")).all()
    assert [each["due_on"] for each in said] == ["2023-10-30"] * 3, "once each, however often it is looked for"
    reds = session().scalars(select(QuarterReport.status_on).where(QuarterReport.status == Light.RED)).all()
    assert reds == [date(2023, 10, 31)] * 3, "since the due date had passed, whenever it was noted"
    late = hisps.sent(stage, hisps.service(stage, "FEMA"), when="2023-12-05 10:00")
    assert late.not_reported_on == date(2023, 10, 31)
    assert (late.status, silent()) == (Light.GREEN, ["FEMA", "TSA", "USCIS"])


def silent() -> list[str]:
    reports = session().scalars(select(QuarterReport).where(QuarterReport.not_reported_on.is_not(None)))
    return sorted(each.component.code for each in reports)


def test_yellow_names_what_is_lacking(stage: Stage, service: Service) -> None:
    hisps.service(stage, name="Traveler redress", channels=("email", "phone"))
    report = hisps.entered(stage, service)
    quarters.submit(report, by=stage.person(Role.LEAD, "CBP"), at=ENTERED)
    assert (report.status, report.lacks) == (Light.YELLOW, ["complete", "sent"])


def test_nothing_is_submitted_where_there_is_nothing(stage: Stage, service: Service) -> None:
    report = quarters.opened(stage.component("CBP"), CYCLE)
    with refused(NotNow, "There are no numbers in it yet."):
        quarters.submit(report, by=stage.person(Role.LEAD, "CBP"), at=ENTERED)


@pytest.mark.parametrize(
    "statement",
    [
        "update quarter_entry set numbers = '{}'",
        "delete from quarter_entry",
        "update quarter_report set cycle = '2022-Q1', fiscal_year = 2022, fiscal_quarter = 1",
        "update quarter_report set state = 'open'",
        "update quarter_report set revision = 5",
        "update quarter_report set state = 'cleared', cleared_by_id = submitted_by_id",
    ],
)
def test_the_database_refuses_what_no_verb_does(stage: Stage, service: Service, statement: str) -> None:
    report = hisps.entered(stage, service)
    quarters.submit(report, by=stage.person(Role.LEAD, "CBP"), at=ENTERED)
    session().flush()
    with pytest.raises(DBAPIError), session().begin_nested():
        session().execute(text(statement))

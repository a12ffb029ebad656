"""Extensions, pauses and resumptions: decided by the CIO, with a reason, the original date kept."""

from collections.abc import Callable
from datetime import date

import pytest

from cxworkflow.calendar import ChangeKind, ClockState
from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.models import Clock, Person, Role
from cxworkflow.services import clocks, histories, strategies
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2024-01-05 10:00")
STORM = "A storm response drew the team away."


@pytest.fixture
def cio(stage: Stage) -> Person:
    return stage.person(Role.CIO)


@pytest.fixture
def clock(stage: Stage) -> Clock:
    """The strategy clock of the Coast Guard, due on January 9, 2024."""
    return stage.clock("strategy", "USCG")


def test_an_extension_keeps_the_original_date_and_says_who_and_why(clock: Clock, cio: Person) -> None:
    clocks.extend(clock, to=date(2024, 2, 8), reason=f" {STORM} ", by=cio, at=AT)
    assert (clock.original_due_on, clock.due_on, clock.due_set_on) == (
        date(2024, 1, 9),
        date(2024, 2, 8),
        date(2024, 1, 5),
    )
    line = clock.changes[-1]
    assert (line.kind, line.due_before_on, line.due_on) == (
        ChangeKind.EXTENDED,
        date(2024, 1, 9),
        date(2024, 2, 8),
    )
    assert (line.reason, line.authority, line.by, line.at) == (STORM, None, cio, AT)


def test_an_overdue_clock_can_be_extended_and_is_overdue_no_more(clock: Clock, cio: Person) -> None:
    at = eastern("2024-01-20 10:00")
    assert clock.state(date(2024, 1, 20)) is ClockState.OVERDUE
    clocks.extend(clock, to=date(2024, 2, 8), reason=STORM, by=cio, at=at)
    assert clock.state(date(2024, 1, 20)) is ClockState.RUNNING


@pytest.mark.parametrize(
    ("to", "reason", "sentence"),
    [
        (date(2024, 2, 8), "", "reason: Give the reason for the extension"),
        (date(2024, 2, 8), " \n", "reason: Give the reason for the extension"),
        (date(2024, 1, 9), STORM, "to: An extension moves the due date later. It is January 9, 2024 now"),
        (date(2024, 1, 8), STORM, "to: An extension moves the due date later."),
    ],
)
def test_an_extension_needs_a_reason_and_a_later_day(
    clock: Clock, cio: Person, to: date, reason: str, sentence: str
) -> None:
    with refused(InvalidInput, sentence):
        clocks.extend(clock, to=to, reason=reason, by=cio, at=AT)


def test_an_extension_by_more_than_ten_years_is_a_slip_of_the_keyboard(clock: Clock, cio: Person) -> None:
    too_far = (
        "to: January 10, 2034 is more than 10 years after January 9, 2024, when the clock is due now. Check the year"
    )
    with refused(InvalidInput, too_far):
        clocks.extend(clock, to=date(2034, 1, 10), reason=STORM, authority="A law.", by=cio, at=AT)
    clocks.extend(clock, to=date(2024, 2, 29), reason=STORM, by=cio, at=AT)
    with refused(InvalidInput, "the latest day possible is February 28, 2034."):
        clocks.extend(clock, to=date(2034, 3, 1), reason=STORM, authority="A law.", by=cio, at=AT)
    clocks.extend(clock, to=date(2034, 2, 28), reason=STORM, authority="A law.", by=cio, at=AT)
    assert clock.due_on == date(2034, 2, 28)


def test_an_extension_into_the_past_is_refused(clock: Clock, cio: Person) -> None:
    with refused(InvalidInput, "to: An extension can't end in the past."):
        clocks.extend(clock, to=date(2024, 1, 31), reason=STORM, by=cio, at=eastern("2024-02-01 00:01"))


@pytest.mark.clause("IV.e")
def test_an_extension_past_fiscal_year_2024_needs_a_cited_authority(clock: Clock, cio: Person) -> None:
    clocks.extend(clock, to=date(2024, 9, 30), reason=STORM, by=cio, at=AT)
    for authority in (None, "", "  "):
        with refused(
            InvalidInput, "authority: October 1, 2024 is past September 30, 2024, the last day that clause IV.e"
        ):
            clocks.extend(clock, to=date(2024, 10, 1), reason=STORM, authority=authority, by=cio, at=AT)
    clocks.extend(clock, to=date(2024, 10, 1), reason=STORM, authority="Memorandum of 3 January", by=cio, at=AT)
    assert (clock.due_on, clock.changes[-1].authority) == (date(2024, 10, 1), "Memorandum of 3 January")


@pytest.mark.clause("IV.e")
def test_an_implementation_at_its_cap_is_extended_only_on_an_authority(stage: Stage, cio: Person) -> None:
    stage.approved("USCG", "2024-04-10 09:00")
    clock, at = stage.clock("implementation", "USCG"), eastern("2024-09-20 09:00")
    with refused(InvalidInput, "Cite the authority for a later date"):
        clocks.extend(clock, to=date(2024, 11, 1), reason=STORM, by=cio, at=at)
    clocks.extend(clock, to=date(2024, 11, 1), reason=STORM, authority="Secretary's memorandum", by=cio, at=at)
    assert clock.due_on == date(2024, 11, 1)


def test_a_pause_moves_the_due_date_when_it_ends(clock: Clock, cio: Person) -> None:
    clocks.pause(clock, reason="Lapse in appropriations.", by=cio, at=eastern("2023-12-20 09:00"))
    assert (clock.state(date(2024, 1, 5)), clock.due_on) == (ClockState.PAUSED, date(2024, 1, 9))
    clocks.resume(clock, by=cio, at=eastern("2024-01-08 09:00"))
    assert (clock.due_on, clock.due_set_on, clock.paused_on) == (date(2024, 1, 28), date(2024, 1, 8), None)
    assert clock.original_due_on == date(2024, 1, 9)


def test_the_days_of_a_pause_are_eastern_days(clock: Clock, cio: Person) -> None:
    clocks.pause(clock, reason="Lapse.", by=cio, at=eastern("2023-12-20 23:59"))
    clocks.resume(clock, by=cio, at=eastern("2023-12-21 00:01"))
    assert clock.due_on == date(2024, 1, 10)


@pytest.mark.clause("IV.e")
def test_no_pause_moves_an_implementation_past_the_cap(stage: Stage, cio: Person) -> None:
    stage.approved("USCG", "2024-03-20 09:00")
    clock = stage.clock("implementation", "USCG")
    assert clock.due_on == date(2024, 9, 16)
    clocks.pause(clock, reason="Lapse.", by=cio, at=eastern("2024-04-01 09:00"))
    clocks.resume(clock, reason="It is over.", by=cio, at=eastern("2024-06-01 09:00"))
    assert (clock.due_on, clock.changes[-1].reason) == (date(2024, 9, 30), "It is over.")


def test_a_strategy_submitted_during_a_pause_counts_the_pause_first(stage: Stage, clock: Clock, cio: Person) -> None:
    clocks.pause(clock, reason="Lapse.", by=cio, at=eastern("2024-01-05 09:00"))
    strategy = stage.drafted("USCG")
    version = strategies.submit(strategy, by=stage.person(Role.LEAD, "USCG"), at=eastern("2024-01-25 09:00"))
    assert (version.days_late, clock.due_on, clock.paused_on) == (0, date(2024, 1, 29), None)


def test_what_is_paused_can_not_be_paused_and_what_runs_can_not_be_resumed(clock: Clock, cio: Person) -> None:
    with refused(NotNow, "This clock is not paused, so it can't be resumed."):
        clocks.resume(clock, by=cio, at=AT)
    with refused(InvalidInput, "reason: Give the reason for the pause"):
        clocks.pause(clock, reason=" ", by=cio, at=AT)
    clocks.pause(clock, reason="Lapse.", by=cio, at=AT)
    with refused(NotNow, "This clock is already paused. Resume it first."):
        clocks.pause(clock, reason="Lapse.", by=cio, at=AT)


def test_a_stopped_clock_stays_as_it_is(stage: Stage, clock: Clock, cio: Person) -> None:
    stage.submitted("USCG", "2023-12-18 09:00")
    with refused(NotNow, "This clock has stopped, so it can't be extended."):
        clocks.extend(clock, to=date(2024, 2, 8), reason=STORM, by=cio, at=AT)
    with refused(NotNow, "This clock has stopped, so it can't be paused."):
        clocks.pause(clock, reason="Lapse.", by=cio, at=AT)
    with refused(NotNow, "This clock is not paused"):
        clocks.resume(clock, by=cio, at=AT)


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.LEAD, "USCG"), (Role.EXECUTIVE, "USCG"), (Role.DIRECTORATE_LEAD, None), (Role.ADMINISTRATOR, None)],
)
def test_nobody_but_the_cio_moves_a_clock(stage: Stage, clock: Clock, role: Role, code: str | None) -> None:
    somebody = stage.person(role, code)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: clocks.extend(clock, to=date(2024, 2, 8), reason=STORM, by=somebody, at=AT),
        lambda: clocks.pause(clock, reason="Lapse.", by=somebody, at=AT),
        lambda: clocks.resume(clock, by=somebody, at=AT),
    )
    for attempt in attempts:
        with refused(NotAllowed, "You may not extend, pause or resume clocks."):
            attempt()


def test_a_clock_can_be_seen_as_it_stood_on_an_earlier_day(stage: Stage, clock: Clock, cio: Person) -> None:
    clocks.extend(clock, to=date(2024, 2, 8), reason=STORM, by=cio, at=AT)
    stage.submitted("USCG", "2024-02-06 09:00")
    session().refresh(clock)
    days = (date(2024, 1, 4), date(2024, 1, 5), date(2024, 2, 6))
    before, extended, stopped = (histories.as_of(clock, day) for day in days)
    assert before is not None
    assert (before.due_on, before.stopped_on) == (date(2024, 1, 9), None)
    assert extended is not None
    assert (extended.due_on, extended.stopped_on) == (date(2024, 2, 8), None)
    assert stopped is not None
    assert stopped.stopped_on == date(2024, 2, 6)
    assert histories.as_of(clock, date(2023, 7, 12)) is None

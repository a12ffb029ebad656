"""Days on which offices close by order: who may announce them, and what becomes of clocks that count business days."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.explain import explain
from cxworkflow.models import Clock, Notice, Role
from cxworkflow.services import clocks, closures, histories
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

ORDER = {"reason": "A day of mourning.", "authority": "Executive Order 14133 of December 30, 2023"}
MOURNING = date(2024, 1, 9)  # a Tuesday
NOTED_AT = eastern("2024-01-02 10:00")


def counting_business_days(folder: Path) -> Path:
    """The policy with 20 business days for a review; the real one counts calendar days throughout."""
    told = (POLICIES / "dhs-076-02.toml").read_text()
    told = told.replace("fires_at = 06:00:00\n", 'fires_at = 06:00:00\nholidays = "us-federal"\n', 1)
    told = told.replace('days = 30\nladder = "review"\n', 'days = 20\nunit = "business"\nladder = "review"\n', 1)
    path = folder / "business.toml"
    path.write_text(told)
    return path


@pytest.fixture
def business(app: Flask, tmp_path: Path) -> Stage:
    """A stage on which reviews take 20 business days."""
    return Stage.set(counting_business_days(tmp_path))


@pytest.fixture
def review(business: Stage) -> Clock:
    """A review of 20 business days from December 18, with Christmas, New Year's Day and January 15 closed."""
    business.submitted("CBP")
    clock = business.clock("review", "CBP")
    assert clock.due_on == date(2024, 1, 18)
    return clock


def why(clock: Clock) -> list[str]:
    """The last sentences of a clock's page on its due date."""
    policy = clock.edition.policy
    changes = [line.change for line in clock.changes]
    steps = explain(policy, policy.clock(clock.kind), changes, histories.term_of(clock.edition, clock.kind))
    assert steps[-1].due_on == clock.due_on
    return list(steps[-1].sentences)


def test_a_closed_day_moves_what_counts_business_days_and_keeps_the_old_date_with_the_order(
    business: Stage, review: Clock
) -> None:
    before = business.clock("strategy", "TSA").due_on
    assert closures.moves("dhs", MOURNING, at=NOTED_AT) == [(review, date(2024, 1, 19))]
    assert closures.announce("dhs", MOURNING, **ORDER, by=business.person(Role.CIO), at=NOTED_AT) == [review]
    assert review.due_on == date(2024, 1, 19)
    assert business.clock("strategy", "TSA").due_on == before, "it counts calendar days"
    line = review.changes[-1]
    assert (line.due_before_on, line.due_on) == (date(2024, 1, 18), date(2024, 1, 19))
    assert line.reason == "Offices close on January 9, 2024: A day of mourning."
    assert line.authority == ORDER["authority"]
    assert why(review) == [
        "Counted again, since offices close on January 9, 2024: January 18, 2024 became January 19, 2024."
    ]
    told = session().scalars(select(Notice).where(Notice.kind == "recomputed", Notice.clock_id == review.id)).all()
    assert {notice.to_role for notice in told} == set(business.edition.policy.told_of("recomputed"))


def test_a_look_beforehand_changes_nothing(business: Stage, review: Clock) -> None:
    lines = len(review.changes)
    closures.moves("dhs", MOURNING, at=NOTED_AT)
    session().flush()
    session().refresh(review)
    assert (review.due_on, len(review.changes)) == (date(2024, 1, 18), lines)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_only_who_runs_the_house_announces_a_day(business: Stage, role: Role) -> None:
    with refused(NotAllowed, "You may not note days on which offices close."):
        closures.announce("dhs", MOURNING, **ORDER, by=business.person(role), at=NOTED_AT)


@pytest.mark.parametrize(
    ("day", "change", "sentence"),
    [
        (MOURNING, {"reason": " "}, "reason: Say why offices close then"),
        (MOURNING, {"authority": ""}, "authority: Cite the order that closes them, with its date."),
        (date(2024, 1, 13), {}, "day: January 13, 2024 is a Saturday: offices are closed on it anyway."),
        (date(2024, 1, 15), {}, "day: January 15, 2024 is a federal holiday: offices are closed on it anyway."),
        (date(2204, 1, 9), {}, "day: January 9, 2204 is more than 10 years away. Check the year."),
    ],
)
def test_what_can_not_be_announced_is_said(business: Stage, day: date, change: dict[str, str], sentence: str) -> None:
    with refused(InvalidInput, sentence):
        closures.announce("dhs", day, **{**ORDER, **change}, by=business.person(Role.CIO), at=NOTED_AT)


def test_a_day_is_announced_once(business: Stage) -> None:
    administrator = business.person(Role.ADMINISTRATOR)
    closures.announce("dhs", MOURNING, **ORDER, by=administrator, at=NOTED_AT)
    with refused(NotNow, "January 9, 2024 is noted as closed already."):
        closures.announce("dhs", MOURNING, **ORDER, by=administrator, at=NOTED_AT)


def test_a_pause_takes_business_days_whether_they_are_closed_later_or_not(business: Stage, review: Clock) -> None:
    cio = business.person(Role.CIO)
    clocks.pause(review, reason="A lapse in appropriations.", by=cio, at=eastern("2024-01-05 10:00"))
    closures.announce("dhs", MOURNING, **ORDER, by=cio, at=eastern("2024-01-08 10:00"))
    clocks.resume(review, by=cio, at=eastern("2024-01-11 10:00"))
    # Nine were left on the 5th. From the 11th on they end on the 24th, since the 15th is a holiday.
    assert review.due_on == date(2024, 1, 24)
    assert why(review)[:2] == [
        "Paused 6 days, from January 5, 2024 to January 11, 2024.",
        "3 business days after January 19, 2024 is January 24, 2024.",
    ]


@pytest.mark.parametrize("first", ["announced", "resumed"])
def test_a_day_announced_on_the_day_of_the_resumption_counts_as_well(
    business: Stage, review: Clock, first: str
) -> None:
    cio, later = business.person(Role.CIO), date(2024, 1, 19)
    clocks.pause(review, reason="A lapse in appropriations.", by=cio, at=eastern("2024-01-05 10:00"))
    if first == "announced":
        closures.announce("dhs", later, **ORDER, by=cio, at=eastern("2024-01-11 09:00"))
    clocks.resume(review, by=cio, at=eastern("2024-01-11 10:00"))
    if first == "resumed":
        closures.announce("dhs", later, **ORDER, by=cio, at=eastern("2024-01-11 11:00"))
    assert review.due_on == date(2024, 1, 25)
    told = session().scalars(select(Notice.facts).where(Notice.kind == "resumed", Notice.clock_id == review.id)).all()
    if first == "announced":
        assert {facts["due_on"] for facts in told} == {"2024-01-25"}

"""On time, at risk, late: by the clocks, one row at a time, all together, and week by week."""

from collections import Counter
from datetime import date

import pytest
from flask import Flask

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.models import PolicyEdition, Role
from cxworkflow.policies.answers import StrategyFile, placeholder
from cxworkflow.queries import milestones, paging, standings, standings_then, tallies
from cxworkflow.queries.standings import Standing, Wanted
from cxworkflow.services import clocks, drafting, policies, strategies
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

DAYS = ("2023-07-13", "2023-12-09", "2023-12-10", "2024-01-09", "2024-01-10", "2024-04-03", "2024-04-04", "2024-11-01")


def standing_of(stage: Stage, code: str, when: str) -> str | None:
    at = eastern(when)
    found = standings.find(stage.person(Role.CIO), stage.edition, Wanted(), at=at)
    stands: dict[str, str | None] = {row[0].code: row.stands for row in session().execute(found)}
    return stands[code]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2023-12-09 09:00", "on-time"),
        ("2023-12-10 09:00", "at-risk"),  # 30 days before January 9
        ("2024-01-09 23:00", "at-risk"),
        ("2024-01-10 00:00", "late"),
    ],
)
def test_a_strategy_that_is_not_submitted_is_at_risk_near_its_due_date_and_late_after_it(
    app: Flask, stage: Stage, when: str, expected: str
) -> None:
    stage.drafted("TSA")
    assert standing_of(stage, "TSA", when) == expected


@pytest.mark.clause("IV.e")
def test_who_waits_for_a_decision_is_at_risk_once_the_full_term_would_pass_the_cap(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    assert standing_of(stage, "TSA", "2024-04-03 09:00") == "on-time"
    assert standing_of(stage, "TSA", "2024-04-04 09:00") == "at-risk"


@pytest.mark.clause("IV.d")
def test_an_approved_strategy_is_measured_by_its_implementation(app: Flask, stage: Stage) -> None:
    strategy = stage.approved("TSA")
    assert standing_of(stage, "TSA", "2024-05-07 09:00") == "on-time"
    assert standing_of(stage, "TSA", "2024-05-08 09:00") == "at-risk"  # 60 days before July 7
    assert standing_of(stage, "TSA", "2024-07-08 09:00") == "late"
    stage.implemented(strategy, "2024-07-10 09:00")
    assert standing_of(stage, "TSA", "2024-08-01 09:00") == "late"
    other = stage.approved("FLETC")
    stage.implemented(other, "2024-06-10 09:00")
    assert standing_of(stage, "FLETC", "2024-11-01 09:00") == "on-time"


def test_a_paused_clock_puts_nobody_at_risk(app: Flask, stage: Stage) -> None:
    clock = stage.clock("strategy", "TSA")
    clocks.pause(clock, reason="A lapse.", by=stage.person(Role.CIO), at=eastern("2023-12-20 09:00"))
    assert standing_of(stage, "TSA", "2024-02-01 09:00") == "on-time"


def test_who_files_nothing_stands_nowhere(app: Flask, stage: Stage) -> None:
    assert standing_of(stage, "OGC", "2024-02-01 09:00") is None
    assert standing_of(stage, "OIG", "2024-02-01 09:00") is None


def played(stage: Stage) -> None:
    """Components in every state, some late, one paused, one withdrawn."""
    stage.drafted("CBP")
    stage.returned("FEMA")
    stage.submitted("CISA")
    stage.approved("ICE")
    done = stage.approved("USCG")
    stage.implemented(done, "2024-07-20 09:00")
    again = stage.submitted("USSS")
    strategies.withdraw(again, reason="Wrong file.", by=stage.person(Role.LEAD, "USSS"), at=eastern("2023-12-20 09:00"))
    clocks.pause(
        stage.clock("strategy", "TSA"), reason="A lapse.", by=stage.person(Role.CIO), at=eastern("2023-12-20 09:00")
    )
    session().flush()


@pytest.mark.parametrize("day", DAYS)
def test_the_figures_are_the_lengths_of_the_lists_behind_them(app: Flask, stage: Stage, day: str) -> None:
    played(stage)
    at, cio = eastern(f"{day} 12:00"), stage.person(Role.CIO)
    told = tallies.tally(stage.edition, policies.beside(stage.edition), at=at)
    counted = {
        each: paging.count(standings.find(cio, stage.edition, Wanted(standing=each), at=at)) for each in Standing
    }
    assert told == counted


@pytest.mark.parametrize("day", ["2024-07-20", "2024-09-30", "2024-11-01"])
def test_the_last_of_the_weeks_is_today(app: Flask, stage: Stage, day: str) -> None:
    played(stage)
    at = eastern(f"{day} 12:00")
    assert tallies.weeks(stage.edition, 4, on=at.date())[-1].counts == tallies.tally(
        stage.edition, policies.beside(stage.edition), at=at
    )


def behind(edition: PolicyEdition, week: tallies.Week, *, today: date) -> dict[Standing, int]:
    """How many rows the list behind each figure of a week has."""
    return {each: paging.count(standings_then.then(edition, week.on, each, today=today)) for each in Standing}


@pytest.mark.parametrize("day", ["2024-01-16", "2024-07-20", "2024-11-01"])
def test_the_figures_of_a_week_are_the_lengths_of_the_lists_behind_them(app: Flask, stage: Stage, day: str) -> None:
    played(stage)
    today = date.fromisoformat(day)
    for week in tallies.weeks(stage.edition, 12, on=today):
        assert behind(stage.edition, week, today=today) == week.counts, week.on


def test_weeks_tell_how_it_was_on_their_sundays(app: Flask, stage: Stage) -> None:
    weeks = tallies.weeks(stage.edition, 4, on=date(2024, 1, 16))
    assert [week.on for week in weeks] == [date(2023, 12, 31), date(2024, 1, 7), date(2024, 1, 14), date(2024, 1, 16)]
    assert [week.counts[Standing.LATE] for week in weeks] == [0, 0, 15, 15]
    assert [week.counts[Standing.AT_RISK] for week in weeks] == [15, 15, 0, 0]


def test_no_week_lies_before_the_signature(app: Flask, stage: Stage) -> None:
    weeks = tallies.weeks(stage.edition, 12, on=date(2023, 7, 18))
    assert [week.on for week in weeks] == [date(2023, 7, 16), date(2023, 7, 18)]


def test_milestones_are_the_first_submission_the_approval_and_the_report(app: Flask, stage: Stage) -> None:
    returned, approved = stage.returned("FEMA"), stage.approved("ICE")
    session().flush()
    reached = milestones.reached(stage.edition, [returned.component_id, approved.component_id])
    assert reached[returned.component_id].submitted_on == date(2023, 12, 18)
    assert reached[returned.component_id].approved_on is None
    assert [label for _, label in reached[approved.component_id].steps] == ["submitted", "approved"]
    assert reached[approved.component_id].approved_on == date(2024, 1, 9)


ORDERS = [("eo-13571", "2011-08-01", ("2011-04-27", "2011-08-25", "2011-10-01", "2011-10-25", "2012-01-01"))]
ORDERS += [("eo-12862", "1994-02-01", ("1993-09-11", "1994-02-20", "1994-03-09", "1994-08-01", "1994-09-09"))]


@pytest.mark.parametrize(("order", "submitted", "days"), ORDERS)
def test_where_several_clocks_run_at_once_everybody_stands_on_the_time_line_once(
    app: Flask, order: str, submitted: str, days: tuple[str, ...]
) -> None:
    stage = Stage.set(POLICIES / f"{order}.toml")
    component, at = stage.component("VA"), eastern(f"{submitted} 09:00")
    sections = stage.edition.policy.sections_for(hisp=component.hisp)
    written = {each.clause: placeholder(each, on=at.date()) for each in sections}
    file, lead = StrategyFile(stage.edition.code, "VA", "VA: a plan", written), stage.person(Role.LEAD, "VA")
    drafting.fill(stage.edition, component, file, by=lead, at=at)
    paper = strategies.find(stage.edition, component)
    assert paper is not None
    strategies.submit(paper, by=lead, at=at)
    others = policies.beside(stage.edition)
    for day in days:
        at = eastern(f"{day} 09:00")
        drawn = session().execute(standings.drawn(stage.edition, Wanted(), others, at=at)).all()
        codes = [row.code for row in drawn]
        assert len(codes) == len(set(codes)) == len(policies.obliged(stage.edition.policy.department, on=at.date()))
        listed = Counter(Standing(row.stands) for row in drawn)
        tally = tallies.tally(stage.edition, others, at=at)
        assert tally == {each: listed[each] for each in Standing}, day
        if at.date() > stage.edition.signed_on:
            weeks = tallies.weeks(stage.edition, 3, on=at.date())
            assert weeks[-1].counts == tally, day
            assert [behind(stage.edition, each, today=at.date()) for each in weeks] == [each.counts for each in weeks]
    found = standings.find(stage.person(Role.CIO), stage.edition, Wanted(), at=at)
    known = [row[0].code for row in session().execute(found)]
    assert len(known) == len(set(known)) > 20

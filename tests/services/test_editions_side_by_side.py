"""Two editions of a policy side by side, with strategies on each: reports, closes and digests speak of all of them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import POLICIES
from cxworkflow.calendar import ChangeKind
from cxworkflow.db import session
from cxworkflow.documents.department_report import Report
from cxworkflow.documents.department_sums import counted_in
from cxworkflow.models import Clock, FiscalClose, Notice, PolicyEdition, Role, Strategy
from cxworkflow.policies import read_policy
from cxworkflow.queries import tallies
from cxworkflow.queries.commitments_then import commitments_kept
from cxworkflow.queries.department_report import standings, whole
from cxworkflow.services import closes, digests, editions, histories, moves, policies, recurring
from tests.services.test_moves import simpler
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

JANUARY, FEBRUARY = eastern("2024-01-25 09:00"), eastern("2024-02-01 09:00")
LAST = eastern("2024-09-30 07:00")


@pytest.fixture
def stays(stage: Stage) -> Strategy:
    """CBP's strategy, approved under the first edition, on which it stays."""
    return stage.approved("CBP")


@pytest.fixture
def moves_on(stage: Stage) -> Strategy:
    """FEMA's strategy, approved under the first edition, and moved to the second when that comes into force."""
    return stage.approved("FEMA")


@pytest.fixture
def latest(stage: Stage, stays: Strategy, moves_on: Strategy) -> PolicyEdition:
    """The second edition: 210 days for a strategy, and one section less."""
    edition = editions.bring_in(simpler(), at=FEBRUARY)
    moves.move(moves_on, reason="It is simpler.", by=stage.person(Role.CIO), at=FEBRUARY)
    session().commit()
    return edition


def counted(edition: PolicyEdition, on: date) -> Report:
    """The report of a policy at the end of a day."""
    return Report(whole(edition), on, commitments=commitments_kept(edition, on)).count(standings(edition, on))


def test_the_report_has_every_component_once_by_the_edition_that_counts_for_it(
    stage: Stage, latest: PolicyEdition
) -> None:
    found = {each.code: each for each in standings(latest, FEBRUARY.date())}
    assert len(found) == len(policies.obliged("dhs", on=FEBRUARY.date()))
    assert [each.code for each in standings(stage.edition, FEBRUARY.date())] == list(found)
    due = {code: found[code].strategy for code in ("CBP", "FEMA", "USCG")}
    assert {code: clock.due_on for code, clock in due.items() if clock} == {
        "CBP": date(2024, 1, 9),
        "FEMA": date(2024, 2, 8),
        "USCG": date(2024, 2, 8),
    }
    report = counted(latest, FEBRUARY.date())
    assert (report.states["Approved"], report.states["Not begun"]) == (2, report.components - 2)
    assert report.late_count == 0


def test_the_report_of_a_day_before_the_edition_is_as_it_was(stage: Stage, latest: PolicyEdition) -> None:
    found = {each.code: each for each in standings(latest, JANUARY.date())}
    assert found["FEMA"].strategy is not None
    assert found["FEMA"].strategy.due_on == date(2024, 1, 9)
    assert found["USCG"].days_late == 16
    assert counted(latest, JANUARY.date()).late_count == len(found) - 2


def test_what_is_counted_is_counted_under_every_edition(stage: Stage, latest: PolicyEdition) -> None:
    asked, left = counted_in(stage.edition.policy), counted_in(latest.policy)
    assert len(left) < len(asked)
    assert {each.key for each in counted_in(whole(latest))} == {each.key for each in asked}
    before, after = (counted(latest, when.date()) for when in (JANUARY, FEBRUARY))
    assert any(after.sums.values())
    assert after.sums == before.sums
    drawn = [sum(sum(of_kind.states.values()) for of_kind in each.commitments.values()) for each in (before, after)]
    assert drawn[0] == drawn[1] > 0


def test_the_page_of_the_report_offers_each_policy_once(app: Flask, stage: Stage, latest: PolicyEdition) -> None:
    it_is(FEBRUARY)
    cio = visitor(app, stage.person(Role.CIO))
    page = words(cio.get("/department/report"))
    assert f"All {len(policies.obliged('dhs', on=FEBRUARY.date()))} Components are on time." in page
    assert "an earlier edition" not in page
    for ending in ("csv", "json", "xlsx", "pdf", "docx"):
        assert cio.get(f"/department/report.{ending}").status_code == 200


def test_there_is_one_close_for_a_day_and_each_component_stands_in_it_once(stage: Stage, latest: PolicyEdition) -> None:
    assert closes.coming() == [(latest, date(2024, 9, 30))]
    assert closes.draw_up_all(LAST.date(), LAST) == 1
    close = session().scalars(select(FiscalClose)).one()
    assert close.edition_id == latest.id
    codes = [line.component.code for line in close.lines]
    assert codes == sorted(each.code for each in policies.obliged("dhs", on=LAST.date()))
    facts = {line.component.code: line.facts for line in close.lines}
    assert facts["CBP"]["status"] == facts["FEMA"]["status"] == "approved"
    assert facts["CBP"]["due_on"] == facts["FEMA"]["due_on"] == "2024-07-07"
    asked = session().scalars(select(Notice).where(Notice.kind == "close-statement-asked")).all()
    assert len({(each.component_id, each.person_id) for each in asked}) == len(asked)
    assert closes.draw_up_all(LAST.date(), LAST) == 0
    assert closes.coming() == []


def test_an_edition_that_comes_after_the_close_of_its_day_draws_up_no_other(stage: Stage, stays: Strategy) -> None:
    closes.draw_up_all(LAST.date(), LAST)
    editions.bring_in(simpler(), at=eastern("2024-10-05 09:00"))
    assert closes.draw_up_all(date(2024, 10, 6), eastern("2024-10-06 07:00")) == 0


def test_who_stays_closes_on_the_day_of_their_edition(stage: Stage, stays: Strategy) -> None:
    clocks = tuple(
        each.model_copy(update={"due_on": date(2025, 9, 30)} if "all-implemented" in each.stops else {})
        for each in simpler().clocks
    )
    later = editions.bring_in(simpler().model_copy(update={"clocks": clocks}), at=FEBRUARY)
    assert closes.draw_up_all(LAST.date(), LAST) == 1
    close = session().scalars(select(FiscalClose)).one()
    assert [line.component.code for line in close.lines] == ["CBP"]
    assert closes.coming() == [(later, date(2025, 9, 30))]


def test_the_department_is_done_when_the_last_one_is_on_whichever_edition(stage: Stage) -> None:
    left = {"CBP", "FEMA"}
    for each in policies.obliged("dhs", on=FEBRUARY.date()):
        if each.code not in left:
            each.files = "invited"
    papers = [stage.approved(code) for code in sorted(left)]
    latest = editions.bring_in(simpler(), at=FEBRUARY)
    moves.move(papers[1], reason="It is simpler.", by=stage.person(Role.CIO), at=FEBRUARY)
    done = select(Clock.stopped_on).where(Clock.edition_id == latest.id, Clock.kind == "department")
    stage.implemented(papers[1], "2024-03-01 09:00")
    assert session().scalar(done) is None
    stage.implemented(papers[0], "2024-03-04 09:00")
    assert session().scalar(done) == date(2024, 3, 4)


def test_one_digest_a_week_tells_of_both_editions(stage: Stage, latest: PolicyEdition) -> None:
    monday = eastern("2024-02-05 07:00")
    digests.owe_all(monday.date(), monday)
    found = session().scalars(select(Notice).where(Notice.kind == "digest")).all()
    assert len(found) == len({each.person_id for each in found})
    assert [each["component"] for each in found[0].facts["ahead"]].count("USCG") == 1


def test_weeks_of_an_edition_count_whom_it_counts_for(stage: Stage, latest: PolicyEdition) -> None:
    for edition, how_many in ((stage.edition, 1), (latest, len(policies.obliged("dhs", on=FEBRUARY.date())) - 1)):
        for week in tallies.weeks(edition, 4, on=FEBRUARY.date()):
            assert sum(week.counts.values()) == how_many
            assert min(week.counts.values()) >= 0


def test_a_quarter_is_asked_for_once(stage: Stage) -> None:
    first = policies.load(read_policy(POLICIES / "omb-a11-280.toml"), at=FEBRUARY)
    recurring.open_due(at=FEBRUARY)
    done = select(Clock).where(Clock.edition_id == first.id, Clock.cycle == "2023-Q4")
    for clock in session().scalars(done).all():
        histories.change(clock, ChangeKind.STOPPED, by=None, at=FEBRUARY)
    second = editions.bring_in(first.policy.model_copy(update={"title": "Another title"}), at=FEBRUARY)
    recurring.open_due(at=eastern("2024-04-02 09:00"))
    asked = select(Clock.component_id, Clock.cycle, Clock.edition_id).where(
        Clock.edition_id.in_([first.id, second.id]), Clock.cycle != "", ~Clock.lifted
    )
    found = session().execute(asked).tuples().all()
    assert len({(component, cycle) for component, cycle, _ in found}) == len(found)
    assert {edition for _, cycle, edition in found if cycle == "2023-Q4"} == {first.id}
    assert {edition for _, cycle, edition in found if cycle == "2024-Q2"} == {second.id}

"""How commitments stood at the end of a day that is over: what came later is not counted."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Commitment, Person, Role
from cxworkflow.queries.commitments_then import Kept, commitments_kept, metrics_against_targets
from cxworkflow.services import commitment_changes, evidence, progress, readings
from cxworkflow.uploads.examining import examine
from tests.stage import Stage, eastern
from tests.uploads.samples import png

pytestmark = pytest.mark.integration

APPROVED, LAST = date(2024, 1, 9), date(2024, 9, 30)


@pytest.fixture
def lead(stage: Stage) -> Person:
    """CBP is approved on January 9."""
    stage.approved("CBP")
    return stage.person(Role.LEAD, "CBP")


def some(kind: str) -> list[Commitment]:
    return list(session().scalars(select(Commitment).where(Commitment.kind == kind).order_by(Commitment.due_on)))


def kept(stage: Stage, kind: str, on: str) -> Kept:
    return commitments_kept(stage.edition, date.fromisoformat(on)).get(kind, Kept())


def states(stage: Stage, on: str) -> dict[str, int]:
    return dict(kept(stage, "activity", on).states)


def test_before_the_approval_there_are_none(stage: Stage, lead: Person) -> None:
    assert lead
    assert commitments_kept(stage.edition, APPROVED - timedelta(days=1)) == {}
    assert kept(stage, "activity", "2024-01-09").states.total() == len(some("activity"))


def test_what_is_reported_and_checked_counts_from_the_day_on_which_it_was(stage: Stage, lead: Person) -> None:
    work, count, directorate = some("activity")[0], len(some("activity")), stage.person(Role.DIRECTORATE_LEAD)
    file = examine("seen.png", png(), largest=10_000, clamd_url=None)
    evidence.attach(work, file, most=100_000, by=lead, at=eastern("2024-03-01 09:00"))
    progress.report(work, statement="All forms are tested.", by=lead, at=eastern("2024-03-01 10:00"))
    progress.send_back(work, reason="Which forms?", by=directorate, at=eastern("2024-03-04 10:00"))
    progress.report(work, statement="All 12.", by=lead, at=eastern("2024-03-06 10:00"))
    progress.accept(work, by=directorate, at=eastern("2024-03-08 23:59"))
    assert states(stage, "2024-02-29") == {"open": count}
    assert states(stage, "2024-03-01") == {"reported": 1, "open": count - 1}
    assert states(stage, "2024-03-05") == {"open": count}
    assert states(stage, "2024-03-07") == {"reported": 1, "open": count - 1}
    assert states(stage, "2024-03-08") == {"accepted": 1, "open": count - 1}


def test_a_day_that_was_moved_later_does_not_make_it_less_overdue_before(stage: Stage, lead: Person) -> None:
    work = some("activity")[0]
    assert work.due_on
    due_on, asked_on = work.due_on, eastern(f"{work.due_on + timedelta(days=1)} 09:00")
    change = commitment_changes.propose(work, due_on=LAST, reason="A flood.", by=lead, at=asked_on)
    commitment_changes.accept(change, by=stage.person(Role.DIRECTORATE_LEAD), at=asked_on + timedelta(days=1))
    others = [each for each in some("activity") if each.id != work.id and each.due_on and each.due_on <= due_on]
    assert kept(stage, "activity", str(due_on)).overdue == len([each for each in others if each.due_on != due_on])
    assert kept(stage, "activity", str(due_on + timedelta(days=1))).overdue == 1 + len(others)
    assert kept(stage, "activity", str(due_on + timedelta(days=2))).overdue == len(others)


def test_a_metric_counts_by_the_reading_that_was_known_then_until_it_was_dropped(stage: Stage, lead: Person) -> None:
    metrics, day = some("metric"), date(2024, 3, 1)
    metric = metrics[0]
    assert metric.target is not None
    read = readings.read(metric, value=metric.target, as_of=day, by=lead, at=eastern("2024-03-04 09:00"))
    short = metric.target - 1 if metric.better != "down" else metric.target + 1
    wrong = {"value": short, "as_of": day, "reason": "A wrong sum.", "by": lead}
    readings.correct(read, **wrong, at=eastern("2024-04-02 09:00"))  # type: ignore[arg-type]
    change = commitment_changes.propose(metric, drops=True, reason="Measured no more.", by=lead,
                                        at=eastern("2024-05-02 09:00"))  # fmt: skip
    commitment_changes.accept(change, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2024-05-03 09:00"))
    rest = len(metrics) - 1

    def counted(on: str) -> dict[str, int]:
        return metrics_against_targets(stage.edition, date.fromisoformat(on))

    assert counted("2024-03-03") == {"not-read": 1 + rest}, "it was entered the day after"
    assert counted("2024-03-04") == {"reached": 1, "not-read": rest}
    assert counted("2024-04-02") == {"not-yet": 1, "not-read": rest}
    assert counted("2024-05-02") == {"not-yet": 1, "not-read": rest}
    assert counted("2024-05-03") == {"not-read": rest}
    assert kept(stage, "metric", "2024-05-03").states == {"dropped": 1, "open": rest}

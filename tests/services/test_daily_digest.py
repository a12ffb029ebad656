"""Whoever prefers it gets what may wait in one e-mail a day; each notice goes out once, alone or in a digest."""

import pytest
from sqlalchemy import func, select, update

from cxworkflow.db import session
from cxworkflow.models import Notice, Person, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import daily_digests, jobs, preferences, reminders, reviews, sending, strategies
from tests.mail.correspondence import read
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

MORNING = "2023-12-19 06:00"


def notices(person: Person, kind: str | None = None) -> list[Notice]:
    """What a person was told, in order."""
    wanted = select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)
    return list(session().scalars(wanted.where(Notice.kind == kind) if kind else wanted))


def prefers(person: Person, *, daily: bool, when: str = "2023-12-01 09:00") -> None:
    preferences.choose(daily_digest=daily, by=person, at=eastern(when))


@pytest.fixture
def executive(stage: Stage) -> Person:
    """An executive who prefers a daily digest."""
    person = stage.person(Role.EXECUTIVE, "CBP")
    prefers(person, daily=True)
    return person


def test_what_may_wait_waits_and_goes_out_with_the_next_digest(stage: Stage, executive: Person) -> None:
    jobs.do_due(at=eastern("2023-12-18 06:00"))
    strategy = stage.submitted("CBP")
    strategies.withdraw(strategy, reason="A typo.", by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-18 16:00"))
    assert [each.state for each in notices(executive)] == [NoticeState.WAITING] * 2
    jobs.do_due(at=eastern("2023-12-19 05:59"))
    assert not notices(executive, "daily-digest")
    jobs.do_due(at=eastern(MORNING))
    [digest] = notices(executive, "daily-digest")
    assert [each.state for each in notices(executive)] == [NoticeState.JOINED] * 2 + [NoticeState.OWED]
    mail = read(digest)
    assert mail.subject == "Your daily digest of December 19, 2023: 2 notices"
    assert mail.text.index("submitted") < mail.text.index("A typo.")
    jobs.do_due(at=eastern("2023-12-20 06:00"))
    assert len(notices(executive, "daily-digest")) == 1


def test_who_prefers_nothing_else_is_told_at_once(stage: Stage, executive: Person) -> None:
    stage.submitted("CBP")
    [told] = notices(stage.person(Role.LEAD, "CBP"))
    assert told.state is NoticeState.OWED
    jobs.do_due(at=eastern(MORNING))
    assert told.state is NoticeState.OWED


def test_a_decision_and_a_reminder_do_not_wait(stage: Stage, executive: Person) -> None:
    strategy = stage.submitted("CBP")
    reviews.send_back(
        strategy, reason="No baselines.", by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-12-28 11:00")
    )
    reminders.sweep(at=eastern("2024-01-12 06:00"))
    assert {each.kind: each.state for each in notices(executive)} == {
        "submitted": NoticeState.WAITING,
        "returned": NoticeState.OWED,
        "deadline": NoticeState.OWED,
    }


def test_what_waits_goes_out_once_whatever_is_preferred_meanwhile(stage: Stage, executive: Person) -> None:
    strategy, lead = stage.submitted("CBP"), stage.person(Role.LEAD, "CBP")
    prefers(executive, daily=False, when="2023-12-18 15:30")
    strategies.withdraw(strategy, reason="A typo.", by=lead, at=eastern("2023-12-18 16:00"))
    prefers(executive, daily=True, when="2023-12-18 16:30")
    strategies.submit(strategy, by=lead, at=eastern("2023-12-18 17:00"))
    jobs.do_due(at=eastern(MORNING))
    first, alone, second, digest = notices(executive)
    assert [first.state, alone.state, second.state] == [NoticeState.JOINED, NoticeState.OWED, NoticeState.JOINED]
    assert [each["notice"] for each in digest.facts["joined"]] == [first.id, second.id]


def test_what_waits_is_not_sent_by_itself(stage: Stage, executive: Person) -> None:
    stage.submitted("CBP")
    session().execute(update(Notice).where(Notice.person_id != executive.id).values(state="failed", closed_reason="-"))
    assert sending.claim() is None


def test_a_digest_goes_to_the_address_that_somebody_has_by_then(stage: Stage, executive: Person) -> None:
    stage.submitted("CBP")
    executive.email = "new.address@stage.example"
    jobs.do_due(at=eastern(MORNING))
    [digest] = notices(executive, "daily-digest")
    assert digest.to_address == "new.address@stage.example"


def test_more_than_fits_into_one_e_mail_goes_into_another(
    stage: Stage, executive: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_digests, "MOST", 1)
    strategy = stage.submitted("CBP")
    strategies.withdraw(strategy, reason="A typo.", by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-18 16:00"))
    jobs.do_due(at=eastern(MORNING))
    assert [len(each.facts["joined"]) for each in notices(executive, "daily-digest")] == [1, 1]


def test_after_days_without_a_worker_one_digest_holds_all_that_waits(stage: Stage, executive: Person) -> None:
    stage.submitted("CBP")
    jobs.do_due(at=eastern("2023-12-24 11:00"))
    jobs.do_due(at=eastern("2023-12-24 11:01"))
    assert session().scalar(select(func.count()).where(Notice.kind == "daily-digest")) == 1

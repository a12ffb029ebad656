"""Claims, attempts and doubts: what a sender may rely on, whatever happens to it or to others."""

from datetime import timedelta
from typing import Literal

import pytest
import sqlalchemy as sa

from cxworkflow.db import session
from cxworkflow.models import Attempt, Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import clocks, doubts, reminders, sending, strategies
from cxworkflow.services.sending import MOST_ATTEMPTS, Claim, Outcome
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-18 15:00")


def claimed(batch: int = 50) -> Claim:
    """A claim that holds something."""
    held = sending.claim(batch)
    assert held is not None
    return held


def notice(notice_id: int) -> Notice:
    """The notice as the database has it."""
    return session().get_one(Notice, notice_id, populate_existing=True)


def waits_for(notice_id: int) -> timedelta:
    """How long until it may be tried again, to the second."""
    left = sa.text("select extract(epoch from next_try_at - clock_timestamp()) from notice where id = :id")
    return timedelta(seconds=round(session().scalar(left, {"id": notice_id}) or 0))


def lease_runs_out() -> None:
    """Let every sender be held for dead, as if so much time had passed."""
    session().execute(
        sa.text(
            "update notice set lease_until = clock_timestamp(), "
            "next_try_at = next_try_at - (lease_until - clock_timestamp()) where state = 'sending'"
        )
    )


def its_turn(waiting: Notice) -> None:
    """Let this notice be the next to be taken."""
    session().execute(sa.text("update notice set next_try_at = '2000-01-01' where id = :id"), {"id": waiting.id})


def attempted(ended: Literal["sent", "refused", "rejected", "interrupted"], answer: str = "said") -> Notice:
    """A notice after one attempt that ended so."""
    held = claimed(1)
    (notice_id,) = held.notice_ids
    assert sending.attempting([notice_id], held, at=NOW)
    sending.settle({notice_id: Outcome(ended, answer)}, held, at=NOW)
    return notice(notice_id)


def test_two_senders_never_hold_the_same_notice(stage: Stage) -> None:
    stage.submitted("CBP")
    first, second = claimed(2), claimed(2)
    assert len(first.notice_ids) == 2
    assert not set(first.notice_ids) & set(second.notice_ids)
    assert sending.claim() is None
    assert not sending.waiting()


def test_only_the_claim_that_holds_a_notice_may_attempt_it_and_only_once(stage: Stage) -> None:
    stage.submitted("CBP")
    held, other = claimed(1), claimed(1)
    (notice_id,) = held.notice_ids
    assert not sending.attempting([notice_id], other, at=NOW)
    assert sending.attempting([notice_id], held, at=NOW)
    assert not sending.attempting([notice_id], held, at=NOW)


def test_what_the_server_took_is_sent_with_its_answer_on_record(stage: Stage) -> None:
    stage.submitted("CBP")
    sent = attempted("sent", "250 Kept")
    assert (sent.state, sent.sent_at) == (NoticeState.SENT, NOW)
    assert [(line.number, line.outcome, line.answer) for line in sent.attempts] == [(1, "sent", "250 Kept")]


def test_what_came_before_and_after_the_attempt_that_succeeded_stands_around_it(stage: Stage) -> None:
    stage.submitted("CBP")
    sent = attempted("sent", "250 Kept")
    for hours, outcome in ((-1, "interrupted"), (1, "missing")):
        at = NOW + timedelta(hours=hours)
        session().add(Attempt(notice_id=sent.id, number=1, tried_at=at, outcome=outcome, answer="?"))
    session().flush()
    session().refresh(sent)
    assert [line.outcome for line in sent.attempts] == ["interrupted", "sent", "missing"]


def test_what_is_refused_for_now_waits_longer_each_time_but_never_over_an_hour(stage: Stage) -> None:
    stage.submitted("CBP")
    waits = []
    for _ in range(10):
        again = attempted("refused", "451 Later")
        assert again.state is NoticeState.OWED
        waits.append(waits_for(again.id))
        its_turn(again)
    seconds = [wait.total_seconds() for wait in waits]
    assert seconds == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_after_a_day_of_refusals_a_person_is_asked(stage: Stage) -> None:
    stage.submitted("CBP")
    session().execute(sa.update(Notice).values(attempt=MOST_ATTEMPTS - 1))
    failed = attempted("refused", "451 Later")
    assert (failed.state, failed.closed_reason) == (NoticeState.FAILED, "451 Later")


def test_what_is_rejected_goes_to_a_person_at_once(stage: Stage) -> None:
    stage.submitted("CBP")
    failed = attempted("rejected", "550 No such user")
    assert (failed.state, failed.closed_reason) == (NoticeState.FAILED, "550 No such user")
    assert failed.lease_until is None


def test_what_was_not_attempted_is_given_back(stage: Stage) -> None:
    stage.submitted("CBP")
    held = claimed()
    tried, *rest = held.notice_ids
    sending.attempting([tried], held, at=NOW)
    sending.give_back(held.notice_ids, held)
    assert notice(tried).state is NoticeState.SENDING
    assert {notice(each).state for each in rest} == {NoticeState.OWED}


def test_what_a_dead_sender_held_is_owed_again_and_what_it_tried_is_in_doubt(stage: Stage) -> None:
    stage.submitted("CBP")
    held = claimed()
    tried, *rest = held.notice_ids
    sending.attempting([tried], held, at=NOW)
    doubts.reclaim(at=NOW)
    assert notice(tried).state is NoticeState.SENDING, "its lease runs on"
    lease_runs_out()
    doubts.reclaim(at=NOW)
    assert notice(tried).state is NoticeState.IN_DOUBT
    assert [line.outcome for line in notice(tried).attempts] == ["interrupted"]
    assert {notice(each).state for each in rest} == {NoticeState.OWED}
    assert [each.id for each in doubts.in_doubt()] == [tried]


def test_a_doubt_waits_until_the_server_has_surely_finished(stage: Stage) -> None:
    stage.submitted("CBP")
    doubted = attempted("interrupted", "cut off")
    assert (doubted.state, doubted.closed_reason) == (NoticeState.IN_DOUBT, "cut off")
    assert waits_for(doubted.id) == sending.DOUBT_WAIT
    assert doubts.in_doubt() == []


def test_nothing_follows_from_a_copy_that_may_still_be_on_its_way_to_the_journal(stage: Stage) -> None:
    stage.submitted("CBP")
    doubted = attempted("interrupted")
    its_turn(doubted)
    assert doubts.in_doubt(delay=timedelta(minutes=10)) == []
    session().execute(sa.text("update notice set trying_since = trying_since - interval '10 minutes'"))
    assert [each.id for each in doubts.in_doubt(delay=timedelta(minutes=10))] == [doubted.id]


@pytest.mark.parametrize(
    ("found", "state", "outcome"),
    [(True, NoticeState.SENT, "confirmed"), (False, NoticeState.OWED, "not sent"), (None, NoticeState.IN_DOUBT, None)],
)
def test_the_journal_settles_a_doubt(stage: Stage, found: bool | None, state: NoticeState, outcome: str | None) -> None:
    stage.submitted("CBP")
    doubted = attempted("interrupted")
    doubts.resolve(doubted.id, found=found, at=NOW)
    settled = notice(doubted.id)
    assert settled.state is state
    assert (settled.sent_at is not None) == (state is NoticeState.SENT)
    last = (
        session()
        .scalars(sa.select(Attempt.outcome).where(Attempt.notice_id == doubted.id).order_by(Attempt.id))
        .all()[-1]
    )
    assert last == (outcome or "interrupted")


def test_a_message_that_always_ends_in_doubt_goes_to_a_person_in_the_end(stage: Stage) -> None:
    stage.submitted("CBP")
    session().execute(sa.update(Notice).values(attempt=MOST_ATTEMPTS - 1))
    doubted = attempted("interrupted", "cut off")
    doubts.resolve(doubted.id, found=False, at=NOW)
    assert (notice(doubted.id).state, notice(doubted.id).closed_reason) == (NoticeState.FAILED, "cut off")


def test_an_answer_that_comes_after_the_lease_still_counts(stage: Stage) -> None:
    stage.submitted("CBP")
    held = claimed(1)
    (notice_id,) = held.notice_ids
    sending.attempting([notice_id], held, at=NOW)
    lease_runs_out()
    doubts.reclaim(at=NOW)
    sending.settle({notice_id: Outcome("sent", "250 Kept")}, held, at=NOW)
    assert notice(notice_id).state is NoticeState.SENT


def test_an_answer_changes_nothing_once_the_journal_has_settled_the_doubt(stage: Stage) -> None:
    stage.submitted("CBP")
    held = claimed(1)
    (notice_id,) = held.notice_ids
    sending.attempting([notice_id], held, at=NOW)
    lease_runs_out()
    doubts.reclaim(at=NOW)
    doubts.resolve(notice_id, found=False, at=NOW)
    again = claimed()
    assert sending.attempting([notice_id], again, at=NOW)
    sending.settle({notice_id: Outcome("rejected", "550 from the dead")}, held, at=NOW)
    assert notice(notice_id).state is NoticeState.SENDING


def reminders_of(code: str) -> list[Notice]:
    """The Component's reminders, the oldest rung first."""
    wanted = sa.select(Notice).where(Notice.kind == "deadline", Notice.component.has(code=code))
    return list(session().scalars(wanted.order_by(Notice.rung, Notice.id).execution_options(populate_existing=True)))


def test_a_reminder_that_comes_back_after_its_clock_stopped_is_closed_not_sent(stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    held = claimed()
    stage.submitted("CBP")
    sending.give_back(held.notice_ids, held)
    taken = claimed().notice_ids
    (closed,) = reminders_of("CBP")
    assert closed.id not in taken
    assert (closed.state, closed.closed_reason) == (NoticeState.SUPERSEDED, sending.OVERTAKEN)
    (still_due,) = reminders_of("TSA")
    assert still_due.id in taken


def test_a_reminder_that_comes_back_after_a_later_one_is_closed_not_sent(stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    held = claimed()
    for notice_id in held.notice_ids:
        sending.attempting([notice_id], held, at=NOW)
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    for notice_id in held.notice_ids:
        sending.settle({notice_id: Outcome("refused", "451 Later")}, held, at=NOW)
    session().execute(sa.text("update notice set next_try_at = clock_timestamp() where state = 'owed'"))
    taken = claimed().notice_ids
    first, second = reminders_of("CBP")
    assert (first.rung, first.state) == (-60, NoticeState.SUPERSEDED)
    assert (second.rung, second.state) == (-30, NoticeState.SENDING)
    assert second.id in taken


@pytest.mark.parametrize("how", ["paused", "extended"])
def test_a_reminder_of_a_clock_that_paused_or_moved_is_closed_not_sent(stage: Stage, how: str) -> None:
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    held = claimed()
    clock, cio = stage.clock("strategy", "CBP"), stage.person(Role.CIO)
    if how == "paused":
        clocks.pause(clock, reason="Lapse", by=cio, at=eastern("2023-11-10 09:00"))
    else:
        to = eastern("2024-02-01 00:00").date()
        clocks.extend(clock, to=to, reason="Storm", by=cio, at=eastern("2023-11-10 09:00"))
    sending.give_back(held.notice_ids, held)
    claimed()
    assert reminders_of("CBP")[0].state is NoticeState.SUPERSEDED


def test_a_claim_that_only_closes_what_is_overtaken_holds_nothing_but_is_not_the_last(stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    held = claimed()
    strategy = stage.submitted("CBP")
    sending.give_back(held.notice_ids, held)
    session().execute(
        sa.text("update notice set next_try_at = '2000-01-01' where id = :id"), {"id": reminders_of("CBP")[0].id}
    )
    assert claimed(1).notice_ids == ()
    assert sending.waiting()
    strategies.withdraw(strategy, reason="An annex", by=stage.person(Role.LEAD, "CBP"), at=NOW)
    assert reminders_of("CBP")[0].state is NoticeState.SUPERSEDED, "what was closed stays closed"

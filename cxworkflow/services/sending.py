"""Sending what is owed: claimed in batches with a lease, each attempt recorded before it is made.

Leases, waits and attempts run on the database server's real time, so that neither a wrong clock on a worker
nor the demo's movable clock can send anything twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.models import Notice

BATCH = 50
LEASE = timedelta(minutes=3)  # longer than a sender can be busy with one message (see mail.transport)
DOUBT_WAIT = timedelta(seconds=30)  # until a mail server has surely finished or dropped an interrupted dialogue
FIRST_WAIT = timedelta(seconds=15)  # doubled with each attempt, up to the next
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 32  # with these waits, a day of trying before a person is asked

OVERTAKEN = "Before this reminder could be sent, a later one was due, or its clock stopped, paused or got another date."
INTERRUPTED = "The sender stopped in mid-send, so it is not known whether the mail server took the message."


@dataclass(frozen=True)
class Claim:
    """Notices that one sender holds for a while; the token fences it off once another sender has them."""

    token: UUID
    notice_ids: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, and what the mail server said.

    `sent`: taken; `refused`: not taken now (4xx, no connection); `rejected`: not taken for good (5xx);
    `interrupted`: nobody knows.
    """

    ended: Literal["sent", "refused", "rejected", "interrupted"]
    answer: str


def waiting() -> bool:
    """Whether anything is owed that may be tried now."""
    found = text("select 1 from notice where state = 'owed' and next_try_at <= clock_timestamp() limit 1")
    return session().scalar(found) is not None


def claim(batch: int = BATCH) -> Claim | None:
    """Take up to `batch` owed notices for this sender alone; None when there is nothing to take.

    A reminder that is no longer so is closed instead: it may have come back from an attempt or a dead sender
    after its clock changed.
    """
    token = uuid4()
    taken = session().execute(_CLAIM, {"token": token, "lease": LEASE, "batch": batch, "overtaken": OVERTAKEN}).all()
    if not taken:
        return None
    return Claim(token, tuple(sorted(row.id for row in taken if row.state == "sending")))


_CLAIM = text(
    """
    with taken as (
        select id, kind, clock_id, due_on, rung from notice
         where state = 'owed' and next_try_at <= clock_timestamp()
         order by next_try_at, id limit :batch for update skip locked
    ),
    judged as (
        select taken.id, taken.kind = 'deadline' and (
                   exists (select from notice as later where later.clock_id = taken.clock_id
                              and later.due_on = taken.due_on and later.rung > taken.rung)
                   or not exists (select from clock where clock.id = taken.clock_id and clock.due_on = taken.due_on
                                     and clock.stopped_on is null and clock.paused_on is null)
               ) as overtaken
          from taken
    )
    update notice set
        state = case when overtaken then 'superseded' else 'sending' end,
        closed_reason = case when overtaken then cast(:overtaken as text) end,
        claim = case when not overtaken then cast(:token as uuid) end,
        lease_until = case when not overtaken then clock_timestamp() + cast(:lease as interval) end
      from judged where notice.id = judged.id
    returning notice.id, notice.state
    """
)


def claimed(held: Claim) -> Sequence[Notice]:
    """The notices of a claim, with their people, in the order in which they came to be owed."""
    wanted = select(Notice).where(Notice.id.in_(held.notice_ids)).options(joinedload(Notice.person)).order_by(Notice.id)
    return session().scalars(wanted.execution_options(populate_existing=True)).all()


def attempting(notice_id: int, held: Claim, *, after: tuple[int, Outcome] | None = None, at: datetime) -> bool:
    """Note that this notice is about to be sent, and how the one before it (`after`) ended, in one statement.

    False if another sender has it by now.
    """
    return _step(held, done=after, next_id=notice_id, at=at)


def settle(notice_id: int, outcome: Outcome, held: Claim, *, at: datetime) -> None:
    """Record how an attempt ended: sent, tried again after a growing wait, left to a person, or in doubt.

    An answer that comes after the lease still counts, unless the doubt has been settled in another way.
    """
    _step(held, done=(notice_id, outcome), next_id=None, at=at)


def _step(held: Claim, *, done: tuple[int, Outcome] | None, next_id: int | None, at: datetime) -> bool:
    done_id, outcome = done or (None, None)
    found = session().scalar(
        _STEP,
        {
            "token": held.token,
            "done_id": done_id,
            "ended": outcome.ended if outcome else None,
            "answer": outcome.answer[:1000] if outcome else None,
            "next_id": next_id,
            "at": at,
            "lease": LEASE,
            "most": MOST_ATTEMPTS,
            "first": FIRST_WAIT,
            "longest": LONGEST_WAIT,
            "doubt_wait": DOUBT_WAIT,
        },
    )
    return bool(found)


_STEP = text(
    """
    with held as (
        select id, case when :ended = 'sent' then 'sent'
                        when :ended = 'interrupted' then 'in_doubt'
                        when :ended = 'rejected' or attempt >= :most then 'failed'
                        else 'owed' end as state
          from notice where id = cast(:done_id as bigint) and claim = :token and state in ('sending', 'in_doubt')
           for update
    ),
    settled as (
        update notice set
            state = held.state,
            sent_at = case when held.state = 'sent' then cast(:at as timestamptz) end,
            closed_reason = case when held.state in ('failed', 'in_doubt') then cast(:answer as text) end,
            next_try_at = clock_timestamp() + case
                when held.state = 'in_doubt' then cast(:doubt_wait as interval)
                else least(cast(:longest as interval), cast(:first as interval) * (2 ^ least(attempt, 20))) end,
            claim = case when held.state = 'in_doubt' then claim end,
            lease_until = null,
            trying_since = case when held.state = 'in_doubt' then trying_since end
          from held where notice.id = held.id
        returning notice.id, notice.attempt
    ),
    line as (
        insert into attempt (notice_id, number, tried_at, outcome, answer)
        select id, attempt, cast(:at as timestamptz), cast(:ended as text), cast(:answer as text) from settled
    ),
    attempting as (
        update notice set attempt = attempt + 1, trying_since = clock_timestamp(),
                          lease_until = clock_timestamp() + cast(:lease as interval)
         where id = cast(:next_id as bigint) and claim = :token and state = 'sending' and trying_since is null
        returning id
    )
    select exists (select from attempting)
    """
)


def give_back(notice_ids: Sequence[int], held: Claim) -> None:
    """Return claimed notices that were not attempted, since the mail server is out of reach."""
    session().execute(
        text(
            "update notice set state = 'owed', claim = null, lease_until = null "
            "where id = any(:ids) and claim = :token and state = 'sending' and trying_since is null"
        ),
        {"ids": list(notice_ids), "token": held.token},
    )

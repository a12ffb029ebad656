"""Sending what is owed: claimed in batches with a lease, each attempt recorded before it is made.

Leases, waits and attempts run on the database server's real time, so that neither a wrong clock on a worker
nor the demo's movable clock can send anything twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from cxworkflow.arrays import numbers
from cxworkflow.db import session
from cxworkflow.models import Notice, Person

BATCH = 200  # at its end, lines wait for the last of it: not too few; another sender gets none of it: not too many
LEASE = timedelta(minutes=3)  # longer than a sender can be busy with one message (see mail.transport)
DOUBT_WAIT = timedelta(seconds=30)  # until a mail server has surely finished or dropped an interrupted dialogue
FIRST_WAIT = timedelta(seconds=15)  # doubled with each attempt, up to the next
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 32  # with these waits, a day of trying before a person is asked

OVERTAKEN = "Before this reminder could be sent, a later one was due, or its clock stopped, paused or got another date."
INTERRUPTED = "The sender stopped in mid-send, so it is not known whether the mail server took the message."


@dataclass(frozen=True)
class Claim:
    """Notices that one sender holds for a while; the token fences it off once another sender has them.

    The first of them, as many as in `tried`, count as attempted.
    """

    token: UUID
    notice_ids: tuple[int, ...]
    tried: tuple[int, ...] = ()


class Outcome(NamedTuple):
    """How an attempt ended, and what the mail server said. A tuple: they are told apart by the thousand.

    `sent`: taken; `refused`: not taken now (4xx, no connection); `rejected`: not taken for good (5xx);
    `interrupted`: nobody knows.
    """

    ended: Literal["sent", "refused", "rejected", "interrupted"]
    answer: str


def waiting() -> bool:
    """Whether anything is owed that may be tried now."""
    found = text("select 1 from notice where open and state = 'owed' and next_try_at <= clock_timestamp() limit 1")
    return session().scalar(found) is not None


def claim(batch: int = BATCH, *, trying: int = 0) -> Claim | None:
    """Take up to `batch` owed notices for this sender alone; None when there is nothing to take.

    The first `trying` of them are noted as attempted: they are about to be sent. A reminder that is no longer so is
    closed instead: it may have come back from an attempt or a dead sender after its clock changed.
    """
    token = uuid4()
    values = {"token": token, "lease": LEASE, "batch": batch, "trying": trying, "overtaken": OVERTAKEN}
    ids, tried, overtaken = session().execute(_CLAIM, values).one()
    if not ids and not overtaken:
        return None
    return Claim(token, tuple(ids), tuple(ids[:tried]))


_CLAIM = text(
    """
    with taken as (
        select id, kind, clock_id, due_on, rung, next_try_at from notice
         where open and state = 'owed' and next_try_at <= clock_timestamp()
         order by next_try_at, id limit :batch for update skip locked
    ),
    judged as (
        select taken.id, row_number() over (order by taken.next_try_at, taken.id) as nth,
               taken.kind = 'deadline' and (
                   exists (select from notice as later where later.clock_id = taken.clock_id
                              and later.due_on = taken.due_on and later.rung > taken.rung)
                   or not exists (select from clock where clock.id = taken.clock_id and clock.due_on = taken.due_on
                                     and clock.stopped_on is null and clock.paused_on is null)
               ) as overtaken
          from taken
    ),
    claimed as (
        update notice set
            state = case when overtaken then 'superseded' else 'sending' end,
            closed_reason = case when overtaken then cast(:overtaken as text) end,
            claim = case when not overtaken then cast(:token as uuid) end,
            lease_until = case when not overtaken then clock_timestamp() + cast(:lease as interval) end,
            attempt = attempt + case when not overtaken and nth <= :trying then 1 else 0 end,
            trying_since = case when not overtaken and nth <= :trying then clock_timestamp() end
          from judged where notice.id = judged.id
        returning notice.id, nth, overtaken
    )
    select coalesce(array_agg(id order by nth) filter (where not overtaken), '{}') as ids,
           count(*) filter (where not overtaken and nth <= :trying) as tried,
           count(*) filter (where overtaken) as overtaken
      from claimed
    """
)


def claimed(held: Claim) -> Sequence[Notice]:
    """The notices of a claim, with their people, in the order in which they came to be owed."""
    people = joinedload(Notice.person).lazyload(Person.appointments)
    wanted = select(Notice).where(Notice.id.in_(held.notice_ids)).options(people).order_by(Notice.id)
    return session().scalars(wanted.execution_options(populate_existing=True)).all()


def attempting(
    notice_ids: Sequence[int], held: Claim, *, after: Mapping[int, Outcome] | None = None, at: datetime
) -> list[int]:
    """Note that these notices are about to be sent, and how those before them (`after`) ended, in one statement.

    Returns those that are still this sender's to send.
    """
    ours = set(_step(held, after or {}, notice_ids, at=at))
    return [notice_id for notice_id in notice_ids if notice_id in ours]


def settle(outcomes: Mapping[int, Outcome], held: Claim, *, at: datetime) -> None:
    """Record how attempts ended: sent, tried again after a growing wait, left to a person, or in doubt.

    An answer that comes after the lease still counts, unless the doubt has been settled in another way.
    """
    _step(held, outcomes, (), at=at)


def _step(held: Claim, done: Mapping[int, Outcome], next_ids: Sequence[int], *, at: datetime) -> Sequence[int]:
    said = {outcome: number for number, outcome in enumerate(dict.fromkeys(done.values()), start=1)}
    return (
        session()
        .scalars(
            _STEP,
            {
                "token": held.token,
                "done_ids": numbers(done),
                "said": numbers(said[outcome] for outcome in done.values()),
                "ended": [outcome.ended for outcome in said],
                "answers": [outcome.answer[:1000] for outcome in said],
                "next_ids": numbers(next_ids),
                "at": at,
                "lease": LEASE,
                "most": MOST_ATTEMPTS,
                "first": FIRST_WAIT,
                "longest": LONGEST_WAIT,
                "doubt_wait": DOUBT_WAIT,
            },
        )
        .all()
    )


_STEP = text(
    """
    with done as (
        select done.id, (cast(:ended as text[]))[said] as ended, (cast(:answers as text[]))[said] as answer
          from unnest(cast(:done_ids as bigint[]), cast(:said as int[])) as done(id, said)
    ),
    settled as (
        update notice set
            state = case when done.ended = 'sent' then 'sent'
                         when done.ended = 'interrupted' then 'in_doubt'
                         when done.ended = 'rejected' or attempt >= :most then 'failed'
                         else 'owed' end,
            sent_at = case when done.ended = 'sent' then cast(:at as timestamptz) end,
            closed_reason = case when done.ended in ('interrupted', 'rejected')
                                      or done.ended = 'refused' and attempt >= :most then done.answer end,
            next_try_at = case
                when done.ended = 'sent' then next_try_at
                when done.ended = 'interrupted' then clock_timestamp() + cast(:doubt_wait as interval)
                else clock_timestamp()
                     + least(cast(:longest as interval), cast(:first as interval) * (2 ^ least(attempt, 20))) end,
            answer = case when done.ended = 'sent' then done.answer end,
            claim = case when done.ended = 'interrupted' then claim end,
            lease_until = null,
            trying_since = case when done.ended = 'interrupted' then trying_since end
          from done where notice.id = done.id and claim = :token and state in ('sending', 'in_doubt')
        returning notice.id, notice.attempt, done.ended, done.answer
    ),
    line as (
        insert into attempt (notice_id, number, tried_at, outcome, answer)
        select id, attempt, cast(:at as timestamptz), ended, answer from settled where ended <> 'sent'
    )
    update notice set attempt = attempt + 1, trying_since = clock_timestamp(),
                      lease_until = clock_timestamp() + cast(:lease as interval)
     where id = any(cast(:next_ids as bigint[])) and claim = :token and state = 'sending' and trying_since is null
    returning id
    """
)


def give_back(notice_ids: Collection[int], held: Claim) -> None:
    """Return claimed notices that were not attempted, since the mail server is out of reach."""
    session().execute(
        text(
            "update notice set state = 'owed', claim = null, lease_until = null "
            "where id = any(:ids) and claim = :token and state = 'sending' and trying_since is null"
        ),
        {"ids": list(notice_ids), "token": held.token},
    )

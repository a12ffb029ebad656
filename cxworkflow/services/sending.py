"""Sending what is owed: claimed in batches with a lease, each attempt recorded before it is made.

Leases, waits and attempts run on the database server's real time, so that neither a wrong clock on a worker
nor the demo's movable clock can send anything twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from cxworkflow.db import session

BATCH = 50
LEASE = timedelta(minutes=3)  # longer than the SMTP dialogue can take with its time-outs
DOUBT_WAIT = timedelta(seconds=30)  # until a mail server has surely finished or dropped an interrupted dialogue
MOST_ATTEMPTS = 12
INTERRUPTED = "The sender stopped in mid-send, so it is not known whether the mail server took the message."


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: `sent`, `refused` for now (4xx, no connection) or `rejected` for good (5xx)."""

    notice_id: int
    outcome: str
    answer: str


def claim(batch: int = BATCH, lease: timedelta = LEASE) -> tuple[UUID, list[int]]:
    """Take up to `batch` owed notices for this sender alone; returns the claim and their ids."""
    token = uuid4()
    rows = session().scalars(
        text(
            "update notice set state = 'sending', claim = :claim, lease_until = clock_timestamp() + :lease "
            "where id = any(array(select id from notice where state = 'owed' and next_try_at <= clock_timestamp() "
            "order by next_try_at, id limit :batch for update skip locked)) returning id"
        ),
        {"claim": token, "lease": lease, "batch": batch},
    )
    return token, sorted(rows)


def attempting(notice_id: int, claim: UUID, lease: timedelta = LEASE) -> bool:
    """Note that this notice is about to be sent; False if another sender has it by now."""
    row = session().execute(
        text(
            "update notice set attempt = attempt + 1, trying_since = clock_timestamp(), "
            "lease_until = clock_timestamp() + :lease "
            "where id = :id and claim = :claim and state = 'sending' and trying_since is null returning id"
        ),
        {"id": notice_id, "claim": claim, "lease": lease},
    )
    return row.first() is not None


def settle(done: Outcome, claim: UUID, *, at: datetime) -> None:
    """Record how an attempt ended: sent, tried again later with a growing wait, or left to a person."""
    session().execute(
        text(
            """
            with settled as (
                update notice set
                    state = case when :outcome = 'sent' then 'sent'
                                 when :outcome = 'rejected' or attempt >= :most then 'failed' else 'owed' end,
                    sent_at = case when :outcome = 'sent' then cast(:at as timestamptz) end,
                    closed_reason = case when :outcome = 'sent' then null
                                         when :outcome = 'rejected' or attempt >= :most then cast(:answer as text) end,
                    next_try_at = clock_timestamp() + least(interval '1 hour', interval '15 seconds' * (2 ^ attempt)),
                    claim = null, lease_until = null, trying_since = null
                where id = :id and claim = :claim and state = 'sending'
                returning id, attempt
            )
            insert into attempt (notice_id, number, tried_at, outcome, answer)
            select id, attempt, :at, :outcome, :answer from settled
            """
        ),
        {
            "id": done.notice_id,
            "claim": claim,
            "outcome": done.outcome,
            "answer": done.answer[:1000],
            "at": at,
            "most": MOST_ATTEMPTS,
        },
    )


def give_back(notice_ids: Sequence[int], claim: UUID) -> None:
    """Return claimed notices that were not attempted (the mail server is out of reach, or we are stopping)."""
    session().execute(
        text(
            "update notice set state = 'owed', claim = null, lease_until = null, "
            "next_try_at = clock_timestamp() + interval '15 seconds' "
            "where id = any(:ids) and claim = :claim and state = 'sending' and trying_since is null"
        ),
        {"ids": list(notice_ids), "claim": claim},
    )


def reclaim() -> None:
    """Take back what dead senders hold: not attempted is owed again, attempted is in doubt."""
    session().execute(
        text(
            "update notice set claim = null, lease_until = null, "
            "state = case when trying_since is null then 'owed' else 'in_doubt' end, "
            "closed_reason = case when trying_since is not null then :interrupted end, "
            "next_try_at = clock_timestamp() "
            "where state = 'sending' and lease_until < clock_timestamp()"
        ),
        {"interrupted": INTERRUPTED},
    )


def in_doubt() -> list[tuple[int, str]]:
    """Notices in doubt long enough to be looked up in the journal: id and token."""
    rows = session().execute(
        text(
            "select id, token from notice where state = 'in_doubt' and next_try_at <= clock_timestamp() "
            "and trying_since < clock_timestamp() - cast(:wait as interval) order by id for update skip locked"
        ),
        {"wait": DOUBT_WAIT},
    )
    return [(row.id, str(row.token)) for row in rows]


def resolve(notice_id: int, *, found: bool | None, at: datetime) -> None:
    """Settle a doubt by what the journal says: found is sent, not found is owed again, None asks again later."""
    if found is None:
        session().execute(
            text("update notice set next_try_at = clock_timestamp() + interval '1 minute' where id = :id"),
            {"id": notice_id},
        )
        return
    session().execute(
        text(
            """
            with settled as (
                update notice set state = case when :found then 'sent' else 'owed' end,
                    sent_at = case when :found then cast(:at as timestamptz) end,
                    closed_reason = null, trying_since = null, next_try_at = clock_timestamp()
                where id = :id and state = 'in_doubt' returning id, attempt
            )
            insert into attempt (notice_id, number, tried_at, outcome, answer)
            select id, attempt, :at, case when :found then 'confirmed' else 'not sent' end,
                   case when :found then 'The journal holds this message: it was sent.'
                        else 'The journal does not hold this message: it is sent again.' end
              from settled
            """
        ),
        {"id": notice_id, "found": found, "at": at},
    )


def doubt(notice_id: int, claim: UUID) -> None:
    """Note that the connection broke in mid-send: the journal has to say whether the message went out."""
    session().execute(
        text(
            "update notice set state = 'in_doubt', claim = null, lease_until = null, closed_reason = :interrupted, "
            "next_try_at = clock_timestamp() + cast(:wait as interval) "
            "where id = :id and claim = :claim and state = 'sending'"
        ),
        {"id": notice_id, "claim": claim, "interrupted": INTERRUPTED, "wait": DOUBT_WAIT},
    )

"""What dead senders leave behind: taken back, and where a message may have gone out, settled by the journal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from cxworkflow.db import session
from cxworkflow.models import Notice
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import sending

FOUND = "The journal holds this message: it was sent."
RESTORED = "This was to be sent when the database was backed up, and may have gone out before it was brought back."
NOT_FOUND = "The journal does not hold this message: it is sent again."


def reclaim(*, at: datetime) -> None:
    """Take back what dead senders hold: not attempted is owed again, attempted is in doubt."""
    session().execute(_RECLAIM, {"interrupted": sending.INTERRUPTED, "at": at, "lease": sending.LEASE})


# In order and without waiting, so that it can't deadlock with a sender that is late but alive. What is claimed could be
# tried by then, so a lease that is over leads to a range of the index: what came to be owed since is not read.
_RECLAIM = text(
    """
    with dead as (
        select id, trying_since is not null as tried from notice
         where open and state = 'sending' and lease_until < clock_timestamp()
           and next_try_at < statement_timestamp() - cast(:lease as interval)
         order by id for update skip locked
    ),
    freed as (
        update notice set
            state = case when tried then 'in_doubt' else 'owed' end,
            closed_reason = case when tried then cast(:interrupted as text) end,
            claim = case when tried then claim end,
            lease_until = null,
            next_try_at = clock_timestamp()
          from dead where notice.id = dead.id
        returning notice.id, notice.attempt, tried
    )
    insert into attempt (notice_id, number, tried_at, outcome, answer)
    select id, attempt, :at, 'interrupted', :interrupted from freed where tried
    """
)


def doubt_what_is_open() -> int:
    """Doubt whatever was to be sent when a back-up was taken, since it may have gone out before it was brought back.

    Returns how many there are. The journal settles each, or a person, like any other doubt.
    """
    found = session().execute(_DOUBT_OPEN, {"reason": RESTORED})
    return found.rowcount  # type: ignore[attr-defined,no-any-return]


_DOUBT_OPEN = text(
    """
    update notice set state = 'in_doubt', closed_reason = :reason, claim = null, lease_until = null,
           trying_since = clock_timestamp(), next_try_at = clock_timestamp()
     where open and state <> 'in_doubt'
    """
)


def in_doubt(batch: int = sending.BATCH, *, delay: timedelta = timedelta(0)) -> Sequence[Notice]:
    """Notices whose doubt may be settled now, locked for this transaction.

    `delay` is how long a copy may take to reach the journal: before that, nothing follows from its absence.
    """
    doubted = (
        select(Notice)
        .where(Notice.open, Notice.closed_reason.is_not(None))  # as in the index of what is in doubt
        .where(Notice.state == NoticeState.IN_DOUBT, Notice.next_try_at <= func.clock_timestamp())
        .where(Notice.trying_since <= func.clock_timestamp() - delay)
        .order_by(Notice.next_try_at, Notice.id)
        .limit(batch)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return session().scalars(doubted.execution_options(populate_existing=True)).all()


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
                update notice set
                    state = case when :found then 'sent' when attempt >= :most then 'failed' else 'owed' end,
                    sent_at = case when :found then cast(:at as timestamptz) end,
                    closed_reason = case when not :found and attempt >= :most then closed_reason end,
                    claim = null,
                    trying_since = null,
                    next_try_at = clock_timestamp()
                        + least(cast(:longest as interval), cast(:first as interval) * (2 ^ least(attempt - 1, 20) - 1))
                where id = :id and state = 'in_doubt' returning id, attempt
            )
            insert into attempt (notice_id, number, tried_at, outcome, answer)
            select id, attempt, :at, :outcome, :answer from settled
            """
        ),
        {
            "id": notice_id,
            "found": found,
            "at": at,
            "most": sending.MOST_ATTEMPTS,
            "first": sending.FIRST_WAIT,
            "longest": sending.LONGEST_WAIT,
            "outcome": "confirmed" if found else "not sent",
            "answer": FOUND if found else NOT_FOUND,
        },
    )

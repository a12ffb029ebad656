"""What a person settles: e-mails that failed for good, and those in doubt that no journal can clear up."""

from datetime import datetime

from sqlalchemy import func

from cxworkflow.db import held, session
from cxworkflow.errors import NotNow
from cxworkflow.models import Attempt, Notice, Person
from cxworkflow.models.notice import NoticeState
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record


def try_again(notice: Notice, *, by: Person, at: datetime) -> None:
    """Owe a failed notice once more, to the address its recipient has now; raises NotAllowed, NotNow."""
    notice = _settled_by_hand(notice, NoticeState.FAILED, "tried again", by=by, at=at)
    notice.to_address = notice.person.email
    _owe_again(notice)
    _note(notice, "try-again", f"Put back in the queue by {by.name}, to {notice.to_address}.", by=by, at=at)


def send_again(notice: Notice, *, by: Person, at: datetime) -> None:
    """Owe a notice in doubt once more, on the word of somebody who knows that it did not arrive."""
    notice = _settled_by_hand(notice, NoticeState.IN_DOUBT, "sent again", by=by, at=at)
    _owe_again(notice)
    _note(notice, "send-again", f"{by.name} found that it did not arrive: it is sent again.", by=by, at=at)


def was_sent(notice: Notice, *, by: Person, at: datetime) -> None:
    """Close a notice in doubt as sent, on the word of somebody who knows that it arrived."""
    notice = _settled_by_hand(notice, NoticeState.IN_DOUBT, "marked as sent", by=by, at=at)
    notice.state, notice.sent_at = NoticeState.SENT, at
    notice.closed_reason = notice.claim = None
    _note(notice, "was-sent", f"{by.name} found that it arrived.", by=by, at=at)


def _settled_by_hand(notice: Notice, state: NoticeState, what: str, *, by: Person, at: datetime) -> Notice:
    require(by, Permission.SETTLE_NOTICES, at=at)
    notice = held(notice)
    if notice.state is not state:
        raise NotNow(f"This e-mail is {_AS_READ[notice.state]} by now, so it can't be {what}. Nothing was changed.")
    return notice


_AS_READ = {
    NoticeState.WAITING: "waiting for a daily digest",
    NoticeState.OWED: "waiting to be sent",
    NoticeState.SENDING: "being sent",
    NoticeState.SENT: "sent",
    NoticeState.IN_DOUBT: "in doubt",
    NoticeState.FAILED: "marked as failed",
    NoticeState.SUPERSEDED: "replaced by a later one",
    NoticeState.JOINED: "sent with others",
}


def _owe_again(notice: Notice) -> None:
    # Without the claim, an answer that the interrupted sender still gets no longer counts.
    notice.state, notice.closed_reason, notice.claim = NoticeState.OWED, None, None
    notice.next_try_at = func.clock_timestamp()
    session().info["owes"] = True  # rings the bell after the commit


def _note(notice: Notice, verb: str, answer: str, *, by: Person, at: datetime) -> None:
    session().add(
        Attempt(notice_id=notice.id, number=notice.attempt, tried_at=at, outcome=verb, answer=answer, by_id=by.id)
    )
    details = {"notice": notice.id, "kind": notice.kind, "whom": notice.person_id}
    role = require(by, Permission.SETTLE_NOTICES, at=at)
    record.write(verb, by=by, as_role=role, at=at, component=notice.component, details=details)

"""Notices: every e-mail owed, whether it went out, and what a person can do where it did not."""

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import day_of
from cxworkflow.db import unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.explain import rung_words
from cxworkflow.mail import compose
from cxworkflow.models import Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.models.people import role_in
from cxworkflow.permissions import Permission, may
from cxworkflow.queries import notices as queries
from cxworkflow.services import undelivered
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing, Number, iso, of_component
from cxworkflow.web.notice_pages import page_for
from cxworkflow.web.plain_words import ATTEMPTS, NOTICE_STATES, why_owed
from cxworkflow.web.words import role_title
from cxworkflow.wording import NOTICE_KINDS

pages = Blueprint("notices", __name__)


COLUMNS = (
    Column("About", lambda notice: NOTICE_KINDS.get(notice.kind, notice.kind)),
    Column("Rung", lambda notice: rung_words(notice.rung) if notice.rung is not None else "", only_csv=True),
    Column("Component", lambda notice: notice.component.code if notice.component else "The Department"),
    Column("To", lambda notice: notice.person.name),
    Column("As", lambda notice: role_title(notice.to_role), only_csv=True),
    Column("Owed", lambda notice: iso(notice.owed_on), "owed"),
    Column("State", lambda notice: NOTICE_STATES[notice.state]),
)


@pages.get("/notices/")
@signed_in
def index() -> ResponseReturnValue:
    """The e-mails to this person, or all of them for those who watch the system run."""
    person, at = current.person(), current.now()
    listing = Listing(
        "notices",
        COLUMNS,
        queries.ORDERS,
        [
            Choice("state", "State", [(each.value, said) for each, said in NOTICE_STATES.items()]),
            Choice("kind", "About", list(NOTICE_KINDS.items())),
            of_component(person, at=at),
            Number("clock"),
        ],
    )
    wanted = queries.Wanted(
        state=NoticeState(listing["state"]) if listing["state"] else None,
        kind=listing["kind"],
        component=listing["component"],
        clock_id=listing["clock"],
    )
    return listing.answer(
        "notices/index.html",
        queries.find(person, wanted, at=at),
        kinds=NOTICE_KINDS,
        states=NOTICE_STATES,
        tally=queries.tally(person, at=at),
        sees_all=may(person, Permission.SEE_OPERATIONS, at=at),
        rung_words=rung_words,
    )


@pages.get("/notices/<int:notice_id>")
@signed_in
def one(notice_id: int) -> ResponseReturnValue:
    """Why it was owed, when and to whom; every attempt and answer; what it says."""
    return render_template("notices/one.html", **_shown(notice_id))


@pages.post("/notices/<int:notice_id>/try-again")
@signed_in
def try_again(notice_id: int) -> ResponseReturnValue:
    """Put a failed e-mail back in the queue."""

    def verb(notice: Notice) -> str:
        undelivered.try_again(notice, by=current.person(), at=current.now())
        return f"The e-mail is owed again, to {notice.to_address}. It goes out within two minutes."

    return _act(notice_id, verb)


@pages.post("/notices/<int:notice_id>/send-again")
@signed_in
def send_again(notice_id: int) -> ResponseReturnValue:
    """Send an e-mail in doubt once more."""

    def verb(notice: Notice) -> str:
        undelivered.send_again(notice, by=current.person(), at=current.now())
        return "The e-mail is owed again. It goes out within two minutes."

    return _act(notice_id, verb)


@pages.post("/notices/<int:notice_id>/was-sent")
@signed_in
def was_sent(notice_id: int) -> ResponseReturnValue:
    """Close an e-mail in doubt as sent."""

    def verb(notice: Notice) -> str:
        undelivered.was_sent(notice, by=current.person(), at=current.now())
        return "The e-mail is recorded as sent."

    return _act(notice_id, verb)


def _shown(notice_id: int) -> dict[str, Any]:
    person, at = current.person(), current.now()
    notice = queries.one(person, notice_id, at=at)
    journal = current.settings().has_journal
    may_settle = may(person, Permission.SETTLE_NOTICES, at=at)
    return {
        "notice": notice,
        "kind": NOTICE_KINDS.get(notice.kind, notice.kind),
        "states": NOTICE_STATES,
        "why": why_owed(notice),
        "ended": ATTEMPTS,
        "as_whom": role_title(_as_whom(notice)),
        "stands_in": role_in(_as_whom(notice)) not in (notice.to_role, Role.HQ_LEAD),
        "late": notice.owed_on < day_of(notice.owed_at),
        "page": page_for(notice),
        "mail": _composed(notice),
        "journal": journal,
        "may_try_again": may_settle and notice.state is NoticeState.FAILED,
        "may_settle": may_settle and notice.state is NoticeState.IN_DOUBT and not journal,
    }


def _as_whom(notice: Notice) -> str:
    """As whom its reader was told: as a holder of the role, acting in it, or in another role while it was vacant."""
    return str(notice.facts.get("held_role") or notice.to_role)


def _composed(notice: Notice) -> tuple[str, str] | None:
    """Subject and text as they were sent, or would be sent now; None where they can't be composed."""
    settings, at = current.settings(), notice.sent_at or current.now()
    try:
        made = compose.message(notice, sender=settings.mail_from, base_url=settings.base_url, at=at)
    except Exception:  # noqa: BLE001  # a broken e-mail has a page too, which says so
        return None
    parsed = message_from_bytes(made, policy=policy.default)
    text = parsed.get_body(("plain",))
    return str(parsed["Subject"]), text.get_content().strip() if text else ""


def _act(notice_id: int, verb: Callable[[Notice], str]) -> ResponseReturnValue:
    notice = queries.one(current.person(), notice_id, at=current.now())
    try:
        with unit_of_work():
            done = verb(notice)
    except WorkflowError as refusal:
        return refused("notices/one.html", refusal, **_shown(notice_id))
    flash(done, "success")
    return redirect(url_for("notices.one", notice_id=notice_id), 303)

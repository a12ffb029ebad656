"""The inbox: what a person was told, read or not, and how they want to be told."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.mail import compose
from cxworkflow.models import Notice
from cxworkflow.queries import inbox as queries
from cxworkflow.services import calendar_feeds, inbox, preferences
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing
from cxworkflow.web.notice_pages import page_for
from cxworkflow.wording import NOTICE_KINDS

pages = Blueprint("inbox", __name__, url_prefix="/inbox")

AT_ONCE, DAILY = "at-once", "daily"


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What this person was told, the latest first."""
    listing, shown = _listing(), _shown()
    return listing.answer("inbox/index.html", _wanted(listing), **shown)


@pages.post("/<int:notice_id>/opened")
@signed_in
def opened(notice_id: int) -> ResponseReturnValue:
    """Note a notice as read and go on to where it can be acted on."""
    notice = queries.one(current.person(), notice_id)
    page = page_for(notice) or url_for("notices.one", notice_id=notice_id)
    with unit_of_work():
        inbox.note([notice_id], as_read=True, by=current.person(), at=current.now())
    return redirect(page, 303)


@pages.post("/read")
@signed_in
def read() -> ResponseReturnValue:
    """Note those that the form names as read, or as not read."""
    notice_ids = filters.posted_numbers("notices")
    with unit_of_work():
        as_read = request.form.get("read") != "no"
        inbox.note(notice_ids, as_read=as_read, by=current.person(), at=current.now())
    show = "unread" if request.form.get("show") == "unread" else None
    return redirect(url_for("inbox.index", show=show), 303)


@pages.post("/preferences")
@signed_in
def prefer() -> ResponseReturnValue:
    """Choose how e-mails come."""
    try:
        daily_digest = _chosen() == DAILY
        with unit_of_work():
            preferences.choose(daily_digest=daily_digest, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        listing = _listing()
        page = listing.turn(_wanted(listing))
        return refused("inbox/index.html", refusal, listing=listing, page=page, **_shown())
    flash(
        "From now on, what may wait comes in one e-mail a day."
        if daily_digest
        else "From now on, each e-mail comes at once. What waits already comes with the next daily digest.",
        "success",
    )
    return redirect(url_for("inbox.index", _anchor="preferences"), 303)


def _listing() -> Listing:
    return Listing(
        "notices",
        (
            Column("Told", lambda each: each.owed_at.isoformat(), "told"),
            Column("What", _subject),
            Column("Kind", lambda each: NOTICE_KINDS.get(each.kind, each.kind), "kind"),
            Column("Component", lambda each: each.component.code if each.component else "", "component"),
            Column("Read", lambda each: each.read_at.isoformat() if each.read_at else ""),
        ),
        queries.ORDERS,
        [Choice("show", "Show", [("unread", "Not read yet")], every="Everything")],
        endpoint="inbox.index",
    )


def _wanted(listing: Listing) -> Select[tuple[Notice]]:
    return queries.wanted(current.person(), only_unread=listing["show"] == "unread")


def _shown() -> dict[str, Any]:
    person = current.person()
    return {
        "kinds": NOTICE_KINDS,
        "subject_of": _subject,
        "feed": calendar_feeds.of_person(person),
        "daily": preferences.wants_daily_digest(person),
    }


def _subject(notice: Notice) -> str:
    try:
        base_url, at = current.settings().base_url, notice.sent_at or notice.owed_at
        return compose.subject_of(notice, base_url=base_url, at=at)
    except Exception:  # noqa: BLE001  # one that can't be put together, or was disposed of, is told by its kind
        return NOTICE_KINDS.get(notice.kind, notice.kind)


def _chosen() -> str:
    chosen = request.form.get("e_mails", "")
    if chosen not in (AT_ONCE, DAILY):
        raise InvalidInput(None, [Fault("e_mails", "Choose how your e-mails are to come.")])
    return chosen

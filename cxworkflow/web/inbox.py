"""The inbox: what a person was told, read or not, and how they want to be told."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.mail import compose
from cxworkflow.models import Notice
from cxworkflow.queries import inbox as queries
from cxworkflow.services import calendar_feeds, inbox, preferences
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.notice_pages import page_for
from cxworkflow.wording import NOTICE_KINDS

pages = Blueprint("inbox", __name__, url_prefix="/inbox")

AT_ONCE, DAILY = "at-once", "daily"


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What this person was told, the latest first."""
    return render_template("inbox/index.html", **_shown())


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
        return refused("inbox/index.html", refusal, **_shown())
    flash(
        "From now on, what may wait comes in one e-mail a day."
        if daily_digest
        else "From now on, each e-mail comes at once. What waits already comes with the next daily digest.",
        "success",
    )
    return redirect(url_for("inbox.index", _anchor="preferences"), 303)


def _shown() -> dict[str, object]:
    person, settings = current.person(), current.settings()
    only_unread = filters.one_of("show", ("unread",)) is not None
    page = queries.find(person, only_unread=only_unread, number=filters.page_number())
    return {
        "page": page,
        "only_unread": only_unread,
        "subjects": {notice.id: _subject(notice, settings.base_url) for notice in page.rows},
        "kinds": NOTICE_KINDS,
        "feed": calendar_feeds.of_person(person),
        "daily": preferences.wants_daily_digest(person),
        "unread_here": [notice.id for notice in page.rows if notice.read_at is None],
    }


def _subject(notice: Notice, base_url: str) -> str:
    try:
        return compose.subject_of(notice, base_url=base_url, at=notice.sent_at or notice.owed_at)
    except Exception:  # noqa: BLE001  # one that can't be put together, or was disposed of, is told by its kind
        return NOTICE_KINDS.get(notice.kind, notice.kind)


def _chosen() -> str:
    chosen = request.form.get("e_mails", "")
    if chosen not in (AT_ONCE, DAILY):
        raise InvalidInput(None, [Fault("e_mails", "Choose how your e-mails are to come.")])
    return chosen

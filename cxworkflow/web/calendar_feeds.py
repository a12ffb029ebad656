"""One's due dates for a calendar program: a private address, made, renewed and revoked beside the other preferences."""

from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound
from cxworkflow.mail.calendar_feed import calendar_feed
from cxworkflow.models import Clock
from cxworkflow.permissions.reach import departments_of, scope_of
from cxworkflow.queries import calendar_feeds as queries
from cxworkflow.scope import SIGNING_IN, within
from cxworkflow.services import calendar_feeds
from cxworkflow.web import current
from cxworkflow.web.guard import public, signed_in

pages = Blueprint("calendar_feeds", __name__)


@pages.get("/calendar/<secret>.ics")
@public
def feed(secret: str) -> Response:
    """The due dates of who made this address, as they see them; nothing where it was revoked, or they are gone."""
    at = current.now()
    with within(SIGNING_IN):
        found = calendar_feeds.find(secret)
        if found is None:
            raise NotFound
        person, made_at = found.person, found.made_at
    clocks: list[Clock] = []
    changed: dict[int, datetime] = {}
    moments = [made_at]
    # A calendar is a person's: it has the dates of every department in which they hold a role.
    for department in departments_of(person, at=at) or [""]:
        with within(scope_of(person, at=at, department=department)):
            here = queries.open_clocks(person, at=at)
            changed |= queries.changed_at(here)
            moments += [each for each in (queries.latest_change(person, at=at),) if each is not None]
            clocks += here
    clocks.sort(key=lambda clock: (clock.due_on, clock.id))
    content = calendar_feed(clocks, changed, base_url=current.settings().base_url, today=current.today())
    answer = Response(content, mimetype="text/calendar")
    answer.last_modified = max(moments)
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]  # it gives itself back


@pages.post("/inbox/calendar")
@signed_in
def make() -> ResponseReturnValue:
    """Make an address, or another in its place. It is told on this page only: what is kept is its hash."""
    with unit_of_work():
        secret = calendar_feeds.make(by=current.person(), at=current.now())
    address = f"{current.settings().base_url}{url_for('calendar_feeds.feed', secret=secret)}"
    return render_template("inbox/calendar.html", address=address)


@pages.post("/inbox/calendar/end")
@signed_in
def revoke() -> ResponseReturnValue:
    """Revoke the address."""
    with unit_of_work():
        revoked = calendar_feeds.revoke(by=current.person(), at=current.now())
    flash(
        "The address is revoked. Calendars that used it find nothing any more." if revoked else "There was no address.",
        "success",
    )
    return redirect(url_for("inbox.index", _anchor="calendar"), 303)

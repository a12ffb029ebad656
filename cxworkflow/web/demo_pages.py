"""The demo's own pages: its movable clock and the local mailbox. Outside a demo there are none."""

from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cxworkflow import demo
from cxworkflow.bell import TICK
from cxworkflow.calendar import day_of, moment
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.local import mail_folder
from cxworkflow.queries.operations import next_rung_at
from cxworkflow.scope import SYSTEM, within
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import public
from cxworkflow.wording import long_moment

pages = Blueprint("demo", __name__, url_prefix="/demo")

MORNING = 9  # the Eastern hour at which the clock arrives: the reminders of the day go out at six
# An e-mail comes with its own styles and nothing else: no script, no picture, no form, and in a page of its own.
ONLY_THE_LETTER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@pages.before_request
def _only_in_a_demo() -> None:
    if not current.settings().demo:
        abort(404)
    current.now()  # shown at the top of each of these pages, also to who has not signed in


@pages.get("/clock")
@public
def clock() -> ResponseReturnValue:
    """The clock, and the buttons that move it on."""
    return render_template("demo/clock.html", reminder_on=_next_reminder_on(), boxes=("", "", ""))


@pages.post("/clock")
@public
def move() -> ResponseReturnValue:
    """Move the clock on, and let a worker look at what has become due."""
    at = current.now()
    try:
        to = _moment_asked()
        demo.move_on(to, at=at)
    except WorkflowError as refusal:
        return refused("demo/clock.html", refusal, reminder_on=_next_reminder_on(), boxes=filters.boxes("to"))
    current_app.extensions["bell"].ring(TICK)
    flash(
        f"The clock now shows {long_moment(to)}. What has become due is sent within seconds: see the mailbox.",
        "success",
    )
    return redirect(url_for("demo.clock"), 303)


def _next_reminder_on() -> date | None:
    with within(SYSTEM):  # for whoever plays with the demo, signed in or not
        at = next_rung_at(at=current.now())
    return day_of(at) if at else None


def _moment_asked() -> datetime:
    today = current.today()
    match request.form.get("how"):
        case "day":
            return moment(today + timedelta(days=1), MORNING)
        case "week":
            return moment(today + timedelta(days=7), MORNING)
        case "reminder":
            on = _next_reminder_on()
            if on is None:
                raise InvalidInput(None, [Fault("", "No reminder is to come: no clock runs. Choose a day instead.")])
            return moment(on, MORNING)
        case _:
            return moment(filters.posted_day("to"), MORNING)


@pages.get("/mailbox/")
@public
def mailbox() -> ResponseReturnValue:
    """The latest e-mails that were sent."""
    return render_template("demo/mailbox.html", mails=mail_folder.messages(_folder()), sent=_sent)


@pages.get("/mailbox/<name>")
@public
def mail(name: str) -> ResponseReturnValue:
    """One e-mail, as plain text."""
    return render_template("demo/mail.html", mail=mail_folder.read(_folder(), name), sent=_sent)


@pages.get("/mailbox/<name>/html")
@public
def mail_html(name: str) -> Response:
    """The same e-mail as its HTML part shows it, in a page that can do nothing."""
    response = Response(mail_folder.read(_folder(), name).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = ONLY_THE_LETTER
    return response


@pages.get("/mailbox/<name>/files/<file_name>")
@public
def mail_file(name: str, file_name: str) -> Response:
    """A file that came with an e-mail: to keep, not to look at."""
    file = next((each for each in mail_folder.read(_folder(), name).files if each.name == file_name), None)
    if file is None:
        raise NotFound("This e-mail came with no such file.")
    return send_file(BytesIO(file.content), file.kind, as_attachment=True, download_name=file.name)


def _sent(arrived: mail_folder.Mail) -> str:
    """When the e-mail says it was sent, as people read it."""
    try:
        return long_moment(parsedate_to_datetime(arrived.date))
    except ValueError:
        return arrived.date


def _folder() -> Path:
    folder = current.settings().journal_folder
    if folder is None:
        abort(404)
    return folder

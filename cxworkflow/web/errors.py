"""What a page says when something could not be done: in plain language, and with what was typed still at hand."""

from typing import Any

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow, WorkflowError
from cxworkflow.models import Strategy
from cxworkflow.web import reference, words
from cxworkflow.web.limits import MINUTE

log = structlog.get_logger()

STATUS: dict[type[WorkflowError], int] = {NotAllowed: 403, NotFound: 404, Conflict: 409, NotNow: 409, InvalidInput: 422}

# status -> heading and what to do
SAID: dict[int, tuple[str, str]] = {
    400: ("The page could not read that", "Go back, reload the page and try again."),
    403: ("This is not open to you", "If you need it, ask the person who gave you your role."),
    404: ("Page not found", "There is nothing at this address, or it is not yours to see. Check it, or start at home."),
    405: ("This address can't be used that way", "Start at home, and use the buttons and links of the pages."),
    409: ("This could not be done now", "Read the present state first."),
    413: (
        "That is too much at once",
        "Nothing was changed. It was larger than 2 MB of text, or larger than is allowed for a file. Send less.",
    ),
    422: ("Something has to be mended first", "Mend what is listed here, and send it again."),
    429: ("That was asked too often", "Nothing was changed. Wait a minute, then try again."),
    500: ("Something went wrong on our side", "Nothing was changed. Try again; if it goes on, tell the administrator."),
    503: ("The system can't answer at the moment", "Nothing was changed. Try again in a minute."),
}
STALE_FORM = (
    "This page was opened under another sign-in, so what you sent was not accepted. Nothing was changed. "
    "Look through it and send it again, or open the page anew and repeat it there."
)


def status_of(refusal: WorkflowError) -> int:
    """The HTTP status that goes with a refusal."""
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 400)


def refused(template: str, refusal: WorkflowError, /, **values: Any) -> ResponseReturnValue:
    """The page from which something was asked that was refused, with the refusal at its top and the typed values.

    Texts for which the page has no box any more, since things moved on meanwhile, are given back below the refusal.
    """
    page = render_template(template, refusal=refusal, **values)
    if lost := _texts_missing_in(page):
        page = render_template(template, refusal=refusal, lost=lost, **values)
    return page, status_of(refusal)


def _texts_missing_in(page: str) -> list[tuple[str, str]]:
    shown = page.replace("\r\n", "\n")
    typed = [(name, text.replace("\r\n", "\n").strip()) for name, text in typed_texts()]
    # A word alone is what a list or a hidden field sent.
    return [(name, text) for name, text in typed if len(text.split()) > 1 and str(escape(text)) not in shown]


def register(app: Flask) -> None:
    """Say every error in our own words."""
    app.register_error_handler(WorkflowError, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, _out_of_reach)
    app.register_error_handler(Exception, _unforeseen)
    app.jinja_env.globals.update(typed_texts=typed_texts, untyped_fields=untyped_fields, from_our_page=from_our_page)


def typed_texts() -> list[tuple[str, str]]:
    """What was typed into the form that was not accepted: names and texts, so that it can be copied."""
    try:
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []
    return [(name, text) for name, text in fields if text.strip() and name not in ("csrf_token", "base_revision")]


def untyped_fields() -> list[tuple[str, str]]:
    """The other fields of that form, which go with the texts when it is sent again."""
    try:
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []
    typed = typed_texts()
    return [field for field in fields if field not in typed and field[0] != "csrf_token"]


def from_our_page() -> bool:
    """Whether the browser vouches that a page of ours sent the form, so that it may be offered to be sent again."""
    return request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "same-origin" and not request.files


def _page(status: int, sentence: str | None = None, refusal: WorkflowError | None = None) -> ResponseReturnValue:
    heading, advice = SAID.get(status, SAID[500 if status >= 500 else 400])
    values = {"heading": heading, "advice": advice, "sentence": sentence, "status": status, "refusal": refusal}
    strategy_id = (request.view_args or {}).get("strategy_id")
    log.info("answered with an error page", status=status, endpoint=request.endpoint, method=request.method)
    page = render_template("errors/error.html", strategy_id=strategy_id, reference=reference.current(), **values)
    return page, status, {"Retry-After": str(MINUTE)} if status in (429, 503) else {}


def _refusal(refusal: WorkflowError) -> ResponseReturnValue:
    status = status_of(refusal)
    strategy = session().get(Strategy, (request.view_args or {}).get("strategy_id", 0)) if g.get("person") else None
    if strategy is not None:
        words.speak_of(strategy.edition.policy)
    if isinstance(refusal, InvalidInput):
        return _page(status, refusal=refusal)
    return _page(status, str(refusal))


def _stale_form(_: CSRFError) -> ResponseReturnValue:
    return _page(400, STALE_FORM)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """The page for what was refused before any verb was asked."""
    if error.code is not None and error.code < 400:
        return error.get_response()
    return _page(error.code or 500)


def _out_of_reach(error: OperationalError) -> ResponseReturnValue:
    log.error("the database could not be used", path=request.path, error=str(error.orig))
    return _without_the_database(503)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("a page failed", path=request.path, method=request.method, exc_info=error)
    return _without_the_database(500)


def _without_the_database(status: int) -> ResponseReturnValue:
    session().remove()
    g.person = g.present = None
    return _page(status)

"""What the API says when something could not be done: problem details (RFC 9457), one kind for each status."""

from dataclasses import dataclass
from typing import Any

import structlog
from flask import Response, g, json, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, WorkflowError
from cxworkflow.web import current, reference
from cxworkflow.web.errors import status_of
from cxworkflow.web.limits import MINUTE

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name in addresses, its title, and what to do about it."""

    name: str
    title: str
    advice: str


KINDS: dict[int, Kind] = {
    400: Kind("unreadable", "This could not be read", "Check the address and the JSON that you send."),
    401: Kind("no-token", "No token that counts", "Send a token of yours that has neither expired nor been revoked."),
    403: Kind("not-allowed", "This is not open to you", "The token's scope, or your roles, do not allow it."),
    404: Kind(
        "not-found", "Nothing that you may know of", "There is nothing at this address, or it is not yours to see."
    ),
    405: Kind("other-method", "This address can't be used that way", "Use one of the methods in the header Allow."),
    409: Kind("not-now", "This can't be done now", "Read the present state first."),
    412: Kind(
        "moved-on", "Somebody has changed it meanwhile", "Read it again, then send your change with its new ETag."
    ),
    413: Kind("too-large", "That is too much at once", "Send less than 2 MB, or a file as large as files may be."),
    415: Kind(
        "not-json",
        "This type is not read here",
        "Send JSON, with the header Content-Type: application/json; a file as one of the types that its address takes.",
    ),
    422: Kind("faults", "Something has to be mended first", "Mend what is listed under errors, and send it again."),
    428: Kind("etag-needed", "Say what your change builds on", "Send the ETag that you read in the header If-Match."),
    429: Kind("too-often", "That was asked too often", "Wait as many seconds as Retry-After says."),
    500: Kind(
        "our-fault", "Something went wrong on our side", "Nothing was changed. Try again; if it goes on, tell us."
    ),
    503: Kind("away", "The system can't answer at the moment", "Nothing was changed. Try again in a minute."),
}


def problem(status: int, detail: str = "", **more: Any) -> Response:
    """The answer for a problem: its kind, in a sentence what is the matter, and the request's reference."""
    kind = KINDS.get(status, KINDS[500 if status >= 500 else 400])
    told = {
        "type": f"{current.settings().base_url}/api#{kind.name}",
        "title": kind.title,
        "status": status,
        "detail": detail or kind.advice,
        "reference": reference.current(),
        **more,
    }
    log.info("answered with a problem", status=status, endpoint=request.endpoint, method=request.method)
    answer = Response(json.dumps(told, ensure_ascii=False), status, content_type=MEDIA_TYPE)
    if status in (429, 503):
        answer.headers["Retry-After"] = str(MINUTE)
    return answer


def refusal(refused: WorkflowError) -> Response:
    """What a verb refuses; what builds on a state that is gone is told so in the way of If-Match."""
    if isinstance(refused, InvalidInput):
        errors = [{"where": fault.key, "detail": fault.reason} for fault in refused.faults]
        return problem(422, "Nothing was changed: see the errors.", errors=errors)
    edits = isinstance(refused, Conflict) and "If-Match" in request.headers
    return problem(412 if edits else status_of(refused), str(refused))


def http_error(error: HTTPException) -> Response:
    """What was refused before any verb was asked."""
    told = error.description if error.code in (400, 401, 403, 412, 415, 428) else ""
    answer = problem(error.code or 500, told or "")
    for name, value in error.get_headers():
        if name in ("Allow", "WWW-Authenticate"):
            answer.headers[name] = value
    return answer


def out_of_reach(error: OperationalError) -> Response:
    """The database can't be used."""
    log.error("the database could not be used", path=request.path, error=str(error.orig))
    return _without_the_database(503)


def unforeseen(error: Exception) -> Response:
    """Anything else: what it was stands in the log, under the reference."""
    log.error("the API failed", path=request.path, method=request.method, exc_info=error)
    return _without_the_database(500)


def _without_the_database(status: int) -> Response:
    session().remove()
    g.person = None
    return problem(status)

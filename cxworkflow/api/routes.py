"""The routes of the API, made from the table of endpoints: each asks who it is, counts, and does it as one action."""

import time
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, send_file
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from cxworkflow.api import bearer, problems
from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Handed, Shape, Told
from cxworkflow.api.openapi import PREFIX, document
from cxworkflow.api.table import ENDPOINTS
from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import InvalidInput, WorkflowError
from cxworkflow.services import api_tokens
from cxworkflow.web import current, errors, guard, limits
from cxworkflow.web.attachments import ALONE

# Asked by one person, with all of their tokens together; without a token that counts, by one address.
PER_MINUTE = {"read": 300, "write": 60, "take": 120, "bring": 20}
DOCUMENT_PER_MINUTE = 120  # asked from one address
BY_NAME = {f"api.{endpoint.name}": endpoint for endpoint in ENDPOINTS}


def register(app: Flask) -> None:
    """Give the application the routes; what is asked for under /api/ is answered in JSON, also what is not there."""
    limiter: Limiter = app.extensions["limits"]
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for endpoint in ENDPOINTS:
        limit: Any = limiter.shared_limit(f"{PER_MINUTE[endpoint.pace]} per minute", scope=f"api {endpoint.pace}")
        view = limit(guard.by_token(_view(endpoint)))
        api.add_url_rule(endpoint.path, endpoint.name, view, methods=[endpoint.method])
    told: Any = limiter.limit(f"{DOCUMENT_PER_MINUTE} per minute")
    api.add_url_rule("/openapi.json", "document", told(guard.public(_document)))
    api.before_request(_ask_who)
    api.after_request(_tell_the_rate)
    api.register_error_handler(WorkflowError, problems.refusal)
    api.register_error_handler(HTTPException, problems.http_error)
    api.register_error_handler(OperationalError, problems.out_of_reach)
    api.register_error_handler(Exception, problems.unforeseen)
    app.register_error_handler(HTTPException, _http_error)
    app.extensions["csrf"].exempt(api)  # no cookie says who asks here, so no other site can ask in somebody's name
    app.register_blueprint(api)


def _view(endpoint: Endpoint) -> Callable[..., Response]:
    @wraps(endpoint.do)
    def called(**named: Any) -> Response:
        bearer.refuse()
        asked = Asked(endpoint)
        if endpoint.listed:
            told = endpoint.do(asked, **named)
            with unit_of_work():
                api_tokens.note_taken_out(bearer.token(), endpoint.listed, at=asked.at)
            return _answer(told)
        if endpoint.method == "GET" and not isinstance(endpoint.gives, tuple):
            return _answer(endpoint.do(asked, **named))
        with unit_of_work():
            told = _done(asked, named)
            session().flush()
        return _answer(told)

    return called


def _done(asked: Asked, named: dict[str, Any]) -> Shape | Told | Handed:
    """What the verb says, unless what was sent could not be read: then nothing is done."""
    try:
        told = asked.endpoint.do(asked, **named)
    except InvalidInput:
        if asked.fault is not None:
            raise asked.fault from None
        raise
    if asked.fault is not None:
        raise asked.fault
    return told


def _answer(told: Shape | Told | Handed) -> Response:
    if isinstance(told, Handed):
        return _handed(told)
    what, etag = (told.what, told.etag) if isinstance(told, Told) else (told, "")
    answer = Response(what.model_dump_json(), content_type="application/json")
    if etag:
        answer.set_etag(etag)
    return answer


def _handed(file: Handed) -> Response:
    """A file that acts nowhere, even where a browser shows it."""
    answer = send_file(
        BytesIO(file.content), mimetype=file.media_type, as_attachment=True, download_name=file.name, etag=False
    )
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


def _document() -> Response:
    """The OpenAPI document."""
    return Response(document(), content_type="application/json")


def _ask_who() -> None:
    endpoint = BY_NAME.get(request.endpoint or "")
    if endpoint is None:
        return
    bearer.ask(endpoint)
    if endpoint.brings is not None:
        request.max_content_length = endpoint.brings.largest(current.settings())


def _tell_the_rate(answer: Response) -> Response:
    limiter: Limiter = current_app.extensions["limits"]
    counted = limiter.current_limit
    if counted is None or not limiter.enabled:
        return answer
    try:
        left, seconds = counted.remaining, max(0, counted.reset_at - int(time.time()))
    except limiter.storage.base_exceptions:
        return answer  # Redis went away just now; the next request is counted without it
    answer.headers["RateLimit-Policy"] = f"{counted.limit.amount};w={limits.MINUTE}"
    answer.headers["RateLimit-Limit"] = str(counted.limit.amount)
    answer.headers["RateLimit-Remaining"] = str(left)
    answer.headers["RateLimit-Reset"] = str(seconds)
    if answer.status_code == 429:
        answer.headers["Retry-After"] = str(max(1, seconds))
    return answer


def _http_error(error: HTTPException) -> ResponseReturnValue:
    return problems.http_error(error) if request.path.startswith(guard.API) else errors.http_error(error)

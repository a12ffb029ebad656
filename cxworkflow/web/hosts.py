"""Only requests under our own name are answered, so that nobody can make us speak of another site as of ours."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

from cxworkflow.web import current
from cxworkflow.web.guard import API

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
# Health checks come from inside a container or from a balancer, under whatever name; there is nothing private in it.
BY_ANY_NAME = frozenset({"status.healthz"})


def register(app: Flask) -> None:
    """Ask before every request, ahead of the guard."""
    app.before_request(_ask)


def names_of(base_url: str) -> tuple[str, ...]:
    """The names under which an installation may be asked. The port is not looked at: a proxy may change it."""
    name = urlsplit(base_url).hostname or ""
    host = f"[{name}]" if ":" in name else name
    return LOOPBACK if host in LOOPBACK else (host,)


def _ask() -> ResponseReturnValue | None:
    base_url = current.settings().base_url
    if request.endpoint in BY_ANY_NAME or host_is_trusted(request.host.lower(), names_of(base_url)):
        return None
    said = f"This site does not answer under the name you used. Open {base_url}/ instead.\n"
    if request.path.startswith(API):
        raise BadRequest(said.strip())
    return said, 400, {"Content-Type": "text/plain; charset=utf-8"}

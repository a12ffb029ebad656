"""A page that says how it was asked, for tests of the web server before the pages."""

import json
from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """What the server made of the request."""
    names = ("REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "wsgi.url_scheme", "REMOTE_ADDR", "HTTP_X_USER_ID")
    told = {name: environ.get(name) for name in names} | {"body": environ["wsgi.input"].read().decode("latin-1")}
    body = json.dumps(told).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]

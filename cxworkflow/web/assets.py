"""Styles, scripts, fonts and pictures, under an address that changes with them, so that browsers keep them for good."""

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory

from cxworkflow.errors import SettingError
from cxworkflow.web.guard import public

FOLDER = Path(__file__).parent / "static"
# The stamp stands for everything that the build fetched.
MARKS = ("vendor/stamp", "app.css", "app.js", "live.js")
ONE_YEAR = 31_536_000  # seconds
TEXTS = (".css", ".js", ".svg")  # what is sent packed

pages = Blueprint("assets", __name__)


def register(app: Flask) -> None:
    """Fix the version of this start; raises SettingError where the design assets were never fetched."""
    if not (FOLDER / "vendor" / "stamp").is_file():
        raise SettingError("The design assets are missing. Run `make install`, which fetches them.")
    marks = b"".join((FOLDER / mark).read_bytes() for mark in MARKS)
    version = app.extensions["assets_version"] = sha256(marks).hexdigest()[:12]
    # Where a page finds one of our files, such as `app.css`. What a filter makes of a constant is worked out once, when
    # a template is read, and not on every page.
    app.jinja_env.filters["asset"] = f"/assets/{version}/{{}}".format


@lru_cache(maxsize=64)
def _packed(_mark: str, filename: str) -> bytes:
    """A file of ours packed as browsers take it; the mark changes with the file."""
    return gzip.compress((FOLDER / filename).read_bytes(), mtime=0)


@pages.get("/assets/<version>/<path:filename>")
@public
def one(version: str, filename: str) -> Response:
    """The file. A page from before an upgrade, with an older version in its address, still finds it."""
    response = send_from_directory(FOLDER, filename)
    if response.status_code == 200 and filename.endswith(TEXTS) and request.accept_encodings["gzip"]:
        response.close()
        response = Response(_packed(response.headers["ETag"], filename), mimetype=response.mimetype)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    if version == current_app.extensions["assets_version"]:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response

"""Where whoever finds a weakness is told whom to tell (RFC 9116)."""

from datetime import timedelta

from flask import Blueprint, Response

from cxworkflow.web import current
from cxworkflow.web.guard import public

pages = Blueprint("well_known", __name__, url_prefix="/.well-known")

GOOD_FOR = timedelta(days=180)


@pages.get("/security.txt")
@public
def security() -> Response:
    """The contact, and until when it can be relied on: half a year from the day it is asked for."""
    settings = current.settings()
    expires = (current.now() + GOOD_FOR).strftime("%Y-%m-%dT00:00:00Z")
    lines = {
        "Contact": settings.security_contact,
        "Expires": expires,
        "Preferred-Languages": "en",
        "Canonical": f"{settings.base_url}/.well-known/security.txt",
    }
    return Response("".join(f"{name}: {value}\n" for name, value in lines.items()), mimetype="text/plain")

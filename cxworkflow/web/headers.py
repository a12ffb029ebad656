"""What every answer tells the browser: load nothing from elsewhere, keep nothing private, lend nothing."""

from flask import Flask, Response, g, request

from cxworkflow.web import current

OURS = ["script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"]
POLICY = "; ".join(
    [
        "default-src 'none'",
        "object-src 'none'",
        *(f"{kind} 'self'" for kind in OURS),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "publickey-credentials-get", "usb")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # what frame-ancestors says, for browsers that do not know it
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MAY_BE_KEPT = frozenset({"assets", "published"})  # these say themselves for how long
# What a program of one person asks for again and again, and may keep for a while.
KEPT_PRIVATELY = frozenset({"calendar_feeds.feed"})
TWO_YEARS = 63_072_000  # seconds


def register(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.update(ALWAYS)
    if current.settings().secure_cookies:
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    if g.get("left"):
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    kept = request.blueprint in MAY_BE_KEPT and response.status_code < 400
    if not kept:
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint in KEPT_PRIVATELY and response.status_code < 400:
        response.headers["Cache-Control"] = "private, max-age=600"
    return response

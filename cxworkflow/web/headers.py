"""What every answer tells the browser: load nothing from elsewhere, keep nothing private, guess nothing."""

from flask import Flask, Response, request

OURS = ["script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"]
POLICY = "; ".join(
    ["default-src 'none'", *(f"{kind} 'self'" for kind in OURS), "frame-ancestors 'none'", "base-uri 'none'"]
)


def register(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.blueprint != "assets":
        response.headers["Cache-Control"] = "no-store"
    return response

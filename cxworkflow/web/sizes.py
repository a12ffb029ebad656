"""How large a request can be, by its kind: only a form with files has room for more than text."""

from flask import Flask, current_app, request


def register(app: Flask) -> None:
    """Before anything of the request's body is read."""
    app.before_request(_bound)


def _bound() -> None:
    if request.mimetype != "multipart/form-data":  # of which the text is bounded part by part
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]

"""The cookie's signature: HMAC with SHA-256, where Flask by itself would take SHA-1."""

from hashlib import sha256

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class Sealed(SecureCookieSessionInterface):
    """What the cookie holds can be read by its browser, and changed by nobody."""

    digest_method = staticmethod(sha256)


def register(app: Flask) -> None:
    """Seal the cookie; keys and their rotation stay as they are."""
    app.session_interface = Sealed()

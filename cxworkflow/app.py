"""The assembly: settings in, application out, on one screen."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from cxworkflow import clock, demo
from cxworkflow.bell import Bell
from cxworkflow.db import ENGINE_OPTIONS, db
from cxworkflow.ownership import refuse_the_unbound
from cxworkflow.pooled import give_up_in_midst, look_before_use
from cxworkflow.prepared import keep_prepared


class House(Flask):
    """Flask, told once that none of our functions is a coroutine: it asks that of each of two dozen on every page."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(settings: Settings) -> Flask:
    """The application: the same for web, worker, beat, command line and tests."""
    # Here, so that a command that serves no page does not wait for all of them.
    from cxworkflow import api, web

    app: Flask = House(__name__, template_folder="../templates", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # With the former keys, what was signed before a rotation still counts: sign-ins, and the forms that lie open.
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        WTF_CSRF_SECRET_KEY=list(reversed(settings.keys)),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=ENGINE_OPTIONS,
        # The prefix makes browsers refuse it from other hosts and over plain connections; it can't be had without TLS.
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=6 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
    )
    app.extensions["settings"] = settings
    db.init_app(app)
    with app.app_context():
        refuse_the_unbound(db.engine)
        keep_prepared(db.engine)
        look_before_use(db.engine)
        give_up_in_midst(db.engine)
    app.extensions["bell"] = Bell(settings.redis_url)
    clock.move_by(demo.offset if settings.demo else None)
    web.register(app)
    api.register(app)
    if settings.trusted_proxies:
        # Of what proxies add to a request, only who asked is of use: by it, those who are not signed in are counted.
        # Flask tells its users to wrap it like this, and names the attribute a method.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    return app

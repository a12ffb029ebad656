"""What gunicorn serves for the benchmark of pages: the product, and beside it one bare page that runs one query."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text

from config import settings
from cxworkflow.app import create_app
from cxworkflow.db import POOLED

BARE = "/bare"  # followed by the number of a person


def bare(url: str) -> Flask:
    """A Flask application with one page, which answers with a name that one indexed query finds."""
    app = Flask("bare")
    engine = create_engine(url, **POOLED)

    @app.get(f"{BARE}/<int:person_id>")
    def page(person_id: int) -> str:
        with engine.connect() as connection:
            found = connection.execute(text("select name from person where id = :id"), {"id": person_id})
            return f"<!DOCTYPE html><title>Bare</title><p>{found.scalar_one()}</p>"

    return app


def served() -> Callable[..., Iterable[bytes]]:
    """One server for both, so that nothing but the page makes the difference."""
    given = settings.read(os.environ)
    product, floor = create_app(given), bare(given.database_url)

    def choose(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return (floor if environ["PATH_INFO"].startswith(BARE) else product)(environ, start)

    return choose

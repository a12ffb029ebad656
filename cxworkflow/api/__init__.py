"""The JSON API under /api/v1: the verbs and permissions of the pages, for programs with a person's token."""

from flask import Flask

from cxworkflow.api import page, routes
from cxworkflow.web import guard


def register(app: Flask) -> None:
    """Give the application its API and the page about it; call it after the pages are registered."""
    routes.register(app)
    page.register(app)
    guard.check_all_guarded(app)

"""Who asks, and when: what every page takes from the request."""

from datetime import date, datetime

from flask import current_app, g

from config.settings import Settings
from cxworkflow import clock
from cxworkflow.calendar import day_of
from cxworkflow.models import Person


def person() -> Person:
    """The person who is signed in; only on pages that are not public."""
    signed_in: Person = g.person
    return signed_in


def now() -> datetime:
    """The moment of this request, aware, in UTC: read once, so that a page does not contradict itself."""
    if "now" not in g:
        g.now = clock.now()
    at: datetime = g.now
    return at


def today() -> date:
    """The Eastern day of this request."""
    return day_of(now())


def settings() -> Settings:
    """The settings of this installation."""
    read: Settings = current_app.extensions["settings"]
    return read

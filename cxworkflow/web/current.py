"""Who asks, and when: what every page takes from the request."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from flask import current_app, g, request, url_for

from config.settings import Settings
from cxworkflow import clock
from cxworkflow.calendar import day_of
from cxworkflow.models import Person

UNHARMED = "!$'()*,/:;?@"  # in what stands after a question mark


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
    """The Eastern day of this request: asked for each row of a list, worked out once."""
    day: date | None = g.get("today")
    if day is None:
        day = g.today = day_of(now())
    return day


def settings() -> Settings:
    """The settings of this installation."""
    read: Settings = current_app.extensions["settings"]
    return read


def address(endpoint: str, asked: Mapping[str, object]) -> str:
    """The address of a page with the place that this request is about, and with these values after a question mark.

    What is None is left out. A list has dozens of them: what they have in common is made once in a request.
    """
    known: dict[str, str] = g.setdefault("addresses", {})
    if endpoint not in known:
        known[endpoint] = url_for(endpoint, **(request.view_args or {}))
    return known[endpoint] + _asking(tuple((name, value) for name, value in asked.items() if value is not None))


@lru_cache(maxsize=10_000, typed=True)
def _asking(asked: tuple[tuple[str, object], ...]) -> str:
    """What stands after an address from the question mark on."""
    return f"?{urlencode(asked, safe=UNHARMED)}" if asked else ""

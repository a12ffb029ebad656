"""What sign-in tests share: the application outside the demo, providers that really run, a browser between the two."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.providers import Provider
from cxworkflow.db import session
from cxworkflow.models import Person
from cxworkflow.web import providers
from tests.web.visiting import Browser

OURS = "http://localhost"
COOKIE = "session"
VENDOR = Path(__file__).parents[1] / ".vendor" / "oidc" / "node_modules"


def outside_the_demo(app: Flask, monkeypatch: pytest.MonkeyPatch, *trusted: Provider, links: bool = True) -> None:
    """Let the application run as in earnest, with these identity providers, and links in e-mails or none."""
    shown = replace(app.extensions["settings"], demo=False, providers=trusted, base_url=OURS, sign_in_links=links)
    monkeypatch.setitem(app.extensions, "settings", shown)
    monkeypatch.setitem(app.extensions, "providers", {})
    providers.register(app)


def browser(app: Flask) -> Browser:
    """A browser that has not been here before."""
    return Browser(app, app.response_class, use_cookies=True)


def signed_in_as(client: Browser) -> str | None:
    """The name that our pages show, or None if they ask to sign in."""
    page = client.get("/")
    if page.status_code == 302:
        return None
    named = re.search(r'class="whoami"><strong>([^<]+)', page.get_data(as_text=True))
    assert named is not None
    return html.unescape(named[1])


def cookie(client: Browser) -> str:
    """What the browser's cookie says now."""
    kept = client.get_cookie(COOKIE)
    assert kept is not None
    return kept.value


def with_cookie(app: Flask, value: str) -> Browser:
    """Another browser that holds this cookie."""
    client = browser(app)
    client.set_cookie(COOKIE, value)
    return client


def time_passes(seen: str = "0 minutes", begun: str = "0 minutes") -> None:
    """Let real time go on since the last use, or since the beginning, by moving the row into the past."""
    moved = (
        "update sign_in set seen_at = seen_at - cast(:seen as interval), began_at = began_at - cast(:begun as interval)"
    )
    session().execute(text(moved), {"seen": seen, "begun": begun})
    session().commit()


def address(person: Person, to: str) -> None:
    """Give a person another e-mail address."""
    session().get_one(Person, person.id).email = to
    session().commit()


@dataclass
class Visit:
    """One way to a provider and back: where our page sent the browser, and where the provider sent it back to."""

    client: Browser
    name: str
    forms: Callable[[requests.Response, requests.Session], requests.Response]

    def sent_to(self, leads_to: str = "/") -> str:
        """Our link is followed: the address at the provider."""
        answer = self.client.get(f"/sign-in/with/{self.name}", query_string={"next": leads_to})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return answer.location

    def back_from(self, there: str) -> str:
        """Sign in at the provider: the path and query with which it sends the browser back."""
        with requests.Session() as jar:
            page = jar.get(there, allow_redirects=False, timeout=20)
            for _ in range(12):
                if page.is_redirect:
                    onward = urljoin(page.url, page.headers["Location"])
                    if onward.startswith(f"{OURS}/sign-in"):
                        parts = urlsplit(onward)
                        return f"{parts.path}?{parts.query}"
                    page = jar.get(onward, allow_redirects=False, timeout=20)
                else:
                    page = self.forms(page, jar)
        raise AssertionError(f"the provider never sent the browser back: {page.status_code} {page.text[:500]}")

    def through(self, leads_to: str = "/") -> TestResponse:
        """The whole way; what our page says at its end."""
        return self.client.get(self.back_from(self.sent_to(leads_to)))

"""Pages among ten thousand strategies, each against a bare page that runs one indexed query in the same server."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from urllib.parse import urlencode

from cxworkflow import clock
from cxworkflow.app import create_app
from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Person
from cxworkflow.services import sign_ins
from cxworkflow.web.guard import SIGN_IN
from tests.bench.papers import populate
from tests.bench.place import ROOT, Place, application, inside
from tests.bench.rows import Row, medians, milliseconds, seconds
from tests.bench.serving import BARE
from tests.conftest import settings
from tests.ports import free_port, until_open

LEAD, DIRECTORATE, CIO = "lead.1@agency.example", "directorate@agency.example", "cio@agency.example"
PAGES = {
    "the page of a Component’s lead": (5, LEAD, "/"),
    "the queue": (5, DIRECTORATE, "/directorate/queue"),
    "the CIO’s time line": (8, CIO, "/department"),
}
SAVE = "a section save"
ROUNDS = 60
SECTION = "/strategies/1/sections/IV.c.5.a"


def rows(place: Place) -> Iterator[Row]:
    """The median of each page, measured by turns with the bare one."""
    with ExitStack() as stack:
        url = stack.enter_context(place.database())
        with inside(application(url)):
            populate(place.scale.strategies, on=today())
        server = stack.enter_context(_served(place, url))
        cookies = _cookies(place, url)
        took = medians(_rounds(server, cookies))
        for name, most in [*((name, goal) for name, (goal, _, _) in PAGES.items()), (SAVE, 5)]:
            yield Row.at_most(
                most,
                f"{name}, among {place.scale.strategies:,} strategies of 3 versions",
                took[name] / took["bare"],
                f"a bare Flask page with one indexed query: {milliseconds(took['bare'])} "
                f"(here {milliseconds(took[name])})",
            )


def today() -> date:
    """The day on which it is measured, which is the day that the server's pages show."""
    return day_of(clock.now())


class Visitor:
    """One connection to the server that stays open, with the cookie of somebody who is signed in."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("localhost", port)
        self._headers = {"Cookie": f"session={cookie}"}

    def read(self, path: str) -> str:
        """The page at this address; RuntimeError if it is not answered as one."""
        return self._ask("GET", path, 200)

    def send(self, path: str, form: dict[str, str]) -> None:
        """A form, answered by leading on to the next page; RuntimeError if it is not."""
        self._ask("POST", path, 303, urlencode(form))

    def _ask(self, method: str, path: str, expected: int, body: str | None = None) -> str:
        told = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        self._connection.request(method, path, body, {**self._headers, **told})
        answer = self._connection.getresponse()
        page = answer.read().decode()
        if kept := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = kept.partition(";")[0]
        if answer.status != expected:
            raise RuntimeError(f"{path} was answered with {answer.status}.")
        return page


def _rounds(port: int, cookies: dict[str, str]) -> Iterator[dict[str, float]]:
    visitors = {who: Visitor(port, cookie) for who, cookie in cookies.items()}
    form = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', visitors[LEAD].read(SECTION)))
    for number in range(ROUNDS + 10):
        took = {"bare": seconds(lambda: visitors[LEAD].read(f"{BARE}/1"))}
        for name, (_, who, path) in PAGES.items():
            took[name] = seconds(lambda who=who, path=path: visitors[who].read(path))  # type: ignore[misc]
        form["text"] = f"Forms are tried with customers, for the {number}th time."
        took[SAVE] = seconds(lambda: visitors[LEAD].send(SECTION, form))
        if number >= 10:
            yield took


def _cookies(place: Place, url: str) -> dict[str, str]:
    """What the browsers of the people who are measured hold."""
    app = create_app(settings(url, place.broker_url, journal=place.folder))
    made = {}
    with inside(app):
        signing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        for address in (LEAD, DIRECTORATE, CIO):
            person = session().query(Person).filter_by(email=address).one()
            made[address] = signing.dumps({SIGN_IN: sign_ins.begin(person, "e-mail", at=clock.now())})
            session().commit()
    return made


@contextmanager
def _served(place: Place, url: str) -> Iterator[int]:
    """The port of a server as it is shipped, with the bare page beside the product."""
    port = free_port()
    given = settings(url, place.broker_url, journal=place.folder)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CXWORKFLOW_")},
        "CXWORKFLOW_DATABASE_URL": url,
        "CXWORKFLOW_REDIS_URL": given.redis_url,
        "CXWORKFLOW_SMTP_URL": given.smtp_url,
        "CXWORKFLOW_SECRET_KEY": given.secret_key,
        "CXWORKFLOW_BASE_URL": f"http://localhost:{port}",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen([*command, "tests.bench.serving:served()"], cwd=ROOT, env=environment) as process:
        try:
            until_open(port, process)
            yield port
        finally:
            process.terminate()

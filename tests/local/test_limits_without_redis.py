"""Limits that survive the loss of Redis: each limited address refuses as before after the server was killed."""

import signal
from collections.abc import Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cxworkflow.api import routes
from cxworkflow.api.table import ENDPOINTS
from cxworkflow.db import db
from cxworkflow.local import processes
from cxworkflow.local.server import Server
from cxworkflow.local.services import embedded
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, within
from cxworkflow.web import limits
from tests.stage import Stage, using
from tests.web.addresses import address
from tests.web.test_hardening import made
from tests.web.visiting import Browser, visitor

pytestmark = pytest.mark.integration

DONE, WAIT = 409, 429
# Each page of the table is open to one of these, to anybody, or to a program.
WHO = (Role.CIO, Role.ADMINISTRATOR, Role.AUDITOR, Role.DIRECTORATE_LEAD)
DOCUMENT = ("GET", "/api/v1/openapi.json")


class Counted:
    """The application on a Redis of its own, in which limited pages do nothing but count, and their visitors."""

    def __init__(self, app: Flask, signed_in: Sequence[str], redis: Server) -> None:
        self.app, self.redis = app, redis
        self.people = [Browser(app, app.response_class, use_cookies=True) for _ in signed_in]
        for person, cookie in zip(self.people, signed_in, strict=True):
            person.set_cookie("session", cookie)
        self.stranger = Browser(app, app.response_class, use_cookies=False)

    def pages(self) -> dict[str, tuple[str, str, int]]:
        """Each limited address: method, path, and how often in a minute."""
        return {
            rule.endpoint: (
                "POST" if "POST" in (rule.methods or ()) else "GET",
                address(self.app, rule),
                limits.PER_MINUTE[rule.endpoint],
            )
            for rule in self.app.url_map.iter_rules()
            if rule.endpoint in limits.PER_MINUTE
        }

    def programs(self) -> dict[str, list[tuple[str, str]]]:
        """The addresses of the API by the pace at which they are counted: method and path."""
        rules = {rule.endpoint: rule for rule in self.app.url_map.iter_rules()}
        found: dict[str, list[tuple[str, str]]] = {}
        for endpoint in ENDPOINTS:
            path = address(self.app, rules[f"api.{endpoint.name}"])
            found.setdefault(endpoint.pace, []).append((endpoint.method, path))
        return found

    def who_may(self, method: str, path: str) -> Browser:
        """The first who is let in there, which counts once."""
        return next(each for each in self.people if each.open(path, method=method).status_code == DONE)

    def ask(self, method: str, path: str, times: int, *, of: str = "192.0.2.7") -> list[int]:
        """What a program without a token that counts is answered, from an address of the network."""
        told = {"Authorization": "Bearer cxw_guess"}
        asked = {"method": method, "headers": told, "environ_overrides": {"REMOTE_ADDR": of}}
        return [self.stranger.open(path, **asked).status_code for _ in range(times)]

    def lose_redis(self) -> None:
        """Redis is killed."""
        pid = self.redis._pid()
        assert pid is not None
        processes.end([pid], (signal.SIGKILL, 10.0))
        assert not self.redis.alive()


@pytest.fixture
def counted(app: Flask, stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    counting = limits.register

    def register(to: Flask) -> None:
        for endpoint in limits.PER_MINUTE:
            view = to.view_functions[endpoint]
            to.view_functions[endpoint] = wraps(view)(lambda **_: ("", DONE))
        counting(to)

    monkeypatch.setattr(limits, "register", register)
    bind: Any = db._app_engines[app][None]
    people = [*(stage.person(role) for role in WHO), stage.person(Role.LEAD, "CBP")]
    cookies = [visitor(app, person).get_cookie("session") for person in people]
    with embedded(home, postgres=False, redis=True) as services, made(app, redis_url=str(services.broker_url)) as again:
        again.config["WTF_CSRF_ENABLED"] = False
        with again.app_context(), using(again, bind), within(SYSTEM):
            yield Counted(again, [each.value for each in cookies if each is not None], services.servers[0])


@pytest.fixture
def at_most_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each limit is reached after two times."""
    monkeypatch.setattr(limits, "PER_MINUTE", dict.fromkeys(limits.PER_MINUTE, 2))
    monkeypatch.setattr(routes, "PER_MINUTE", dict.fromkeys(routes.PER_MINUTE, 2))
    monkeypatch.setattr(routes, "DOCUMENT_PER_MINUTE", 2)


@pytest.mark.asvs("V2.4.1", "V16.5.2")
@pytest.mark.usefixtures("at_most_two")
def test_whoever_has_to_wait_goes_on_waiting_when_redis_is_lost(counted: Counted) -> None:
    waiting = {}
    for endpoint, (method, path, _) in counted.pages().items():
        person = counted.who_may(method, path)
        assert [person.open(path, method=method).status_code for _ in range(2)] == [DONE, WAIT], endpoint
        waiting[endpoint] = (person, method, path)
    programs = {**counted.programs(), "document": [DOCUMENT]}
    for addresses in programs.values():
        assert counted.ask(*addresses[0], times=3)[-1] == WAIT
    counted.lose_redis()
    for endpoint, (person, method, path) in waiting.items():
        assert person.open(path, method=method).status_code == WAIT, endpoint
    for addresses in programs.values():
        for method, path in addresses:
            assert counted.ask(method, path, times=1) == [WAIT], path


@pytest.mark.asvs("V2.4.1", "V16.5.2")
def test_each_limit_is_that_of_the_table_when_redis_is_lost_on_the_way(counted: Counted) -> None:
    visits = []
    for endpoint, (method, path, times) in counted.pages().items():
        person = counted.who_may(method, path)
        visits.append((endpoint, person, method, path, times))
    assert {endpoint for endpoint, *_ in visits} == set(limits.PER_MINUTE)
    counted.lose_redis()
    for endpoint, person, method, path, times in visits:
        told = [person.open(path, method=method).status_code for _ in range(times + 1)]
        assert told == [*[DONE] * times, WAIT], endpoint


@pytest.mark.asvs("V2.4.1", "V16.5.2")
def test_programs_are_counted_together_at_their_pace_when_redis_is_lost_on_the_way(counted: Counted) -> None:
    paces = counted.programs()
    assert paces.keys() == routes.PER_MINUTE.keys()
    for addresses in paces.values():
        counted.ask(*addresses[0], times=1)
    counted.lose_redis()
    for pace, addresses in paces.items():
        told = counted.ask(*addresses[0], times=routes.PER_MINUTE[pace] + 1)
        assert told == [*[401] * routes.PER_MINUTE[pace], WAIT], pace
        assert {counted.ask(*each, times=1)[0] for each in addresses} == {WAIT}, pace
        assert counted.ask(*addresses[0], times=1, of="192.0.2.8") == [401], "another one is counted alone"
    told = counted.ask(*DOCUMENT, times=routes.DOCUMENT_PER_MINUTE + 1)
    assert told == [*[200] * routes.DOCUMENT_PER_MINUTE, WAIT]

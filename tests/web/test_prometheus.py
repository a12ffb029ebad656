"""The figures for Prometheus: for who has the token alone, in a form that Prometheus reads, and true."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from cxworkflow.bell import SEND, Bell
from cxworkflow.calendar import ClockState, day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, Notice, Role
from cxworkflow.services import reminders
from tests.stage import Stage, eastern
from tests.test_house import ROOT
from tests.web.visiting import Browser, it_is, visitor

pytestmark = pytest.mark.integration
TOKEN = "only for the scraper of these tests, and long enough"
AT = eastern("2024-01-10 10:00")


@pytest.fixture
def scraper(app: Flask, redis_url: str) -> Iterator[Browser]:
    """A program with the token, on an application that has a bell."""
    read = app.extensions["settings"]
    object.__setattr__(read, "metrics_token", TOKEN)
    app.extensions["bell"] = Bell(redis_url)
    yield Browser(app, app.response_class, use_cookies=True)
    app.extensions.pop("bell")
    object.__setattr__(read, "metrics_token", None)


def figures(scraper: Browser) -> dict[str, float]:
    """Each figure by its name and labels, as Prometheus's own reader understands it."""
    answer = scraper.get("/prometheus", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        f"{each.name}{''.join(f' {value}' for _, value in sorted(each.labels.items()))}": each.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for each in family.samples
    }


def test_clocks_and_e_mails_stand_in_it_as_they_do_in_the_database(scraper: Browser, stage: Stage) -> None:
    stage.approved("CBP")
    reminders.sweep(at=AT)
    session().commit()
    it_is(AT)
    found = figures(scraper)
    clocks = [clock.run.state(day_of(AT)) for clock in session().scalars(select(Clock))]
    for state in ClockState:
        assert found[f"cxworkflow_clocks {state.value}"] == clocks.count(state), state
    assert clocks.count(ClockState.OVERDUE) > 0
    notices = [notice.state for notice in session().scalars(select(Notice))]
    assert notices
    for each in set(notices):
        assert found[f"cxworkflow_notices {each.value}"] == notices.count(each)
    assert 0 <= found["cxworkflow_sweep_age_seconds"] < 60
    assert found["cxworkflow_alive worker"] == 0
    assert found["cxworkflow_database_answers"] == 1


def test_requests_are_counted_by_route_and_status_without_numbers_or_words(
    app: Flask, scraper: Browser, stage: Stage
) -> None:
    browser = visitor(app, stage.person(Role.CIO))
    name = "cxworkflow_requests_total GET /clocks/<int:clock_id> 200"
    before = figures(scraper).get(name, 0)
    for code in ("CBP", "CISA", "FEMA"):
        assert browser.get(f"/clocks/{stage.clock('strategy', code).id}").status_code == 200
    browser.get("/nowhere/jane.doe@example.gov")
    found = figures(scraper)
    assert found[name] == before + 3
    assert found["cxworkflow_requests_total GET none 404"] >= 1
    assert not any("jane" in each for each in found)


def test_the_depth_of_the_queue_is_that_of_the_broker(app: Flask, scraper: Browser) -> None:
    before = figures(scraper)
    assert before["cxworkflow_broker_answers"] == 1
    app.extensions["bell"].ring(SEND)
    assert figures(scraper)["cxworkflow_queue_depth"] == before["cxworkflow_queue_depth"] + 1
    app.extensions["bell"] = Bell("redis://127.0.0.1:1/0")
    found = figures(scraper)
    assert found["cxworkflow_broker_answers"] == 0
    assert "cxworkflow_queue_depth" not in found


def test_without_the_token_there_is_nothing_at_this_address(app: Flask, scraper: Browser, stage: Stage) -> None:
    administrator = visitor(app, stage.person(Role.ADMINISTRATOR))
    for given in ("", "Bearer ", f"Bearer {TOKEN}x", "Bearer kä", f"Basic {TOKEN}"):
        assert scraper.get("/prometheus", headers={"Authorization": given}).status_code == 404
    assert administrator.get("/prometheus").status_code == 404
    object.__setattr__(app.extensions["settings"], "metrics_token", None)
    assert scraper.get("/prometheus", headers={"Authorization": "Bearer "}).status_code == 404


def test_several_web_processes_put_together_what_each_has_counted(
    migrated: str, redis_url: str, tmp_path: Path
) -> None:
    port = 18_076 + os.getpid() % 1_000
    environment = {
        **os.environ,
        "CXWORKFLOW_DATABASE_URL": migrated,
        "CXWORKFLOW_REDIS_URL": redis_url,
        "CXWORKFLOW_SMTP_URL": "smtp://127.0.0.1:1",
        "CXWORKFLOW_SECRET_KEY": "for tests only, and long enough for one",
        "CXWORKFLOW_BASE_URL": f"http://127.0.0.1:{port}",
        "CXWORKFLOW_METRICS_TOKEN": TOKEN,
        "CXWORKFLOW_WEB_WORKERS": "2",
        "TMPDIR": str(tmp_path),
    }
    bind = ["--bind", f"127.0.0.1:{port}", "cxworkflow.web.wsgi:app"]
    command = ["-m", "gunicorn", "--config", "config/gunicorn.py", *bind]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)

    headers = {"Authorization": f"Bearer {TOKEN}"}

    def asked(path: str) -> str:
        return requests.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60).text

    def counted() -> set[str]:
        return set(re.findall(r"^cxworkflow_requests_total{.*robots.*} ([\d.]+)$", asked("/prometheus"), re.MULTILINE))

    try:
        until = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
            time.sleep(0.1)
        for _ in range(20):
            asked("/robots.txt")
        # Whichever of the two processes answers, it tells of both.
        assert set().union(*(counted() for _ in range(10))) == {"20.0"}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert not list(tmp_path.iterdir()), "nothing is left behind"

"""Nothing dies silently: a page for people and one for machines say whether the system runs."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from cxworkflow.app import create_app
from cxworkflow.bell import Bell
from cxworkflow.cli import inspecting
from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.services import reminders
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


@pytest.fixture
def rung(app: Flask, redis_url: str) -> Iterator[Flask]:
    """The application with its bell, on a broker that answers."""
    app.extensions["bell"] = Bell(redis_url)
    yield app
    app.extensions.pop("bell")


def running(*kinds: str, ago: str = "0 seconds") -> None:
    """A sweep so long ago, and living processes of these kinds."""
    reminders.sweep(at=eastern("2023-12-11 09:00"))
    session().execute(text("update sweep_run set swept_at = clock_timestamp() - cast(:ago as interval)"), {"ago": ago})
    for kind in kinds:
        session().execute(
            text("insert into heartbeat values (:name, :kind, clock_timestamp())"), {"name": kind, "kind": kind}
        )
    session().commit()


def test_all_is_well_without_a_sign_in(rung: Flask, stage: Stage) -> None:
    running("worker", "beat")
    answer = rung.test_client().get("/healthz")
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["last_sweep_seconds_ago"] < 60
    assert told["backlog"] > 0
    assert {told[part] for part in ("database", "broker", "worker", "beat")} == {"answers"}
    assert told["status"] == "green"


def test_without_a_worker_it_is_slower_but_not_red(rung: Flask, stage: Stage) -> None:
    running("beat", ago="2 minutes")
    answer = rung.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "slower")
    assert answer.get_json()["worker"] == "away"


def test_without_a_broker_it_is_slower_but_not_red(rung: Flask, stage: Stage) -> None:
    running("worker", "beat")
    rung.extensions["bell"] = Bell("redis://127.0.0.1:1/0")
    answer = rung.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["broker"]) == (200, "away")
    page = words(visitor(rung, stage.person(Role.ADMINISTRATOR)).get("/status"))
    assert "It runs, only slower" in page
    assert "The broker (Redis) does not answer." in page


def test_a_sweep_older_than_ten_minutes_is_red(rung: Flask, stage: Stage) -> None:
    running("worker", "beat", ago="11 minutes")
    answer = rung.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "red")
    assert "The sweep has stopped" in words(visitor(rung, stage.person(Role.ADMINISTRATOR)).get("/status"))


def test_before_the_first_sweep_it_is_red(rung: Flask, stage: Stage) -> None:
    answer = rung.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["last_sweep_seconds_ago"]) == (503, None)
    assert "No sweep has run yet" in words(visitor(rung, stage.person(Role.ADMINISTRATOR)).get("/status"))


def test_a_database_that_is_away_is_red_and_said_so(rung: Flask) -> None:
    nowhere = replace(rung.extensions["settings"], database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    answer = create_app(nowhere).test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "away"


def test_the_status_page_tells_people_what_to_know(rung: Flask, stage: Stage) -> None:
    running("worker", "beat")
    it_is(eastern("2023-12-11 09:00"))
    shown = words(visitor(rung, stage.person(Role.ADMINISTRATOR)).get("/status"))
    assert "Everything runs." in shown
    assert "for December 11, 2023; it found" in shown
    assert "Next reminder In 8 days: December 20, 2023, 6:00 a.m. Eastern time" in shown
    assert "Oldest e-mail not yet sent owed since December 11, 2023, 9:00 a.m. Eastern time" in shown
    assert visitor(rung, stage.person(Role.LEAD, "CBP")).get("/status").status_code == 403


def test_without_a_journal_page_and_command_say_that_nobody_notices_dropped_e_mails(
    rung: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    running("worker", "beat")
    warned = "when the mail server takes an e-mail and drops it, nobody can notice"
    administrator = stage.person(Role.ADMINISTRATOR)
    monkeypatch.setattr(inspecting, "application", lambda: nullcontext(rung))
    for there, given in (
        (True, {"journal_folder": None, "journal_url": "imaps://journal@mail.example/INBOX"}),
        (False, {"journal_folder": None, "journal_url": None}),
    ):
        monkeypatch.setitem(rung.extensions, "settings", replace(rung.extensions["settings"], **given))
        shown = words(visitor(rung, administrator).get("/status"))
        inspecting.print_status(Namespace())
        said = capsys.readouterr().out
        assert (warned in shown, warned in said) == (not there, not there)
        assert ("name its mailbox in CXWORKFLOW_JOURNAL_URL" in said) is not there


def test_the_status_page_needs_as_many_statements_for_many_processes(rung: Flask, stage: Stage) -> None:
    running("worker")
    client = visitor(rung, stage.person(Role.CIO))
    with statements(rung) as few:
        client.get("/status")
    running(*(f"beat{number}" for number in range(5)))
    with statements(rung) as many:
        client.get("/status")
    assert len(many) == len(few)

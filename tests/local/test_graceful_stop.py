"""A part that is asked to end (SIGTERM) ends what it has begun: no request is cut off, and no e-mail."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from cxworkflow.bell import SEND, Bell
from cxworkflow.db import session
from cxworkflow.models import Notice
from cxworkflow.models.notice import NoticeState
from tests.databases import copied
from tests.mail.office import application
from tests.mail.relay import listening
from tests.ports import free_port
from tests.stage import Stage
from tests.test_house import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]


@pytest.fixture
def database(server_url: str, set_stage: str) -> Iterator[str]:
    """A database of the test's own, on which the stage is set."""
    with copied(server_url, set_stage) as url:
        yield url


@contextmanager
def part(
    name: str, database: str, redis_url: str, *, smtp: str = "smtp://127.0.0.1:1", port: int = 0
) -> Iterator[subprocess.Popen[bytes]]:
    """`cxworkflow serve NAME`, as docker-compose.yml runs it; killed if it is still there at the end."""
    kept = {each: value for each, value in os.environ.items() if not each.startswith("CXWORKFLOW_")}
    environment = kept | {
        "CXWORKFLOW_DATABASE_URL": database,
        "CXWORKFLOW_REDIS_URL": redis_url,
        "CXWORKFLOW_SMTP_URL": smtp,
        "CXWORKFLOW_SECRET_KEY": "for tests only, and long enough for one",
        "CXWORKFLOW_BASE_URL": f"http://127.0.0.1:{port}",
        "CXWORKFLOW_PORT": str(port),
    }
    command = [sys.executable, "-m", "cxworkflow.cli", "serve", name]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def connected(port: int) -> socket.socket:
    """A line to the pages, once they are served."""
    until = time.monotonic() + 90
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            assert time.monotonic() < until, "it does not start"
            time.sleep(0.1)
        else:
            return line


def all_that_comes(line: socket.socket) -> str:
    heard = b""
    while some := line.recv(65536):
        heard += some
    return heard.decode()


def test_a_page_that_waits_for_the_database_is_answered_in_full(database: str, redis_url: str) -> None:
    port = free_port()
    with part("web", database, redis_url, port=port) as web, psycopg.connect(database.replace("+psycopg", "")) as held:
        request = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
        with connected(port) as line:
            line.sendall(request)
            assert '"database"' in all_that_comes(line), "it serves"
        held.execute("lock table sweep_run in access exclusive mode")
        with connected(port) as line:
            line.sendall(request)
            waits = "select count(*) from pg_locks where not granted and relation = 'sweep_run'::regclass"
            while held.execute(waits).fetchone() != (1,):
                time.sleep(0.05)
            web.send_signal(signal.SIGTERM)
            time.sleep(1)
            assert web.poll() is None, "somebody still waits for an answer"
            held.rollback()
            answer = all_that_comes(line)
        head, _, body = answer.partition("\r\n\r\n")
        assert '"database":"answers"' in body
        assert f"Content-Length: {len(body.encode())}\r\n".lower() in f"{head}\r\n".lower()
        assert web.wait(timeout=30) == 0


def test_a_form_that_is_still_coming_in_is_read_to_its_end_and_answered(database: str, redis_url: str) -> None:
    port = free_port()
    with part("web", database, redis_url, port=port) as web, connected(port) as served, connected(port) as line:
        served.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        assert all_that_comes(served).startswith("HTTP/1.1 ")
        typed = b"address=jane.doe@example.gov" + b"&" * 1000
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        head = f"POST /sign-in/link HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{kind}Connection: close\r\n"
        line.sendall(f"{head}Content-Length: {len(typed)}\r\n\r\n".encode() + typed[:10])
        time.sleep(1)
        web.send_signal(signal.SIGTERM)
        time.sleep(1)
        line.sendall(typed[10:])
        answer = all_that_comes(line)
        assert answer.startswith("HTTP/1.1 400 "), "there was no token in it: it was read, and answered in words"
        assert answer.rstrip().endswith("</html>")
        assert web.wait(timeout=30) == 0


@pytest.mark.parametrize("rung", [True, False], ids=["in a task", "by the worker itself, without Redis"])
def test_an_e_mail_that_is_being_handed_over_is_handed_over_and_recorded(
    database: str, redis_url: str, tmp_path: Path, rung: bool
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(step: str, _about: str) -> str | None:
        if step == "MESSAGE":
            begun.set()
            go_on.wait(60)
        return None

    with application(database), listening(slow) as relay:
        Stage.found().approved("CBP")
        session().commit()
        owed = session().scalar(sa.select(sa.func.count()).select_from(Notice))
        assert owed is not None
        assert owed > 3
        if rung:  # so the worker has nothing to do by itself, and one ring to answer
            session().execute(sa.text("insert into sweep_run values (1, clock_timestamp(), current_date, 0)"))
        session().commit()
        with part("worker", database, redis_url if rung else "redis://127.0.0.1:1/0", smtp=relay.url) as worker:
            until = time.monotonic() + 90
            while not begun.is_set() and time.monotonic() < until:
                if rung:
                    Bell(redis_url).ring(SEND)
                begun.wait(2)
            assert begun.is_set(), "nothing was sent"
            worker.send_signal(signal.SIGTERM)
            time.sleep(2)
            assert worker.poll() is None, "an e-mail is on its way"
            go_on.set()
            assert worker.wait(timeout=60) == 0
        states = dict(session().execute(sa.select(Notice.state, sa.func.count()).group_by(Notice.state)).tuples().all())
        assert not states.keys() & {NoticeState.SENDING, NoticeState.IN_DOUBT}, "none was cut off"
        assert states[NoticeState.SENT] == len(relay.kept), "whatever the server has is recorded as sent"
        assert len({envelope.message_id for envelope in relay.kept}) == len(relay.kept)


def test_a_worker_with_much_to_send_stops_after_what_it_holds_and_leaves_the_rest(
    database: str, redis_url: str
) -> None:
    begun = threading.Event()

    def slow(step: str, _about: str) -> str | None:
        if step == "MESSAGE":
            begun.set()
            time.sleep(0.02)
        return None

    with application(database), listening(slow) as relay:
        Stage.found().approved("CBP")
        session().commit()
        copies = (
            "insert into notice (key, kind, person_id, to_role, to_address, owed_on, owed_at, facts, state, attempt) "
            "select key || n, kind, person_id, to_role, to_address, owed_on, owed_at, facts, state, attempt "
            "from notice cross join generate_series(1, 1000) as n where kind = 'submitted'"
        )
        session().execute(sa.text(copies))
        session().commit()
        with part("worker", database, "redis://127.0.0.1:1/0", smtp=relay.url) as worker:
            assert begun.wait(90)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=55) == 0, "before the 60 seconds are over that docker-compose.yml gives it"
        states = dict(session().execute(sa.select(Notice.state, sa.func.count()).group_by(Notice.state)).tuples().all())
        assert not states.keys() & {NoticeState.SENDING, NoticeState.IN_DOUBT}, "none was cut off"
        assert states[NoticeState.OWED] > 0, "the rest is for others"
        assert states[NoticeState.SENT] == len(relay.kept)

"""The pulse is a thread beside a pool of processes: none is made in the middle of its work, nor shares connections."""

import subprocess
import sys
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "CXWORKFLOW_DATABASE_URL": "postgresql://nobody@localhost/nothing",
    "CXWORKFLOW_REDIS_URL": "redis://localhost",
    "CXWORKFLOW_SMTP_URL": "smtp://localhost",
    "CXWORKFLOW_SECRET_KEY": "for tests only, and long enough for one",
    "CXWORKFLOW_BASE_URL": "http://localhost",
}
FORK_WHILE_A_PULSE_BEATS = """
import os, threading, time
from tasks import pulse

beating, log = threading.Event(), []

def slow():
    log.append("begun")
    beating.set()
    time.sleep(0.5)
    log.append("done")

pulse.start(slow)
beating.wait()
child = os.fork()
if child == 0:
    os._exit(0 if log == ["begun", "done"] and pulse.AT_WORK.acquire(timeout=1) else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

FORK_WITH_A_CONNECTION = """
import gc, os
from sqlalchemy import text
from cxworkflow.db import session
from tasks.app import flask_app

def server_process():
    with flask_app.app_context():
        return session().scalar(text("select pg_backend_pid()"))

ours = server_process()
child = os.fork()
if child == 0:
    gc.collect()
    os._exit(0 if server_process() not in (ours, None) else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), server_process() == ours)
"""


def test_a_pool_process_is_made_between_two_beats_of_the_pulse() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK_WHILE_A_PULSE_BEATS],
        env=SETTINGS,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0\n", done.stderr


def test_a_pool_process_has_connections_of_its_own_and_its_parent_keeps_those_that_it_had(shared_app: Flask) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK_WITH_A_CONNECTION],
        env={**SETTINGS, "CXWORKFLOW_DATABASE_URL": shared_app.config["SQLALCHEMY_DATABASE_URI"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0 True\n", done.stderr

"""The pulse is a thread beside a pool of processes: none of them is made in the middle of its work."""

import subprocess
import sys
from pathlib import Path

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

"""The demo outlives the death of any or all of its processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.conftest import ROOT, closed, free_port, opened, surroundings

pytestmark = pytest.mark.integration


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of the embedded servers can get to."""
    made = Path(tempfile.mkdtemp(prefix="cxworkflow-kill-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def of_home(home: Path) -> dict[int, str]:
    """The processes that belong to a home, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                known = (entry / "environ").read_bytes() + told.encode()
                place = (entry / "cwd").readlink()
            except OSError:
                continue
            if str(home).encode() in known or str(place).startswith(str(home)):
                found[int(entry.name)] = told
    return found


def pid_of(home: Path, part: str) -> int:
    """A part's process; 0 while it is not running, or its file is just being written."""
    file = home / "run" / f"{part}.pid"
    told = file.read_text().strip() if file.exists() else ""
    return int(told) if told.isdigit() else 0


def clocks(home: Path) -> list[dict[str, object]]:
    """What `cxworkflow clocks` says."""
    done = subprocess.run(
        [sys.executable, "-m", "cxworkflow.cli", "clocks", "--json"],
        env=surroundings(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_after_kill_minus_nine_of_everything_the_next_start_works_and_has_lost_nothing(folder: Path) -> None:
    home, port = folder / "home", free_port()
    opened(home, port)
    before = clocks(home)
    for pid in of_home(home):
        os.kill(pid, signal.SIGKILL)
    time.sleep(1)
    process = opened(home, port)
    assert clocks(home) == before
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=10) as answer:
        assert answer.status == 200
    closed(process)
    assert not of_home(home), "something goes on after the end"


def test_a_part_that_dies_is_started_again_and_the_supervisor_says_so(folder: Path) -> None:
    home, port = folder / "home", free_port()
    process = opened(home, port)
    victims = {part: pid_of(home, part) for part in ("web", "worker", "beat", "mailbox")}
    for pid in victims.values():
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if all(pid_of(home, part) not in (0, pid) for part, pid in victims.items()):
            break
        time.sleep(0.2)
    said = (folder / "demo.out").read_text()
    closed(process)
    for part in victims:
        assert f"{part} was ended by signal 9; starting it again" in said

"""The supervisor: what it runs goes on running, and ends with it, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cxworkflow.errors import SettingError
from cxworkflow.local import processes
from cxworkflow.local.child import MARK
from cxworkflow.local.supervisor import require_free

# Runs the named programs until it is stopped.
PROGRAM = """
import os, sys
from pathlib import Path
from cxworkflow.errors import WorkflowError
from cxworkflow.local.child import Child
from cxworkflow.local.services import embedded
from cxworkflow.local import supervisor as module
from cxworkflow.local.supervisor import say, supervising
module.GRACE = 2.0  # tests have less patience with stubborn processes
home = Path(sys.argv[1])
try:
    with supervising(home) as supervisor, embedded(home, postgres=False, redis=True) as services:
        children = [Child(name, [sys.executable, "-c", program], dict(os.environ), home,
                          (home / "open").exists if name == "with-a-test" else None)
                    for name, program in zip(sys.argv[2::2], sys.argv[3::2])]
        supervisor.run(children, services.servers, lambda: say("All is ready."))
except WorkflowError as error:
    sys.exit(str(error))
"""
SLEEP = "import time; time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
WITH_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); {SLEEP}"
LOUD_END = (
    "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(open('ends', 'a').write(NAME) and 0)); "
    "open('ready', 'a').write('x'); " + SLEEP
)
FAILING = "raise SystemExit('The setting COLOR is missing.')"


class Supervised:
    """A supervisor in a process of its own, and what it says."""

    def __init__(self, home: Path, *programs: tuple[str, str]) -> None:
        self.home = home
        home.mkdir(exist_ok=True)
        arguments = [word for program in programs for word in program]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def says(self, words: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(f"It ended without saying “{words}”.")

    def pid_of(self, name: str, *, other_than: int = 0) -> int:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            text = (self.home / "run" / f"{name}.pid").read_text(encoding="ascii").strip()
            if text and int(text) != other_than:
                return int(text)
            time.sleep(0.02)
        raise AssertionError(f"{name} was not started.")

    def everything(self) -> list[int]:
        marked = [process.pid for process in processes.carrying(MARK, str(self.home))]
        return marked + processes.working_in("valkey-server", self.home / "valkey")


@pytest.fixture
def started(home: Path) -> Iterator[list[Supervised]]:
    """The supervisors of a test, all ended after it."""
    supervisors: list[Supervised] = []
    yield supervisors
    for supervised in supervisors:
        supervised.process.kill()
        supervised.process.communicate()
        processes.end(supervised.everything(), (signal.SIGKILL, 5.0))


def test_a_process_with_a_test_for_being_ready_holds_back_those_after_it(home: Path, started: list[Supervised]) -> None:
    supervised = Supervised(home, ("with-a-test", SLEEP), ("worker", SLEEP))
    started.append(supervised)
    until = time.monotonic() + 10
    while not (home / "run" / "with-a-test.pid").exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    assert not (home / "run" / "worker.pid").exists()

    (home / "open").touch()

    supervised.says("All is ready.")
    assert (home / "run" / "worker.pid").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_processes_the_last_started_first(
    home: Path, started: list[Supervised], number: signal.Signals
) -> None:
    children = [(name, f"NAME = '{name} '; {LOUD_END}") for name in ("mailbox", "web", "worker")]
    supervised = Supervised(home, *children, ("tree", WITH_A_CHILD))
    started.append(supervised)
    supervised.says("All is ready.")
    until = time.monotonic() + 15
    while not (home / "ready").exists() or (home / "ready").stat().st_size < len(children):
        assert time.monotonic() < until, "their handlers are not in place"
        time.sleep(0.1)

    supervised.process.send_signal(number)

    assert supervised.process.wait(15) == 0
    assert (home / "ends").read_text() == "worker web mailbox "
    assert supervised.everything() == []


def test_a_process_that_does_not_end_by_itself_is_killed(home: Path, started: list[Supervised]) -> None:
    supervised = Supervised(home, ("stubborn", STUBBORN))
    started.append(supervised)
    supervised.says("All is ready.")
    time.sleep(0.3)

    supervised.process.terminate()

    assert supervised.process.wait(15) == 0
    assert supervised.everything() == []


def test_a_process_that_dies_is_started_again_and_it_says_so(home: Path, started: list[Supervised]) -> None:
    supervised = Supervised(home, ("worker", WITH_A_CHILD), ("web", SLEEP))
    started.append(supervised)
    supervised.says("All is ready.")
    victim, bystander = supervised.pid_of("worker"), supervised.pid_of("web")
    time.sleep(0.3)
    offspring = [process.pid for process in psutil.Process(victim).children()]
    assert offspring

    os.kill(victim, signal.SIGKILL)

    assert supervised.says("worker") == "worker was ended by signal 9; starting it again.\n"
    assert psutil.pid_exists(supervised.pid_of("worker", other_than=victim))
    assert not processes.still_there(offspring, 5.0), "what the dead one had started is gone too"
    assert supervised.pid_of("web") == bystander


def test_an_embedded_server_that_dies_is_started_again_and_it_says_so(home: Path, started: list[Supervised]) -> None:
    supervised = Supervised(home, ("web", SLEEP))
    started.append(supervised)
    supervised.says("All is ready.")

    os.kill(int((home / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)

    supervised.says("valkey had died and was started again.")
    assert processes.working_in("valkey-server", home / "valkey")


def test_when_the_supervisor_is_killed_its_processes_end_and_the_next_start_clears_up(
    home: Path, started: list[Supervised]
) -> None:
    supervised = Supervised(home, ("web", SLEEP), ("stubborn", STUBBORN))
    started.append(supervised)
    supervised.says("All is ready.")
    web, stubborn = supervised.pid_of("web"), supervised.pid_of("stubborn")
    time.sleep(0.3)

    supervised.process.kill()
    if sys.platform == "linux":
        assert not processes.still_there([web], 5.0)

    again = Supervised(home, ("web", SLEEP), ("stubborn", STUBBORN))
    started.append(again)
    again.says("a run before this one had left behind")
    again.says("All is ready.")
    assert not processes.still_there([web, stubborn], 0.0)
    assert again.pid_of("stubborn") != stubborn


def test_a_second_supervisor_of_the_same_home_is_refused_in_one_sentence(home: Path, started: list[Supervised]) -> None:
    first = Supervised(home, ("web", SLEEP))
    started.append(first)
    first.says("All is ready.")

    second = Supervised(home, ("web", SLEEP))
    started.append(second)

    assert f"already runs in {home} (process {first.process.pid}). Stop it first" in second.says("already")
    assert second.process.wait(10) == 1
    assert psutil.pid_exists(first.pid_of("web"))


def test_a_process_that_never_becomes_ready_ends_the_start_with_its_last_words(
    home: Path, started: list[Supervised]
) -> None:
    supervised = Supervised(home, ("web", SLEEP), ("worker", FAILING))
    started.append(supervised)

    assert "The setting COLOR is missing." in supervised.says("worker does not start")
    assert supervised.process.wait(15) == 1
    assert supervised.everything() == []


def test_a_long_log_is_set_aside(home: Path, started: list[Supervised]) -> None:
    (home / "log").mkdir(parents=True)
    (home / "log" / "web.log").write_bytes(b"x" * 5_000_001)
    supervised = Supervised(home, ("web", f"print('hello', flush=True); {SLEEP}"))
    started.append(supervised)
    supervised.says("All is ready.")
    time.sleep(0.3)

    assert (home / "log" / "web.log").read_text() == "hello\n"
    assert (home / "log" / "web.log.1").stat().st_size == 5_000_001


@pytest.mark.unit
def test_a_port_that_is_taken_is_refused_with_a_hint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingError, match=rf"^Port {port} can't be used: .*\. Choose another\.$"):
            require_free(port, "Choose another.")
    require_free(port, "Choose another.")

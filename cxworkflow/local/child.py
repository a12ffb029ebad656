"""One process under the supervisor: how it is started, told apart, and ended."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cxworkflow.local.logs import last_line, log_path, open_log

MARK = "CXWORKFLOW_SUPERVISED_IN"  # the environment variable by which a later supervisor knows what was left over
PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>
SLOWEST = 30.0  # seconds between two starts of a process that keeps dying
SETTLED = 1.0  # seconds after which a process without a test counts as ready
STEADY = 60.0  # seconds after which an earlier death no longer counts


@dataclass(frozen=True)
class Child:
    """What to run. `env` is the whole environment; `ready` says whether it does its work yet.

    Without such a test, a process that has lived for a second counts as ready.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    ready: Callable[[], bool] | None = None


def listens(port: int) -> Callable[[], bool]:
    """A test for `Child.ready`: whether somebody listens on this port of 127.0.0.1."""

    def test() -> bool:
        with socket.socket() as client:
            client.settimeout(1.0)
            return client.connect_ex(("127.0.0.1", port)) == 0

    return test


def answers(port: int) -> Callable[[], bool]:
    """A test for `Child.ready`: whether a web server there answers, with whatever.

    More than `listens` tells, since gunicorn listens before it has anything to answer with.
    """

    def test() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.5) as client:
                client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                return client.recv(5) == b"HTTP/"
        except OSError:
            return False

    return test


@dataclass
class Running:
    """A child and the process that runs it at the moment."""

    child: Child
    home: Path
    deaths: int = 0  # in a row
    starts_at: float = 0.0  # monotonic; when to start it, while it does not run
    started_at: float = 0.0  # monotonic
    is_ready: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process in a group of its own, with its output in its log."""
        with open_log(self._log()) as log:
            self.process = subprocess.Popen(
                self.child.argv,
                env={**self.child.env, MARK: str(self.home)},
                cwd=self.child.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=_die_with(os.getpid()),
            )
        self.started_at = time.monotonic()
        self._pid_file().write_text(f"{self.process.pid}\n", encoding="ascii")

    def ended(self) -> str | None:
        """How the process ended, in words; None while it runs or is not meant to. Plans the next start."""
        if self.process is None or self.process.poll() is None:
            return None
        _kill_group(self.process.pid)  # what it had started must not stand in the way of its successor
        code, self.process = self.process.returncode, None
        self.deaths = 1 if time.monotonic() - self.started_at > STEADY else self.deaths + 1
        pause = 0.0 if self.deaths == 1 else min(SLOWEST, 2.0 ** (self.deaths - 2))
        self.starts_at = time.monotonic() + pause
        again = f"; starting it again{f' in {pause:g} s' if pause else ''}"
        if code < 0:
            return f"{self.child.name} was ended by signal {-code}{again}."
        return f"{self.child.name} ended with code {code}{again}. Its last words: {self.last_words()}"

    def due(self) -> bool:
        """Whether it is to be started now."""
        return self.process is None and time.monotonic() >= self.starts_at

    def check_ready(self) -> bool:
        """Whether the process has once been found to do its work."""
        if not self.is_ready and self.process is not None and self.process.poll() is None:
            settled = time.monotonic() - self.started_at > SETTLED
            self.is_ready = self.child.ready() if self.child.ready else settled
        return self.is_ready

    def stop(self, until: float) -> None:
        """Ask the process to end, wait for it until that monotonic time, then kill it and whatever it started."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, until - time.monotonic()))
            _kill_group(self.process.pid)
            self.process.wait()
            self.process = None
        self._pid_file().unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of its log, and where the rest is."""
        return f"{last_line(self._log())} (more in {self._log()})"

    def _log(self) -> Path:
        return log_path(self.home, self.child.name)

    def _pid_file(self) -> Path:
        return self.home / "run" / f"{self.child.name}.pid"


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the latter is macOS's word for a group of zombies
        os.killpg(leader, signal.SIGKILL)


def _die_with(parent: int) -> Callable[[], None] | None:
    """On Linux, what a new process does first: ask the kernel to be ended should its supervisor be killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), signal.SIGKILL)

    return ask

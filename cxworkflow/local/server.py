"""A server shared by whoever needs it at the moment: the first starts it, the last one out stops it."""

import contextlib
import fcntl
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import ClassVar

from cxworkflow.errors import WorkflowError
from cxworkflow.local import processes
from cxworkflow.local.logs import last_line, log_path, open_log
from cxworkflow.local.places import Account


class ServiceError(WorkflowError):
    """A service on this machine could not be started."""


class Server(ABC):
    """One embedded server and the folder in which it lives.

    Who uses it holds a shared lock, which the kernel takes away from a process that dies in whatever way; whoever
    leaves and can have the lock alone was the last. Starting and stopping happen under a second lock, one at a time.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    patience: ClassVar[float]  # seconds that a start may take
    farewell: ClassVar[tuple[tuple[Signals, float], ...]]  # how to stop it: signals, and seconds to wait after each

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.folder = self.home / self.name
        self.log = log_path(self.home, self.name)
        self._process: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Have the server running within this block. ServiceError if it does not start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "users.lock").open("ab") as users:
            try:
                with self._starting():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._start()
                yield
            finally:
                with self._starting():
                    if _alone(users.fileno()):
                        self._stop()

    def alive(self) -> bool:
        """Whether the server runs."""
        if self._process:
            self._process.poll()  # or a server that died would stay behind as our zombie
        return self._pid() is not None

    def revive(self) -> bool:
        """Start the server again if it has died; says whether it had. ServiceError if it does not start."""
        if self.alive():
            return False
        with self._starting():
            self._start()
        return True

    @abstractmethod
    def _sockets(self) -> Path:
        """The folder of the server's socket, there while it runs."""

    @abstractmethod
    def _pid(self) -> int | None:
        """The server's process id, if there is one that is certainly this server's."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server takes requests."""

    @abstractmethod
    def _launch(self) -> None:
        """Run the server's program; called when no server runs."""

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        with (self.folder / "starting.lock").open("ab") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        if not self.alive():
            self._launch()
        until = time.monotonic() + self.patience
        while time.monotonic() < until and (self._process is None or self._process.poll() is None):
            if self._answers():
                return
            time.sleep(0.02)
        raise ServiceError(f"{self.title} did not start: {last_line(self.log)} (more in {self.log})")

    def _stop(self) -> None:
        pid = self._pid()
        if pid:
            processes.end([pid], *self.farewell)
        if self._process:
            self._process.kill()  # reaches only one that got stuck before it had written its process id
            self._process.wait()
            self._process = None
        with contextlib.suppress(OSError):
            self._sockets().rmdir()

    def _spawn(self, command: Sequence[str | Path], account: Account, environment: Mapping[str, str]) -> None:
        with open_log(self.log) as log:
            self._process = subprocess.Popen(
                command,
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in our terminal is not meant for it
                umask=0o077,
                **account.identity(),
            )


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""The foreground supervisor: starts processes, starts them again when they die, stops them all in the end."""

import contextlib
import fcntl
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from cxworkflow.errors import SettingError
from cxworkflow.local import processes
from cxworkflow.local.child import MARK, Child, Running
from cxworkflow.local.server import Server, ServiceError

BEAT = 0.1  # seconds between two looks at the processes
GRACE = 10.0  # seconds for all processes together to end by themselves
PATIENCE = 60.0  # seconds for all processes to become ready
HOPELESS = 3  # deaths in a row of a process that was never ready


class Supervisor:
    """Keeps processes and embedded servers running; made by `supervising`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._stopping = False
        self._running: list[Running] = []

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """What signals call: end the loop, or what goes on before it."""
        if not self._stopping:
            self._stopping = True
            if not self._running:
                raise SystemExit(128 + number)

    def run(self, children: Sequence[Child], servers: Sequence[Server], opened: Callable[[], None]) -> None:
        """Run the children until a signal comes; then stop them in the opposite order.

        They are started in this order, and one with a test for being ready holds back those after it. `opened` is
        called once, when all are ready. ServiceError if a child does not become ready.
        """
        self._running = [Running(child, self._home) for child in children]
        until: float | None = time.monotonic() + PATIENCE
        try:
            while not self._stopping:
                self._look_after_children()
                self._look_after(servers)
                if until and all(running.is_ready for running in self._running):
                    until = None
                    opened()
                elif until:
                    self._give_up_on_the_hopeless(late=time.monotonic() > until)
                time.sleep(BEAT)
        finally:
            say("Stopping.")
            deadline = time.monotonic() + GRACE
            for running in reversed(self._running):
                running.stop(deadline)

    def _look_after_children(self) -> None:
        for running in self._running:
            words = running.ended()
            if words:
                say(words)
            if running.due():
                running.start()
            if not running.check_ready() and running.child.ready:
                break  # the first page comes sooner if those after it do not start beside it

    def _look_after(self, servers: Sequence[Server]) -> None:
        for server in servers:
            try:
                if server.revive():
                    say(f"{server.name} had died and was started again.")
            except ServiceError as error:
                say(f"{error} Trying again.")

    def _give_up_on_the_hopeless(self, *, late: bool) -> None:
        for running in self._running:
            if not running.is_ready and (late or running.deaths >= HOPELESS):
                raise ServiceError(f"{running.child.name} does not start: {running.last_words()}")


@contextlib.contextmanager
def supervising(home: Path) -> Iterator[Supervisor]:
    """Be the one supervisor of this home within this block; ends what a killed one left behind.

    From here on SIGINT, SIGTERM and a closed terminal end the program in good order. SettingError if there is another.
    """
    home = home.resolve()
    try:
        (home / "run").mkdir(parents=True, exist_ok=True)
        lock = (home / "run" / "supervisor.pid").open("a+", encoding="ascii")
    except OSError as error:
        raise SettingError(
            f"The folder {home} can't be used: {error.strerror}. Name another in CXWORKFLOW_HOME."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SettingError(
                f"cxworkflow already runs in {home} (process {lock.read().strip()}). "
                "Stop it first, or name another folder in CXWORKFLOW_HOME."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        end_orphans(home)
        supervisor = Supervisor(home)
        with _signals(supervisor.stop):
            yield supervisor


def end_orphans(home: Path) -> None:
    """End the processes that a supervisor of this home left behind when it was killed."""
    orphans = [process.pid for process in processes.carrying(MARK, str(home))]
    if orphans:
        processes.end(orphans, (signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0))
        say(f"Ended {len(orphans)} processes that a run before this one had left behind.")


def require_free(port: int, hint: str, host: str = "127.0.0.1") -> None:
    """SettingError, with `hint` for what to do, if somebody already listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(f"Port {port} can't be used: {error.strerror}. {hint}") from error


def say(words: str) -> None:
    """Tell whoever watches; nobody may be left to read it."""
    with contextlib.suppress(OSError):
        print(words, flush=True)


@contextlib.contextmanager
def _signals(stop: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup, closing the terminal is meant to be ignored.
        if signal.getsignal(number) is not signal.SIG_IGN or number is not signal.SIGHUP:
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)

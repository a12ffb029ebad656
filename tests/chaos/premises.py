"""The premises: real servers, workers, beats and a mailbox in a temporary home, started again at once when they die."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from cxworkflow.local import processes
from cxworkflow.local.child import MARK
from cxworkflow.local.logs import last_line, log_path, open_log
from cxworkflow.local.postgres import Postgres
from cxworkflow.local.server import Server, ServiceError
from cxworkflow.local.valkey import Valkey
from cxworkflow.migrations import upgrade
from tests.chaos.relay import Relay, SmtpRelay
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
WORKERS = ("worker-1", "worker-2")
BEATS = ("beat-1", "beat-2")
LOOK_EVERY = 0.05  # seconds between two looks at what runs
# What a program says whose start could not work out, since the rig had taken away what it needs: it is started again.
STARTS_THAT_FAIL = (
    "Could not start worker processes",  # Celery, when a pool process was killed before all were there
    "in refuse_what_is_no_demo",  # the demo's question to PostgreSQL, which was away
)


class Program:
    """One program that is to run for as long as it is `wanted`."""

    def __init__(self, name: str, argv: Sequence[str]) -> None:
        self.name, self.argv, self.wanted = name, argv, True
        self.running: subprocess.Popen[bytes] | None = None
        self.log_from = 0  # where in its log the words of the running process begin
        self.killed: set[int] = set()

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""
        return self.running.pid if self.running and self.running.poll() is None else None


class Premises:
    """Everything that a run needs; made by `opened`."""

    def __init__(self, home: Path, postgres: Postgres, valkey: Valkey, *, without: str) -> None:
        self.home, self.mailbox = home, home / "mailbox"
        self.jump = home / "jump"  # how many hours the first worker's own clock stands ahead
        self.postgres, self.valkey = postgres, valkey
        self.lock = threading.RLock()  # held while something dies or is started
        self.away: set[str] = set()  # servers that are not to be started again for the time being
        self._down_until: dict[str, float] = {}  # the same for a moment, in monotonic seconds
        self.ended_by_themselves: list[str] = []
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._closing = threading.Event()
        self._mail_port = free_port()
        self.smtp = SmtpRelay(self._mail_port)
        self.redis = Relay(self.valkey.socket)
        self._without = without
        self._programs: dict[str, Program] = {}
        self.settings = {  # the product's, as environment variables
            "CXWORKFLOW_DATABASE_URL": postgres.url,
            "CXWORKFLOW_REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "CXWORKFLOW_SMTP_URL": f"smtp://127.0.0.1:{self.smtp.port}",
            "CXWORKFLOW_SECRET_KEY": secrets.token_urlsafe(48),
            "CXWORKFLOW_BASE_URL": "http://127.0.0.1",
            "CXWORKFLOW_JOURNAL_FOLDER": str(self.mailbox),
            "CXWORKFLOW_DEMO": "yes",
        }

    def program(self, name: str) -> Program:
        """One of the programs by its name."""
        return self._programs[name]

    def pool_children(self) -> list[psutil.Process]:
        """The processes in which the workers' tasks run."""
        found: list[psutil.Process] = []
        for name in WORKERS:
            with suppress(psutil.Error):
                pid = self.program(name).pid
                found += psutil.Process(pid).children() if pid else []
        return found

    def kill(self, name: str) -> int | None:
        """End a program without warning; returns its process id, if it ran."""
        with self.lock:
            pid = self.program(name).pid
            if pid is not None:
                self.program(name).killed.add(pid)
                os.kill(pid, 9)
            return pid

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in a while; on closing, at once."""
        with self.lock:
            self._later.append((time.monotonic() + seconds, act))

    def want(self, names: Sequence[str], *, wanted: bool) -> None:
        """Switch programs on or, without warning, off."""
        for name in names:
            self.program(name).wanted = wanted
            if not wanted:
                children = self.pool_children() if name in WORKERS else []
                self.kill(name)
                kill_all(children)

    def lack(self, name: str, *, lacking: bool) -> None:
        """Do without Redis or the mail server, or have it back."""
        if name == "mailbox":
            self.want([name], wanted=not lacking)
        elif lacking:
            self.away.add(name)
            pid = self.valkey._pid()
            if pid is not None:
                os.kill(pid, 9)
        else:
            self.away.discard(name)

    def down(self, server: Server, seconds: float) -> None:
        """Let a server that has just died stay so for a moment, as one does on a busy machine."""
        self._down_until[server.name] = time.monotonic() + seconds

    def open(self) -> None:
        """Start the mailbox, the workers and the beats."""
        self.mailbox.mkdir(mode=0o700)
        celery = [sys.executable, "-m", "celery", "--app", "tests.chaos.worker"]
        worker = ["worker", "--loglevel", "WARNING", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        beat = ["beat", "--loglevel", "WARNING", "--schedule", os.devnull, "--pidfile", ""]
        argv = {
            "mailbox": [
                sys.executable, "-m", "cxworkflow.local.mailbox", str(self.mailbox), str(self._mail_port)
            ],
            **{name: [*celery, *worker, "--hostname", f"{name}@chaos"] for name in WORKERS},
            **{name: [*celery, *beat, "--scheduler", "tasks.schedule:Ticks"] for name in BEATS},
        }  # fmt: skip
        self._programs = {name: Program(name, words) for name, words in argv.items()}
        threading.Thread(target=self._look_after_all, name="keeper", daemon=True).start()
        for server in (self.postgres, self.valkey):
            threading.Thread(target=self._revive, args=(server,), name=f"{server.name} keeper", daemon=True).start()

    def close(self) -> None:
        """End all programs; the servers end with the block that opened them."""
        self._closing.set()
        with self.lock:
            for _, act in self._later:
                act()
            for program in self._programs.values():
                program.wanted = False
                if program.running:
                    program.running.kill()
                    program.running.wait()
            kill_all(list(processes.carrying(MARK, str(self.home))))

    def _look_after_all(self) -> None:
        while not self._closing.wait(LOOK_EVERY):
            with self.lock:
                now = time.monotonic()
                due = [each for each in self._later if each[0] <= now]
                self._later = [each for each in self._later if each[0] > now]
                for _, act in due:
                    act()
                for program in self._programs.values():
                    self._look_after(program)

    def _look_after(self, program: Program) -> None:
        ended = program.running
        if ended is not None and ended.poll() is not None:
            program.running = None
            if ended.pid not in program.killed and not self._failed_to_start(program):
                said = last_line(log_path(self.home, program.name))
                self.ended_by_themselves.append(f"{program.name} ended with code {ended.returncode}: {said}")
        if program.running is None and program.wanted and not self._closing.is_set():
            jump = self.jump if program.name == WORKERS[0] else self.home / "no-jump"
            extra = {MARK: str(self.home), "CHAOS_JUMP": str(jump), "CHAOS_WITHOUT": self._without}
            with open_log(log_path(self.home, program.name)) as log:
                program.log_from = log.seek(0, os.SEEK_END)
                program.running = subprocess.Popen(
                    program.argv,
                    env={**os.environ, **self.settings, **extra},
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    process_group=0,
                )

    def _failed_to_start(self, program: Program) -> bool:
        with log_path(self.home, program.name).open("rb") as log:
            log.seek(program.log_from)
            said = log.read().decode("utf-8", "replace")
        return any(words in said for words in STARTS_THAT_FAIL)

    def _revive(self, server: Server) -> None:
        while not self._closing.wait(LOOK_EVERY):
            if server.name not in self.away and time.monotonic() >= self._down_until.get(server.name, 0):
                with suppress(ServiceError):  # tried again at the next look
                    server.revive()


def kill_all(victims: Sequence[psutil.Process]) -> None:
    """End these processes without warning, if they are still there."""
    for victim in victims:
        with suppress(psutil.Error):
            victim.kill()


@contextmanager
def opened(*, without: str = "", keep: bool = False) -> Iterator[Premises]:
    """Premises with migrated, empty database and running servers; `keep` leaves the logs behind."""
    home = Path(tempfile.mkdtemp(prefix="cxworkflow-chaos-"))
    home.chmod(0o711)  # the account that runs PostgreSQL has to get in where we are root
    postgres, valkey = Postgres(home), Valkey(home)
    try:
        with postgres.in_use(), valkey.in_use():
            upgrade(postgres.url)
            premises = Premises(home, postgres, valkey, without=without)
            try:
                yield premises
            finally:
                premises.close()
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)

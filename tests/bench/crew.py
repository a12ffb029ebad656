"""Processes that a benchmark starts, speaks with line by line, and ends."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.place import CORES, ROOT

RING = "ring"


class Hand:
    """One process."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def tell(self, *words: object) -> None:
        """Say what to do."""
        assert self.process.stdin
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Its next line, once it comes; an error if it ends instead."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}.")
        return line.strip()

    def ask(self, *words: object) -> int:
        """Say what to do, and wait for the number that comes of it."""
        self.tell(*words)
        return int(self.hear())


@contextmanager
def hand(module: str, *arguments: str) -> Iterator[Hand]:
    """A process that runs within this block."""
    one = Hand(module, *arguments)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


@contextmanager
def sink(latency: float = 0) -> Iterator[str]:
    """The URL of a mail server that takes everything, after so many seconds for each message."""
    with hand("tests.bench.sink", str(latency)) as server:
        yield f"smtp://127.0.0.1:{server.hear()}"


@contextmanager
def workers(database_url: str, smtp_url: str, folder: Path, count: int = CORES) -> Iterator[list[Hand]]:
    """Processes of the product, ready, one for each core if no other number is wanted."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        crew = [
            stack.enter_context(hand("tests.bench.worker", database_url, smtp_url, str(folder))) for _ in range(count)
        ]
        for each in crew:
            each.hear()
        yield crew


def together(crew: list[Hand], *words: object) -> int:
    """Have all do the same at once; returns the sum of their answers."""
    for each in crew:
        each.tell(*words)
    return sum(int(each.hear()) for each in crew)


def sweep(one: Hand, on: object, ringing: Callable[[], None] = lambda: None) -> int:
    """Have one sweep a day; what to do at each ring, when a part of it is committed. Returns how many were owed."""
    one.tell("sweep", on)
    while (line := one.hear()) == RING:
        ringing()
    return int(line)

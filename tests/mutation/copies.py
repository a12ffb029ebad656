"""Copies of this process, in which guards are removed and tests run until one fails."""

import os
import pickle
import select
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import pytest

from tests.mutation.switches import SWITCHES
from tests.mutation.tables import Guard

PATIENCE = 60  # seconds for one test
SIGN_OF_LIFE = b"."  # after each test; what is said at the end begins otherwise


@dataclass(frozen=True)
class Told:
    """The test that failed in a copy, if one did, and the guards that refused something only without what is gone."""

    by: str = ""
    instead: frozenset[str] = frozenset()


@dataclass
class Copies:
    """Makes the copies. `refused_in` is who refused in which test with every guard in place; `failed` fills as tests
    fail in this process. `before` sees to what a copy needs, and `put_back` mends what it has changed in the database.
    """

    anchor: pytest.Item
    failed: set[str]
    before: Callable[[], None]
    put_back: Callable[[Guard], None]
    out: TextIO
    refused_in: dict[str, set[str]] = field(default_factory=lambda: dict(SWITCHES.refused_in))

    def without(self, guards: Iterable[Guard], tests: Sequence[pytest.Item]) -> Told:
        """What these tests say without these guards."""
        gone = list(guards)
        if not tests:
            return Told()
        self.before()
        said, says = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(said)
            self._run(gone, tests, says)
        os.close(says)
        told, stands_still = _heard(said)
        if stands_still:
            self.out.write(f"stands still without it: {', '.join(each.name for each in gone)}\n")
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        for each in gone:
            self.put_back(each)
        if stands_still:
            return Told()
        if status:
            raise RuntimeError(f"{[each.name for each in gone]} could not be removed: {told.decode()}")
        answer: Told = pickle.loads(told)  # noqa: S301  # our own copy wrote it
        return answer

    def _run(self, gone: Sequence[Guard], tests: Sequence[pytest.Item], says: int) -> None:
        """In the copy: remove the guards, run the tests until one fails, say what happened, and end."""
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            SWITCHES.removed = frozenset(each.name for each in gone)
            SWITCHES.refused_in.clear()
            self.failed.clear()
            for each in gone:
                each.remove()
            by = ""
            for item in tests:
                SWITCHES.test = item.nodeid
                item.ihook.pytest_runtest_protocol(item=item, nextitem=self.anchor)
                os.write(says, SIGN_OF_LIFE)
                if self.failed:
                    by = item.nodeid
                    break
            instead = frozenset(
                name
                for name, refused in SWITCHES.refused_in.items()
                if name not in SWITCHES.removed and refused - self.refused_in.get(name, set())
            )
            os.write(says, pickle.dumps(Told(by, instead)))
        except BaseException as error:  # noqa: BLE001  # it ends here, whatever it is
            os.write(says, repr(error).encode())
            os._exit(2)
        os._exit(0)


def _heard(said: int) -> tuple[bytes, bool]:
    """What a copy says at its end, and whether one of its tests stands still instead."""
    told = b""
    with os.fdopen(said, "rb", buffering=0) as answer:
        while select.select([answer], [], [], PATIENCE)[0]:
            piece = answer.read(2**16)
            if not piece:
                return told.lstrip(SIGN_OF_LIFE), False
            told += piece
    return b"", True

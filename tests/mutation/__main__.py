"""`make mutation`: every guard is removed in turn, and a test has to fail each time.

The tests run once as they are; each guard notes in which of them it refused something. Then, for one guard after the
other, this process forks; the copy removes the guard and runs those tests, first those in which few others refused
something, until one fails. What a guard refuses in no test is not noticed by any.

Two processes with databases of their own have half of the guards each. `ONLY=…` takes those whose name has this in it.
"""

import gc
import os
import pickle
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TextIO

import pytest
import typst
from flask import Flask
from sqlalchemy import Engine

from tests.mutation.source import switch_on

switch_on()

from tests.mutation import tables  # noqa: E402  # they import what has to be switched
from tests.mutation.rows import Rows, Triggers  # noqa: E402
from tests.mutation.switches import SWITCHES  # noqa: E402

ANCHOR = "tests/test_house.py::test_a_module_opens_with_one_line_that_says_what_it_is_for"
WHAT = [
    *("tests/services", "tests/web", "tests/matrix", "tests/signing_in", "tests/uploads", "tests/api/test_tokens.py"),
    ANCHOR,
]
# Their databases and servers do not outlive a test's module, or they have little to say about guards.
LEFT_OUT = {"live", "shared_live_stage", "filled", "servers_of_providers"}
MOST = 30  # tests that one removal is tried on
PATIENCE = 120  # seconds for one removal
PARTS = 2


@dataclass(eq=False)
class Mutations:
    """A plugin of pytest that runs the tests once, and then again and again without a guard."""

    part: int
    failed: set[str] = field(default_factory=set)
    took: dict[str, float] = field(default_factory=dict)
    app: Flask | None = None
    engine: Engine | None = None
    staged: Engine | None = None
    survivors: list[str] = field(default_factory=list)
    out: TextIO = field(default_factory=lambda: os.fdopen(os.dup(1), "w", buffering=1))  # past what pytest captures

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, Any, Any]:
        """Keep what the removals need of what the tests share."""
        made = yield
        if fixturedef.argname == "shared_app":
            self.app = made
        elif fixturedef.argname == "prepared":
            self.engine = made.engine
        elif fixturedef.argname == "staged":
            self.staged = made
        return made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed, and how long it took."""
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All tests once, then each removal."""
        anchor = next(item for item in session.items if item.nodeid == ANCHOR)
        items = {
            item.nodeid: item
            for item in session.items
            if item is not anchor and not LEFT_OUT & set(getattr(item, "fixturenames", ()))
        }
        self._as_they_are(items, anchor)
        for broken in self.failed:
            self.out.write(f"fails with every guard in place: {broken}\n")
            del items[broken]
        self._remove_all(items, anchor)
        return True

    def _as_they_are(self, items: dict[str, pytest.Item], anchor: pytest.Item) -> None:
        """All tests with every guard in place."""
        for item, following in zip(items.values(), [*list(items.values())[1:], anchor], strict=True):
            SWITCHES.test = item.nodeid
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        SWITCHES.test = ""

    def _remove_all(self, items: dict[str, pytest.Item], anchor: pytest.Item) -> None:
        assert self.app is not None
        assert self.engine is not None
        assert self.staged is not None
        rows, triggers = Rows(self.engine), Triggers(self.staged)
        every = list(
            chain(
                tables.browsers(self.app),
                tables.ways_in(),
                rows.guards(),
                triggers.guards(),
                (tables.Guard(name, _nothing) for name in SWITCHES.known),
                tables.lines(),
                tables.routes(self.app),
            )
        )
        only = os.environ.get("ONLY", "")
        guards = [guard for guard in every if only in guard.name][self.part :: PARTS]
        for engine in [each for each in gc.get_objects() if isinstance(each, Engine)]:
            engine.dispose()  # no copy of this process shares a connection
        gc.freeze()
        noticed = {}
        for guard in guards:
            noticed[guard.name] = self._noticed(guard, self._concerned(guard, items), anchor)
            if guard.name.startswith("rows of"):
                rows.put_back()
            elif guard.name.startswith("trigger "):
                triggers.put_back()
            if not noticed[guard.name]:
                self.out.write(f"not noticed: {guard.name}\n")
        # What fails in a copy with every guard in place has noticed nothing.
        idle = tables.Guard("none", _nothing)
        for name in sorted({each for each in noticed.values() if each}):
            if self._noticed(idle, [items[name]], anchor):
                self.out.write(f"fails by itself: {name}\n")
                noticed.update({guard: "" for guard, by in noticed.items() if by == name})
        self.survivors = [name for name, by in noticed.items() if not by]
        told = f"{len(noticed)} guards removed, {len(noticed) - len(self.survivors)} noticed"
        self.out.write(f"mutation, part {self.part + 1} of {PARTS}: {told}\n")

    def _concerned(self, guard: tables.Guard, items: dict[str, pytest.Item]) -> list[pytest.Item]:
        """The tests that may notice: first those in which the fewest guards refused something, then the quickest."""
        if guard.where:
            where = guard.where.replace("…", "\\u2026")
            named = [name for name in items if name.startswith(where)]
        else:
            named = [name for name in SWITCHES.refused_in[guard.name] if name in items]
        refusing = Counter(name for refused in SWITCHES.refused_in.values() for name in refused)
        named.sort(key=lambda name: (0 if guard.where else refusing[name], self.took.get(name, 0)))
        return [items[name] for name in (named if guard.where else named[:MOST])]

    def _noticed(self, guard: tables.Guard, concerned: Sequence[pytest.Item], anchor: pytest.Item) -> str:
        """The test that fails without the guard, if there is one."""
        if not concerned:
            return ""
        said, says = os.pipe()
        child = os.fork()
        if child == 0:
            self._run_without(guard, concerned, anchor, says)
        os.close(says)
        with os.fdopen(said) as answer:
            ready, _, _ = select.select([answer], [], [], PATIENCE)
            told = answer.read() if ready else ""
        if not ready:
            self.out.write(f"stands still without it: {guard.name}\n")
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if ready and status:
            raise RuntimeError(f"{guard.name} could not be removed: {told}")
        return told

    def _run_without(
        self, guard: tables.Guard, concerned: Sequence[pytest.Item], anchor: pytest.Item, says: int
    ) -> None:
        """In the copy: remove the guard, run the tests until one fails, say which, and end."""
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            SWITCHES.removed = guard.name
            guard.remove()
            self.failed.clear()
            for item in concerned:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=anchor)
                if self.failed:
                    os.write(says, item.nodeid.encode())
                    break
        except BaseException as error:  # noqa: BLE001  # it ends here, whatever it is
            os.write(says, repr(error).encode())
            os._exit(2)
        os._exit(0)


def _set_apart(*told: Any, **named: Any) -> Any:
    """What `typst.compile` gives, from a process of its own: the library's threads do not outlive a fork."""
    code = "import pickle, sys, typst; told, named = pickle.load(sys.stdin.buffer); out = typst.compile(*told, **named)"
    command = [sys.executable, "-c", f"{code}; sys.stdout.buffer.write(out)"]
    return subprocess.run(command, input=pickle.dumps((told, named)), capture_output=True, check=True).stdout


def _nothing() -> None:
    """What stands in the source is removed by its switch alone."""


def _in_parts() -> int:
    """Every part in a process of its own; not 0 if one of them has found something."""
    parts = [subprocess.Popen([sys.executable, "-m", "tests.mutation", str(part)]) for part in range(PARTS)]
    return max(part.wait() for part in parts)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(_in_parts())
    typst.compile = _set_apart
    mutations = Mutations(int(sys.argv[1]))
    tables.note_lines()
    without = [option for plugin in ("cacheprovider", "terminalreporter", "xdist") for option in ("-p", f"no:{plugin}")]
    ran = pytest.main(["-q", *without, "--timeout=0", *WHAT], plugins=[mutations])
    sys.exit(1 if mutations.survivors or ran not in (0, 1, 5) else 0)

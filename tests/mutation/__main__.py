"""`make mutation`: every guard is removed in turn, and a test has to fail each time.

The tests run once as they are; each guard notes in which of them it refused something. Then, for one guard after the
other, this process forks; the copy removes the guard and runs those tests, first those in which few others refused
something, until one fails. What a guard refuses in no test is not noticed by any.

Some guards stand behind others: the verb asks what the page has asked, and what nobody may know of the database does
not even show. Where no test notices that one is gone, those that refused in its stead are removed as well: it counts
if a test fails without both that passes as long as either stands. Each of them is named, with what it stands behind.

Two processes with databases of their own have half of the tests each, tell each other what refused in which of them,
and then have half of the guards each. `ONLY=…` takes those whose name has one of its lines in it.
"""

import gc
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import pytest
import typst
from flask import Flask
from sqlalchemy import Engine

from tests.mutation.source import switch_on

switch_on()

from tests.mutation import tables  # noqa: E402  # they import what has to be switched
from tests.mutation.copies import Copies  # noqa: E402
from tests.mutation.rows import ALL, Rows, SignIns, Triggers  # noqa: E402
from tests.mutation.switches import SWITCHES  # noqa: E402

ANCHOR = "tests/test_house.py::test_a_module_opens_with_one_line_that_says_what_it_is_for"
WHAT = [
    *("tests/services", "tests/web", "tests/matrix", "tests/signing_in", "tests/uploads", "tests/api/test_tokens.py"),
    ANCHOR,
]
# Their databases and servers do not outlive a test's module, or they have little to say about guards.
LEFT_OUT = {"live", "shared_live_stage", "filled", "servers_of_providers"}
MOST = 30  # tests that one removal is tried on
AS_DEEP = 3  # how often what refuses in the stead of what is gone is removed as well
PARTS = 2
AT_TIMES = 50  # removals, after which it says how far it is


@dataclass(eq=False)
class Mutations:
    """A plugin of pytest that runs the tests once, and then again and again without a guard."""

    part: int
    told_in: Path
    failed: set[str] = field(default_factory=set)
    took: dict[str, float] = field(default_factory=dict)
    app: Flask | None = None
    engine: Engine | None = None
    staged: Engine | None = None
    made: dict[Engine, float] = field(default_factory=dict)  # when
    survivors: dict[str, frozenset[str]] = field(default_factory=dict)  # and what refused in the stead of each
    stand_behind: dict[str, set[str]] = field(default_factory=dict)
    out: TextIO = field(default_factory=lambda: os.fdopen(os.dup(1), "w", buffering=1))  # past what pytest captures

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, Any, Any]:
        """Keep what the removals need of what the tests share."""
        made = yield
        if fixturedef.argname == "shared_app":
            self.app = made
        elif fixturedef.argname == "prepared":
            self.engine = made.engine
            self.made[made.engine] = time.monotonic()
        elif fixturedef.argname == "staged":
            self.staged = made
            self.made[made] = time.monotonic()
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
        files = list(dict.fromkeys(item.path for item in items.values()))
        ours = set(files[self.part :: PARTS])
        self._as_they_are([item for item in items.values() if item.path in ours], anchor)
        self._tell_each_other()
        for broken in self.failed:
            self.out.write(f"fails with every guard in place: {broken}\n")
            del items[broken]
        self._remove_all(items, anchor)
        return True

    def _as_they_are(self, items: list[pytest.Item], anchor: pytest.Item) -> None:
        """These tests with every guard in place."""
        for item, following in zip(items, [*items[1:], anchor], strict=True):
            SWITCHES.test = item.nodeid
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        SWITCHES.test = ""

    def _tell_each_other(self) -> None:
        """What every part has learned of its tests, once all of them have."""
        written = self.told_in / f"{self.part}.writing"
        written.write_bytes(pickle.dumps((dict(SWITCHES.refused_in), self.took, self.failed)))
        written.rename(self.told_in / str(self.part))
        for part in range(PARTS):
            while not (self.told_in / str(part)).exists():
                time.sleep(1)
            refused_in, took, failed = pickle.loads((self.told_in / str(part)).read_bytes())  # noqa: S301  # our own
            for guard, tests in refused_in.items():
                SWITCHES.refused_in[guard] |= tests
            self.took |= took
            self.failed |= failed

    def _remove_all(self, items: dict[str, pytest.Item], anchor: pytest.Item) -> None:
        assert self.app is not None
        assert self.engine is not None
        assert self.staged is not None
        rows, staged, triggers = Rows(self.engine), Rows(self.staged), Triggers(self.staged)
        every = {
            guard.name: guard
            for guard in chain(
                tables.browsers(self.app),
                tables.ways_in(),
                rows.guards(),
                triggers.guards(),
                (tables.Guard(name, _nothing) for name in SWITCHES.known),
                tables.lines(),
                tables.routes(self.app),
            )
        }
        only = os.environ.get("ONLY", "").splitlines() or [""]
        guards = [guard for name, guard in every.items() if any(each in name for each in only)][self.part :: PARTS]
        for engine in [each for each in gc.get_objects() if isinstance(each, Engine)]:
            engine.dispose()  # no copy of this process shares a connection
        gc.freeze()

        def put_back(guard: tables.Guard) -> None:
            if guard.name.startswith("rows of"):
                rows.put_back()
                staged.put_back()
            elif guard.name.startswith("trigger "):
                triggers.put_back()

        def opened() -> None:
            rows.open()
            staged.open()

        signed_in = [SignIns(engine, made) for engine, made in self.made.items()]

        def before() -> None:
            for each in signed_in:
                each.stay()

        copies = Copies(anchor, self.failed, before, put_back, self.out)
        self._seen_alone(copies, guards, items)
        self._seen_together(copies, every, tables.Guard(ALL, opened), items)
        seen = f"{len(guards) - len(self.stand_behind) - len(self.survivors)} noticed at once"
        behind = f"{len(self.stand_behind)} once what stood in for them was gone too"
        told = f"{len(guards)} guards removed, {seen}, {behind}, {len(self.survivors)} not"
        self.out.write(f"mutation, part {self.part + 1} of {PARTS}: {told}\n")

    def _seen_alone(self, copies: Copies, guards: list[tables.Guard], items: dict[str, pytest.Item]) -> None:
        """Each guard removed by itself."""
        noticed = {}
        for number, guard in enumerate(guards):
            if number % AT_TIMES == 0:
                self.out.write(f"part {self.part + 1}: {number} of {len(guards)} removed\n")
            told = copies.without([guard], self._concerned(guard, items, copies))
            noticed[guard.name] = told.by
            if not told.by:
                self.survivors[guard.name] = told.instead
        # What fails in a copy with every guard in place has noticed nothing.
        for name in sorted({each for each in noticed.values() if each}):
            if copies.without([], [items[name]]).by:
                self.out.write(f"fails by itself: {name}\n")
                self.survivors.update({guard: frozenset() for guard, by in noticed.items() if by == name})

    def _seen_together(
        self, copies: Copies, every: dict[str, tables.Guard], opened: tables.Guard, items: dict[str, pytest.Item]
    ) -> None:
        """Each guard that nothing noticed, with what refused in its stead: it counts if a test fails without both."""
        for name, instead in list(self.survivors.items()):
            concerned = self._concerned(every[name], items, copies)
            behind = self._behind(copies, every[name], {each: every[each] for each in instead}, every, concerned)
            if not behind:
                behind = self._behind(copies, every[name], {opened.name: opened}, every, concerned)
            if behind:
                self.stand_behind[name] = behind
                del self.survivors[name]
                self.out.write(f"stands behind {', '.join(sorted(behind))}: {name}\n")
            else:
                self.out.write(f"not noticed: {name}\n")

    def _behind(
        self,
        copies: Copies,
        guard: tables.Guard,
        instead: dict[str, tables.Guard],
        every: dict[str, tables.Guard],
        concerned: list[pytest.Item],
    ) -> set[str]:
        """The guards without which a test notices that this one is gone, while it says nothing as long as it stands."""
        for _ in range(AS_DEEP):
            if not instead:
                break
            left = concerned
            told = copies.without([guard, *instead.values()], left)
            while told.by:
                if not copies.without(instead.values(), [item for item in left if item.nodeid == told.by]).by:
                    return set(instead)
                left = left[[item.nodeid for item in left].index(told.by) + 1 :]
                told = copies.without([guard, *instead.values()], left)
            if not told.instead:
                break
            instead = instead | {each: every[each] for each in told.instead}
        return set()

    def _concerned(self, guard: tables.Guard, items: dict[str, pytest.Item], copies: Copies) -> list[pytest.Item]:
        """The tests that may notice: first those in which the fewest guards refused something, then the quickest."""
        if guard.where:
            where = guard.where.replace("…", "\\u2026")
            named = [name for name in items if name.startswith(where)]
        else:
            named = [name for name in copies.refused_in.get(guard.name, ()) if name in items]
        refusing = Counter(name for refused in copies.refused_in.values() for name in refused)
        named.sort(key=lambda name: (0 if guard.where else refusing[name], self.took.get(name, 0)))
        return [items[name] for name in (named if guard.where else named[:MOST])]


def _set_apart(*told: Any, **named: Any) -> Any:
    """What `typst.compile` gives, from a process of its own: the library's threads do not outlive a fork."""
    code = "import pickle, sys, typst; told, named = pickle.load(sys.stdin.buffer); out = typst.compile(*told, **named)"
    command = [sys.executable, "-c", f"{code}; sys.stdout.buffer.write(out)"]
    return subprocess.run(command, input=pickle.dumps((told, named)), capture_output=True, check=True).stdout


def _nothing() -> None:
    """What stands in the source is removed by its switch alone."""


def _in_parts() -> int:
    """Every part in a process of its own; not 0 if one of them has found something."""
    with tempfile.TemporaryDirectory(prefix="cxworkflow-mutation-") as told_in:
        command = [sys.executable, "-m", "tests.mutation", told_in]
        parts = [subprocess.Popen([*command, str(part)]) for part in range(PARTS)]
        return max(part.wait() for part in parts)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(_in_parts())
    typst.compile = _set_apart
    mutations = Mutations(int(sys.argv[2]), Path(sys.argv[1]))
    tables.note_lines()
    without = [option for plugin in ("cacheprovider", "terminalreporter", "xdist") for option in ("-p", f"no:{plugin}")]
    ran = pytest.main(["-q", *without, "--timeout=0", *WHAT], plugins=[mutations])
    sys.exit(1 if mutations.survivors or ran not in (0, 1, 5) else 0)

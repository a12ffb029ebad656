"""`docs/who-may.md` as the tests read it: what each person is to be answered at each address, in each state."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FILE = Path(__file__).parents[2] / "docs" / "who-may.md"
OUTSIDE = ("nobody", "deactivated")  # who asks without a sign-in that counts
OPEN = "Open without a sign-in"

Listed = dict[str, frozenset[str] | None]  # a name, and the states for which it stands in the list (None: all)


def tables(text: str) -> Iterator[list[list[str]]]:
    """The tables of a text, row by row, without their headings."""
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        yield rows[2:]


def split(text: str) -> list[str]:
    """What stands between the commas, but for those in brackets."""
    return [part.strip() for part in re.split(r",(?![^\[]*\])", text) if part.strip()]


@dataclass(frozen=True)
class Rule:
    """One line of a table: an address, who may ask for it, when, and what is answered."""

    family: str
    states: tuple[str, ...]
    known_to: Listed
    method: str
    path: str
    by: Listed
    when: frozenset[str]
    answers: int
    otherwise: Listed

    @property
    def address(self) -> str:
        """As it stands in the table: "GET /strategies/…"."""
        return f"{self.method} {self.path}"

    def knows(self, who: str, state: str) -> bool:
        """Whether a person may know of the matter in this state."""
        return stands(self.known_to, who, state)

    def may(self, who: str, state: str) -> bool:
        """Whether a person may do it, at the right time."""
        return self.knows(who, state) and stands(self.by, who, state)

    def answer(self, who: str, state: str) -> int:
        """What this person is to be answered about a matter in this state."""
        if self.family == OPEN:
            return self.answers
        if who in OUTSIDE:
            return 302 if self.method == "GET" else 401
        if not self.knows(who, state):
            return 404
        if not self.may(who, state):
            return 403
        if state in self.when:
            return self.answers
        return int(next(each for each in reversed(self.otherwise) if stands(self.otherwise, each, state)))


def stands(listed: Listed, name: str, state: str) -> bool:
    """Whether a name stands in a list for this state."""
    return name in listed and (listed[name] is None or state in (listed[name] or ()))


class Statement:
    """The whole text."""

    def __init__(self, text: str) -> None:
        self.parts = {
            part.partition("\n")[0].strip(): part.partition("\n")[2]
            for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        }
        self.people = [name for name, _ in next(tables(self.parts["People"]))]
        self._groups = {name: split(members) for name, members in next(tables(self.parts["Groups"]))}

    @cached_property
    def rules(self) -> list[Rule]:
        """Every line about an address."""
        apart = ("People", "Groups", "The API")
        return [rule for family in self.parts if family not in apart for rule in self._family(family)]

    @cached_property
    def programs(self) -> list[tuple[str, Rule]]:
        """Every line about an address of the API, with the line about the page whose rule is its own."""
        of_pages = {rule.address: rule for rule in self.rules}
        return [(address, of_pages[page]) for address, page in next(tables(self.parts["The API"]))]

    def _family(self, family: str) -> Iterator[Rule]:
        text = self.parts[family]
        said = re.search(r"^The states: (.*?)\.", text, flags=re.MULTILINE | re.DOTALL)
        states = tuple(split(re.sub(r"\(.*?\)", "", said[1].replace("\n", " "), flags=re.DOTALL))) if said else ("",)
        if "The states are those of its strategy" in text:
            states = next(iter(self._family("A strategy"))).states
        known = re.search(r"^Known to: (.*?)\.", text, flags=re.MULTILINE | re.DOTALL)
        known_to = self._listed(known[1].replace("\n", " ") if known else "everybody", states)
        for address, by, when, answers, otherwise in next(tables(text)):
            method, path = address.split()
            yield Rule(
                family,
                states,
                known_to,
                method,
                path,
                self._listed(by, states),
                frozenset(states) if when in ("", "every") else _states(when, states),
                int(answers),
                self._listed(otherwise, states, numbers=True),
            )

    def _listed(self, text: str, states: tuple[str, ...], *, numbers: bool = False) -> Listed:
        found: Listed = {}
        for part in split(text):
            name, _, bracket = part.partition("[")
            only = _states(bracket.rstrip("]"), states) if bracket else None
            for member in [name.strip()] if numbers else self._members(name.strip()):
                # Who stands in the list twice stands there for both.
                before = found.get(member, frozenset())
                found[member] = None if only is None or before is None else only | before
        return found

    def _members(self, name: str) -> list[str]:
        if name in self._groups:
            return [member for each in self._groups[name] for member in self._members(each)]
        assert name in self.people, f"{FILE.name} names somebody who is not among its people: {name}"
        return [name]


def _states(text: str, states: tuple[str, ...]) -> frozenset[str]:
    named = frozenset(split(text.removeprefix("not ")))
    assert named <= set(states), f"{FILE.name} names a state that is none: {named - set(states)}"
    return frozenset(states) - named if text.startswith("not ") else named


STATEMENT = Statement(FILE.read_text(encoding="utf-8"))

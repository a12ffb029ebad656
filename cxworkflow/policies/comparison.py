"""What a new edition of a policy changes, part by part, in sentences: pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cxworkflow.policies.model import Policy
from cxworkflow.policies.wording import long_date, quoted

# The tables of a policy's file whose entries have a name, what each entry is called, and by which key it is named.
_TABLES = {
    "principles": ("principle", "number"),
    "clauses": ("clause", "id"),
    "clocks": ("clock", "kind"),
    "ladders": ("ladder", ""),
    "deliverables": ("deliverable", "id"),
    "actions": ("action", "clause"),
    "sections": ("section", "clause"),
    "notices": ("notice", ""),
    "words": ("word", "word"),
}
# By what the entries of lists within them are named.
_NAMED_BY = ("key", "value", "role", "check")


@dataclass(frozen=True)
class Change:
    """One thing that is different: in which part (`clock`, `section` or, of the policy itself, `policy`), and what."""

    part: str
    name: str
    says: str

    def __str__(self) -> str:
        """The change as a line: "clock “plan”: days was 180 and is 210."."""
        return f"{self.part} {quoted(self.name)}: {self.says}" if self.name else f"{self.part}: {self.says}"


def changes(before: Policy, after: Policy) -> list[Change]:
    """Everything in which two editions differ, in the order of a policy's file; nothing where they say the same."""
    old, new = before.model_dump(), after.model_dump()
    found = [
        Change("policy", "", says)
        for key in old
        if key not in _TABLES
        for says in _differences(key, old[key], new[key])
    ]
    for table, (part, key) in _TABLES.items():
        found += _of_table(part, _entries(old[table], key), _entries(new[table], key))
    return found


def _of_table(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in [*old, *(each for each in new if each not in old)]:
        if name not in new:
            yield Change(part, name, "is gone.")
        elif name not in old:
            yield Change(part, name, "is new.")
        else:
            yield from (Change(part, name, says) for says in _differences("", old[name], new[name]))


def _differences(at: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(each for each in new if each not in old)]:
            yield from _differences(f"{at}.{key}" if at else str(key), old.get(key), new.get(key))
    elif _named(old) and _named(new):
        mine, theirs = (_entries(each, _name_of(each)) for each in (old, new))
        for name in [*mine, *(each for each in theirs if each not in mine)]:
            place = f"{at}[{name}]"
            if name not in theirs:
                yield f"{place} is gone."
            elif name not in mine:
                yield f"{place} is new."
            else:
                yield from _differences(place, mine[name], theirs[name])
    else:
        yield f"{at} was {_said(old)} and is {_said(new)}."


def _entries(listed: Any, key: str) -> dict[str, Any]:
    if isinstance(listed, dict):
        return {str(name): value for name, value in listed.items()}
    return {str(each[key]): each for each in listed}


def _named(listed: Any) -> bool:
    return bool(listed) and isinstance(listed, list | tuple) and bool(_name_of(listed))


def _name_of(listed: Any) -> str:
    """The key by which every entry of a list is named, and no two alike; empty where there is none."""
    if not all(isinstance(each, dict) for each in listed):
        return ""
    for key in _NAMED_BY:
        names = [each.get(key) for each in listed]
        if all(names) and len(set(names)) == len(names):
            return key
    return ""


def _said(value: Any) -> str:
    match value:
        case None | "":
            return "not given"
        case date():
            return long_date(value)
        case list() | tuple():
            return ", ".join(_said(each) for each in value) or "empty"
        case dict():
            return ", ".join(f"{key} {_said(each)}" for key, each in value.items() if each not in (None, ""))
        case _:
            return quoted(value)

"""Looks into a file as it was read, before it is known to be right: its entries, and how a place in it is written."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from cxworkflow.policies.characters import shown

Kind = TypeVar("Kind")
Raw = dict[str, Any]
Loc = tuple[int | str, ...]

# What an entry of a list is called by, in this order.
_NAMES = ("id", "code", "number", "kind", "clause", "key", "value", "word", "role")


def entries(found: Raw, *names: str, at: Loc = ()) -> Iterator[tuple[Loc, Raw]]:
    """The tables in a list of tables, each with its place; nothing where there is no such list."""
    for name in names:
        listed = found.get(name)
        for position, entry in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(entry, dict):
                yield (*at, name, position), entry


def tables(found: Raw, name: str) -> Iterator[tuple[Loc, Raw]]:
    """The named tables in a table, each with its place."""
    named = found.get(name)
    for key, entry in named.items() if isinstance(named, dict) else ():
        if isinstance(entry, dict):
            yield (name, key), entry


def values(found: Raw, name: str, key: str, of: type[Kind]) -> list[Kind]:
    """One key's value from every table of a list, where it is of the right type."""
    return [value for _, entry in entries(found, name) if type(value := entry.get(key)) is of]


def path_of(loc: Sequence[int | str], raw: object) -> str:
    """A place as it stands in messages: `sections[IV.c.1].fields[funds].label`."""
    path = ""
    for step in loc:
        if step == "[key]":  # pydantic's mark for a key that is itself wrong
            continue
        if isinstance(step, int):
            raw = raw[step] if isinstance(raw, list) and step < len(raw) else None
            path += f"[{_name_of(raw, step)}]"
        else:
            raw = raw.get(step) if isinstance(raw, dict) else None
            path += f".{shown(step)}" if path else shown(step)
    return path


def _name_of(entry: object, position: int) -> str:
    if isinstance(entry, dict):
        for name in _NAMES:
            value = entry.get(name)
            if isinstance(value, str | int) and value != "":
                return shown(str(value))
    return str(position)

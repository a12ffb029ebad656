"""A scenario: what is to happen when, read from JSON with the line of every event."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cxworkflow.calendar import day_of
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.answers.json_text import LARGEST_FILE, read_json
from cxworkflow.policies.characters import shown
from cxworkflow.rehearsal.events import EVENT, VERBS, Event
from cxworkflow.wording import long_date

KEYS = ("policy", "from", "to", "components", "events")
LONGEST = 3660  # days: ten years, all of them swept


@dataclass(frozen=True)
class Scenario:
    """A policy, the Components in it, the days to play (Eastern), and the events in the order of their time."""

    policy: str
    from_on: date
    to_on: date
    components: tuple[str, ...]
    events: tuple[Event, ...]
    folder: Path
    file: str


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file; raises InvalidInput with every fault, those of events with their line."""
    raw = _bytes_of(path)
    value, faults = read_json(raw, file=path.name)
    if not isinstance(value, dict):
        raise InvalidInput(path.name, [Fault("", f"A scenario is an object with {', '.join(KEYS)}.")])
    if faults:
        raise InvalidInput(path.name, faults)
    events, faults = _events(value.get("events", []), _lines(raw.decode("utf-8-sig")))
    faults += [
        Fault(shown(key), f"A scenario has no such key. It has {', '.join(KEYS)}.") for key in value if key not in KEYS
    ]
    first, last = _day(value, "from", faults), _day(value, "to", faults)
    faults += _head_faults(value.get("policy"), value.get("components"), first, last)
    if not faults and first and last:
        faults += _misplaced(events, value["components"], first, last)
    if faults or first is None or last is None:
        raise InvalidInput(path.name, faults)
    in_time = tuple(sorted(events, key=lambda event: event.at))
    return Scenario(value["policy"], first, last, tuple(value["components"]), in_time, path.parent, path.name)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidInput(str(path), [Fault("", f"This file can't be read ({error.strerror}).")]) from None
    if not raw.strip():
        raise InvalidInput(path.name, [Fault("", f"This file is empty. Give it a scenario: {', '.join(KEYS)}.")])
    return raw


def _lines(text: str) -> list[int]:
    """The line on which each event begins, in a text that is known to be an object without repeated keys."""
    decoder, lines = json.JSONDecoder(), []

    def past(at: int, signs: str) -> int:
        while text[at] in signs:
            at += 1
        return at

    at = past(past(0, " \t\r\n") + 1, " \t\r\n")
    while text[at] == '"':
        key, at = decoder.raw_decode(text, at)
        at = past(at, " \t\r\n:")
        if key == "events" and text[at] == "[":
            at = past(at + 1, " \t\r\n")
            while text[at] != "]":
                lines.append(text.count("\n", 0, at) + 1)
                _, at = decoder.raw_decode(text, at)
                at = past(at, " \t\r\n,")
            at += 1
        else:
            _, at = decoder.raw_decode(text, at)
        at = past(at, " \t\r\n,")
    return lines


def _events(listed: object, lines: Sequence[int]) -> tuple[list[Event], list[Fault]]:
    if not isinstance(listed, list):
        return [], [Fault("events", "This should be a list of events.")]
    read: list[Event] = []
    faults: list[Fault] = []
    for line, event in zip(lines, listed, strict=True):
        if not isinstance(event, dict):
            faults.append(Fault(f"line {line}", "An event is an object with at, do and by."))
            continue
        try:
            # From JSON, since only there a text may stand for a moment.
            read.append(EVENT.validate_json(json.dumps({**event, "line": line})))
        except ValidationError as error:
            faults += [Fault(f"line {line}", _plain(each)) for each in error.errors(include_url=False)]
    return read, faults


def _head_faults(policy: object, components: object, first: date | None, last: date | None) -> Iterator[Fault]:
    if not isinstance(policy, str) or not policy:
        yield Fault("policy", "Name the policy, such as order-7.")
    if not isinstance(components, list) or not components or not all(isinstance(code, str) for code in components):
        yield Fault("components", "List the codes of the Components that take part.")
    elif len(set(components)) < len(components):
        yield Fault("components", "A Component is listed twice. List each one once.")
    if first and last and first > last:
        yield Fault("to", "The last day lies before the first one.")
    elif first and last and (last - first).days >= LONGEST:
        yield Fault("to", f"A rehearsal plays {LONGEST:,} days at most. Choose an earlier last day.")


def _misplaced(events: list[Event], components: list[str], first: date, last: date) -> Iterator[Fault]:
    for event in events:
        on, place = day_of(event.at), f"line {event.line}"
        if not first <= on <= last:
            played = f"{long_date(first)} to {long_date(last)}"
            yield Fault(place, f"{long_date(on)} is not among the days that are played, {played}.")
        if event.component is not None and event.component not in components:
            yield Fault(place, f"“{shown(event.component)}” is not among the scenario's components.")


_SENTENCES = {
    "missing": "“{key}” is missing.",
    "extra_forbidden": "“{key}” is not known for this event.",
    "none_required": "“{key}” is not known for this event.",
    "string_type": "“{key}” should be text in quotation marks.",
    "union_tag_invalid": f"“do” should be one of: {VERBS}.",
    "union_tag_not_found": f"“do” should be one of: {VERBS}.",
}


def _plain(error: ErrorDetails) -> str:
    key, kind = ".".join(str(part) for part in error["loc"][1:]), error["type"]
    if kind in _SENTENCES:
        return _SENTENCES[kind].format(key=shown(key))
    if kind == "string_pattern_mismatch":
        return f"“{key}” should be a fiscal quarter, such as 2024-Q1."
    if kind == "literal_error":
        return f"“{key}” should be {error['ctx']['expected']}."
    if kind.startswith("date_"):
        return f"“{key}” should be a day, such as 2024-02-08."
    return f"“{key}” should be a moment with its offset, such as 2023-12-18T15:00:00-05:00."


def _day(value: dict[str, Any], key: str, faults: list[Fault]) -> date | None:
    try:
        return datetime.strptime(str(value[key]), "%Y-%m-%d").date()  # noqa: DTZ007  # a calendar day has no zone
    except (KeyError, ValueError):
        faults.append(Fault(key, "This should be a day, such as 2023-07-13."))
        return None

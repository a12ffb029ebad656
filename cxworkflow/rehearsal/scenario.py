"""A scenario: what is to happen when, read from JSON with the line of every event."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from cxworkflow.calendar import day_of
from cxworkflow.errors import Fault, InvalidInput

LARGEST_FILE = 5_000_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class _Event(_Part):
    at: AwareDatetime
    by: str
    line: int = 0


class _OfComponent(_Event):
    component: str


class Deliver(_Event):
    """The Directorate delivers something (IV.a)."""

    do: Literal["deliver"]
    what: str


class Import(_OfComponent):
    """A Component's draft is filled from a strategy file beside the scenario."""

    do: Literal["import"]
    file: str
    as_component: Annotated[str | None, Field(alias="as")] = None


class Submit(_OfComponent):
    """The Component certifies and submits."""

    do: Literal["submit"]
    reason: str | None = None


class Withdraw(_OfComponent):
    """The Component takes its submission back."""

    do: Literal["withdraw"]
    reason: str = "Withdrawn in the rehearsal."


class Assign(_OfComponent):
    """The Directorate names a reviewer by role or address."""

    do: Literal["assign"]
    to: str


class Return(_OfComponent):
    """The paper goes back to the Component."""

    do: Literal["return"]
    reason: str


class Recommend(_OfComponent):
    """The Directorate advises the CIO."""

    do: Literal["recommend"]
    recommendation: Literal["approve", "return"]
    text: str = ""


class Approve(_OfComponent):
    """The CIO approves the version submitted last."""

    do: Literal["approve"]


class Implemented(_OfComponent):
    """The lead reports the strategy as implemented."""

    do: Literal["implemented"]
    statement: str = "Every part of the strategy is in place."


class _OfClock(_Event):
    component: str | None = None
    clock: str


class Extend(_OfClock):
    """The CIO moves a due date later."""

    do: Literal["extend"]
    to: date
    reason: str
    authority: str | None = None


class Pause(_OfClock):
    """The CIO stops a clock from counting."""

    do: Literal["pause"]
    reason: str


class Resume(_OfClock):
    """The CIO lets a paused clock count on."""

    do: Literal["resume"]
    reason: str | None = None


Event = (
    Deliver | Import | Submit | Withdraw | Assign | Return | Recommend | Approve | Implemented | Extend | Pause | Resume
)
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="do")])


class Scenario(_Part):
    """A policy, the Components in it, the days to play (Eastern), and the events in the order of their time."""

    policy: str
    from_on: date
    to_on: date
    components: tuple[str, ...]
    events: tuple[Event, ...]
    folder: Path


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file; raises InvalidInput with every fault, each with its line."""
    raw = _read(path)
    faults: list[Fault] = []
    lines = raw.pop("\0lines", [])
    events = _events(raw, lines, faults)
    known = {"policy", "from", "to", "components", "events"}
    faults += [Fault(key, f"A scenario has no such key. It has: {', '.join(sorted(known))}.") for key in raw if key not in known]
    policy, components = raw.get("policy"), raw.get("components")
    if not isinstance(policy, str) or not policy:
        faults.append(Fault("policy", "Name the policy, such as dhs-076-02."))
    if not isinstance(components, list) or not components or not all(isinstance(code, str) for code in components):
        faults.append(Fault("components", "List the codes of the Components that take part."))
    elif len(set(components)) < len(components):
        faults.append(Fault("components", "A Component is listed twice. List each one once."))
    first, last = _day(raw, "from", faults), _day(raw, "to", faults)
    if first and last and first > last:
        faults.append(Fault("to", "The last day lies before the first one."))
    if first and last and not faults:
        faults += [
            Fault(f"line {event.line}", f"{day_of(event.at)} is not between {first} and {last}, the days that are played.")
            for event in events
            if not first <= day_of(event.at) <= last
        ]
        faults += [
            Fault(f"line {event.line}", f"{code} is not among the scenario's components.")
            for event in events
            for code in [getattr(event, "component", None)]
            if code is not None and code not in (components or ())
        ]
    if faults:
        raise InvalidInput(path.name, faults)
    assert first and last
    in_time = tuple(sorted(events, key=lambda event: event.at))
    return Scenario(
        policy=str(policy), from_on=first, to_on=last, components=tuple(components or ()), events=in_time, folder=path.parent
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = path.read_bytes()
        if len(found) > LARGEST_FILE:
            raise InvalidInput(path.name, [Fault("", "This file is larger than 5 MB. A scenario is a short text.")])
        raw = _with_lines(found.decode("utf-8-sig"))
    except OSError as error:
        raise InvalidInput(str(path), [Fault("", f"This file can't be read ({error.strerror}).")]) from None
    except UnicodeDecodeError:
        raise InvalidInput(path.name, [Fault("", "This file is not in UTF-8. Save it again as UTF-8 text.")]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(path.name, [Fault(where, "This is not JSON from here on.")]) from None
    except RecursionError:
        raise InvalidInput(path.name, [Fault("", "Lists or objects are nested too deeply.")]) from None
    return raw


def _with_lines(text: str) -> dict[str, Any]:
    """The object in `text`, and under a key of its own the line on which each of its events begins."""
    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise json.JSONDecodeError("not an object", text, 0)
    decoder, lines = json.JSONDecoder(), []
    skip = lambda at, signs: at + len(text[at:]) - len(text[at:].lstrip(signs))  # noqa: E731
    at = skip(0, " \t\r\n{")
    while at < len(text) and text[at] == '"':
        key, at = decoder.raw_decode(text, at)
        at = skip(at, " \t\r\n:")
        if key == "events" and text[at] == "[":
            at = skip(at + 1, " \t\r\n,")
            while text[at] != "]":
                lines.append(text.count("\n", 0, at) + 1)
                _, at = decoder.raw_decode(text, at)
                at = skip(at, " \t\r\n,")
            at += 1
        else:
            _, at = decoder.raw_decode(text, at)
        at = skip(at, " \t\r\n,")
    return {**raw, "\0lines": lines}


def _events(raw: dict[str, Any], lines: list[int], faults: list[Fault]) -> list[Event]:
    listed = raw.get("events", [])
    if not isinstance(listed, list):
        faults.append(Fault("events", "This should be a list of events."))
        return []
    read = []
    for line, event in zip(lines, listed, strict=True):
        if not isinstance(event, dict):
            faults.append(Fault(f"line {line}", "An event is an object with at, do and by."))
            continue
        try:
            read.append(_EVENT.validate_json(json.dumps({**event, "line": line})))
        except ValidationError as error:
            faults += [Fault(f"line {line}", _plain(dict(each))) for each in error.errors(include_url=False)]
    return read


_VERBS = "deliver, import, submit, withdraw, assign, return, recommend, approve, implemented, extend, pause, resume"


def _plain(error: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"][1:])
    match error["type"]:
        case "missing":
            return f"“{key}” is missing."
        case "extra_forbidden":
            return f"“{key}” is not known for this event."
        case "union_tag_invalid" | "union_tag_not_found":
            return f"“do” should be one of: {_VERBS}."
        case kind if kind.startswith(("datetime", "timezone")):
            return f"“{key}” should be a moment with its offset, such as 2023-12-18T15:00:00-05:00."
        case kind if kind.startswith("date"):
            return f"“{key}” should be a day, such as 2024-02-08."
        case "literal_error":
            return f"“{key}” should be {error['ctx']['expected']}."
        case _:
            return f"“{key}”: {error['msg']}."


def _day(raw: dict[str, Any], key: str, faults: list[Fault]) -> date | None:
    try:
        return datetime.strptime(str(raw[key]), "%Y-%m-%d").date()  # noqa: DTZ007  # a calendar day has no zone
    except (KeyError, ValueError):
        faults.append(Fault(key, "This should be a day, such as 2023-07-13."))
        return None

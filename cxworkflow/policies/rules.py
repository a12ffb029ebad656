"""What must hold between the parts of a policy file: names that exist, once each, and dates in order.

Works on the file as read, before it is a Policy, so that these faults are reported together with all others;
what is of the wrong type is passed over here.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from typing import TypeGuard

from cxworkflow.errors import Fault
from cxworkflow.ladder import FIRES_AT
from cxworkflow.policies.characters import shown
from cxworkflow.policies.field_rules import field_faults
from cxworkflow.policies.homes import home_faults
from cxworkflow.policies.raw import Loc, Raw, entries, path_of, tables, values
from cxworkflow.policies.weak_rules import weak_faults
from cxworkflow.policies.wording import long_date, nearest, quoted

_NAMED_BY = {
    "principles": "number",
    "clauses": "id",
    "clocks": "kind",
    "sections": "clause",
    "deliverables": "id",
    "actions": "clause",
    "words": "word",
}


def faults_between(raw: Raw) -> Iterator[Fault]:
    """Every fault that concerns more than one place of a policy file."""
    for table, key in _NAMED_BY.items():
        yield from repeated(raw, table, key)
    yield from _unknown_names(raw)
    yield from home_faults(raw)
    for loc, clock in entries(raw, "clocks"):
        yield from (Fault(path_of((*loc, key), raw), reason) for key, reason in _clock_faults(raw, clock))
    for loc, ladder in tables(raw, "ladders"):
        yield from (Fault(path_of((*loc, key), raw), reason) for key, reason in _ladder_faults(ladder))
    yield from _top_level_faults(raw)
    for loc, each in entries(raw, "deliverables"):
        yield from (Fault(path_of((*loc, key), raw), reason) for key, reason in _deliverable_faults(raw, each))
    for loc, section in entries(raw, "sections"):
        yield from field_faults(raw, section, loc)
        yield from weak_faults(raw, section, loc)


def repeated(raw: Raw, table: str, key: str) -> Iterator[Fault]:
    """One fault for each name that more than one entry of a list has."""
    for name, times in Counter(values(raw, table, key, int if key == "number" else str)).items():
        if times > 1:
            yield Fault(
                f"{table}[{shown(str(name))}].{key}",
                f"{quoted(name)} stands here {times} times. Keep one, or give the others names of their own.",
            )


def _unknown_names(raw: Raw) -> Iterator[Fault]:
    clauses, kinds = values(raw, "clauses", "id", str), values(raw, "clocks", "kind", str)
    ladders = list(raw["ladders"]) if isinstance(raw.get("ladders"), dict) else []
    references: list[tuple[Loc, object, list[str], str]] = [
        ((*loc, "clause"), entry.get("clause"), clauses, "[[clauses]]")
        for loc, entry in entries(raw, "principles", "clocks", "sections", "deliverables", "actions")
    ]
    references += [
        ((*loc, "ladder"), clock.get("ladder"), ladders, "the [ladders]") for loc, clock in entries(raw, "clocks")
    ]
    references += [
        ((*loc, "stops"), each.get("stops"), kinds, "[[clocks]]") for loc, each in entries(raw, "deliverables")
    ]
    references += [
        ((*loc, "begun_with"), name, values(raw, "deliverables", "id", str), "the [[deliverables]]")
        for loc, each in entries(raw, "deliverables")
        for name in _listed(each, "begun_with")
    ]
    limit = raw.get("extension_limit")
    if isinstance(limit, dict):
        references.append((("extension_limit", "clause"), limit.get("clause"), clauses, "[[clauses]]"))
    for loc, name, known, where in references:
        if isinstance(name, str) and name not in known:
            reason = f"{quoted(name)} is not among {where}. Add it there, or name one that is.{nearest(name, known)}"
            yield Fault(path_of(loc, raw), reason)


def _listed(raw: Raw, key: str) -> list[object]:
    value = raw.get(key)
    return value if isinstance(value, list) else []


def _clock_faults(raw: Raw, clock: Raw) -> Iterator[tuple[str, str]]:
    asks = clock.get("asks")
    if isinstance(asks, str) and set("{}") & set(asks.replace("{component}", "")):
        yield "asks", "Braces stand here for {component} only. Remove the others, or check how they are spelt."
    if clock.get("holder") == "commitment" or clock.get("starts") == "committed":
        yield from _commitment_clock_faults(clock)
        return
    yield from _start_and_stop_faults(raw, clock)
    if ("days" in clock) == ("due_on" in clock):
        yield "days", "Give either days (counted from the start) or due_on (a fixed day): one of the two, not both."
    yield from _dates_out_of_order(raw, clock)
    if (clock.get("unit") == "business" or clock.get("roll") == "next-business-day") and "holidays" not in raw:
        yield (
            "unit" if clock.get("unit") == "business" else "roll",
            'This needs to know the holidays. Add holidays = "us-federal" at the top of the file.',
        )


def _deliverable_faults(raw: Raw, deliverable: Raw) -> Iterator[tuple[str, str]]:
    """What a deliverable of Components can't be, and whose clock a deliverable can't stop."""
    by = deliverable.get("by", "directorate")
    if by == "component":
        if deliverable.get("done", "recorded") != "recorded":
            yield "done", "What a Component delivers it records itself, and nobody signs it here. Remove this."
        if "begun_with" in deliverable:
            yield (
                "begun_with",
                "Drafts here are the Directorate's own, so a Component's deliverable has none. Remove this.",
            )
    for _, clock in entries(raw, "clocks"):
        if clock.get("kind") == deliverable.get("stops") and (clock.get("holder") == "component") != (
            by == "component"
        ):
            yield (
                "stops",
                f"That clock is held by the {quoted(clock.get('holder'))}. Name one held by who delivers this.",
            )


def _commitment_clock_faults(clock: Raw) -> Iterator[tuple[str, str]]:
    if clock.get("holder") != "commitment":
        yield "holder", 'Only clocks of commitments start when something is "committed". Write holder = "commitment".'
    if clock.get("starts") != "committed":
        yield "starts", 'A commitment\'s clock starts with the commitment. Write starts = "committed".'
    for key in ("days", "due_on", "cap_on", "unit", "roll", "stops"):
        if key in clock:
            yield key, "A commitment says itself when it is due, and its acceptance stops its clock. Remove this."


def _start_and_stop_faults(raw: Raw, clock: Raw) -> Iterator[tuple[str, str]]:
    starts, stops = clock.get("starts"), clock.get("stops", [])
    if starts is not None and starts == clock.get("kind"):
        yield "starts", "A clock can't start from itself. Name an event: signed, submitted, returned or approved."
    elif starts in values(raw, "clocks", "kind", str):
        yield (
            "starts",
            "A clock starts from an event, not from another clock. Use signed, submitted, returned or approved.",
        )
    elif isinstance(stops, list) and starts in stops:
        yield (
            "stops",
            f"{quoted(starts)} starts this clock, so it can't stop it too. Name the event that ends the work.",
        )
    if not stops and clock.get("kind") not in values(raw, "deliverables", "stops", str):
        yield "stops", "Nothing stops this clock. Name events here, or a deliverable that stops it."


def _dates_out_of_order(raw: Raw, clock: Raw) -> Iterator[tuple[str, str]]:
    signed_on, due_on, cap_on = raw.get("signed_on"), clock.get("due_on"), clock.get("cap_on")
    for key, on in (("due_on", due_on), ("cap_on", cap_on)):
        if _is_day(on) and _is_day(signed_on) and on < signed_on:
            yield key, f"{long_date(on)} lies before the clock can start: signed_on is {long_date(signed_on)}."
    if _is_day(due_on) and _is_day(cap_on) and cap_on < due_on:
        yield "cap_on", f"The cap, {long_date(cap_on)}, lies before due_on, {long_date(due_on)}. Remove one of the two."


def _ladder_faults(ladder: Raw) -> Iterator[tuple[str, str]]:
    rungs = ladder.get("rungs")
    days = [rung for rung in rungs if isinstance(rung, int)] if isinstance(rungs, list) else []
    for rung, times in Counter(days).items():
        if times > 1:
            yield "rungs", f"Rung {rung} stands here {times} times. Keep one."
    for role, times in Counter(values(ladder, "to", "role", str)).items():
        if times > 1:
            yield "to", f"{quoted(role)} stands here {times} times. Keep one, with the earlier rung."
    for from_rung in values(ladder, "to", "from_rung", int):
        if days and "repeat_every" not in ladder and from_rung > max(days):
            yield "to", f"No rung comes at {from_rung} or later, so nobody would be told. The last is {max(days)}."


def _top_level_faults(raw: Raw) -> Iterator[Fault]:
    limit, signed_on, fires_at = raw.get("extension_limit"), raw.get("signed_on"), raw.get("fires_at")
    if isinstance(limit, dict):
        on = limit.get("on")
        if _is_day(on) and _is_day(signed_on) and on < signed_on:
            reason = f"{long_date(on)} lies before signed_on, {long_date(signed_on)}. Write a later day."
            yield Fault("extension_limit.on", reason)
    if isinstance(fires_at, time) and fires_at != FIRES_AT:
        yield Fault("fires_at", f"Reminders go out at {FIRES_AT:%H:%M} here, and at no other time. Write {FIRES_AT}.")


def _is_day(value: object) -> TypeGuard[date]:
    return type(value) is date

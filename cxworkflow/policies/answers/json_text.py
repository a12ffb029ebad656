"""Reads JSON from outside strictly: what Python's reader lets pass in silence is a fault here."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.answers.values import size_fault
from cxworkflow.policies.characters import character_fault, shown

LARGEST_FILE = 5_000_000
DEEPEST = 20


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys it was given twice."""

    repeated: tuple[str, ...] = ()


def read_json(raw: bytes, *, file: str | None) -> tuple[object, list[Fault]]:
    """The value and the faults found on the way; raises InvalidInput where nothing can be read at all."""

    def refuse(reason: str) -> NoReturn:
        raise InvalidInput(file, [Fault("", reason)])

    if len(raw) > LARGEST_FILE:
        refuse(f"This file has {len(raw) / 1e6:,.1f} MB; the most allowed is {LARGEST_FILE / 1e6:.0f} MB. Shorten it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        refuse(f"Line {line:,} is not in UTF-8. Save the file again as UTF-8 text.")
    if not text.strip():
        refuse("This file is empty. Give it a strategy in JSON.")
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant)
    except json.JSONDecodeError as error:
        refuse(_reason(error, text))
    except RecursionError:
        refuse(_TOO_DEEP)
    return value, list(_faults_in(value, "", 0))


_TOO_DEEP = f"Lists and objects are nested too deeply here; the most allowed is {DEEPEST} levels."


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        found.repeated = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= 20 else float(digits)


def _constant(name: str) -> float:
    return float(name.replace("Infinity", "inf"))


def _reason(error: json.JSONDecodeError, text: str) -> str:
    written = text.rstrip()
    # A quotation mark that nothing closes, or half a word such as “tru”, is what a cut leaves behind too.
    if error.msg.startswith("Unterminated string") or _HALF_A_WORD.fullmatch(written, error.pos):
        line, column = written.count("\n") + 1, len(written) - written.rfind("\n")
        return (
            f"This file is cut short: it ends in the middle, at line {line:,}, column {column:,}. Send it again, whole."
        )
    what = _IN_OTHER_WORDS.get(error.msg, "something is out of place")
    return f"This is not JSON: {what} at line {error.lineno:,}, column {error.colno:,}. Mend it there."


_HALF_A_WORD = re.compile(r"\s*|-|t|tr|tru|f|fa|fal|fals|n|nu|nul")


_IN_OTHER_WORDS = {
    "Expecting value": "a value is missing or misspelt",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing after a key",
    "Expecting property name enclosed in double quotes": "a key in double quotation marks is missing",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Extra data": "there is more text after the end",
    "Invalid control character at": "there is a line break or control character inside quotation marks",
    "Invalid \\escape": "there is a backslash that means nothing",
    "Invalid \\uXXXX escape": "there is a broken \\u character",
}


def _faults_in(value: object, at: str, depth: int) -> Iterator[Fault]:
    fault = _fault_of(value, at, depth)
    if fault:
        yield fault
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from _faults_in(each, f"{at}[{position}]", depth + 1)
    elif isinstance(value, _Object):
        for key in value.repeated:
            yield Fault(_under(at, key), "This key stands here more than once. Keep one of them.")
        for key, each in value.items():
            place = _under(at, key)
            if fault := character_fault(place, key):
                yield fault
            yield from _faults_in(each, place, depth + 1)


def _fault_of(value: object, at: str, depth: int) -> Fault | None:
    if depth > DEEPEST:
        return Fault(at, _TOO_DEEP)
    if isinstance(value, str):
        return character_fault(at, value)
    return size_fault(value, at) if isinstance(value, int | float) else None


def _under(at: str, key: str) -> str:
    return f"{at}.{shown(key)}" if at else shown(key)

"""Reads a policy or organization file: TOML in, a frozen value out, or every fault with its key and its mending."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import ValidationError

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.characters import character_fault
from cxworkflow.policies.parts import Part
from cxworkflow.policies.raw import Loc, Raw, path_of
from cxworkflow.policies.wording import as_many_as_are_read, faults_of

LARGEST_FILE = 1_000_000

Read = TypeVar("Read", bound=Part)


def read_toml(
    source: Path | str | bytes, model: type[Read], rules: Callable[[Raw], Iterable[Fault]], *, file: str | None
) -> Read:
    """The file as a `model`, if it fits it and keeps the `rules` between its parts; raises InvalidInput otherwise."""
    file = file or (None if isinstance(source, bytes) else str(source))
    return fitted(_parse(_bytes_of(source, file), file), model, rules, file=file)


def fitted(raw: Raw, model: type[Read], rules: Callable[[Raw], Iterable[Fault]], *, file: str | None) -> Read:
    """The same for a file that is parsed already."""
    faults = [*_character_faults(raw), *rules(raw)]
    try:
        read = model.model_validate(raw)
    except ValidationError as error:
        # Where a rule says more about a place, the rule alone speaks.
        told = {fault.key for fault in faults}
        of_type = [fault for fault in faults_of(error.errors(include_url=False), raw) if fault.key not in told]
        raise InvalidInput(file, as_many_as_are_read([*of_type, *faults])) from None
    if faults:
        raise InvalidInput(file, as_many_as_are_read(faults))
    return read


def _refuse(file: str | None, reason: str) -> NoReturn:
    raise InvalidInput(file, [Fault("", reason)])


def _bytes_of(source: Path | str | bytes, file: str | None) -> bytes:
    if isinstance(source, bytes):
        found = source
    else:
        try:
            with Path(source).open("rb") as opened:
                found = opened.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            _refuse(file, "There is no such file. Check its name and folder.")
        except IsADirectoryError:
            _refuse(file, "This is a folder. Name a file in it.")
        except OSError as error:
            _refuse(file, f"This file can't be read ({error.strerror}).")
    if len(found) > LARGEST_FILE:
        _refuse(file, "This file is larger than 1 MB. A policy is text; check that this is the right file.")
    return found


def _parse(found: bytes, file: str | None) -> Raw:
    try:
        return tomllib.loads(found.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        _refuse(file, f"Line {line:,} is not in UTF-8. Save the file again as UTF-8 text.")
    except RecursionError:
        _refuse(file, "Lists or tables are nested too deeply. Write each one once, on its own line.")
    except ValueError as error:
        _refuse(file, _in_plain_words(str(error)))


_SYNTAX = (
    (r"Cannot declare \((.*?)\) twice", "This table stands here twice. Join the two, or rename one"),
    (r"Cannot overwrite a value", "This key stands here twice, or is a value and a table at once. Keep one"),
    (r"Cannot mutate immutable namespace|Cannot redefine", "This table was closed earlier. Keep its keys together"),
    (r"Expected '=' after a key", "After this key there should be an equals sign and a value"),
    (r"Expected newline or end of document", "After this value the line should end"),
    (r"Invalid value", "This is not a value. Put text in quotation marks; write true, false, a number or a date bare"),
    (r"Invalid date or datetime", "This is not a day of the calendar. Write year-month-day, such as 2024-01-09"),
    (
        r"Unterminated string|Illegal character",
        "A quotation mark is missing here, or a control character is in the text",
    ),
    (r"Unescaped '\\' in a string", "Write a backslash twice in text, or use 'single' quotation marks"),
    (r"Unclosed array", "A closing square bracket is missing"),
    (r"Unclosed inline table", "A closing brace is missing"),
    (r"Invalid statement", "A line begins with a key, a [table] or a #comment; this one does not"),
    (r"Expected '\]\]?'", "The closing square bracket of this table's name is missing"),
)


def _in_plain_words(error: str) -> str:
    place = re.search(r"\(at (line \d+), (column \d+)\)|\(at end of document\)", error)
    where = "at its end" if place is None or place[1] is None else f"at {place[1]}, {place[2]}"
    what = next((plain for pattern, plain in _SYNTAX if re.search(pattern, error)), "Something is out of place")
    return f"This is not TOML {where}. {what}."


def _character_faults(raw: Raw) -> Iterator[Fault]:
    waiting: list[tuple[Loc, object]] = [((), raw)]
    while waiting:
        loc, value = waiting.pop()
        match value:
            case str():
                if fault := character_fault(path_of(loc, raw), value):
                    yield fault
            case dict():
                waiting += [((*loc, key), each) for key, each in value.items()]
            case list():
                waiting += [((*loc, position), each) for position, each in enumerate(value)]

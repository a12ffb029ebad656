"""Whether one written value answers one field: its normal form, or the faults that stand in the way."""

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from cxworkflow.errors import Fault
from cxworkflow.policies.characters import character_fault, shown
from cxworkflow.policies.questions import Field
from cxworkflow.policies.wording import listed

# Beyond this, JSON numbers are no longer exact everywhere.
LARGEST = 999_999_999_999_999
FIRST_YEAR, LAST_YEAR = 1900, 2199
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Checked = tuple[Any, list[Fault]]


def check_value(field: Field, value: object, at: str) -> Checked:
    """The value as it is stored and no fault, or the field's empty value and its faults. Rows are checked elsewhere."""
    if isinstance(value, str):
        if fault := character_fault(at, value):
            return field.empty, [fault]
        value = value.replace("\r\n", "\n").strip()
    if value is None or value == "":
        return field.empty, []
    try:
        return _CHECKS[field.type](field, value, at), []
    except _RefusedError as refused:
        return field.empty, refused.faults


class _RefusedError(Exception):
    def __init__(self, *faults: Fault) -> None:
        self.faults = list(faults)


def _text(field: Field, value: object, at: str) -> str:
    if not isinstance(value, str):
        raise _RefusedError(Fault(at, f"Write text in quotation marks here, not {kind_of(value)}."))
    if field.type == "line" and len(value.splitlines()) > 1:
        raise _RefusedError(Fault(at, "Write this on one line, without line breaks."))
    if len(value) > field.longest:
        raise _RefusedError(
            Fault(at, f"This has {len(value):,} characters; the most allowed is {field.longest:,}. Shorten it.")
        )
    return value


def _number(field: Field, value: object, at: str) -> int | float:
    if isinstance(value, str):
        raise _RefusedError(Fault(at, f"“{shown(value)}” is not a number{_in_quotes(value)}. Write {_sample(field)}."))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _RefusedError(Fault(at, f"Write {_sample(field)} here, not {kind_of(value)}."))
    if fault := size_fault(value, at):
        raise _RefusedError(fault)
    number = int(value) if value == int(value) else value
    if isinstance(number, float) and field.type in {"integer", "fiscal-year"}:
        raise _RefusedError(Fault(at, f"{number:,} is not a whole number. Write {_sample(field)}."))
    if isinstance(number, float) and field.type == "money" and number != round(number, 2):
        raise _RefusedError(Fault(at, f"{number:,} has parts of a cent. Write at most two decimals."))
    least, most = limits_of(field)
    if least is not None and number < least:
        raise _RefusedError(Fault(at, f"{_plain(number)} is too small. The least allowed is {_plain(least)}."))
    if most is not None and number > most:
        raise _RefusedError(Fault(at, f"{_plain(number)} is too large. The most allowed is {_plain(most)}."))
    return number


def limits_of(field: Field) -> tuple[float | None, float | None]:
    """The least and the most that a number may be; None: no limit of its own."""
    least, most = field.min, field.max
    match field.type:
        case "money":
            least = 0 if least is None else least
        case "fiscal-year":
            least = FIRST_YEAR if least is None else least
            most = LAST_YEAR if most is None else most
    return least, most


def size_fault(number: float, at: str) -> Fault | None:
    """The fault of a number that can't be stored exactly, or is none."""
    if math.isnan(number):
        return Fault(at, "NaN is not a number. Write digits, or null where there is no number yet.")
    if abs(number) > LARGEST:
        return Fault(at, f"This number is too large. The most allowed is {LARGEST:,}.")
    return None


def _date(field: Field, value: object, at: str) -> str:  # noqa: ARG001 - the checks are called alike
    if not isinstance(value, str):
        raise _RefusedError(Fault(at, f"Write a date in quotation marks, such as “2024-09-30”, not {kind_of(value)}."))
    if not _DATE.fullmatch(value):
        raise _RefusedError(Fault(at, f"“{shown(value)}” is not a date. Write year-month-day, such as 2024-09-30."))
    try:
        on = date.fromisoformat(value)
    except ValueError:
        raise _RefusedError(
            Fault(at, f"“{value}” is not a day of the calendar. Check the month and the day.")
        ) from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise _RefusedError(
            Fault(at, f"The year {on.year:04} can't be right. Write one from {FIRST_YEAR} to {LAST_YEAR}.")
        )
    return value


def _choice(field: Field, value: object, at: str) -> str:
    allowed = [choice.value for choice in field.choices]
    if not isinstance(value, str):
        raise _RefusedError(Fault(at, f"Write {listed(allowed)} here, not {kind_of(value)}."))
    if value not in allowed:
        raise _RefusedError(Fault(at, f"“{shown(value)}” is not one of the choices. Use {listed(allowed)}."))
    return value


def _principles(field: Field, value: object, at: str) -> list[int]:
    if not isinstance(value, list):
        raise _RefusedError(Fault(at, f"Write a list of principle numbers, such as [2, 3], not {kind_of(value)}."))
    allowed = [choice.value for choice in field.choices]
    faults: list[Fault] = []
    numbers: list[int] = []
    for position, each in enumerate(value):
        place = f"{at}[{position}]"
        if isinstance(each, bool) or not isinstance(each, int | float):
            faults.append(Fault(place, f"Write the number of a principle here, such as 2, not {kind_of(each)}."))
        elif fault := size_fault(each, place):
            faults.append(fault)
        elif _plain(each) not in allowed:
            faults.append(
                Fault(place, f"There is no principle {_plain(each)}. Use numbers from {allowed[0]} to {allowed[-1]}.")
            )
        elif each in numbers:
            faults.append(Fault(place, f"Principle {_plain(each)} is named twice. Name it once."))
        else:
            numbers.append(int(each))
        if len(faults) > len(allowed):
            break  # A list this wrong needs no longer list of reasons.
    if faults:
        raise _RefusedError(*faults)
    return numbers


_CHECKS: dict[str, Callable[[Field, object, str], Any]] = {
    "line": _text,
    "text": _text,
    "number": _number,
    "integer": _number,
    "money": _number,
    "fiscal-year": _number,
    "date": _date,
    "choice": _choice,
    "principles": _principles,
}


def kind_of(value: object) -> str:
    """What sort of thing stands there, as a reader of JSON would say it."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text “{shown(value)}”"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object in {braces}"


def _sample(field: Field) -> str:
    match field.type:
        case "fiscal-year":
            return "a year in four digits, such as 2024"
        case "integer":
            return "a whole number, such as 3"
        case "money":
            return "an amount in US dollars in digits, such as 250000"
        case _:
            return "a number in digits, such as 3.5"


def _in_quotes(value: str) -> str:
    return " while it stands in quotation marks" if re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII) else ""


def _plain(number: float) -> str:
    return f"{int(number) if number == int(number) else number:,}"

"""What a list's filters and a form's boxes ask for, read strictly: what nobody offers is refused, not ignored."""

from collections.abc import Iterable
from datetime import date

from flask import request

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.characters import shown

# Dates that a person can mean here; beyond them, counting on by days would leave the calendar.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def one_of(name: str, offered: Iterable[str]) -> str | None:
    """The filter's value, one of those offered; None where it is not set."""
    value = request.args.get(name, "").strip()
    if not value:
        return None
    if value not in (known := list(offered)):
        raise _fault(name, f"“{shown(value)}” is not in this list. There is: {', '.join(known) or 'nothing yet'}.")
    return value


def day(name: str) -> date | None:
    """The filter's day, written 2024-01-09; None where it is not set."""
    value = request.args.get(name, "").strip()
    if not value:
        return None
    try:
        return _within_reach(name, date.fromisoformat(value))
    except ValueError:
        raise _fault(name, f"“{shown(value)}” is not a date. Write it like 2024-01-09 for January 9, 2024.") from None


def number(name: str) -> int | None:
    """The filter's number; None where it is not set."""
    value = request.args.get(name, "").strip()
    if not value:
        return None
    if not _is_number(value):
        raise _fault(name, f"“{shown(value)}” is not a number.")
    return int(value)


def page_number() -> int:
    """Which page of a list, from 1."""
    value = request.args.get("page", "1")
    if not _is_number(value) or int(value) < 1:
        raise _fault("page", "The page is a number from 1 on.")
    return int(value)


def boxes(name: str) -> tuple[str, str, str]:
    """What was typed into the three boxes of a date: year, month, day."""
    year, month, on = (request.form.get(f"{name}-{box}", "").strip() for box in ("year", "month", "day"))
    return year, month, on


def posted_day(name: str) -> date:
    """The day in a form's three boxes; raises InvalidInput."""
    typed = boxes(name)
    try:
        return _within_reach(name, date(*(int(box) if _is_number(box) else 0 for box in typed)))
    except ValueError:
        reason = "There is no such day." if all(typed) else "Give month, day and year."
        raise _fault(name, f"{reason} For January 9, 2024 choose January and write 9 and 2024.") from None


def posted_number(name: str) -> int:
    """A number that the page itself wrote into its form; raises InvalidInput."""
    value = request.form.get(name, "")
    if not _is_number(value):
        raise _fault("", "The form was not complete. Open the page again and repeat it there.")
    return int(value)


def posted_numbers(name: str) -> list[int]:
    """Numbers with commas between them that the page itself wrote into its form, or none; raises InvalidInput."""
    values = [value for value in request.form.get(name, "").split(",") if value]
    if not all(_is_number(value) for value in values):
        raise _fault("", "The form was not complete. Open the page again and repeat it there.")
    return [int(value) for value in values]


def _within_reach(name: str, on: date) -> date:
    if not EARLIEST.year <= on.year <= LATEST.year:
        raise _fault(name, f"Give a year from {EARLIEST.year} to {LATEST.year}.")
    return on


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _fault(name: str, reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault(name, reason)])

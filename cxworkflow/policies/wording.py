"""Says in plain language what pydantic found wrong in a file, and where."""

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cxworkflow.errors import Fault
from cxworkflow.policies.characters import shown
from cxworkflow.policies.raw import path_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def faults_of(errors: Sequence["ErrorDetails"], raw: object) -> list[Fault]:
    """One fault per error, its key written with the names that stand in the file."""
    return [Fault(path_of(error["loc"], raw), _reason(error)) for error in errors]


def nearest(word: str, known: Sequence[str]) -> str:
    """“ Did you mean …?” where a known word is close, else nothing."""
    close = get_close_matches(word, known, n=1, cutoff=0.7)
    return f" Did you mean “{close[0]}”?" if close else ""


def listed(words: Sequence[object], joint: str = "or") -> str:
    """“a”, “b” or “c”."""
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


def as_many_as_are_read(faults: list[Fault]) -> list[Fault]:
    """The faults, or so many as a person would read and the number of the rest."""
    rest = len(faults) - _MOST
    return faults if rest <= 0 else [*faults[:_MOST], Fault("", f"There are {rest:,} more faults. Mend these first.")]


def long_date(on: date) -> str:
    """A day as people read it: January 9, 2024."""
    return f"{on:%B} {on.day}, {on.year}"


def quoted(found: object) -> str:
    """What stands in a file, as a message shows it."""
    match found:
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case bool():
            return str(found).lower()
        case str():
            return f"“{shown(found)}”"
        case _:
            return shown(str(found))


_MOST = 1000

_EXPECTED = {
    "string_type": "text in quotation marks",
    "int_type": "a whole number without quotation marks",
    "float_type": "a number without quotation marks",
    "bool_type": "true or false, without quotation marks",
    "date_type": "a date without quotation marks, such as 2024-01-09",
    "time_type": "a time without quotation marks, such as 06:00:00",
    "tuple_type": "a list in [square brackets], or [[tables]]",
    "dict_type": "a [table]",
    "model_type": "a [table]",
}

_SENTENCES = {
    "missing": "This key is missing. Add it.",
    "extra_forbidden": "There is no such key here. Remove it, or check how it is spelt.",
    "string_too_short": "This is empty. Write something.",
    "too_short": "This is empty. Write at least one entry.",
    "finite_number": "Write an ordinary number, not inf or nan.",
}

_PATTERNS = {
    r"\S": "Write some words here.",
    r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$": "Write a clause with letters, figures, dots and hyphens only, such as IV.c.1.",
    r"^[a-z0-9][a-z0-9-]{0,63}$": "Use small letters, figures and hyphens only, such as order-7.",
    r"^[a-z][a-z0-9_]{0,31}$": "Use small letters, figures and underscores only, a letter first, such as series_grade.",
    r"^[a-z][a-z -]{0,31}$": "Use small letters, spaces and hyphens only, such as operational or independent agency.",
    r"^[A-Z][A-Z0-9&-]{0,15}$": "Use capital letters, figures, & and hyphens only, such as CBP or S&T.",
}


def _reason(error: "ErrorDetails") -> str:
    found, context = error["input"], error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            reason = f"{quoted(found)} is not known here. Use {listed(choices)}.{nearest(str(found), choices)}"
        case "string_pattern_mismatch":
            reason = _PATTERNS[context["pattern"]]
        case "string_too_long" | "too_long":
            reason = f"This is too long. The most allowed is {context['max_length']:,}."
        case "greater_than_equal":
            reason = f"{quoted(found)} is too small. The least allowed is {context['ge']:,}."
        case "less_than_equal":
            reason = f"{quoted(found)} is too large. The most allowed is {context['le']:,}."
        case kind if kind in _SENTENCES:
            reason = _SENTENCES[kind]
        case kind:
            reason = f"Write {_EXPECTED.get(kind, 'something else')}, not {quoted(found)}."
    return reason

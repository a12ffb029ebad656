"""Characters that no text here may hold, and how to show one without printing it."""

import re
from unicodedata import category

from cxworkflow.errors import Fault

# Controls other than tab and line feed; halves of surrogate pairs; code points that are no characters; and the
# marks that make text read in another order than it is stored.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def character_fault(key: str, text: str) -> Fault | None:
    """The fault of a text that holds such a character: which one, and where."""
    found = _REFUSED.search(text.replace("\r\n", "\n"))
    if found is None:
        return None
    character = found.group()
    return Fault(
        key,
        f"Character {found.start() + 1:,} is {_named(character)} (U+{ord(character):04X}), which is not allowed here. "
        "Remove it, or type the text again instead of pasting it.",
    )


def _named(character: str) -> str:
    if "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return "a mark that changes the direction of the text"
    match category(character):
        case "Cs":
            return "half of a broken character"
        case "Cn":
            return "not a character"
        case _:
            return "a control character"


def shown(text: str, longest: int = 60) -> str:
    """A text from outside, fit to stand in a message: short, on one line, with nothing invisible in it."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in cut)

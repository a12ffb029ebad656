"""Names of files from outside: only the last part counts, and it can do no harm where it is saved."""

import re
from unicodedata import normalize

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.characters import character_fault, shown
from cxworkflow.uploads.kinds import KINDS, Kind

LONGEST = 150  # characters: every file system takes them, also in UTF-8
_AWKWARD = re.compile(r'[<>:"|?*]')  # where some system saves it, these mean something else
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff]")


def safe_name(name: str) -> str:
    """The name without folders, in one spelling, fit to be saved anywhere; raises InvalidInput."""
    last = re.split(r"[/\\]", normalize("NFC", name))[-1]
    if fault := character_fault("file", last):
        raise InvalidInput(None, [Fault("file", f"The name of this file can’t be kept. {fault.reason}")])
    kept = _AWKWARD.sub("_", " ".join(_INVISIBLE.sub("", last).split())).strip(" .")
    if len(kept) > LONGEST:
        reason = f"The name of this file has {len(kept)} characters; the most allowed is {LONGEST}. Rename it."
        raise InvalidInput(None, [Fault("file", reason)])
    return kept


def kind_of(name: str) -> Kind:
    """The kind that a name stands for by its ending; raises InvalidInput for all others."""
    stem, dot, ending = name.rpartition(".")
    kind = KINDS.get(ending.lower())
    if kind is None or not dot or not stem.strip():
        endings = ", ".join(f".{each}" for each in KINDS)
        reason = (
            f"“{shown(name)}” is not a kind of file that can be attached. Attach a file whose name ends in one of "
            f"{endings}; save it as PDF if it is of another kind."
        )
        raise InvalidInput(None, [Fault("file", reason)])
    return kind

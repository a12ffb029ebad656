"""What people type, as the record keeps it."""

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.characters import character_fault

LONGEST = 20_000  # characters: some ten pages


def said(text: str | None, key: str, *, needed: str = "", longest: int = LONGEST) -> str:
    """The text without the white space around it; `needed` is the sentence to read where there is none.

    Raises InvalidInput, at `key`, also for a text that is too long or holds control characters.
    """
    kept = (text or "").replace("\r\n", "\n").strip()
    if needed and not kept:
        raise InvalidInput(None, [Fault(key, needed)])
    if fault := character_fault(key, kept):
        raise InvalidInput(None, [fault])
    if len(kept) > longest:
        reason = f"This has {len(kept):,} characters; the most allowed is {longest:,}. Shorten it."
        raise InvalidInput(None, [Fault(key, reason)])
    return kept

"""Letters as PDF files: facts in, the same bytes out for the same facts."""

from datetime import datetime
from typing import Any

from cxworkflow.typesetting import typeset


def letter(kind: str, facts: dict[str, Any], *, at: datetime) -> bytes:
    """The letter of a kind, as it was written at a moment. `facts` are JSON values; they are shown, never run."""
    return typeset("letters", kind, facts, at=at)

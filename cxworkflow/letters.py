"""Letters as tagged PDF files (PDF/UA-1 and PDF/A-2a): facts in, the same bytes out for the same facts."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parents[1] / "templates" / "letters"
FONTS = Path(__file__).parent / "web" / "static" / "vendor" / "fonts" / "public-sans"
# What the letters' typeface has a picture for; typst refuses to leave a character out.
_UNKNOWN = re.compile(
    r"[^\n\x20-\x7e\u00a0-\u017f\u2010-\u2027\u2030-\u203a\u20ac\u2122\u2212\u2264\u2265\u2190\u2192]"
)


def letter(kind: str, facts: dict[str, Any], *, at: datetime) -> bytes:
    """The letter of a kind, as it was written at a moment. `facts` are JSON values; they are shown, never run."""
    told = json.dumps(facts, ensure_ascii=False)
    shown = _UNKNOWN.sub("?", told)
    facts = {**json.loads(shown), "incomplete": shown != told}
    return typst.compile(
        TEMPLATES / f"{kind}.typ",
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(at.timestamp()),
        sys_inputs={"letter": json.dumps(facts)},
    )

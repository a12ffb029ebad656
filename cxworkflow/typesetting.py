"""Tagged PDF files (PDF/UA-1 and PDF/A-2a) from our own templates: facts in, the same bytes out for the same facts."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parents[1] / "templates"
FONTS = Path(__file__).parent / "web" / "static" / "vendor" / "fonts" / "public-sans"
# What the typeface has a picture for; typst refuses to leave a character out.
_UNKNOWN = re.compile(
    r"[^\n\x20-\x7e\u00a0-\u017f\u2010-\u2027\u2030-\u203a\u20ac\u2122\u2212\u2264\u2265\u2190\u2192]"
)


def typeset(folder: str, kind: str, facts: dict[str, Any], *, at: datetime) -> bytes:
    """The PDF that a template makes of facts, dated to a moment. `facts` are JSON values; they are shown, never run.

    What the typeface can't show stands as "?", and `incomplete` tells the template so.
    """
    told = json.dumps(facts, ensure_ascii=False)
    shown = _UNKNOWN.sub("?", told)
    facts = {**json.loads(shown), "incomplete": shown != told}
    return typst.compile(
        TEMPLATES / folder / f"{kind}.typ",
        root=TEMPLATES / folder,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(at.timestamp()),
        sys_inputs={"facts": json.dumps(facts)},
    )

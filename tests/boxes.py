"""What a browser sends of a section's form: every box, as it stands on the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from cxworkflow.policies import Section
from cxworkflow.policies.answers import Content, to_form


def boxes(section: Section, content: Content, names: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """The boxes by name; a name that several share has a list."""
    sent: dict[str, Any] = {}
    for key, value in to_form(section, content, names).items():
        if not (value and isinstance(value[0], dict)):
            sent[key] = value
            continue
        for place, row in enumerate(value):
            sent |= {f"{key}-{place}-{column}": typed for column, typed in row.items()}
    return sent

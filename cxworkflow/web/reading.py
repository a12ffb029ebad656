"""How the places of an answer are called on pages: boxes, rows, examples."""

import re
from collections.abc import Mapping, Sequence

from cxworkflow.errors import Fault
from cxworkflow.models import Version
from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import field_of, row_words
from cxworkflow.wording import long_date


def field_id(key: str, places: Mapping[str, Sequence[int]] | None = None) -> str:
    """The HTML id of the box to which a fault's key belongs: `metrics[2].by` -> `metrics-2-by`.

    `places` gives the numbers that rows have on the page, where rows were added, moved or removed there.
    """
    row = re.match(r"(\w+)\[(\d+)\]", key)
    if row and places:
        key = f"{row[1]}[{places[row[1]][int(row[2])]}]{key[row.end() :]}"
    # The second of some principles is still in the one group of principles.
    whole = re.sub(r"(?<=\w)\[\d+\]$", "", key)
    return re.sub(r"\[(\d+)\]", r"-\1", whole).replace(".", "-")


def answer_id(clause: str, key: str) -> str:
    """The HTML id of an answer where it is read: ("IV.c.3", "metrics[2].by") -> `answer-IV-c-3-metrics-2`, its row."""
    row = re.sub(r"\[(\d+)\].*", r"-\1", key)
    return f"answer-{field_id(clause)}-{row}"


def place_words(key: str, section: Section) -> str:
    """Which row a fault's key speaks of, as it goes before the reason: `metrics[1].by` -> "Metric 2: "."""
    row = re.match(r"(\w+)\[(\d+)\]", key)
    if row is None:
        return ""
    noun = next((field.row_noun for field in section.fields if field.key == row[1]), None) or "row"
    return f"{noun[:1].upper()}{noun[1:]} {int(row[2]) + 1}: "


def label_words(fault: Fault, section: Section) -> str:
    """Which box a fault is of, as it goes before a reason that does not say so: "Baseline: "."""
    field = field_of(section, fault.key)
    return f"{field.label}: " if field and f"“{field.label}”" not in fault.reason else ""


def row_choices(section: Section, version: Version) -> list[tuple[str, str]]:
    """The rows of a section of a version: as what a form names each, and what it is called."""
    content = version.content.get(section.clause, {})
    return [
        (f"{field}/{name}", row_words(section, field, position, content))
        for field, names in version.row_names.get(section.clause, {}).items()
        for position, name in enumerate(names)
    ]


def example_read(example: str, field: Field) -> str:
    """A field's example as one would say it, where it is a date; as it is typed otherwise."""
    return long_date(example) if field.type == "date" else example

"""How an answer is read by people: dates in words, money with commas, choices by their labels."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cxworkflow.documents.answers_read import as_read
from cxworkflow.models import Comment, Version
from cxworkflow.policies import Field, Section
from cxworkflow.wording import long_date, one_line

LONGEST_ROW_NAME = 80  # characters, in a list of rows


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


def place_words(key: str, section: Section) -> str:
    """Which row a fault's key speaks of, as it goes before the reason: `metrics[1].by` -> "Metric 2: "."""
    row = re.match(r"(\w+)\[(\d+)\]", key)
    if row is None:
        return ""
    noun = next((field.row_noun for field in section.fields if field.key == row[1]), None) or "row"
    return f"{noun[:1].upper()}{noun[1:]} {int(row[2]) + 1}: "


def row_words(section: Section, field_key: str, position: int, content: dict[str, Any]) -> str:
    """What a row is called: "Metric 2: Days to an answer"."""
    field = next(each for each in section.fields if each.key == field_key)
    noun = field.row_noun or "row"
    row = content.get(field_key, [])[position]
    named = as_read(row.get(field.columns[0].key), field.columns[0])
    return f"{noun[:1].upper()}{noun[1:]} {position + 1}{': ' if named else ''}{one_line(named, LONGEST_ROW_NAME)}"


def row_choices(section: Section, version: Version) -> list[tuple[str, str]]:
    """The rows of a section of a version: as what a form names each, and what it is called."""
    content = version.content.get(section.clause, {})
    return [
        (f"{field}/{name}", row_words(section, field, position, content))
        for field, names in version.row_names.get(section.clause, {}).items()
        for position, name in enumerate(names)
    ]


def about_row(section: Section, comment: Comment) -> str:
    """On which row a comment was made, as the row stood then; empty for the whole section."""
    choices = dict(row_choices(section, comment.version)) if comment.field else {}
    return choices.get(f"{comment.field}/{comment.row_name}", "")


def example_read(example: str, field: Field) -> str:
    """A field's example as one would say it, where it is a date; as it is typed otherwise."""
    return long_date(example) if field.type == "date" else example

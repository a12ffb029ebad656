"""What changed between two versions of a strategy: by section, by field, by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, Literal

from cxworkflow.policies.answers.reading import as_read, row_words
from cxworkflow.policies.answers.row_names import RowNames
from cxworkflow.policies.answers.sections import Content
from cxworkflow.policies.answers.words import Piece, changed_words
from cxworkflow.policies.questions import Field, Section


@dataclass(frozen=True)
class Side:
    """One of the two versions: its sections' content, the names of their rows, and the files attached to them."""

    content: Mapping[str, Content]
    row_names: Mapping[str, RowNames]
    files: Mapping[str, Sequence[str]]

    def rows(self, clause: str, field: Field) -> dict[str, Content]:
        """The rows of a field by their names, in their order."""
        rows = self.content.get(clause, {}).get(field.key, [])
        return dict(zip(self.row_names.get(clause, {}).get(field.key, ()), rows, strict=False))


@dataclass(frozen=True)
class FieldChange:
    """A field that reads otherwise than before: its label, and both texts as people read them."""

    label: str
    before: str
    after: str

    @cached_property
    def pieces(self) -> list[Piece]:
        """Both texts, word by word."""
        return changed_words(self.before, self.after)


@dataclass(frozen=True)
class RowChange:
    """A row that was added, removed, changed or only moved; `name` is the one that it keeps."""

    field: str
    name: str
    called: str
    kind: Literal["added", "removed", "changed", "moved"]
    fields: tuple[FieldChange, ...] = ()
    moved: str = ""


@dataclass(frozen=True)
class SectionChange:
    """What changed in a section; nothing if it reads as before."""

    section: Section
    fields: tuple[FieldChange, ...]
    rows: tuple[RowChange, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.rows)


def differences(sections: Sequence[Section], before: Side, after: Side) -> list[SectionChange]:
    """What changed in each of these sections, in their order."""
    return [_section(section, before, after) for section in sections]


def _section(section: Section, before: Side, after: Side) -> SectionChange:
    old, new = before.content.get(section.clause, {}), after.content.get(section.clause, {})
    read = [("Needed", _needed(old), _needed(new)), ("Why not", _said(old), _said(new))] if section.as_needed else []
    plain = [field for field in section.fields if field.type != "rows"]
    read += [(field.label, as_read(old.get(field.key), field), as_read(new.get(field.key), field)) for field in plain]
    files, files_now = ("\n".join(side.files.get(section.clause, ())) for side in (before, after))
    read.append(("Files", files, files_now))
    rows = [
        change for field in section.fields if field.type == "rows" for change in _rows(section, field, before, after)
    ]
    return SectionChange(section, tuple(FieldChange(*each) for each in read if each[1] != each[2]), tuple(rows))


def _needed(content: Content) -> str:
    return {True: "Yes", False: "No"}.get(content.get("needed"), "")  # type: ignore[arg-type]


def _said(content: Content) -> str:
    return str(content.get("reason", ""))


def _rows(section: Section, field: Field, before: Side, after: Side) -> list[RowChange]:
    old, new = before.rows(section.clause, field), after.rows(section.clause, field)
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    where_old, where_new = list(old), list(new)
    changes = []
    for name in _in_order(where_old, where_new):
        side, place = (after, where_new.index(name)) if name in new else (before, where_old.index(name))
        called = row_words(section, field.key, place, side.content[section.clause])
        read = [
            FieldChange(column.label, *(as_read(rows.get(name, {}).get(column.key), column) for rows in (old, new)))
            for column in field.columns
        ]
        changed = tuple(each for each in read if each.before != each.after)
        words = f"from place {where_old.index(name) + 1} to {where_new.index(name) + 1}" if name in moved else ""
        if name not in old:
            changes.append(RowChange(field.key, name, called, "added", changed))
        elif name not in new:
            changes.append(RowChange(field.key, name, called, "removed", changed))
        elif changed or words:
            changes.append(RowChange(field.key, name, called, "changed" if changed else "moved", changed, words))
    return changes


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The rows that stand in another order among those that stayed: as few as explain it."""
    stayed: set[str] = set()
    for place, _, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        stayed.update(before[place : place + size])
    return set(before) - stayed


def _in_order(before: list[str], after: list[str]) -> list[str]:
    """The rows as they stand now, each removed one where it stood."""
    names = list(after)
    known: set[Any] = set(after)
    for place, name in enumerate(before):
        if name not in known:
            names.insert(min(place, len(names)), name)
    return names

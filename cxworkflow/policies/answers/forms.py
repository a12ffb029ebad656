"""Between a section's content and the flat fields of an HTML form, both ways, so that nothing typed is lost."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cxworkflow.errors import Fault
from cxworkflow.policies.answers.row_names import NAME, RowNames
from cxworkflow.policies.answers.sections import Content, check_section
from cxworkflow.policies.questions import Field, Section

Typed = dict[str, Any]
"""What stands in the boxes of a form: text by field key, lists of text for principles, lists of such for rows."""

_YES_NO = {"yes": True, "no": False}
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,400}(\.\d{1,400})?", re.ASCII)


class FormReading(NamedTuple):
    """A form, read: `content` in normal form, its faults, and `typed`, what was in the boxes (blank rows left out).

    Rows have the same positions in all three, so the fault of `funds[1].source` belongs to the second row of `typed`.
    """

    content: Content
    faults: list[Fault]
    typed: Typed

    @property
    def row_names(self) -> RowNames:
        """The names with which rows came back; "" for a new one."""
        return {
            key: [row.get(NAME, "") for row in value if isinstance(row, dict)]
            for key, value in self.typed.items()
            if isinstance(value, list)
        }


def from_form(section: Section, form: Mapping[str, Any]) -> FormReading:
    """Reads fields named `text`, `needed` (yes or no), `personnel-0-role`, `metrics-2-principles` (several values).

    A date may come as one field in year-month-day, or as three: `metrics-0-by-year`, `-month`, `-day`. Other names in
    the form are left alone. Raises nothing: what can't be read is a fault with a key such as `metrics[2].by`.
    """
    typed: Typed = {}
    if section.as_needed:
        typed["needed"] = _one(form, "needed")
        typed["reason"] = _one(form, "reason")
    for field in section.fields:
        typed[field.key] = (
            list(_rows_in(form, field).values()) if field.type == "rows" else _box(form, field, field.key)
        )
    content, faults = check_section(section, _read(section, typed), at_key="")
    return FormReading(content, faults, typed)


def to_form(section: Section, content: Content, names: Mapping[str, Sequence[str]] | None = None) -> Typed:
    """What stands in the boxes for stored content and the names of its rows: the shape of `FormReading.typed`."""
    typed: Typed = {}
    if section.as_needed:
        typed["needed"] = {True: "yes", False: "no"}.get(content.get("needed"), "")  # type: ignore[arg-type]
        typed["reason"] = content.get("reason", "")
    for field in section.fields:
        value = content.get(field.key, field.empty)
        if field.type == "rows":
            typed[field.key] = [{column.key: _shown(row.get(column.key)) for column in field.columns} for row in value]
            for row, name in zip(typed[field.key], (names or {}).get(field.key, ()), strict=False):
                row[NAME] = name
        else:
            typed[field.key] = _shown(value)
    return typed


def date_boxes(typed: str) -> tuple[str, str, str]:
    """The year, month and day boxes of a date field, from what `typed` holds for it."""
    boxes = typed.rsplit("-", 2)
    if len(boxes) < 3:
        return typed, "", ""
    return boxes[0], boxes[1].removeprefix("0"), boxes[2].removeprefix("0")


def field_of(section: Section, key: str) -> Field | None:
    """The field, or column of rows, to which a fault's key belongs: `text`, `metrics[2].by`."""
    named = re.match(r"(\w+)(?:\[\d+\]\.(\w+))?", key)
    field = next((field for field in section.fields if named and field.key == named[1]), None)
    if field is None or named is None or named[2] is None:
        return field
    return next((column for column in field.columns if column.key == named[2]), None)


def faults_of_boxes(section: Section, read: FormReading) -> list[Fault]:
    """The faults, in words for who has three boxes before them where one is of a date that can't be read."""
    return [_of_boxes(section, read.typed, fault) for fault in read.faults]


def _of_boxes(section: Section, typed: Typed, fault: Fault) -> Fault:
    field, row = field_of(section, fault.key), re.match(r"(\w+)\[(\d+)\]", fault.key)
    if field is None or field.type != "date":
        return fault
    written: str = typed[row[1]][int(row[2])][field.key] if row else typed[field.key]
    year, month, day = date_boxes(written)
    if all(box.isdecimal() for box in (year, month, day)) and _is_a_day(int(year), int(month), int(day)):
        return fault  # of a day that is one, but too early or too late
    reason = "There is no such day." if year and month and day else "Give month, day and year."
    return Fault(fault.key, f"{reason} For January 9, 2024 choose January and write 9 and 2024.")


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except (ValueError, OverflowError):
        return False
    return True


def _one(form: Mapping[str, Any], name: str) -> str:
    values = _several(form, name)
    return values[0] if values else ""


def _several(form: Mapping[str, Any], name: str) -> list[str]:
    getlist: Callable[[str], list[str]] | None = getattr(form, "getlist", None)
    found = getlist(name) if getlist else form.get(name, [])
    return [found] if isinstance(found, str) else list(found)


def _box(form: Mapping[str, Any], field: Field, name: str) -> str | list[str]:
    if field.type == "principles":
        return [value for value in _several(form, name) if value.strip()]
    if field.type == "date" and name not in form:
        boxes = [_one(form, f"{name}-{part}").strip() for part in ("year", "month", "day")]
        return "-".join(boxes) if any(boxes) else ""
    return _one(form, name)


def form_places(section: Section, form: Mapping[str, Any]) -> dict[str, list[int]]:
    """The numbers that the rows of a form have in the names of their boxes, blank rows left out, by field."""
    return {field.key: list(_rows_in(form, field)) for field in section.fields if field.type == "rows"}


def _rows_in(form: Mapping[str, Any], field: Field) -> dict[int, Typed]:
    """The rows that are not blank by their numbers, as they stand on the page: rows are moved, numbers are not."""
    named = re.compile(rf"{field.key}-(\d{{1,6}})-.+", re.ASCII)
    rows: dict[int, Typed] = {}
    for position in dict.fromkeys(int(match[1]) for name in form if (match := named.fullmatch(name))):
        row: Typed = {
            column.key: _box(form, column, f"{field.key}-{position}-{column.key}") for column in field.columns
        }
        if any(value.strip() if isinstance(value, str) else value for value in row.values()):
            name = _one(form, f"{field.key}-{position}-{NAME}")
            rows[position] = {**row, NAME: name} if name else row
    return rows


def _read(section: Section, typed: Typed) -> Content:
    content: Content = {}
    if section.as_needed:
        answer = typed["needed"].strip()
        content["needed"] = _YES_NO.get(answer, answer or None)
        content["reason"] = typed["reason"]
    for field in section.fields:
        if field.type == "rows":
            content[field.key] = [
                {column.key: _value(column, row[column.key]) for column in field.columns} for row in typed[field.key]
            ]
        else:
            content[field.key] = _value(field, typed[field.key])
    return content


def _value(field: Field, typed: str | list[str]) -> object:
    """The JSON value that was meant; what can't be read stays text, and is refused as such."""
    if isinstance(typed, list):
        return [int(each) if _NUMBER.fullmatch(each) and "." not in each else each for each in typed]
    if field.type in {"number", "integer", "money", "fiscal-year"}:
        digits = re.sub(r"[\s,$]", "", typed)
        if _NUMBER.fullmatch(digits):
            return float(digits) if "." in digits else int(digits)
    if field.type == "date" and (boxes := _DATE.fullmatch(typed.strip())):
        return f"{boxes[1]}-{boxes[2].zfill(2)}-{boxes[3].zfill(2)}"
    return typed


def _shown(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"  # never 1e-07, which nobody types
    return "" if value is None else str(value)

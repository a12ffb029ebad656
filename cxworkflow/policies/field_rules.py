"""What must hold within the questions of a section: keys once each, and settings that mean something for their type."""

from collections import Counter
from collections.abc import Iterator

from cxworkflow.errors import Fault
from cxworkflow.policies.raw import Loc, Raw, entries, path_of, values
from cxworkflow.policies.wording import quoted

_NUMBERS = {"number", "integer", "money", "fiscal-year"}
# Settings that only mean something for some types of field.
_ONLY_FOR = {
    "min": _NUMBERS,
    "max": _NUMBERS,
    "max_length": {"line", "text"},
    "choices": {"choice"},
    "not_before": {"date"},
    "total": {"number", "integer", "money"},
    "columns": {"rows"},
    "row_noun": {"rows"},
    "commits": {"rows"},
    "min_rows": {"rows"},
    "max_rows": {"rows"},
}
_NEEDS = {"choice": ("choices",), "rows": ("columns", "row_noun")}


def field_faults(raw: Raw, section: Raw, at: Loc) -> Iterator[Fault]:
    """Every fault between the fields of one section, or between the settings of one field."""
    taken = ("needed", "reason") if section.get("as_needed") is True else ()
    yield from _group_faults(raw, section, "fields", at, taken)
    for loc, field in entries(section, "fields", at=at):
        yield from _group_faults(raw, field, "columns", loc, ())


def _group_faults(raw: Raw, parent: Raw, name: str, at: Loc, taken: tuple[str, ...]) -> Iterator[Fault]:
    for key, times in Counter(values(parent, name, "key", str)).items():
        if times > 1:
            yield Fault(
                f"{path_of((*at, name), raw)}[{key}].key", f"{quoted(key)} stands here {times} times. Keep one."
            )
    for loc, field in entries(parent, name, at=at):
        for key, reason in (*_settings(raw, field), *_place(field, parent, name, taken)):
            yield Fault(path_of((*loc, key), raw), reason)


def _settings(raw: Raw, field: Raw) -> Iterator[tuple[str, str]]:
    kind = field.get("type")
    for key, types in _ONLY_FOR.items():
        if key in field and isinstance(kind, str) and kind not in types:
            yield key, f"This says nothing for a field of type {quoted(kind)}. Remove it."
    for key in _NEEDS.get(str(kind), ()):
        if not field.get(key):
            yield key, f"A field of type {quoted(kind)} needs this. Add it."
    if kind == "principles" and not raw.get("principles"):
        yield "type", "This policy has no [[principles]] to choose from. Add some, or ask in another way."
    for value, times in Counter(values(field, "choices", "value", str)).items():
        if times > 1:
            yield "choices", f"{quoted(value)} stands here {times} times. Keep one."
    for least, most in (("min", "max"), ("min_rows", "max_rows")):
        low, high = field.get(least), field.get(most)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield least, f"{low} is more than {most}, {high}. Swap or mend them."


def _place(field: Raw, parent: Raw, name: str, taken: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if field.get("key") in taken:
        yield "key", f"{quoted(field['key'])} is taken: an as_needed section asks it anyway. Use another name."
    if name == "columns" and field.get("type") == "rows":
        yield "type", "Rows can't hold rows. Make this a field of its own."
    if name == "fields" and "total" in field:
        yield "total", "Only the columns of rows are added up. Remove this."
    start = field.get("not_before")
    if start is None:
        return
    if name == "fields":
        yield "not_before", "Dates are compared within a row only. Remove this, or make both dates columns."
    dates = [each.get("key") for _, each in entries(parent, name) if each.get("type") == "date"]
    if name == "columns" and (start not in dates or start == field.get("key")):
        yield "not_before", f"{quoted(start)} is not another date of this row. Name one that is."

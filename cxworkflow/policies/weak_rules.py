"""What must hold of a section's rules about weak answers: that they speak of fields, columns and clocks there are."""

import re
from collections.abc import Iterator

from cxworkflow.errors import Fault
from cxworkflow.policies.raw import Loc, Raw, entries, path_of
from cxworkflow.policies.wording import nearest, quoted

# What each check looks at, of which types: fields of a section, columns of its rows.
_FIELDS = {"short": {"text"}, "repeats": {"text"}, "long-sentences": {"text"}}
_COLUMNS: dict[str, dict[str, set[str]]] = {
    "past-last-day": {"column": {"date"}},
    "no-better": {"column": {"number", "integer", "money"}, "than": {"number", "integer", "money"}, "way": {"choice"}},
    "none-of": {"column": {"choice"}},
}
_NEEDS = {"past-last-day": ("clock",), "none-of": ("value",), "short": ("words",), "long-sentences": ("words",)}
_MAY_SAY = {"past-last-day": {"{day}"}, "repeats": {"{section}"}}


def weak_faults(raw: Raw, section: Raw, at: Loc) -> Iterator[Fault]:
    """Every fault of one section's rules about weak answers."""
    for loc, rule in entries(section, "weak", at=at):
        for key, reason in _faults(raw, section, rule):
            yield Fault(path_of((*loc, key), raw), reason)


def _faults(raw: Raw, section: Raw, rule: Raw) -> Iterator[tuple[str, str]]:
    check = str(rule.get("check"))
    fields = {str(each.get("key")): each for _, each in entries(section, "fields")}
    field = fields.get(str(rule.get("field")))
    if field is None:
        yield (
            "field",
            f"{quoted(rule.get('field'))} is no field of this section.{nearest(str(rule.get('field')), list(fields))}",
        )
        return
    if field.get("type") not in _FIELDS.get(check, {"rows"}):
        yield "field", f"The check {quoted(check)} says nothing about a field of type {quoted(field.get('type'))}."
    columns = {str(each.get("key")): each.get("type") for _, each in entries(field, "columns")}
    for key, types in _COLUMNS.get(check, {}).items():
        if columns.get(str(rule.get(key))) not in types:
            yield key, f"Name a column of {quoted(field.get('key'))} of type {' or '.join(sorted(types))} here."
    for key in _NEEDS.get(check, ()):
        if rule.get(key) is None:
            yield key, f"The check {quoted(check)} needs this. Add it."
    clocks = {str(each.get("kind")): each for _, each in entries(raw, "clocks")}
    if "clock" in rule and not {"cap_on", "due_on"} & clocks.get(str(rule["clock"]), {}).keys():
        yield "clock", f"{quoted(rule['clock'])} is no clock with a last day (cap_on or due_on)."
    unknown = set(re.findall(r"\{[^}]*\}?|\}", str(rule.get("says")))) - _MAY_SAY.get(check, set())
    if unknown:
        yield "says", f"Nothing stands in for {', '.join(sorted(unknown))} here. Remove it."

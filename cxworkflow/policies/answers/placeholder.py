"""Complete stand-in answers, for rehearsals of strategies that nobody has written yet."""

from datetime import date
from typing import Any

from cxworkflow.policies.questions import Field, Section

WORDS = "To be written."


def placeholder(section: Section, *, on: date) -> dict[str, Any]:
    """Content that is complete and says nothing."""
    if section.as_needed:
        return {"needed": False, "reason": WORDS}
    return {field.key: _value(field, on) for field in section.fields}


def _value(field: Field, on: date) -> Any:
    match field.type:
        case "rows":
            row = {column.key: _value(column, on) for column in field.columns}
            return [dict(row) for _ in range(max(1, field.min_rows))]
        case "principles":
            return [int(choice.value) for choice in field.choices[:1]]
        case "choice":
            return field.choices[0].value
        case "line" | "text":
            return WORDS[: field.longest]
        case _:
            return {"date": on.isoformat(), "fiscal-year": on.year}.get(field.type, int(field.min or 1))

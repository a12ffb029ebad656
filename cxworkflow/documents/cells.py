"""One answer as it is written in Word or Excel, and what is read there as it would be typed into its box."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cxworkflow.policies import Field
from cxworkflow.wording import long_date

_YES_NO = {"needed": {"yes": "yes", "no": "no"}}


def written(field: Field, value: Any) -> str:  # noqa: PLR0911  # one for each type
    """A stored value as people write it: January 9, 2024; $2,450,000; the label of a choice; principles as "2, 3"."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value is None or value == []:
        return ""
    match field.type:
        case "date":
            return long_date(value)
        case "money":
            return f"${Decimal(str(value)):,}"
        case "number" | "integer":
            return f"{Decimal(str(value)):,f}"
        case "principles":
            return ", ".join(str(each) for each in value)
        case "choice":
            return next((choice.label for choice in field.choices if choice.value == value), str(value))
        case _:
            return str(value)


def typed(field: Field, found: object) -> str | list[str]:  # noqa: PLR0911  # one for each type
    """What a cell or a paragraph holds, as the box of a form would have it; what can't be read stays as it is."""
    if isinstance(found, datetime | date):
        return found.strftime("%Y-%m-%d")
    if isinstance(found, float) and found == int(found):
        found = int(found)
    if isinstance(found, float):
        return f"{Decimal(repr(found)):f}"
    text = "" if found is None else str(found).strip()
    match field.type:
        case "date":
            return _day(text)
        case "choice":
            folded = " ".join(text.split()).casefold()
            named = {each.casefold(): choice.value for choice in field.choices for each in (choice.value, choice.label)}
            return _YES_NO.get(field.key, named).get(folded, text)
        case "principles":
            return re.findall(r"\d+", text) or ([text] if text else [])
        case "text":
            return text
        case _:
            return " ".join(text.split())


def _day(text: str) -> str:
    for form in ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return text

"""What the rows of a table come to: the sums of the columns that the policy wants added up."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from cxworkflow.policies.questions import Field


class Total(NamedTuple):
    """A sum: of which column, of which fiscal year (None: of all rows), and how much, as a stored value."""

    column: Field
    fiscal_year: int | None
    value: int | float


def totals(field: Field, rows: Sequence[dict[str, Any]]) -> list[Total]:
    """The sums of these rows, amounts by fiscal year too where rows name one; what is not filled in adds nothing."""
    year = next((column.key for column in field.columns if column.type == "fiscal-year"), "")
    found: list[Total] = []
    for column in field.columns:
        filled = [row for row in rows if row.get(column.key) is not None]
        if not column.total or not filled:
            continue
        by_year = {
            row[year]: [each for each in filled if each.get(year) == row[year]] for row in filled if row.get(year)
        }
        if column.type == "money":
            found += [Total(column, each, _sum(column, by_year[each])) for each in sorted(by_year)]
        if column.type != "money" or list(by_year.values()) != [filled]:
            found.append(Total(column, None, _sum(column, filled)))
    return found


def _sum(column: Field, rows: Sequence[dict[str, Any]]) -> int | float:
    # As decimals: a hundred times a tenth is ten.
    exact = sum((Decimal(str(row[column.key])) for row in rows), Decimal(0))
    return int(exact) if exact == exact.to_integral_value() else float(exact)

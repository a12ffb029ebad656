"""Federal fiscal years and quarters: pure functions over calendar days."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from cxworkflow.calendar import ONE_DAY

_CYCLE = re.compile(r"(20[0-9]{2})-Q([1-4])")


def fiscal_year(on: date) -> int:
    """The federal fiscal year of a day: 1 October of the year before to 30 September."""
    return on.year + (on.month >= 10)


def fiscal_quarter(on: date) -> tuple[int, int]:
    """The federal fiscal year and quarter of a day: the first quarter is October to December."""
    return fiscal_year(on), (on.month + 2) % 12 // 3 + 1


def quarter_end(year: int, quarter: int) -> date:
    """The last day of a federal fiscal quarter."""
    month = (quarter * 3 + 8) % 12 + 1
    following = date(year - (quarter == 1), month, 28) + timedelta(days=4)
    return following.replace(day=1) - ONE_DAY


def quarter_start(year: int, quarter: int) -> date:
    """The first day of a federal fiscal quarter."""
    return quarter_end(*((year, quarter - 1) if quarter > 1 else (year - 1, 4))) + ONE_DAY


def read_cycle(cycle: str) -> tuple[int, int] | None:
    """The fiscal year and quarter of "2024-Q1"; None if it is not written like that."""
    found = _CYCLE.fullmatch(cycle)
    return (int(found[1]), int(found[2])) if found else None


def quarters_ended(first: date, last: date) -> Iterator[tuple[str, date]]:
    """The fiscal quarters that end from one day to another, such as ("2024-Q1", 31 December 2023)."""
    year, quarter = fiscal_quarter(first)
    while (end := quarter_end(year, quarter)) <= last:
        yield f"{year}-Q{quarter}", end
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)

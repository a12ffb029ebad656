"""How dates and numbers are said to people: plain language, "January 9, 2024"."""

from datetime import date, datetime

from cxworkflow.calendar import EASTERN


def long_date(on: date | datetime | str) -> str:
    """A day as people read it: January 9, 2024 (a moment: its Eastern day)."""
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if isinstance(on, datetime):
        on = on.astimezone(EASTERN)
    return f"{on:%B} {on.day}, {on.year}"


def long_moment(at: datetime) -> str:
    """A moment as people read it: January 9, 2024, 11:59 p.m. Eastern time."""
    local = at.astimezone(EASTERN)
    hour = local.hour % 12 or 12
    return f"{long_date(local)}, {hour}:{local:%M} {'a.m.' if local.hour < 12 else 'p.m.'} Eastern time"


def days(count: int) -> str:
    """A number of days: 1 day, 7 days."""
    return f"{count:,} day{'s' * (abs(count) != 1)}"


def days_left(count: int) -> str:
    """How a due date stands: due in 7 days, due today, 1 day overdue."""
    if count > 0:
        return f"due in {days(count)}"
    return "due today" if count == 0 else f"{days(-count)} overdue"

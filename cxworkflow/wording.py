"""How dates, numbers and the kinds of e-mails are said to people: plain language, "January 9, 2024"."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from cxworkflow.calendar import EASTERN


@lru_cache(maxsize=4_096)  # a long list says the same days again and again
def opening(words: str) -> str:
    """The same words with a capital, as a sentence or a label begins: "Plan", "CX Directorate"."""
    return words[:1].upper() + words[1:]


def long_date(on: date | datetime | str) -> str:
    """A day as people read it: January 9, 2024 (a moment: its Eastern day)."""
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if isinstance(on, datetime):
        on = on.astimezone(EASTERN)
    return f"{on:%B} {on.day}, {on.year}"


def long_moment(at: datetime) -> str:
    """A moment as people read it: January 9, 2024, 11:59 p.m. Eastern time."""
    return f"{long_date(at)}, {time_of_day(at)} Eastern time"


def time_of_day(at: datetime) -> str:
    """The Eastern time of day as people read it: 11:59 p.m."""
    local = at.astimezone(EASTERN)
    return f"{local.hour % 12 or 12}:{local:%M} {'a.m.' if local.hour < 12 else 'p.m.'}"


def days(count: int) -> str:
    """A number of days: 1 day, 7 days."""
    return f"{count:,} day{'s' * (abs(count) != 1)}"


def days_left(count: int) -> str:
    """How a due date stands: due in 7 days, due today, 1 day overdue."""
    if count > 0:
        return f"due in {days(count)}"
    return "due today" if count == 0 else f"{days(-count)} overdue"


# What a list is of, one of it, where that is more than its ending less.
_ONE_OF = {
    "answers asked for": "answer asked for",
    "lines of the close": "line of the close",
    "lines of the record": "line of the record",
    "people": "person",
    "pieces of guidance": "piece of guidance",
    "places found": "place found",
    "sections to rate": "section to rate",
}


def counted(count: int, nouns: str) -> str:
    """How many there are of what a list is of, said in the plural: 1 strategy, 17 clocks, 1,200 lines of the record."""
    one = nouns.removesuffix("ies") + "y" if nouns.endswith("ies") else nouns.removesuffix("s")
    return f"{count:,} {nouns if count != 1 else _ONE_OF.get(nouns, one)}"


def quarter_words(cycle: str) -> str:
    """A fiscal quarter as people read it: "2024-Q1" is quarter 1 of fiscal year 2024."""
    year, _, quarter = cycle.partition("-Q")
    return f"quarter {quarter} of fiscal year {year}"


def span(length: timedelta) -> str:
    """A length of time in its largest unit: 12 seconds, 3 minutes, 5 hours, 2 days; none is shorter than nothing."""
    seconds = max(0, round(length.total_seconds()))
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    unit, size = next((each for each in units if seconds >= each[1]), units[-1])
    count = seconds // size
    return f"{count:,} {unit}{'s' * (count != 1)}"


def ago(past: timedelta) -> str:
    """How long ago something was: 12 seconds ago, 3 minutes ago, 5 hours ago, 2 days ago."""
    return f"{span(past)} ago"


def one_line(text: str, longest: int) -> str:
    """A text from outside on one line, for a header or a log: nothing invisible in it, cut to so many characters."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


# What an e-mail of each kind is called.
NOTICE_KINDS = {
    "deadline": "Reminder",
    "submitted": "Submitted",
    "withdrawn": "Withdrawn",
    "assigned": "Review assigned",
    "returned": "Returned",
    "recommended": "Recommended",
    "approved": "Approved",
    "implementation-reported": "Reported as implemented",
    "implementation-sent-back": "Report of the implementation sent back",
    "implemented": "Implemented",
    "close-drawn-up": "Close of the fiscal year drawn up",
    "close-statement-asked": "Statement for the close asked for",
    "close-signed": "Close of the fiscal year signed",
    "commitment-reported": "Commitment reported as done",
    "commitment-checked": "Commitment checked",
    "commitment-change-proposed": "Change to a commitment proposed",
    "commitment-change-decided": "Change to a commitment decided",
    "extended": "Clock extended",
    "paused": "Clock paused",
    "resumed": "Clock resumed",
    "delivered": "Deliverable done",
    "circulated": "Draft to answer",
    "round-due": "Answer due",
    "answered-round": "Draft answered",
    "paper-signed": "Paper signed",
    "plan-published": "Published for all to read",
    "plan-withdrawn": "Taken from the public",
    "guidance-published": "Guidance published",
    "guidance-due": "Guidance to acknowledge",
    "guidance-withdrawn": "Guidance withdrawn",
    "lesson-offered": "Lesson offered",
    "recomputed": "Clock counted again",
    "extension-asked": "More time asked for",
    "extension-refused": "More time refused",
    "quarter-submitted": "Quarterly data submitted",
    "quarter-cleared": "Quarterly data cleared",
    "quarter-returned": "Quarterly data returned",
    "quarter-sent": "Quarterly data sent to OMB",
    "digest": "Weekly digest",
    "daily-digest": "Daily digest",
    "vacancy": "Role held by nobody",
    "standstill": "Clock standing still",
    "bundle": "Several reminders in one",
    "not-kept": "E-mails that may not have arrived",
    "appointed": "Role given",
    "role-ended": "Role ended",
    "declined": "Review declined",
    "recused": "Stepped out of a review",
    "edition-moved": "Moved to another edition",
    "remarks": "Said in a review",
    "section-assigned": "Section assigned",
    "section-due": "Section due",
    "section-taken-back": "Section taken back",
    "account-review": "Review of the accounts",
    "anchor": "Last line of the record",
}

"""A person's due dates as one calendar (RFC 5545): the events that reminders bring as files, under the same UIDs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from cxworkflow.mail.calendar_file import folded
from cxworkflow.mail.compose import environment
from cxworkflow.mail.due import Due, Entry
from cxworkflow.models import Clock


def calendar_feed(clocks: Sequence[Clock], changed: Mapping[int, datetime], *, base_url: str, today: date) -> bytes:
    """An all-day event on each due date. What is done has none any more; what is paused says so."""
    dates = [(_entry(clock, today), _stamp(changed[clock.id]), clock.paused_on is not None) for clock in clocks]
    written = environment().get_template("calendar/feed.ics")
    text = written.render(dates=dates, base_url=base_url, host=urlsplit(base_url).hostname)
    return "".join(f"{folded(line)}\r\n" for line in text.splitlines()).encode()


def _entry(clock: Clock, today: date) -> Entry:
    code = clock.component.code if clock.component else None
    facts = clock.edition.policy.facts_of(clock.edition.policy.clock(clock.kind))
    due = Due.told({**facts, "due_on": clock.due_on.isoformat()}, code, today)
    return Entry(clock.id, code, due, (clock.due_on - clock.original_due_on).days)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"

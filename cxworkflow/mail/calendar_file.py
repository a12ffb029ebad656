"""The calendar file of a reminder (RFC 5545, 5546): an all-day event on each due date, without an alarm.

A template of ours: with icalendar it would take 200 microseconds, longer than all the rest of the e-mail. The tests
read it with icalendar.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from jinja2 import Template

from cxworkflow.mail.due import Entry
from cxworkflow.mail.letter import Attachment

LONGEST_LINE = 75  # octets


def calendar_file(
    template: Template, entries: Sequence[Entry], *, sender: str, base_url: str, at: datetime
) -> Attachment:
    """The events of some due dates. A clock keeps its UID, and its SEQUENCE grows when its due date moves."""
    written = template.render(
        entries=entries,
        organizer=parseaddr(sender)[1],
        base_url=base_url,
        host=urlsplit(base_url).hostname,
        stamp=f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
    )
    lines = "".join(f"{folded(line)}\r\n" for line in written.splitlines())
    return Attachment("deadline.ics", 'text/calendar; charset="utf-8"; method=PUBLISH', lines)


def as_text(value: str) -> str:
    """A value of the type TEXT, with what has a meaning in it escaped."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(line.strip() for line in escaped.splitlines())


def folded(line: str) -> str:
    """A line as a calendar wants it: no longer than 75 octets, continued on lines that begin with a space."""
    # A character takes four octets at most, and a continued line begins with a space.
    width = LONGEST_LINE - 1 if line.isascii() else LONGEST_LINE // 4
    return "\r\n ".join(line[start : start + width] for start in range(0, len(line), width))

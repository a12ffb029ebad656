"""Composing: a notice's frozen facts and its kind's templates make one message: text, HTML, and the dates to keep."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from cxworkflow.calendar import EASTERN, day_of
from cxworkflow.mail.calendar_file import as_text, calendar_file
from cxworkflow.mail.due import Due, entries
from cxworkflow.mail.letter import letter
from cxworkflow.models import Notice, Role
from cxworkflow.models.people import COMPONENT_ROLES, role_in, titled
from cxworkflow.policies import Names
from cxworkflow.wording import days, long_date, one_line, opening

TEMPLATES = Path(__file__).parents[2] / "templates"
LONGEST_SUBJECT = 200  # characters
LONGEST_NAME = 60  # in a header, where it may grow twelvefold and a line ends at 998
LONGEST_ADDRESS = 254  # characters (RFC 5321, 4.5.3.1)

_GAPS = re.compile(r"\n{3,}")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of e-mails: HTML is escaped, a missing value is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(long_date=long_date, days=days, opening=opening, mid_sentence=_mid_sentence, ical=as_text)
    return made


@lru_cache(maxsize=128)
def template(kind: str, part: str) -> Template:
    """One of the three templates of a kind: subject.txt, body.txt, body.html."""
    return environment().get_template(f"email/{kind}/{part}")


_ABOUT_THE_SYSTEM = {
    "appointed": "/",
    "role-ended": "/",
    "account-review": "/people/review",
    "vacancy": "/people",
    "not-kept": "/notices/",
    "anchor": "/record",
    "bundle": "/",
    "daily-digest": "/inbox/",
}


# What comes after the strategy's own address, with what of the facts.
_OF_THE_STRATEGY = {
    "assigned": "/review",
    "declined": "/review",
    "recused": "/review",
    "remarks": "/review",
    "section-assigned": "/sections/{clause}",
    "section-due": "/sections/{clause}",
    "approved": "/versions/{version}",
}


# What concerns no strategy, with what of the facts.
_BY_ITS_FACTS = {
    **dict.fromkeys(
        ("quarter-submitted", "quarter-cleared", "quarter-returned", "quarter-sent"), "/hisps/{component}/{cycle}"
    ),
    "circulated": "/rounds/{round_id}",
    "round-due": "/rounds/{round_id}",
    "answered-round": "/rounds/{round_id}",
    "guidance-published": "/guidance/{guidance}",
    "guidance-due": "/guidance/{guidance}",
    "guidance-withdrawn": "/guidance/{guidance}",
    "lesson-offered": "/guidance/{guidance}",
    "paper-signed": "/papers/{code}/{what}",
    "plan-published": "{path}",
    "plan-withdrawn": "{path}",
}


def page_of(notice: Notice) -> str:
    """The path of the very page on which the reader can act on a notice, or see what it says."""
    if notice.kind in _ABOUT_THE_SYSTEM:
        return _ABOUT_THE_SYSTEM[notice.kind]
    if page := _page_of_its_own(notice):
        return page
    if notice.strategy_id is None:
        return f"/clocks/{notice.clock_id}" if notice.clock_id else "/directorate"
    page = f"/strategies/{notice.strategy_id}"
    if notice.disposed:
        return page
    if notice.kind == "recommended" and role_in(notice.facts["held_role"]) is Role.CIO:
        return f"{page}/decision"
    return page + _OF_THE_STRATEGY.get(notice.kind, "").format_map(notice.facts)


def _page_of_its_own(notice: Notice) -> str:
    """The page of what a notice is about, where that is neither a strategy nor a clock; empty otherwise."""
    if notice.disposed:
        return ""
    if notice.kind == "delivered" and notice.facts.get("component"):
        return f"/components/{quote(notice.facts['component'])}"
    if notice.kind in _BY_ITS_FACTS:
        return _BY_ITS_FACTS[notice.kind].format_map(notice.facts)
    if notice.kind.startswith("close-"):
        asked = notice.facts.get("line")
        return f"/closes/statements/{asked}" if asked else f"/closes/{notice.facts['close']}"
    return f"/commitments/{notice.facts['commitment_id']}" if "commitment_id" in notice.facts else ""


def facts(notice: Notice, *, base_url: str, at: datetime) -> dict[str, Any]:
    """What the templates may use: the frozen facts, the recipient, the link, the days as they stand at sending."""
    today, told = day_of(at), notice.facts
    as_whom: str = told["held_role"]
    return {
        "facts": told,
        "on": notice.owed_on,
        "late": notice.owed_on < today,
        "due": Due.told(told, told["component"], today) if {"asks", "due_on"} <= told.keys() else None,
        "bundled": [(each["component"], Due.told(each, each["component"], today)) for each in told.get("bundled", ())],
        "next": [Due.told(each, told["component"], today) for each in told.get("next", ())],
        "entries": list(entries(notice, today)),
        "names": _names(told),
        "role": _as_read(as_whom, told),
        "vacant": None if role_in(as_whom) in (notice.to_role, Role.HQ_LEAD) else _as_read(notice.to_role, told),
        "section_days_left": _days_left(told.get("section_due_on"), today),
        "round_days_left": _days_left(told.get("until_on"), today),
        "part": False,
        "parts": [_part(each, base_url=base_url, at=at) for each in told.get("joined", ())],
        "strategy_page": notice.strategy_id is not None,
        "link": f"{base_url}{page_of(notice)}",
    }


def _days_left(due_on: str | None, today: date) -> int | None:
    return (date.fromisoformat(due_on) - today).days if due_on else None


@dataclass(frozen=True)
class Part:
    """A notice within a digest: its headline and what it says."""

    text: str
    html: Markup


def _part(joined: dict[str, Any], *, base_url: str, at: datetime) -> Part:
    """What the e-mail of a notice would have said, without what surrounds it."""
    notice = Notice(
        kind=joined["kind"],
        to_role=joined["to_role"],
        owed_on=date.fromisoformat(joined["owed_on"]),
        strategy_id=joined["strategy_id"],
        facts=joined["facts"],
    )
    told = {**facts(notice, base_url=base_url, at=at), "part": True}
    text = _GAPS.sub("\n\n", template(notice.kind, "body.txt").render(told)).strip()
    return Part(text, Markup(template(notice.kind, "body.html").render(told)))  # noqa: S704  # escaped by its template


def subject_of(notice: Notice, *, base_url: str, at: datetime) -> str:
    """What the e-mail is headed: one line that begins with the Component, if it is about one."""
    return _subject(notice, facts(notice, base_url=base_url, at=at))


def _subject(notice: Notice, told: dict[str, Any]) -> str:
    return one_line(template(notice.kind, "subject.txt").render(told), LONGEST_SUBJECT)


def message(notice: Notice, *, sender: str, base_url: str, at: datetime) -> bytes:
    """The finished message, lines ending in CRLF. The same notice always carries the same Message-ID."""
    told = facts(notice, base_url=base_url, at=at)
    told["subject"] = _subject(notice, told)
    headers = {
        "From": formataddr(parseaddr(sender)),
        "To": formataddr((one_line(notice.person.name, LONGEST_NAME), notice.to_address)),
        "Subject": told["subject"],
        "Date": format_datetime(at.astimezone(EASTERN)),
        "Message-ID": notice.message_id,
        "Auto-Submitted": "auto-generated",
    }
    text = _GAPS.sub("\n\n", template(notice.kind, "body.txt").render(told))
    html = template(notice.kind, "body.html").render(told)
    dates = None
    if told["entries"]:
        events = environment().get_template("email/_calendar.ics")
        dates = calendar_file(events, told["entries"], sender=sender, base_url=base_url, at=at)
    return letter(headers, text=text, html=html, boundary=f"part_{notice.token.hex}", attached=dates)


def fault_of(address: str) -> str | None:
    """Why no e-mail can go to this address and how to mend it, or None if it can."""
    shown = one_line(address, 100)
    if not address.isascii():
        return f"“{shown}” has letters that not every mail server takes. Use an address in plain letters (a to z)."
    try:
        # A long text takes the parser the square of its length.
        parsed = Address(addr_spec=address) if len(address) <= LONGEST_ADDRESS else None
    except (HeaderParseError, ValueError, IndexError):
        parsed = None
    if parsed is None or parsed.addr_spec != address or "." not in parsed.domain:
        return f"“{shown}” is not an e-mail address. Correct it, for example to name@agency.gov."
    return None


def _names(told: dict[str, Any]) -> Names:
    """What the policy of a notice calls those who act under it."""
    return Names.of_told(told)


def _as_read(as_whom: str, told: dict[str, Any]) -> str:
    title = _names(told).in_words(titled(as_whom))
    return f"{title} of {told['component']}" if role_in(as_whom) in COMPONENT_ROLES else title


def _mid_sentence(title: str) -> str:
    """A title as it stands within a sentence: "Strategy submission" without its capital, "CX" with it."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]

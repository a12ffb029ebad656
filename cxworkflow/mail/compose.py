"""Composing: a notice's frozen facts and its kind's templates make one message with text and HTML parts."""

from datetime import date, datetime
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from cxworkflow.calendar import EASTERN, day_of
from cxworkflow.models import Notice, Role
from cxworkflow.wording import days, long_date

TEMPLATES = Path(__file__).parents[2] / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of e-mails: HTML is escaped, a missing value is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(long_date=long_date, days=days)
    return made


@lru_cache(maxsize=128)
def template(kind: str, part: str) -> Template:
    """One of the three templates of a kind: subject.txt, body.txt, body.html."""
    return environment().get_template(f"email/{kind}/{part}")


def page_of(notice: Notice) -> str:
    """The path of the very page that a notice is about."""
    if notice.kind != "deadline" and notice.strategy_id:
        return f"/strategies/{notice.strategy_id}"
    if notice.clock_id:
        return f"/clocks/{notice.clock_id}"
    return "/directorate"


def facts(notice: Notice, *, base_url: str, at: datetime) -> dict[str, Any]:
    """What the templates may use: the frozen facts, the recipient, the link, the days as they stand at sending."""
    today = day_of(at)
    due_on = notice.facts.get("due_on")
    role = Role(notice.to_role)
    held = Role(notice.facts.get("held_role") or notice.to_role)
    return {
        "facts": notice.facts,
        "kind": notice.kind,
        "name": notice.person.name,
        "role": role.title,
        "stands_in_for": role.title if held is not role and held is not Role.HQ_LEAD else None,
        "link": f"{base_url}{page_of(notice)}",
        "base_url": base_url,
        "due_on": date.fromisoformat(due_on) if due_on else None,
        "days_left": (date.fromisoformat(due_on) - today).days if due_on else None,
        "owed_on": notice.owed_on,
        "is_late": notice.owed_on < today,
    }


def message(notice: Notice, *, sender: str, base_url: str, at: datetime) -> MIMEMultipart:
    """The finished message. The same notice always carries the same Message-ID."""
    told = facts(notice, base_url=base_url, at=at)
    mail = MIMEMultipart("alternative")
    mail["From"] = sender
    mail["To"] = formataddr((notice.person.name, notice.to_address))
    mail["Subject"] = " ".join(template(notice.kind, "subject.txt").render(told).split())
    mail["Date"] = format_datetime(at.astimezone(EASTERN))
    mail["Message-ID"] = notice.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.attach(MIMEText(template(notice.kind, "body.txt").render(told), "plain", "utf-8"))
    mail.attach(MIMEText(template(notice.kind, "body.html").render(told), "html", "utf-8"))
    return mail


def fault_of(address: str) -> str | None:
    """Why this is no e-mail address, or None if it can be one."""
    try:
        Address(addr_spec=address)
    except Exception:
        return f"“{address}” is not an e-mail address."
    if parseaddr(address)[1] != address or "." not in address.rpartition("@")[2]:
        return f"“{address}” is not an e-mail address."
    return None

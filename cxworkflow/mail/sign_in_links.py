"""Sending sign-in links: straight to the mail server, with no copy to the journal, since they hold a secret."""

import time
from email.utils import format_datetime, formataddr, parseaddr
from uuid import uuid4

import structlog

from config.settings import Settings
from cxworkflow.calendar import EASTERN
from cxworkflow.db import session
from cxworkflow.mail.compose import LONGEST_NAME, environment, fault_of
from cxworkflow.mail.letter import letter
from cxworkflow.mail.transport import HANDOVER, Mail, Smtp
from cxworkflow.models import SignInLink
from cxworkflow.services import sign_in_links
from cxworkflow.wording import one_line

log = structlog.get_logger()


def send_all(settings: Settings) -> int:
    """Send every link that waits; returns how many were. Commits as it goes, and tries again what is still good.

    A sender that dies may have sent one that is sent again: the same link, still good once.
    """
    sent = 0
    with Smtp(settings.smtp_url) as smtp:
        while (link := sign_in_links.next_to_send()) is not None:
            session().commit()
            fault = fault_of(link.person.email)
            if fault is None:
                outcome = smtp.send(_mail(link, settings), until=time.monotonic() + HANDOVER)
                if outcome.ended != "sent":
                    log.warning("a sign-in link was not sent", link=link.id, ended=outcome.ended)
                if outcome.ended in ("refused", "interrupted"):
                    break  # the others would wait for the same mail server
                if outcome.ended == "sent":
                    sign_in_links.was_sent(link)
                    sent += 1
            session().commit()
    session().commit()
    return sent


def _mail(link: SignInLink, settings: Settings) -> Mail:
    secret = sign_in_links.secret_of(link, settings.secret_key)
    told: dict[str, object] = {
        "link": f"{settings.base_url}/sign-in/link/{link.id}/{secret}",
        "subject": _rendered("subject.txt", {}),
        "part": False,
    }
    headers = {
        "From": formataddr(parseaddr(settings.mail_from)),
        "To": formataddr((one_line(link.person.name, LONGEST_NAME), link.person.email)),
        "Subject": str(told["subject"]),
        "Date": format_datetime(link.made_at.astimezone(EASTERN)),
        "Message-ID": f"<{uuid4()}@sign-in.cxworkflow>",
        "Auto-Submitted": "auto-generated",
    }
    text, html = (_rendered(f"body.{part}", told) for part in ("txt", "html"))
    content = letter(headers, text=text, html=html, boundary=f"part_{uuid4().hex}")
    return Mail(parseaddr(settings.mail_from)[1], link.person.email, content)


def _rendered(part: str, told: dict[str, object]) -> str:
    return environment().get_template(f"sign_in/mail/{part}").render(told)

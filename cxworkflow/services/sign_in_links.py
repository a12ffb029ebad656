"""Links that sign people in by e-mail: for who has no provider, once, for 15 minutes, in the browser that asked.

They are sent beside the notices, not as such: nobody has to be told later that one was sent, nor may its secret be
kept, while a notice is kept for good. It is nowhere in the database: it follows from the row and the secret key.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import exists, func, select, text, update

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed
from cxworkflow.models import Identity, Person, SignInLink
from cxworkflow.services import record

GOOD_FOR = timedelta(minutes=15)
MOST = 3  # links that one person can be sent in that time
RETRY_AFTER = timedelta(seconds=20)  # longer than a mail server keeps us waiting at one step

_FRESH = SignInLink.made_at > func.clock_timestamp() - GOOD_FOR


class Spent(NotAllowed):
    """This link has been used, is older than 15 minutes, or is not complete. Ask for a new one."""


class AnotherBrowser(NotAllowed):
    """This link works only in the browser in which it was asked for. Open it there, or ask for a new one here."""


def ask(address: str, *, browser: str, leads_to: str, issuers: Sequence[str], at: datetime) -> None:
    """Owe a link to who has this address. Nothing tells whoever asks whether anybody has.

    None is sent to who has signed in with one of these providers (`issuers`): that is the stronger way.
    """
    known_there = exists().where(Identity.person_id == Person.id, Identity.issuer.in_(issuers))
    wanted = select(Person).where(
        Person.email == address.strip().lower(), Person.deactivated_at.is_(None), ~known_there
    )
    person = session().scalar(wanted.with_for_update(of=Person, key_share=True))
    if person is None:
        return
    open_now = select(func.count()).select_from(SignInLink).where(SignInLink.person_id == person.id, _FRESH)
    if (session().scalar(open_now) or 0) >= MOST:
        return
    session().add(SignInLink(person_id=person.id, browser_sha256=_hash(browser), leads_to=leads_to))
    record.write("sign-in-link-asked", by=None, as_role=None, at=at, details={"person": person.id})
    session().info["owes"] = True  # rings the bell after the commit


def next_to_send() -> SignInLink | None:
    """A link that waits to be sent, for this sender alone for a while; None when there is none."""
    link_id = session().scalar(_TAKE, {"again": RETRY_AFTER, "good_for": GOOD_FOR})
    return session().get_one(SignInLink, link_id) if link_id is not None else None


_TAKE = text(
    """
    update sign_in_link set next_try_at = clock_timestamp() + cast(:again as interval)
     where id = (select id from sign_in_link
                  where sent_at is null and used_at is null and next_try_at <= clock_timestamp()
                    and made_at > clock_timestamp() - cast(:good_for as interval)
                  order by made_at limit 1 for update skip locked)
    returning id
    """
)


def was_sent(link: SignInLink) -> None:
    """Note that the mail server has it."""
    session().execute(update(SignInLink).where(SignInLink.id == link.id).values(sent_at=func.clock_timestamp()))


def secret_of(link: SignInLink, key: str) -> str:
    """The secret in a link's address, made from its row and the secret key: good as long as the e-mail address is."""
    said = f"sign-in link {link.id} {link.nonce} {link.person.email}"
    return urlsafe_b64encode(hmac.digest(key.encode(), said.encode(), "sha256")).rstrip(b"=").decode()


def check(link_id: int, secret: str, *, browser: str | None, keys: Sequence[str]) -> SignInLink:
    """The link, if it can be used now and here; changes nothing. Raises Spent or AnotherBrowser.

    `keys` are the secret key and the former ones, with which it may have been sent before a rotation.
    """
    link = session().scalar(select(SignInLink).where(SignInLink.id == link_id, SignInLink.used_at.is_(None), _FRESH))
    if link is None or not any(hmac.compare_digest(secret_of(link, key).encode(), secret.encode()) for key in keys):
        raise Spent
    if browser is None or not hmac.compare_digest(link.browser_sha256, _hash(browser)):
        raise AnotherBrowser
    return link


def use(link_id: int, secret: str, *, browser: str | None, keys: Sequence[str]) -> SignInLink:
    """Use the link up; raises Spent or AnotherBrowser. Two at once: one of them."""
    link = check(link_id, secret, browser=browser, keys=keys)
    used = update(SignInLink).where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
    if session().scalar(used.values(used_at=func.clock_timestamp()).returning(SignInLink.id)) is None:
        raise Spent
    return link


def _hash(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()

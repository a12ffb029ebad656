"""Signing in by e-mail: by a link for one use, 15 minutes and one browser; and nobody learns who has an address."""

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from config.providers import Provider
from config.settings import Settings
from cxworkflow.db import session
from cxworkflow.mail import sign_in_links as post
from cxworkflow.models import Appointment, Identity, Person, Role, SignInLink
from tests.signing_in.surroundings import OURS, browser, outside_the_demo, signed_in_as
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, words

pytestmark = pytest.mark.integration


class Mailbox:
    """A mail server's handler that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  # its name there
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def mailbox(app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that runs, and the application outside the demo that uses it."""
    handler = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    outside_the_demo(app, monkeypatch)
    monkeypatch.setitem(app.extensions, "smtp_port", port)
    yield handler
    server.stop()


def sent(app: Flask, mailbox: Mailbox) -> str | None:
    """Let a sender send what waits: the path of the link in the latest e-mail, if one came."""
    before = len(mailbox.mails)
    shown: Settings = app.extensions["settings"]
    post.send_all(replace(shown, smtp_url=f"smtp://127.0.0.1:{app.extensions['smtp_port']}"))
    if len(mailbox.mails) == before:
        return None
    body = mailbox.mails[-1].get_body(("plain",))
    assert body is not None
    found = re.search(rf"{OURS}(/sign-in/link/\S+)", body.get_content())
    assert found is not None
    return found[1]


def asks(client: Browser, address: str, leads_to: str = "/") -> str:
    """What the page says to who asks for a link."""
    answer = client.post("/sign-in/link", data={"address": address, "next": leads_to})
    assert answer.status_code == 200
    return words(answer).replace(address, "")


def minutes_pass(count: int) -> None:
    """Let real time go on, by moving the links into the past."""
    moved = "update sign_in_link set made_at = made_at - make_interval(mins => :count)"
    session().execute(sa.text(moved), {"count": count})
    session().commit()


def test_who_asks_gets_a_link_that_signs_them_in_and_leads_to_their_page(
    app: Flask, stage: Stage, mailbox: Mailbox
) -> None:
    lead, client = stage.person(Role.LEAD, "CBP"), browser(app)
    asks(client, f"  {lead.email.upper()} ", "/components/")
    path = sent(app, mailbox)
    assert path is not None
    assert mailbox.mails[0]["To"] == f"{lead.name} <{lead.email}>"
    assert signed_in_as(client) is None
    arrived = client.get(path)
    assert f"Sign in as {lead.name}" in words(arrived)
    assert signed_in_as(client) is None, "opening the link alone, as programs do that look into e-mails, does nothing"
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/components/")
    assert signed_in_as(client) == lead.name


def test_the_e_mail_says_the_same_in_text_and_html(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    asks(browser(app), stage.person(Role.CIO).email)
    path = sent(app, mailbox)
    mail = mailbox.mails[0]
    assert mail["Subject"] == "Your link to sign in to CX Workflow"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        told = body.get_content()
        assert f"{OURS}{path}" in told
        assert "It works once, for 15 minutes, and only in the browser in which you asked for it." in told
        assert "because somebody gave your address on the sign-in page" in told


@pytest.mark.asvs("V6.5.1")
def test_a_link_is_good_once(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    client = browser(app)
    asks(client, stage.person(Role.CIO).email)
    path = str(sent(app, mailbox))
    with client.session_transaction() as kept:
        before = dict(kept)
    assert client.post(path).status_code == 303
    client.post("/sign-out")
    with client.session_transaction() as again:
        again.update(before)  # the very cookie of the browser that asked
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 403
        assert "This link has been used" in words(answer)
    assert signed_in_as(client) is None


@pytest.mark.asvs("V7.6.2", "V6.6.2")
def test_a_link_is_good_only_in_the_browser_that_asked(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    client, another, third = browser(app), browser(app), browser(app)
    asks(client, stage.person(Role.CIO).email)
    path = str(sent(app, mailbox))
    asks(third, "somebody@else.example")
    for thief in (another, third):
        assert "only in the browser in which it was asked for" in words(thief.get(path))
        assert thief.post(path).status_code == 403
        assert signed_in_as(thief) is None
    assert client.post(path).status_code == 303, "what the others tried has not used it up"


def test_a_link_is_good_for_15_minutes(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    client = browser(app)
    asks(client, stage.person(Role.CIO).email)
    path = str(sent(app, mailbox))
    minutes_pass(14)
    assert client.get(path).status_code == 200
    minutes_pass(1)
    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403


def test_a_link_outlives_the_rotation_of_the_key_but_not_the_end_of_the_former_one(
    app: Flask, stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, shown = browser(app), app.extensions["settings"]
    asks(client, stage.person(Role.CIO).email)
    path = str(sent(app, mailbox))
    for former, status in (((), 403), ((shown.secret_key,), 200)):
        new = replace(shown, secret_key="another key, as long as one has to be", secret_key_fallbacks=former)
        monkeypatch.setitem(app.extensions, "settings", new)
        assert client.get(path).status_code == status
    assert client.post(path).status_code == 303
    assert signed_in_as(client) is not None


@pytest.mark.parametrize("bend", [lambda path: path[:-1] + "~", lambda path: path[:-5], lambda path: path + "A"])
def test_a_link_that_is_not_complete_opens_nothing(app: Flask, stage: Stage, mailbox: Mailbox, bend: Any) -> None:
    client = browser(app)
    asks(client, stage.person(Role.CIO).email)
    assert client.post(bend(str(sent(app, mailbox)))).status_code == 403
    assert signed_in_as(client) is None


@pytest.mark.asvs("V6.5.2", "V6.5.3", "V6.5.4")
def test_the_secret_of_a_link_stands_nowhere_in_the_database(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    asks(browser(app), stage.person(Role.CIO).email)
    secret = str(sent(app, mailbox)).rpartition("/")[2]
    tables = session().scalars(
        sa.text("select table_name from information_schema.tables where table_schema = 'public'")
    )
    for table in tables.all():
        rows = session().scalars(sa.text(f'select row::text from "{table}" as row')).all()
        assert not [row for row in rows if secret in row], table


@pytest.mark.asvs("V6.4.1")
def test_a_link_ends_with_the_address_to_which_it_was_sent(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    cio, client = stage.person(Role.CIO), browser(app)
    asks(client, cio.email)
    path = str(sent(app, mailbox))
    session().get_one(Person, cio.id).email = "moved@stage.example"
    session().commit()
    assert client.post(path).status_code == 403


@pytest.mark.asvs("V6.3.3", "V6.3.4")
def test_where_links_are_off_there_is_no_such_way_in(
    app: Flask, stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(app)
    asks(client, stage.person(Role.CIO).email)
    path = str(sent(app, mailbox))
    trusted = Provider("agency", "https://id.example", "cxworkflow", "Agency ID", client_secret="x")
    outside_the_demo(app, monkeypatch, trusted, links=False)
    page = client.get("/sign-in")
    assert "Sign in with Agency ID" in words(page)
    assert "e-mail" not in words(page)
    assert client.post("/sign-in/link", data={"address": stage.person(Role.CIO).email}).status_code == 404
    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]
    assert signed_in_as(client) is None


@pytest.mark.asvs("V6.3.1")
def test_nobody_learns_who_has_an_address(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    gone = stage.person(Role.LEAD, "TSA")
    session().get_one(Person, gone.id).deactivated_at = eastern("2023-12-01 09:00")
    session().commit()
    known = asks(browser(app), stage.person(Role.CIO).email)
    assert sent(app, mailbox) is not None
    for address in ("nobody@nowhere.example", gone.email):
        assert asks(browser(app), address) == known
        assert sent(app, mailbox) is None


def test_who_has_a_provider_gets_no_link_and_is_told_the_same(
    app: Flask, stage: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    cio = stage.person(Role.CIO)
    trusted = Provider("agency", "https://id.example", "cxworkflow", "Agency ID", client_secret="x")
    outside_the_demo(app, monkeypatch, trusted)
    issued = {"issuer": trusted.issuer, "subject": "1001", "linked_at": eastern("2023-12-01 09:00")}
    session().add(Identity(person_id=cio.id, **issued))
    session().commit()
    assert asks(browser(app), cio.email) == asks(browser(app), "nobody@nowhere.example")
    assert sent(app, mailbox) is None
    outside_the_demo(app, monkeypatch)
    asks(browser(app), cio.email)
    assert sent(app, mailbox) is not None, "once the provider is gone, a link is all they have"


@pytest.mark.asvs("V6.3.1", "V6.6.3")
def test_a_mailbox_is_not_flooded(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    for _ in range(6):
        asks(browser(app), stage.person(Role.CIO).email)
    sent(app, mailbox)
    assert len(mailbox.mails) == 3
    minutes_pass(16)
    asks(browser(app), stage.person(Role.CIO).email)
    assert sent(app, mailbox) is not None


def test_a_link_that_could_not_be_sent_is_tried_again_while_it_is_good(
    app: Flask, stage: Stage, mailbox: Mailbox
) -> None:
    asks(browser(app), stage.person(Role.CIO).email)
    assert post.send_all(app.extensions["settings"]) == 0, "that mail server is away"
    assert sent(app, mailbox) is None, "not at once"
    session().execute(sa.text("update sign_in_link set next_try_at = clock_timestamp()"))
    assert sent(app, mailbox) is not None
    assert session().scalars(sa.select(SignInLink.sent_at)).all() != [None]


def test_a_link_does_not_outlive_the_right_to_sign_in(app: Flask, stage: Stage, mailbox: Mailbox) -> None:
    cio, client = stage.person(Role.CIO), browser(app)
    asks(client, cio.email)
    path = str(sent(app, mailbox))
    session().get_one(Person, cio.id).deactivated_at = eastern("2023-12-01 09:00")
    session().commit()
    answer = client.post(path)
    assert answer.status_code == 403
    assert "This account is deactivated" in words(answer)
    assert session().scalars(sa.select(Appointment).where(Appointment.person_id == cio.id)).all()


@pytest.mark.asvs("V1.3.11")
@pytest.mark.parametrize("address", ["", "nobody", "a@b", "x@y.example\nBcc: z@y.example", "ü@y.example"])
def test_what_is_no_address_is_said_to_be_none(app: Flask, stage: Stage, mailbox: Mailbox, address: str) -> None:
    answer = browser(app).post("/sign-in/link", data={"address": address})
    assert answer.status_code == 422
    assert "One thing has to be mended" in words(answer)

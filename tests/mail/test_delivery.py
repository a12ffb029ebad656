"""From owed to sent through a real mail server that answers, refuses, hangs up and lies."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from cxworkflow.db import db, session
from cxworkflow.local import mail_folder
from cxworkflow.local.mailbox import into, serving
from cxworkflow.mail import journal
from cxworkflow.mail.journal import ImapMailbox, NoJournal
from cxworkflow.models import Notice, Person, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import people
from tests.mail.office import minutes_pass
from tests.mail.relay import CUT, KEEP_AND_CLOSE, KEEP_AND_CUT, agreeable, always, listening, once
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

Send = Callable[..., int]


def states() -> list[str]:
    """Where each notice stands, the oldest first."""
    return list(session().scalars(sa.select(Notice.state).order_by(Notice.id)))


def first() -> Notice:
    """The notice that is sent first."""
    return session().scalars(sa.select(Notice).order_by(Notice.id)).all()[0]


def submitted(played: Stage) -> None:
    """Three e-mails are owed: to the lead, the executive and the Directorate lead."""
    played.submitted("CBP")
    session().commit()


def test_what_is_owed_is_sent_once_and_its_message_id_is_its_own(played: Stage, send: Send) -> None:
    submitted(played)
    with listening() as relay:
        assert send(relay.url) == 3
        assert send(relay.url) == 0
    assert states() == [NoticeState.SENT] * 3
    owed = session().scalars(sa.select(Notice)).all()
    assert {envelope.message_id for envelope in relay.kept} == {each.message_id.strip("<>") for each in owed}
    assert sorted(relay.recipients) == sorted(each.to_address for each in owed)


def test_a_server_out_of_reach_leaves_everything_owed_and_nothing_claimed(played: Stage, send: Send) -> None:
    submitted(played)
    assert send("smtp://127.0.0.1:1") == 0
    assert states() == [NoticeState.OWED] * 3
    assert first().attempts == []
    with listening() as relay:
        assert send(relay.url) == 3, "nothing has to wait longer for it"


def test_a_server_that_goes_away_in_the_middle_gets_the_rest_later(played: Stage, send: Send) -> None:
    submitted(played)
    with listening(once("MESSAGE", KEEP_AND_CLOSE)) as relay:
        original = relay.behaviour

        def gone_after_one(step: str, about: str) -> str | None:
            return CUT if step == "CONNECT" and relay.kept else original(step, about)

        relay.behaviour = gone_after_one
        assert send(relay.url) == 1
    session().expire_all()
    assert sorted(states()) == sorted([NoticeState.SENT, NoticeState.OWED, NoticeState.OWED])
    minutes_pass()
    with listening() as relay:
        assert send(relay.url) == 2
    assert states() == [NoticeState.SENT] * 3


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "MESSAGE"])
def test_a_refusal_for_now_is_tried_again_after_a_while(played: Stage, send: Send, step: str) -> None:
    submitted(played)
    with listening(once(step, "451 Later")) as relay:
        assert send(relay.url) == 2
        assert send(relay.url) == 0, "it is too early"
        assert first().state is NoticeState.OWED
        minutes_pass()
        assert send(relay.url) == 1
    assert [line.outcome for line in first().attempts] == ["refused", "sent"]
    assert len(relay.kept) == 3


def test_a_rejection_goes_to_a_person_with_the_address_at_fault_and_the_rest_is_sent(played: Stage, send: Send) -> None:
    submitted(played)
    with listening(once("RCPT", "550 No such user")) as relay:
        assert send(relay.url) == 2
        minutes_pass()
        assert send(relay.url) == 0, "it is not tried blindly again"
    assert (first().state, first().closed_reason) == (
        NoticeState.FAILED,
        "lead.cbp@rehearsal.example: 550 No such user",
    )


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_cut_before_the_message_is_no_doubt(played: Stage, send: Send, step: str) -> None:
    submitted(played)
    with listening(once(step, CUT)) as relay:
        assert send(relay.url) == 3
    assert len(relay.kept) == 3
    assert states() == [NoticeState.SENT] * 3


@pytest.mark.parametrize("kept", [True, False])
def test_a_connection_cut_after_the_message_is_settled_by_the_journal(
    played: Stage, send: Send, mailbox_folder: Path, kept: bool
) -> None:
    submitted(played)
    with listening(once("MESSAGE", KEEP_AND_CUT if kept else CUT)) as relay:
        assert send(relay.url) == 2
        assert first().state is NoticeState.IN_DOUBT
        assert send(relay.url) == 0, "nobody asks before the server has surely finished"
        for envelope in relay.kept:
            mail_folder.keep(mailbox_folder, envelope)
        minutes_pass()
        assert send(relay.url) == (0 if kept else 1)
    assert states() == [NoticeState.SENT] * 3
    assert len(relay.kept) == 3
    settled = ["interrupted", "confirmed"] if kept else ["interrupted", "not sent", "sent"]
    assert [line.outcome for line in first().attempts] == settled


def test_without_a_journal_a_doubt_stays_one(played: Stage, send: Send) -> None:
    submitted(played)
    with listening(once("MESSAGE", KEEP_AND_CUT)) as relay:
        send(relay.url, journal=NoJournal())
        minutes_pass()
        assert send(relay.url, journal=NoJournal()) == 0
    assert states() == [NoticeState.IN_DOUBT, NoticeState.SENT, NoticeState.SENT]
    assert len(relay.kept) == 3


def test_a_journal_that_is_away_knows_nothing(played: Stage, send: Send, mailbox_folder: Path) -> None:
    submitted(played)
    with listening(once("MESSAGE", CUT)) as relay:
        send(relay.url)
        mailbox_folder.rename(mailbox_folder.with_name("elsewhere"))
        minutes_pass()
        assert send(relay.url) == 0
        assert first().state is NoticeState.IN_DOUBT
        mailbox_folder.with_name("elsewhere").rename(mailbox_folder)
        minutes_pass()
        assert send(relay.url) == 1


def test_a_journal_that_freezes_holds_up_the_mail_once_and_not_for_every_doubt(
    played: Stage, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "TIMEOUT", 1)
    submitted(played)
    with listening(always("MESSAGE", CUT)) as relay, socket.create_server(("127.0.0.1", 0)) as silent:
        send(relay.url)
        relay.behaviour = agreeable
        frozen = ImapMailbox(f"imap://user:secret@127.0.0.1:{silent.getsockname()[1]}/INBOX")
        minutes_pass()
        began = time.monotonic()
        assert send(relay.url, journal=frozen) == 1, "what is not in doubt goes out"
        assert 1 <= time.monotonic() - began < 2
    assert states() == [NoticeState.IN_DOUBT, NoticeState.IN_DOUBT, NoticeState.SENT]


def test_a_message_that_breaks_every_connection_does_not_hold_up_the_others(played: Stage, send: Send) -> None:
    submitted(played)
    poison = first().message_id.strip("<>")
    with listening(lambda step, about: CUT if step == "MESSAGE" and about == poison else None) as relay:
        assert send(relay.url) == 2
        minutes_pass()
        send(relay.url)
    assert states()[1:] == [NoticeState.SENT, NoticeState.SENT]


def test_a_server_that_breaks_every_connection_is_left_alone_after_two_messages(played: Stage, send: Send) -> None:
    submitted(played)
    with listening(always("MESSAGE", CUT)) as relay:
        assert send(relay.url) == 0
    assert states() == [NoticeState.IN_DOUBT, NoticeState.IN_DOUBT, NoticeState.OWED]


def test_a_notice_that_cannot_be_composed_does_not_hold_up_the_others(played: Stage, send: Send) -> None:
    submitted(played)
    session().execute(sa.text("update notice set facts = facts - 'version' where id = (select min(id) from notice)"))
    session().commit()
    with listening() as relay:
        assert send(relay.url) == 2
    assert first().state is NoticeState.FAILED
    assert "could not be composed" in (first().closed_reason or "")
    assert "version" in (first().closed_reason or "")


@pytest.mark.parametrize(
    "address",
    [
        "jürgen@cbp.example",
        "lead@zoll.grün",
        "lead@cbp.example\r\nBcc: all@dhs.example",
        "Lead <lead@cbp.example>",
        "lead@cbp.example, all@dhs.example",
        "lead@cbp",
        "lead",
        "",
    ],
)
def test_an_address_that_is_none_fails_visibly_and_nothing_is_handed_over(
    played: Stage, send: Send, address: str
) -> None:
    submitted(played)
    session().execute(sa.update(Notice).where(Notice.id == first().id).values(to_address=address))
    session().commit()
    with listening() as relay:
        assert send(relay.url) == 2
    assert first().state is NoticeState.FAILED
    assert "e-mail address" in (first().closed_reason or "") or "plain letters" in (first().closed_reason or "")
    assert len(relay.kept) == 2
    assert all(len(envelope.recipients) == 1 for envelope in relay.kept)


@pytest.mark.asvs("V1.3.11", "V1.2.1")
def test_names_and_titles_can_not_add_headers(played: Stage, send: Send) -> None:
    lead = played.person(Role.LEAD, "CBP")
    session().execute(sa.update(Person).where(Person.id == lead.id).values(name="Eve\r\nBcc: all@dhs.example\x07, Mal"))
    session().execute(sa.text("update component set code = E'CBP\\r\\nBcc: all@dhs.example' where code = 'CBP'"))
    session().commit()
    session().expire_all()
    played.submitted("CBP\r\nBcc: all@dhs.example")
    session().commit()
    with listening() as relay:
        assert send(relay.url) == 3
    for envelope in relay.kept:
        headers = envelope.content.partition(b"\r\n\r\n")[0].lower()
        assert b"\r\nbcc:" not in headers
        assert len(envelope.recipients) == 1


def commits_while(action: Callable[[], object]) -> int:
    """How many times something commits."""
    counted = 0

    def count(_connection: object) -> None:
        nonlocal counted
        counted += 1

    sa.event.listen(db.engine, "commit", count)
    action()
    sa.event.remove(db.engine, "commit", count)
    return counted


def test_an_attempt_is_committed_before_its_message_and_messages_in_flight_together_share_it(
    played: Stage, send: Send
) -> None:
    submitted(played)
    with listening() as relay:
        # What is taken back, the doubts, whether something waits; the claim and the first attempt; its end and the
        # two other attempts; their ends, and that nothing is left.
        assert commits_while(lambda: send(relay.url)) == 3 + 3


def test_without_a_journal_every_message_has_its_own_commit(played: Stage, send: Send) -> None:
    submitted(played)
    with listening() as relay:
        assert commits_while(lambda: send(relay.url, journal=NoJournal())) == 3 + 4


def test_a_slow_mail_server_gets_several_messages_at_a_time(played: Stage, send: Send) -> None:
    at = eastern("2023-07-13 09:00")
    for number in range(60):
        person = people.add(f"Reader {number}", f"reader.{number}@dhs.example", at=at)
        people.appoint(person, Role.DIRECTORATE_LEAD, None, from_on=at.date(), at=at)
    submitted(played)

    def slow(step: str, _about: str) -> None:
        if step == "MAIL":
            time.sleep(0.006)  # in the server's one thread, so it only looks slow: a test must not depend on time

    with listening(slow) as relay:
        assert send(relay.url) == 63
    assert relay.connections > 1
    assert len({envelope.message_id for envelope in relay.kept}) == 63


def test_the_local_mailbox_is_server_and_journal_at_once(played: Stage, send: Send, mailbox_folder: Path) -> None:
    submitted(played)
    with serving(into(mailbox_folder)) as port:
        assert send(f"smtp://127.0.0.1:{port}") == 3
    for each in session().scalars(sa.select(Notice)):
        assert mail_folder.arrivals(mailbox_folder, each.message_id) == 1

"""One message at a time over a real connection: what each answer, and each broken connection, means for it."""

import socket
import threading
import time
from collections.abc import Callable

import pytest

from cxworkflow.mail import transport
from cxworkflow.mail.transport import Mail, Smtp, UnreachableError
from tests.mail.relay import CUT, KEEP_AND_CLOSE, KEEP_AND_CUT, Behaviour, always, listening, once

pytestmark = pytest.mark.unit

LETTER = Mail("cx@workflow.example", "lead@cbp.example", b"Subject: Due\r\nMessage-ID: <1@x>\r\n\r\n.dots\r\nend\r\n")


def soon() -> float:
    """A deadline that nobody meets by accident."""
    return time.monotonic() + 30


def test_a_message_arrives_as_it_was_written() -> None:
    with listening() as relay, Smtp(relay.url) as smtp:
        outcome = smtp.send(LETTER, until=soon())
    assert outcome.ended == "sent"
    assert outcome.answer == "250 Kept"
    assert relay.kept[0].content == LETTER.content
    assert relay.recipients == ["lead@cbp.example"]


def test_one_connection_serves_many_messages() -> None:
    with listening() as relay, Smtp(relay.url) as smtp:
        for _ in range(20):
            smtp.send(LETTER, until=soon())
    assert len(relay.kept) == 20
    assert relay.connections == 1


def test_the_journal_gets_a_blind_copy() -> None:
    with listening() as relay, Smtp(relay.url, journal="journal@workflow.example") as smtp:
        smtp.send(LETTER, until=soon())
    assert relay.kept[0].recipients == ("lead@cbp.example", "journal@workflow.example")
    assert b"journal" not in relay.kept[0].content


@pytest.mark.parametrize(
    ("step", "answer", "ended"),
    [
        ("MAIL", "451 Busy", "refused"),
        ("MAIL", "550 We do not know you", "refused"),
        ("RCPT", "450 Mailbox busy", "refused"),
        ("RCPT", "550 No such user", "rejected"),
        ("RCPT", "421 Closing", "refused"),
        ("DATA", "451 Not now", "refused"),
        ("DATA", "554 No", "rejected"),
        ("MESSAGE", "452 Disk full", "refused"),
        ("MESSAGE", "552 Too large", "rejected"),
        ("MESSAGE", "421 Closing", "refused"),
    ],
)
def test_an_answer_says_whether_to_try_again(step: str, answer: str, ended: str) -> None:
    with listening(once(step, answer)) as relay, Smtp(relay.url) as smtp:
        first = smtp.send(LETTER, until=soon())
        second = smtp.send(LETTER, until=soon())
    assert first.ended == ended
    assert answer in first.answer
    assert second.ended == "sent", "the connection serves the next message"
    assert len(relay.kept) == 1


def test_the_address_at_fault_is_named() -> None:
    with listening(always("RCPT", "550 No such user")) as relay, Smtp(relay.url) as smtp:
        assert smtp.send(LETTER, until=soon()).answer == "lead@cbp.example: 550 No such user"


def test_without_its_copy_for_the_journal_nothing_is_sent() -> None:
    def no_journal(step: str, about: str) -> str | None:
        return "550 Unknown" if step == "RCPT" and "journal" in about else None

    with listening(no_journal) as relay, Smtp(relay.url, journal="journal@workflow.example") as smtp:
        outcome = smtp.send(LETTER, until=soon())
    assert outcome.ended == "refused", "a wrong setting is no fault of this message"
    assert outcome.answer == "journal@workflow.example (journal): 550 Unknown"
    assert relay.kept == []


def test_a_recipient_who_is_refused_gets_nothing_though_the_journal_would() -> None:
    def no_lead(step: str, about: str) -> str | None:
        return "550 No such user" if step == "RCPT" and "lead" in about else None

    with listening(no_lead) as relay, Smtp(relay.url, journal="journal@workflow.example") as smtp:
        assert smtp.send(LETTER, until=soon()).ended == "rejected"
    assert relay.kept == []


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_cut_before_the_message_is_opened_again_once(step: str) -> None:
    with listening() as relay, Smtp(relay.url) as smtp:
        smtp.send(LETTER, until=soon())
        relay.behaviour = once(step, CUT)
        outcome = smtp.send(LETTER, until=soon())
    assert outcome.ended == "sent"
    assert len(relay.kept) == 2


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_cut_before_the_message_leaves_no_doubt(step: str) -> None:
    with listening(always(step, CUT)) as relay, Smtp(relay.url) as smtp:
        outcome = smtp.send(LETTER, until=soon())
    assert outcome.ended == "refused"
    assert "before the message was handed over" in outcome.answer
    assert relay.kept == []


@pytest.mark.parametrize("does", [CUT, KEEP_AND_CUT])
def test_a_connection_cut_after_the_message_leaves_it_in_doubt(does: str) -> None:
    with listening(once("MESSAGE", does)) as relay, Smtp(relay.url) as smtp:
        first = smtp.send(LETTER, until=soon())
        second = smtp.send(LETTER, until=soon())
    assert first.ended == "interrupted"
    assert "not known" in first.answer
    assert second.ended == "sent"


def test_an_answer_that_is_none_leaves_the_message_in_doubt() -> None:
    with listening(once("MESSAGE", "Well, well")) as relay, Smtp(relay.url) as smtp:
        assert smtp.send(LETTER, until=soon()).ended == "interrupted"


def test_a_server_that_takes_a_message_and_hangs_up_has_taken_it() -> None:
    with listening(once("MESSAGE", KEEP_AND_CLOSE)) as relay, Smtp(relay.url) as smtp:
        outcomes = [smtp.send(LETTER, until=soon()).ended for _ in range(3)]
    assert outcomes == ["sent", "sent", "sent"]
    assert len(relay.kept) == 3


def test_an_answer_may_hold_anything() -> None:
    with listening(once("MESSAGE", "550 No\x00\x07\x1b[31m thanks" + "!" * 2000)) as relay, Smtp(relay.url) as smtp:
        outcome = smtp.send(LETTER, until=soon())
    assert outcome.ended in ("rejected", "interrupted")
    assert outcome.answer.isprintable()
    assert len(outcome.answer) < 1000


@pytest.mark.parametrize("behaviour", [always("CONNECT", CUT), always("EHLO", CUT)])
def test_a_server_that_hangs_up_at_once_is_out_of_reach(behaviour: Behaviour) -> None:
    with listening(behaviour) as relay, Smtp(relay.url) as smtp, pytest.raises(UnreachableError, match="reached"):
        smtp.connect()


def test_nobody_listening_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match="The mail server could not be reached"):
        Smtp(f"smtp://127.0.0.1:{port}").connect()


def test_a_server_that_will_not_let_us_in_is_out_of_reach() -> None:
    with listening() as relay, pytest.raises(UnreachableError, match="AUTH"):
        Smtp(f"smtp://user:secret@127.0.0.1:{relay.port}").connect()
    with listening() as relay, pytest.raises(UnreachableError, match="STARTTLS"):
        Smtp(f"{relay.url}?starttls=1").connect()


def test_a_sender_that_was_held_up_does_not_hand_the_message_over() -> None:
    with listening() as relay, Smtp(relay.url) as smtp:
        late = smtp.send(LETTER, until=time.monotonic() - 1)
        in_time = smtp.send(LETTER, until=soon())
    assert (late.ended, in_time.ended) == ("refused", "sent")
    assert len(relay.kept) == 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs that a test can wait for."""
    monkeypatch.setattr(transport, "STEP", 0.3)
    monkeypatch.setattr(transport, "REPLY", 0.3)


def frozen_after(words: list[bytes]) -> tuple[int, Callable[[], None]]:
    """A server that says these words, one for each line it hears, and then nothing any more; its port and its end."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, server:
            for word in words:
                connection.sendall(word)
                connection.recv(4096)
            over.wait(10)

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1], over.set


def test_a_frozen_server_is_not_waited_for_without_end(impatient: None) -> None:
    port, end = frozen_after([])
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="timed out"):
        Smtp(f"smtp://127.0.0.1:{port}").connect()
    assert time.monotonic() - began < 5
    end()


def test_a_server_that_freezes_on_a_message_leaves_it_in_doubt(impatient: None) -> None:
    port, end = frozen_after([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"])
    with Smtp(f"smtp://127.0.0.1:{port}") as smtp:
        outcome = smtp.send(LETTER, until=soon())
    assert outcome.ended == "interrupted"
    assert "timed out" in outcome.answer
    end()

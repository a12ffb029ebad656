"""The local mailbox: what it has taken is on the disk, and a second copy is seen."""

import asyncio
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from cxworkflow.errors import NotFound, SettingError
from cxworkflow.local import mail_folder
from cxworkflow.local.mail_folder import Envelope
from cxworkflow.local.mailbox import into, serving

pytestmark = pytest.mark.unit


def reminder(message_id: str = "<deadline-1@cx.example>", to: str = "lead@cbp.example") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = message_id
    message["From"] = "notices@cx.example"
    message["To"] = to
    message["Subject"] = "Strategy due January 9, 2024 – 7 days left"
    message["Date"] = "Tue, 02 Jan 2024 06:00:00 -0500"
    message.set_content("Your strategy is due.\n")
    message.add_alternative("<p>Your strategy is due.</p>", subtype="html")
    return message


def send(port: int, message: EmailMessage, **arguments: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(message, **arguments)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    mailbox = subprocess.Popen(
        [sys.executable, "-m", "cxworkflow.local.mailbox", str(tmp_path / "mail box"), "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert mailbox.stdout
    yield mailbox, int(mailbox.stdout.readline().rstrip(".\n").rpartition(" ")[2])
    mailbox.kill()
    mailbox.communicate()


def test_a_message_taken_before_kill_9_is_found_by_its_id(
    process: tuple["subprocess.Popen[str]", int], tmp_path: Path
) -> None:
    mailbox, port = process
    folder = tmp_path / "mail box"

    send(port, reminder())
    mailbox.kill()

    found = mail_folder.find(folder, "<deadline-1@cx.example>")
    assert found
    assert found == mail_folder.find(folder, "deadline-1@cx.example")
    mail = mail_folder.read(folder, found.name)
    assert mail.subject == "Strategy due January 9, 2024 – 7 days left"
    assert mail.text.strip() == "Your strategy is due."
    assert mail.html.strip() == "<p>Your strategy is due.</p>"
    assert (mail.sender, mail.recipients) == ("notices@cx.example", ("lead@cbp.example",))
    assert mail_folder.find(folder, "<another@cx.example>") is None


def test_the_mailbox_process_ends_when_told_to(process: tuple["subprocess.Popen[str]", int]) -> None:
    mailbox, _ = process
    mailbox.terminate()

    assert mailbox.wait(5) == 0


def test_a_message_that_comes_again_is_kept_and_counted(tmp_path: Path) -> None:
    with serving(into(tmp_path)) as port:
        for _ in range(3):
            send(port, reminder())
        send(port, reminder("<deadline-2@cx.example>"))

    assert mail_folder.arrivals(tmp_path, "<deadline-1@cx.example>") == 3
    assert mail_folder.arrivals(tmp_path, "<deadline-2@cx.example>") == 1
    assert mail_folder.arrivals(tmp_path, "<deadline-3@cx.example>") == 0
    assert len(mail_folder.messages(tmp_path)) == 4


def test_messages_without_an_id_are_all_kept(tmp_path: Path) -> None:
    message = reminder()
    del message["Message-ID"]
    with serving(into(tmp_path)) as port, smtplib.SMTP("127.0.0.1", port) as client:
        for _ in range(2):
            client.sendmail("a@cx.example", ["b@cx.example"], message.as_bytes())

    assert len(mail_folder.messages(tmp_path)) == 2


def test_the_newest_message_comes_first(tmp_path: Path) -> None:
    with serving(into(tmp_path)) as port:
        for number in range(3):
            send(port, reminder(f"<{number}@cx.example>"))
            time.sleep(0.01)

    assert [mail.message_id for mail in mail_folder.messages(tmp_path, limit=2)] == ["2@cx.example", "1@cx.example"]
    assert mail_folder.messages(tmp_path / "nothing here") == []


def test_addresses_and_headers_may_be_international(tmp_path: Path) -> None:
    with serving(into(tmp_path)) as port:
        send(port, reminder(to="José Núñez <josé@cbp.example>"))

    mail = mail_folder.messages(tmp_path)[0]
    assert mail.recipients == ("josé@cbp.example",)
    assert mail.subject == "Strategy due January 9, 2024 – 7 days left"


def test_a_rehearsal_keeps_messages_in_memory(tmp_path: Path) -> None:
    kept: list[Envelope] = []
    with serving(kept.append) as port, smtplib.SMTP("127.0.0.1", port) as client:
        content = reminder().as_bytes()
        began = time.perf_counter()
        for _ in range(200):
            client.sendmail("a@cx.example", ["b@cx.example"], content)
        seconds = time.perf_counter() - began

    assert [envelope.message_id for envelope in kept] == ["deadline-1@cx.example"] * 200
    assert seconds < 2, "a rehearsal sends some thousand"


def test_a_mailbox_opens_beside_a_running_event_loop(tmp_path: Path) -> None:
    async def open_and_send() -> None:
        with serving(into(tmp_path)) as port:
            send(port, reminder())

    asyncio.run(open_and_send())

    assert mail_folder.arrivals(tmp_path, "<deadline-1@cx.example>") == 1


def test_a_sender_hears_when_a_message_could_not_be_kept(tmp_path: Path) -> None:
    with serving(into(tmp_path / "gone")) as port:
        (tmp_path / "gone").rmdir()
        with pytest.raises(smtplib.SMTPDataError, match="could not be kept") as refused:
            send(port, reminder())

    assert refused.value.smtp_code == 451


def test_a_port_that_is_taken_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refused = pytest.raises(SettingError, match="The mailbox can't listen on port")
        with refused, serving(into(tmp_path), other.getsockname()[1]):
            pass


@pytest.mark.parametrize("name", ["../secret", "nothing.eml", "0" * 40 + ".eml"])
def test_only_messages_of_the_folder_are_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        mail_folder.read(tmp_path, name)

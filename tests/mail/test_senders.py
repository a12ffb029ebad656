"""Several senders at once, killed in mid-send: nothing is lost, and nothing goes twice that the server had taken."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from cxworkflow.db import session
from cxworkflow.local import mail_folder
from cxworkflow.local.mailbox import into, serving
from cxworkflow.mail.lines import MOST_FLYING
from cxworkflow.models import Attempt, Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import people
from tests.mail.office import minutes_pass
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
READERS = 250


@pytest.fixture
def hundreds_owed(played: Stage) -> list[Notice]:
    """One submission that hundreds of people are to hear of."""
    at = eastern("2023-07-13 09:00")
    for number in range(READERS):
        person = people.add(f"Reader {number}", f"reader.{number}@dhs.example", at=at)
        people.appoint(person, Role.DIRECTORATE_LEAD, None, from_on=at.date(), at=at)
    session().commit()
    played.submitted("CBP")
    session().commit()
    return list(session().scalars(sa.select(Notice)))


@contextmanager
def senders(count: int, database: str, port: int, *journal: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many sender processes; those that are left when the block ends are killed."""
    command = [sys.executable, "-m", "tests.mail.sender", database, f"smtp://127.0.0.1:{port}", *map(str, journal)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield running
    finally:
        for each in running:
            each.kill()
            each.wait()


def arrived(folder: Path) -> int:
    """How many messages the mailbox holds."""
    return sum(1 for _ in folder.glob("*.eml"))


def wait_until_sending(folder: Path, running: list[subprocess.Popen[bytes]]) -> None:
    """Wait for the next message, or for the senders to be done; not for long, since nothing may be left to send."""
    before, until = arrived(folder), time.monotonic() + 5
    while arrived(folder) == before and time.monotonic() < until and any(each.poll() is None for each in running):
        time.sleep(0.005)


def test_two_senders_share_the_work_and_send_nothing_twice(
    hundreds_owed: list[Notice], database: str, mailbox_folder: Path
) -> None:
    with (
        serving(into(mailbox_folder)) as port,
        senders(2, database, port, mailbox_folder) as running,
    ):
        assert [each.wait(60) for each in running] == [0, 0]
    assert arrived(mailbox_folder) == len(hundreds_owed)
    assert {mail_folder.arrivals(mailbox_folder, each.message_id) for each in hundreds_owed} == {1}
    assert session().scalar(sa.select(sa.func.sum(Notice.attempt))) == len(hundreds_owed)
    assert session().scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0


def test_senders_killed_in_mid_send_lose_nothing_and_repeat_nothing(
    hundreds_owed: list[Notice], database: str, mailbox_folder: Path
) -> None:
    chance, kills = random.Random(7602), 0
    with serving(into(mailbox_folder)) as port:
        while session().scalar(sa.select(sa.func.count()).where(Notice.state != NoticeState.SENT)):
            with senders(2, database, port, mailbox_folder) as running:
                wait_until_sending(mailbox_folder, running)
                for each in running:
                    time.sleep(chance.uniform(0, 0.25))
                    if each.poll() is None:
                        os.kill(each.pid, signal.SIGKILL)
                        kills += 1
            time.sleep(0.2)  # the mail server finishes what it had in hand
            minutes_pass()
    lines = sa.select(sa.func.count()).select_from(Attempt)
    interrupted = session().scalar(lines.where(Attempt.outcome == "interrupted")) or 0
    again = session().scalar(lines.where(Attempt.outcome == "not sent")) or 0
    print(f"{kills} kills, {interrupted} in doubt, {again} of them sent again")
    assert kills >= 2
    assert interrupted <= kills * MOST_FLYING, "a dead sender leaves in doubt what it had in flight"
    assert arrived(mailbox_folder) == len(hundreds_owed)
    assert {mail_folder.arrivals(mailbox_folder, each.message_id) for each in hundreds_owed} == {1}


def test_without_a_journal_a_dead_sender_leaves_one_message_in_doubt_at_most(
    hundreds_owed: list[Notice], database: str, mailbox_folder: Path
) -> None:
    unsettled = sa.select(sa.func.count()).where(Notice.state.in_((NoticeState.OWED, NoticeState.SENDING)))
    chance, kills = random.Random(7602), 0
    with serving(into(mailbox_folder)) as port:
        while session().scalar(unsettled):
            with senders(2, database, port) as running:
                wait_until_sending(mailbox_folder, running)
                time.sleep(chance.uniform(0, 0.25))
                kills += sum(each.poll() is None for each in running)
            time.sleep(0.2)  # the mail server finishes what it had in hand
            minutes_pass()
    in_doubt = session().scalar(sa.select(sa.func.count()).where(Notice.state == NoticeState.IN_DOUBT)) or 0
    print(f"{kills} kills, {in_doubt} in doubt")
    assert kills >= 2
    assert in_doubt <= kills
    assert len(hundreds_owed) - in_doubt <= arrived(mailbox_folder) <= len(hundreds_owed)

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

import psutil
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
START, STALL = 60, 2  # seconds: until a sender sends its first message, and between two messages at most


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


def let_run(count: int, folder: Path, running: list[subprocess.Popen[bytes]], left: sa.Select[tuple[int]]) -> None:
    """Wait for so many more messages. What the dead hold is nobody's for a while, so it can be that no more come."""
    before, until = arrived(folder), time.monotonic() + START
    seen = before
    while seen < before + count and time.monotonic() < until and session().scalar(left):
        session().rollback()
        if all(each.poll() is not None for each in running):
            break
        time.sleep(0.005)
        if arrived(folder) > seen:
            seen, until = arrived(folder), time.monotonic() + STALL
    session().rollback()


def wait_until_quiet(port: int) -> None:
    """Wait until the mail server, which runs here, has finished what the dead had handed over."""
    here = psutil.Process()
    while any(each.laddr.port == port and each.raddr for each in here.net_connections("tcp4")):
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
    left = sa.select(sa.func.count()).where(Notice.state != NoticeState.SENT)
    chance, kills = random.Random(7602), 0
    with serving(into(mailbox_folder)) as port:
        while session().scalar(left):
            with senders(2, database, port, mailbox_folder) as running:
                for each in running:
                    let_run(chance.randint(1, 60), mailbox_folder, running, left)
                    if each.poll() is None:
                        os.kill(each.pid, signal.SIGKILL)
                        kills += 1
            wait_until_quiet(port)
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
                let_run(chance.randint(1, 120), mailbox_folder, running, unsettled)
                kills += sum(each.poll() is None for each in running)
            wait_until_quiet(port)
            minutes_pass()
    in_doubt = session().scalar(sa.select(sa.func.count()).where(Notice.state == NoticeState.IN_DOUBT)) or 0
    print(f"{kills} kills, {in_doubt} in doubt")
    assert kills >= 2
    assert in_doubt <= kills
    assert len(hundreds_owed) - in_doubt <= arrived(mailbox_folder) <= len(hundreds_owed)

"""A mail server that says 250 and drops the message is found out by the journal."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.mail.compose import message
from cxworkflow.mail.journal import LocalMailbox, NoJournal
from cxworkflow.mail.reconcile import check_copies
from cxworkflow.models import Attempt, Notice
from cxworkflow.services import reminders
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration


def sent(stage: Stage) -> int:
    """Reminders that the mail server said it took; returns how many."""
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    taken = session().scalars(
        text("update notice set state = 'sent', sent_at = :at where state = 'owed' returning id"),
        {"at": eastern("2023-12-10 06:01")},
    )
    return len(taken.all())


def test_each_message_without_a_copy_is_noted_and_the_administrator_told_once(stage: Stage, tmp_path: Path) -> None:
    count = sent(stage)
    assert count > 10
    journal = LocalMailbox(tmp_path)
    assert check_copies(journal, at=eastern("2023-12-11 09:00")) == count
    assert check_copies(journal, at=eastern("2023-12-11 09:30")) == 0
    assert check_copies(journal, at=eastern("2023-12-12 09:00")) == 0, "each is noted once"
    told = session().scalars(select(Notice).where(Notice.kind == "not-kept")).all()
    assert [(each.to_role, each.facts["count"]) for each in told] == [("administrator", count)]
    assert told[0].facts["first"][0].startswith("Reminder, to "), "in words, not by the kind's name in the code"
    assert session().scalar(select(Attempt.outcome).limit(1)) == "missing"
    mail = message(told[0], sender="CX <cx@example.gov>", base_url="http://localhost", at=eastern("2023-12-11 09:00"))
    assert b"may not have arrived" in mail


def test_without_a_journal_that_answers_nothing_is_claimed(stage: Stage) -> None:
    sent(stage)
    assert check_copies(NoJournal(), at=eastern("2023-12-11 09:00")) == 0
    assert session().scalar(select(Attempt.id).limit(1)) is None

"""A department eight years later: an approved strategy, sent e-mails, a confirmed review, somebody who left."""

from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import (
    Attempt,
    Identity,
    Notice,
    Person,
    Role,
    Strategy,
)
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import account_reviews, appointments
from tests.retention.proposing import AT
from tests.stage import Stage, eastern


@pytest.fixture
def administrator(stage: Stage) -> Person:
    return stage.person(Role.ADMINISTRATOR)


@pytest.fixture
def cio(stage: Stage) -> Person:
    return stage.person(Role.CIO)


@pytest.fixture
def strategy(stage: Stage, administrator: Person) -> Strategy:
    """CBP's approved strategy, its e-mails sent, a confirmed account review, and somebody who left."""
    approved = stage.approved("CBP")
    for notice in session().scalars(select(Notice)):
        notice.state, notice.sent_at = NoticeState.SENT, eastern("2024-01-09 11:00")
        notice.answer = "250 ok for jane@stage.example"
        session().add(
            Attempt(notice_id=notice.id, number=1, tried_at=AT, outcome="refused", answer="450 jane@stage.example")
        )
    at = eastern("2024-01-10 09:00")
    account_reviews.confirm(account_reviews.mark_of(account_reviews.statement(on=at.date())), by=administrator, at=at)
    gone = stage.newcomer("Jane Roe", (Role.CONTRIBUTOR, "CBP"))
    session().add(Identity(person_id=gone.id, issuer="https://idp.example", subject="4711", linked_at=at))
    appointments.end(gone.appointments[0], on=date(2024, 2, 1), by=administrator, at=at)
    appointments.deactivate(gone, reason="Left.", by=administrator, at=eastern("2024-02-01 09:00"))
    session().flush()
    return approved

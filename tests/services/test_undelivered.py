"""E-mails that did not arrive are settled by a person, and the record says by whom."""

import pytest
from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed, NotNow
from cxworkflow.models import Attempt, Event, Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import reminders, sending, undelivered
from cxworkflow.services.sending import Outcome
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-11 10:00")


def attempted(outcome: Outcome) -> Notice:
    """A reminder whose sending ended like this."""
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    held = sending.claim(batch=1)
    assert held is not None
    (notice_id,) = held.notice_ids
    assert sending.attempting([notice_id], held, at=AT)
    sending.settle({notice_id: outcome}, held, at=AT)
    return session().get_one(Notice, notice_id, populate_existing=True)


@pytest.fixture
def failed(stage: Stage) -> Notice:
    return attempted(Outcome("rejected", "550 no such mailbox"))


@pytest.fixture
def doubted(stage: Stage) -> Notice:
    return attempted(Outcome("interrupted", sending.INTERRUPTED))


def test_a_failed_e_mail_is_owed_again_to_the_address_of_today(stage: Stage, failed: Notice) -> None:
    failed.person.email = "new.address@dhs.example"
    undelivered.try_again(failed, by=stage.person(Role.ADMINISTRATOR), at=AT)
    session().commit()
    assert (failed.state, failed.to_address) == (NoticeState.OWED, "new.address@dhs.example")
    assert failed.closed_reason is None
    assert sending.waiting()
    attempt = session().scalars(select(Attempt).order_by(Attempt.id.desc())).first()
    assert attempt is not None
    assert "new.address@dhs.example" in attempt.answer
    event = session().scalars(select(Event).where(Event.verb == "try-again")).one()
    assert (event.by_role, event.details["notice"]) == ("administrator", failed.id)


def test_a_doubt_is_settled_as_sent(stage: Stage, doubted: Notice) -> None:
    undelivered.was_sent(doubted, by=stage.person(Role.CIO), at=AT)
    session().commit()
    assert (doubted.state, doubted.sent_at) == (NoticeState.SENT, AT)
    assert session().scalars(select(Event).where(Event.verb == "was-sent")).one().by_role == "cio"


def test_a_doubt_is_settled_by_sending_again_and_a_late_answer_no_longer_counts(stage: Stage, doubted: Notice) -> None:
    token = doubted.claim
    assert token is not None
    undelivered.send_again(doubted, by=stage.person(Role.CIO), at=AT)
    session().commit()
    sending.settle({doubted.id: Outcome("sent", "250")}, sending.Claim(token, (doubted.id,)), at=AT)
    session().refresh(doubted)
    assert doubted.state is NoticeState.OWED


def test_only_the_administrator_and_the_cio_settle(stage: Stage, failed: Notice) -> None:
    for role in (Role.DIRECTORATE_LEAD, Role.AUDITOR, Role.REVIEWER):
        with pytest.raises(NotAllowed, match="settle e-mails"):
            undelivered.try_again(failed, by=stage.person(role), at=AT)


def test_what_has_moved_on_meanwhile_is_left_alone(stage: Stage, failed: Notice) -> None:
    by = stage.person(Role.ADMINISTRATOR)
    undelivered.try_again(failed, by=by, at=AT)
    with pytest.raises(NotNow, match="waiting to be sent by now"):
        undelivered.try_again(failed, by=by, at=AT)
    for verb in (undelivered.was_sent, undelivered.send_again):
        with pytest.raises(NotNow, match="Nothing was changed"):
            verb(failed, by=by, at=AT)
    session().execute(text("update notice set state = 'superseded', closed_reason = 'Late.'"))
    with pytest.raises(NotNow, match="replaced by a later one"):
        undelivered.try_again(failed, by=by, at=AT)

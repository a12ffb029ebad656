"""Each notice has its page: why it was owed, to whom, every attempt; and what a person can do where it failed."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import reminders, sending
from cxworkflow.services.sending import INTERRUPTED, Outcome
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


def swept(when: str = "2023-12-10 06:00") -> None:
    reminders.sweep(at=eastern(when))
    session().commit()
    it_is(eastern("2023-12-11 09:00"))


def ended(outcome: Outcome) -> Notice:
    """A reminder whose sending ended like this."""
    swept()
    held = sending.claim(batch=1)
    assert held is not None
    (notice_id,) = held.notice_ids
    sending.attempting([notice_id], held, at=eastern("2023-12-10 06:01"))
    sending.settle({notice_id: outcome}, held, at=eastern("2023-12-10 06:01"))
    sending.give_back(held.notice_ids, held)
    session().commit()
    return session().get_one(Notice, notice_id, populate_existing=True)


def test_a_person_sees_their_own_notices_and_the_directorate_all(app: Flask, stage: Stage) -> None:
    swept()
    own = words(visitor(app, stage.person(Role.LEAD, "ICE")).get("/notices/"))
    assert "The e-mails that were sent to you" in own
    assert "1 to 2 of 2 notices" in own
    everything = words(visitor(app, stage.person(Role.DIRECTORATE_LEAD)).get("/notices/"))
    states = session().scalars(select(Notice.state)).all()
    assert f"of {len(states)} notices" in everything
    assert f"{states.count(NoticeState.OWED)} Waiting" in everything
    assert f"{states.count(NoticeState.SUPERSEDED)} Replaced" in everything


def test_somebody_elses_notice_is_not_there(app: Flask, stage: Stage) -> None:
    swept()
    notice = session().scalars(select(Notice).where(Notice.person_id == stage.person(Role.LEAD, "ICE").id)).first()
    assert notice is not None
    assert visitor(app, stage.person(Role.LEAD, "TSA")).get(f"/notices/{notice.id}").status_code == 404


def test_the_page_says_why_it_is_owed_and_what_it_says(app: Flask, stage: Stage) -> None:
    swept()
    lead = stage.person(Role.LEAD, "ICE")
    notice = session().scalars(select(Notice).where(Notice.person_id == lead.id, Notice.state == "owed")).one()
    shown = words(visitor(app, lead).get(f"/notices/{notice.id}"))
    assert "“Strategy submission” of ICE is due on January 9, 2024; this is the reminder 30 days before" in shown
    assert "None yet. It goes out within two minutes of being owed." in shown
    assert "Subject:" in shown
    assert f"http://localhost/clocks/{notice.clock_id}" in shown


def test_a_failed_e_mail_shows_the_answer_and_is_tried_again(app: Flask, stage: Stage) -> None:
    notice = ended(Outcome("rejected", "550 5.1.1 no such mailbox"))
    client = visitor(app, stage.person(Role.ADMINISTRATOR))
    shown = words(client.get(f"/notices/{notice.id}"))
    assert "Refused for good 550 5.1.1 no such mailbox" in shown
    told = words(client.post(f"/notices/{notice.id}/try-again", follow_redirects=True))
    assert f"The e-mail is owed again, to {notice.person.email}." in told
    again = client.post(f"/notices/{notice.id}/try-again")
    assert again.status_code == 409
    assert "waiting to be sent by now" in words(again)


def test_a_doubt_waits_for_the_journal_and_without_one_for_a_person(app: Flask, stage: Stage) -> None:
    notice = ended(Outcome("interrupted", INTERRUPTED))
    client = visitor(app, stage.person(Role.CIO))
    assert "The journal of sent e-mails is asked for it within a minute." in words(client.get(f"/notices/{notice.id}"))
    assert "It arrived" not in words(client.get(f"/notices/{notice.id}"))
    told = words(client.post(f"/notices/{notice.id}/was-sent", follow_redirects=True))
    assert "The e-mail is recorded as sent." in told


def test_the_buttons_are_only_for_those_who_may(app: Flask, stage: Stage) -> None:
    notice = ended(Outcome("rejected", "550 no"))
    client = visitor(app, stage.person(Role.AUDITOR))
    assert "Try again" not in words(client.get(f"/notices/{notice.id}"))
    assert client.post(f"/notices/{notice.id}/try-again").status_code == 403


def test_filters_narrow_the_list(app: Flask, stage: Stage) -> None:
    swept()
    client = visitor(app, stage.person(Role.CIO))
    assert "1 of 1 notice" in words(client.get("/notices/?state=owed&kind=deadline&component=ICE"))
    assert "1 to 2 of 2 notices" in words(client.get("/notices/?component=ICE"))
    clock = stage.clock("strategy", "ICE")
    assert "1 to 2 of 2 notices" in words(client.get(f"/notices/?clock={clock.id}"))
    assert "No notice is like that." in words(client.get("/notices/?state=failed"))
    for refused in ("state=lost", "kind=poem", "component=XYZ", "clock=big"):
        assert client.get(f"/notices/?{refused}").status_code == 422


def test_before_anything_is_owed_the_page_says_when_it_will_be(app: Flask, stage: Stage) -> None:
    assert "No e-mail is owed yet." in words(visitor(app, stage.person(Role.CIO)).get("/notices/"))


def test_more_notices_need_no_more_statements(app: Flask, stage: Stage) -> None:
    swept("2023-11-10 06:00")
    client = visitor(app, stage.person(Role.CIO))
    with statements(app) as few:
        client.get("/notices/")
    swept("2024-02-10 06:00")
    with statements(app) as many:
        assert "Page 2" in client.get("/notices/").get_data(as_text=True)
    assert len(many) == len(few)

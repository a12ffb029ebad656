"""The inbox: what a person was told, once each, read and not read; and how they want their e-mails."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Notice, Preference, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import jobs, preferences, reminders, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


def told(stage: Stage, role: Role) -> list[int]:
    """What the lead or executive of CBP is told by a submission and its withdrawal."""
    strategy, lead = stage.submitted("CBP"), stage.person(Role.LEAD, "CBP")
    strategies.withdraw(strategy, reason="A typo.", by=lead, at=eastern("2023-12-18 16:00"))
    session().commit()
    it_is(eastern("2023-12-19 09:00"))
    wanted = select(Notice.id).where(Notice.person_id == stage.person(role, "CBP").id)
    return list(session().scalars(wanted.order_by(Notice.id)))


def test_what_is_new_is_counted_in_the_navigation_until_it_is_opened(app: Flask, stage: Stage) -> None:
    submitted, withdrawn = told(stage, Role.LEAD)
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "Inbox 2 not read" in words(client.get("/"))
    shown = words(client.get("/inbox/"))
    assert shown.index("withdrawn") < shown.index("submitted")
    opened = client.post(f"/inbox/{submitted}/opened")
    assert opened.status_code == 303
    assert opened.headers["Location"].startswith("/strategies/")
    assert "Inbox 1 not read" in words(client.get("/"))
    assert "1 of 1 notice" in words(client.get("/inbox/?show=unread"))
    client.post("/inbox/read", data={"notices": str(submitted), "read": "no"})
    assert "Inbox 2 not read" in words(client.get("/"))
    client.post("/inbox/read", data={"notices": f"{submitted},{withdrawn}", "read": "yes", "show": "unread"})
    assert "You have read everything." in words(client.get("/inbox/?show=unread"))
    assert "not read" not in words(client.get("/"))


def test_nobody_reads_for_somebody_else(app: Flask, stage: Stage) -> None:
    [first, _] = told(stage, Role.LEAD)
    for other in (stage.person(Role.EXECUTIVE, "CBP"), stage.person(Role.CIO)):
        client = visitor(app, other)
        assert client.post(f"/inbox/{first}/opened").status_code == 404
        assert client.post("/inbox/read", data={"notices": str(first)}).status_code == 303
    assert session().get_one(Notice, first).read_at is None


def test_a_sent_notice_is_marked_as_read_too_and_stays_as_it_was_sent(app: Flask, stage: Stage) -> None:
    [first, _] = told(stage, Role.LEAD)
    notice = session().get_one(Notice, first)
    notice.state, notice.sent_at = NoticeState.SENT, eastern("2023-12-18 15:01")
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    client.post(f"/inbox/{first}/opened")
    assert session().get_one(Notice, first).read_at is not None


def test_what_went_out_in_a_digest_lies_in_the_inbox_by_itself_and_only_once(app: Flask, stage: Stage) -> None:
    executive = stage.person(Role.EXECUTIVE, "CBP")
    preferences.choose(daily_digest=True, by=executive, at=eastern("2023-12-01 09:00"))
    told(stage, Role.EXECUTIVE)
    client = visitor(app, executive)
    assert words(client.get("/inbox/")).count("by e-mail with your next daily digest") == 2
    jobs.do_due(at=eastern("2023-12-19 06:00"))
    session().commit()
    shown = words(client.get("/inbox/"))
    assert "1 to 2 of 2 notices" in shown
    assert "daily digest of" not in shown


def test_a_reminder_that_was_overtaken_is_not_in_the_inbox(app: Flask, stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    session().commit()
    shown = words(visitor(app, stage.person(Role.LEAD, "ICE")).get("/inbox/"))
    assert "1 of 1 notice" in shown


def test_a_person_chooses_how_e_mails_come(app: Flask, stage: Stage) -> None:
    person = stage.person(Role.REVIEWER)
    client = visitor(app, person)
    assert "You have not been told anything yet." in words(client.get("/inbox/"))
    chosen = words(client.post("/inbox/preferences", data={"e_mails": "daily"}, follow_redirects=True))
    assert "what may wait comes in one e-mail a day" in chosen
    assert session().get_one(Preference, person.id).daily_digest
    client.post("/inbox/preferences", data={"e_mails": "at-once"})
    assert not session().get_one(Preference, person.id).daily_digest
    refused = client.post("/inbox/preferences", data={"e_mails": "never"})
    assert refused.status_code == 422
    assert "Choose how your e-mails are to come." in words(refused)


def test_a_notice_whose_text_was_disposed_of_is_told_by_its_kind(app: Flask, stage: Stage) -> None:
    [first, _] = told(stage, Role.LEAD)
    session().get_one(Notice, first).facts = {"disposed_on": "2031-01-01", "held_role": "lead"}
    assert "Submitted" in words(visitor(app, stage.person(Role.LEAD, "CBP")).get("/inbox/"))


def test_more_notices_need_no_more_statements(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    it_is(eastern("2024-03-01 09:00"))
    reminders.sweep(at=eastern("2023-08-20 06:00"))
    with statements(app) as few:
        assert "1 of 1 notice" in words(client.get("/inbox/"))
    reminders.sweep(at=eastern("2024-01-24 06:00"))
    with statements(app) as many:
        assert len(re.findall(r'class="inbox__new"', client.get("/inbox/").get_data(as_text=True))) > 10
    assert len(many) == len(few)

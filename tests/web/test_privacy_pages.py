"""Everybody can read which personal data is kept; a person and the administrator take out what is known of them."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Event, Role
from cxworkflow.services import comments, reviews
from tests.stage import Stage, eastern
from tests.web.visiting import visitor, words

pytestmark = pytest.mark.integration


def test_the_page_is_for_everybody(client: FlaskClient) -> None:
    shown = words(client.get("/privacy"))
    assert "The record of what was done" in shown
    assert "7 years, counted from the end of the last role" in shown
    assert "Drafts are seen by the people of their own Component" in shown
    assert "Sign in to take out" in shown


def test_a_person_takes_out_what_is_known_of_them_and_of_nobody_else(app: Flask, stage: Stage) -> None:
    strategy, reviewer = stage.submitted("CBP"), stage.person(Role.REVIEWER)
    lead = stage.person(Role.DIRECTORATE_LEAD)
    reviews.assign(strategy, reviewer, by=lead, at=eastern("2023-12-19 09:00"))
    comments.comment(strategy, "IV.c.3", "A secret remark.", by=reviewer, at=eastern("2023-12-19 10:00"))
    session().commit()
    client = visitor(app, reviewer)
    assert "Download what is known of you" in words(client.get("/privacy"))
    file = client.get("/me/data")
    assert "attachment" in file.headers["Content-Disposition"]
    known = json.loads(file.get_data(as_text=True))
    assert known["person"]["email"] == reviewer.email
    assert [held["title"] for held in known["roles"]] == ["CX Directorate reviewer"]
    assert [mail["kind"] for mail in known["e_mails"]] == ["assigned"]
    assert {line["what"] for line in known["done_by_them"]} >= {"comment", "signed-in", "exported"}
    assert "appointed" in {line["what"] for line in known["done_about_them"]}
    assert len(known["reviews"]) == 1
    for hidden in ("A secret remark.", lead.email, "token"):
        assert hidden not in file.get_data(as_text=True)
    line = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (line.verb, line.by_id, line.details["person"]) == ("exported", reviewer.id, reviewer.id)


def test_the_administrator_takes_out_what_is_known_of_anybody_without_a_text(app: Flask, stage: Stage) -> None:
    strategy, lead = stage.submitted("CBP"), stage.person(Role.LEAD, "CBP")
    session().commit()
    administrator = stage.person(Role.ADMINISTRATOR)
    file = visitor(app, administrator).get(f"/people/{lead.id}/data")
    known = json.loads(file.get_data(as_text=True))
    assert "submit" in {line["what"] for line in known["done_by_them"]}
    assert strategy.title not in file.get_data(as_text=True)
    line = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (line.verb, line.by_id, line.by_role) == ("exported", administrator.id, "administrator")


def test_nobody_else_does(app: Flask, stage: Stage, client: FlaskClient) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    for role, code in ((Role.CIO, None), (Role.AUDITOR, None), (Role.LEAD, "ICE")):
        assert visitor(app, stage.person(role, code)).get(f"/people/{lead.id}/data").status_code == 403
    assert client.get("/me/data").status_code == 302

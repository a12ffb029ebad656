"""One's inbox through the API: what one was told, noted as read or as not read, for oneself alone."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Notice, Person, Role
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")


def of(app: Flask, person: Person) -> Program:
    """A program of this person."""
    it_is(NOW)
    return Program(app, token_of(person, at=NOW))


def test_notices_are_noted_as_read_and_as_not_read(app: Flask, stage: Stage) -> None:
    stage.submitted("CBP")
    lead = of(app, stage.person(Role.LEAD, "CBP"))
    told = [each["id"] for each in lead.told("GET", "/inbox")["items"]]
    assert told
    marked = lead.told("POST", "/inbox/read", {"notices": told})["items"]
    assert [each["id"] for each in marked] == told
    assert None not in {each["read_at"] for each in marked}
    assert lead.told("GET", "/inbox?unread=true")["items"] == []
    lead.told("POST", "/inbox/read", {"notices": told[:1], "read": False})
    assert [each["id"] for each in lead.told("GET", "/inbox?unread=true")["items"]] == told[:1]
    assert lead.told("POST", f"/inbox/{told[0]}/opened")["read_at"] is not None
    assert lead.told("GET", "/inbox?unread=true")["items"] == []


def test_nobody_notes_what_others_were_told(app: Flask, stage: Stage) -> None:
    stage.submitted("CBP")
    lead, cio = of(app, stage.person(Role.LEAD, "CBP")), of(app, stage.person(Role.CIO))
    notice = lead.told("GET", "/inbox?limit=1")["items"][0]["id"]
    assert cio.told("POST", "/inbox/read", {"notices": [notice]})["items"] == []
    assert cio.ask("POST", f"/inbox/{notice}/opened").status_code == 404
    assert session().get_one(Notice, notice, populate_existing=True).read_at is None
    assert lead.ask("POST", "/inbox/read", {"notices": [0]}).status_code == 422

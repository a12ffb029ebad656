"""Choosing the sections of a publication: on top of what was read, by page and by program."""

import re

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Publication, Role
from cxworkflow.services import publications
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2024-01-10 09:00")


@pytest.fixture
def prepared(app: Flask, stage: Stage) -> Publication:
    """A publication that the Directorate lead has begun."""
    strategy, lead = stage.submitted("CBP"), stage.person(Role.DIRECTORATE_LEAD)
    stage.approve(strategy, "2024-01-09 10:00")
    it_is(AT)
    made = publications.prepare(strategy, ["IV.c.3", "IV.c.4"], by=lead, at=AT)
    session().commit()
    return made


def test_a_page_that_was_read_before_another_choice_overwrites_nothing(
    app: Flask, stage: Stage, prepared: Publication
) -> None:
    lead, page = visitor(app, stage.person(Role.DIRECTORATE_LEAD)), f"/publications/{prepared.id}"
    found = re.search(r'name="base" value="(\w+)"', lead.get(page).text)
    assert found is not None
    first = {"base": found[1], "clauses": ["IV.c.3"]}
    assert lead.post(f"{page}/sections", data=first).status_code == 303
    second = lead.post(f"{page}/sections", data=first | {"clauses": ["IV.c.4"]})
    assert second.status_code == 409
    assert "Somebody else chose other sections meanwhile. Nothing was changed" in words(second)
    assert lead.post(f"{page}/sections", data={"clauses": ["IV.c.4"]}).status_code == 409
    assert session().get_one(Publication, prepared.id, populate_existing=True).clauses == ["IV.c.3"]


def test_a_program_names_the_sections_that_it_read(app: Flask, stage: Stage, prepared: Publication) -> None:
    lead = Program(app, token_of(stage.person(Role.DIRECTORATE_LEAD), at=AT))
    path = f"/publications/{prepared.id}/sections"
    read = lead.ask("GET", path)
    assert read.get_json()["clauses"] == ["IV.c.3", "IV.c.4"]
    assert {"IV.c.3", "IV.c.5.a"} <= set(read.get_json()["offered"])
    assert lead.ask("PUT", path, {"clauses": ["IV.c.3"]}).status_code == 428
    first = lead.ask("PUT", path, {"clauses": ["IV.c.3"]}, etag=read.headers["ETag"])
    assert (first.status_code, first.get_json()["clauses"]) == (200, ["IV.c.3"])
    assert lead.ask("PUT", path, {"clauses": ["IV.c.4"]}, etag=read.headers["ETag"]).status_code == 412
    assert lead.told("GET", path)["clauses"] == ["IV.c.3"]
    assert lead.ask("PUT", path, {"clauses": ["X"]}, etag=first.headers["ETag"]).status_code == 422

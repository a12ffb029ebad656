"""The page of the quarter's account review, and its statement as a file."""

import re

import pytest
from flask import Flask

from cxworkflow.models import Role
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration


def test_the_administrator_confirms_what_the_page_shows_and_the_auditor_takes_it_out(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-10 09:00"))
    client = visitor(app, stage.person(Role.ADMINISTRATOR))
    page = client.get("/people/review")
    assert "CBP lead" in words(page)
    assert "No review has been confirmed yet." in words(page)
    found = re.search(r'name="mark" value="([0-9a-f]{64})"', page.get_data(as_text=True))
    assert found is not None
    shown = words(client.post("/people/review", data={"mark": found[1]}, follow_redirects=True))
    assert "The accounts are confirmed for 2024-Q2." in shown
    auditor = visitor(app, stage.person(Role.AUDITOR))
    page = auditor.get("/people/review")
    assert 'name="mark"' not in page.get_data(as_text=True)
    link = re.search(r"/people/review/\d+\.csv", page.get_data(as_text=True))
    assert link is not None
    file = auditor.get(link[0])
    assert file.headers["Content-Disposition"] == "attachment; filename=account-review-2024-Q2.csv"
    assert "Component lead,CBP,2023-07-13" in file.get_data(as_text=True)
    assert auditor.post("/people/review", data={"mark": found[1]}).status_code == 403
    assert auditor.get("/people/review/999999.csv").status_code == 404


def test_an_old_page_confirms_nothing(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.ADMINISTRATOR))
    assert client.post("/people/review", data={"mark": "0" * 64}).status_code == 409
    assert visitor(app, stage.person(Role.LEAD, "CBP")).get("/people/review").status_code == 403

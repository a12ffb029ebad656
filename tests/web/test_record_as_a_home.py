"""The record as what keeps a clause: it shows what was done, and is there to be read alone."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from config.settings import POLICIES
from cxworkflow.models import Role
from cxworkflow.services import deliverables
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

SAID = "Sent to the President: 12,000 people were asked."
FORM = re.compile(r"<form[^>]*>")


def takes(app: Flask, path: str) -> set[str]:
    """Every way in which an address and those below it can be asked."""
    of_it: list[Rule] = [each for each in app.url_map.iter_rules() if each.rule.startswith(path)]
    return {method for each in of_it for method in each.methods or ()}


@pytest.mark.clause("eo-12862 5")
def test_the_record_shows_what_was_done_and_takes_no_claim_from_anybody(app: Flask) -> None:
    order = Stage.set(POLICIES / "eo-12862.toml")
    lead = order.person(Role.LEAD, "TREAS")
    report = ("survey-report", order.component("TREAS"))
    deliverables.hand_in(order.edition, *report, statement=SAID, by=lead, at=eastern("1994-03-01 10:00"))
    it_is(eastern("1994-03-09 09:00"))  # a day late for all others
    auditor = visitor(app, order.person(Role.AUDITOR))
    page = auditor.get("/record?verb=delivered")
    assert f"{lead.name} (Agency lead)" in words(page)
    assert SAID in words(page)
    main = page.get_data(as_text=True).partition("<main")[2]
    assert FORM.findall(main)
    assert all('method="get"' in form for form in FORM.findall(main))
    assert takes(app, "/record") == takes(app, "/api/v1/events") == {"GET", "HEAD", "OPTIONS"}
    assert auditor.post("/record", data={"claim": "We were not served."}).status_code == 405
    assert visitor(app, order.person(Role.LEAD, "USDA")).get("/record").status_code == 403

"""The clause map on its pages, as far as each reader may know."""

import re

import pytest
from flask import Flask

from cxworkflow.models import Role
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

MAP = "/policies/dhs-076-02/map"


def test_each_clause_has_its_homes_its_tests_and_how_it_stands(app: Flask, stage: Stage) -> None:
    stage.submitted("CBP")
    it_is(eastern("2024-01-10 09:00"))
    cio = visitor(app, stage.person(Role.CIO))
    assert MAP in cio.get("/policies/dhs-076-02").get_data(as_text=True)
    page = cio.get(MAP)
    for clause in stage.edition.policy.clauses:
        assert f'href="{MAP}/{clause.id}"' in page.get_data(as_text=True)
    shown = words(page)
    assert "how it stands on January 10, 2024" in shown
    assert re.search(
        r"IV\.b A strategy within 180 days Components Clock: Strategy submission ; .* tests of IV\.b "
        r"14 overdue under IV\.b 1 done under IV\.b",
        shown,
    )
    assert not re.search(r"\b0 tests", shown)
    one = words(cio.get(f"{MAP}/IV.b"))
    assert (
        "CBP Done Strategy submission: done on December 18, 2023. Review of the strategy: due January 17, 2024." in one
    )
    assert "ICE Overdue Strategy submission: 1 day overdue, was due January 9, 2024." in one
    assert "tests/services/test_submitting.py" in one


def test_a_lead_sees_the_own_component_and_no_link_to_a_closed_page(app: Flask, stage: Stage) -> None:
    stage.submitted("CBP")
    it_is(eastern("2024-01-10 09:00"))
    lead = visitor(app, stage.person(Role.LEAD, "ICE"))
    one = lead.get(f"{MAP}/IV.b")
    assert "ICE Overdue" in words(one)
    assert "CBP" not in words(one)
    assert 'href="/directorate/queue"' not in one.get_data(as_text=True)
    assert "Page: Review queue" in words(one)


def test_a_clause_that_is_not_there_is_not_found(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.AUDITOR))
    assert client.get("/policies/no-such-policy/map").status_code == 404
    answer = client.get(f"{MAP}/IX")
    assert answer.status_code == 404

"""The Directorate's overview: its deliverables, the Department's clock, and every Component at a glance."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Deliverable, Role
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


@pytest.mark.clause("I")
def test_every_component_stands_on_one_page_with_what_counts_now(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    stage.drafted("FEMA")
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    shown = words(visitor(app, stage.person(Role.DIRECTORATE_LEAD)).get("/directorate"))
    assert "TSA HISP Transportation Security Administration Submitted Review of TSA Review of the strategy" in shown
    assert "FEMA HISP Federal Emergency Management Agency Draft" in shown
    assert "January 9, 2024 1 day overdue" in shown
    assert "Covered by the submission of OCIO:" in shown
    assert "Office of Inspector General (OIG)" in shown
    assert "13 Not begun" in shown


def test_each_figure_leads_to_the_list_it_counts(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    stage.drafted("FEMA")
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    client = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    page = client.get("/directorate").get_data(as_text=True)
    figures = re.findall(r'class="figure[^"]*" href="([^"]+)"[^>]*><strong>(\d+)</strong>', page)
    assert len(figures) == 12
    for address, figure in figures:
        shown = client.get(address.replace("&amp;", "&").partition("#")[0]).get_data(as_text=True)
        if "/clocks/" in address:
            rows = re.search(r"of (\d+) clocks", shown)
            assert (rows.group(1) if rows else "0") == figure, address
        else:
            table = shown.partition("Components at a glance")[2]
            assert str(table.count("<tr>") - bool(table)) == figure, address


@pytest.mark.clause("IV.a")
def test_a_deliverable_is_recorded_once_and_the_second_stops_the_clock(app: Flask, stage: Stage) -> None:
    it_is(eastern("2023-10-06 09:00"))
    client = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert words(client.get("/directorate")).count("Record as done") == 2
    path = "/directorate/dhs-076-02/deliverables/{}"
    told = client.post(path.format("cx-directorate"), follow_redirects=True)
    assert "Recorded as done: CX Directorate set up." in words(told)
    again = client.post(path.format("cx-directorate"), follow_redirects=True)
    assert "is recorded as done already" in words(again)
    done = words(client.post(path.format("directive-and-instruction-begun"), follow_redirects=True))
    assert "Setting up the CX Directorate October 11, 2023 Met October 6, 2023" in done
    assert len(session().scalars(select(Deliverable)).all()) == 2


def test_an_unknown_deliverable_policy_or_filter_is_refused(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert client.post("/directorate/dhs-076-02/deliverables/a-parade").status_code == 404
    assert client.post("/directorate/no-policy/deliverables/cx-directorate").status_code == 404
    assert client.get("/directorate?status=lost").status_code == 422
    assert client.get("/directorate?policy=none").status_code == 422


def test_components_have_no_overview_and_auditors_no_buttons(app: Flask, stage: Stage) -> None:
    assert visitor(app, stage.person(Role.LEAD, "CBP")).get("/directorate").status_code == 403
    auditor = visitor(app, stage.person(Role.AUDITOR))
    assert "Record as done" not in words(auditor.get("/directorate"))
    refused = auditor.post("/directorate/dhs-076-02/deliverables/cx-directorate")
    assert refused.status_code == 403
    assert "You may not record the Directorate's deliverables." in words(refused)


def test_more_strategies_and_clocks_need_no_more_statements(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    with statements(app) as few:
        client.get("/directorate")
    for code in ("CBP", "TSA", "FEMA", "ICE"):
        stage.submitted(code)
    session().commit()
    with statements(app) as many:
        client.get("/directorate")
    assert len(many) == len(few)

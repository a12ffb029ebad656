"""The Directorate's overview: its deliverables, the Department's clock, and every Component at a glance."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Deliverable, Role
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration


@pytest.mark.clause("I")
def test_every_component_stands_on_one_page_with_what_counts_now(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    stage.drafted("FEMA")
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    client = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    shown = words(client.get("/components/"))
    assert "TSA HISP Transportation Security Administration Itself Under review : strategy of TSA Review of" in shown
    assert "FEMA HISP Federal Emergency Management Agency Itself Being drafted" in shown
    assert "January 9, 2024 1 day overdue Late" in shown
    assert "Covered by OCIO" in shown
    assert "Office of Inspector General" in shown
    assert "13 Not begun" in words(client.get("/directorate"))


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
    assert client.get("/directorate?policy=none").status_code == 422


def test_components_have_no_overview_and_auditors_no_buttons(app: Flask, stage: Stage) -> None:
    assert visitor(app, stage.person(Role.LEAD, "CBP")).get("/directorate").status_code == 403
    auditor = visitor(app, stage.person(Role.AUDITOR))
    assert "Record as done" not in words(auditor.get("/directorate"))
    refused = auditor.post("/directorate/dhs-076-02/deliverables/cx-directorate")
    assert refused.status_code == 403
    assert "You may not record the Directorate's deliverables." in words(refused)

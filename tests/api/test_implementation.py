"""How an implementation stands, through the API: its commitments, its clock, each report with the answer to it."""

import pytest
from flask import Flask

from cxworkflow.models import Role
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.d")]

NOW = eastern("2024-03-04 10:00")


def test_it_tells_what_is_promised_open_and_reported(app: Flask, stage: Stage) -> None:
    strategy, waiting = stage.approved("CBP"), stage.submitted("ICE")
    it_is(NOW)
    lead = Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))
    directorate = Program(app, token_of(stage.person(Role.DIRECTORATE_LEAD), at=NOW))
    page = f"/strategies/{strategy.id}/implementation"
    told = lead.told("GET", page)
    assert (told["status"], told["reports"], told["last_day"]) == ("approved", [], told["clocks"][0]["due_on"])
    assert told["commitments"] == lead.told("GET", "/commitments?component=CBP")["items"]
    assert told["open"] == len(told["commitments"]) > 0
    assert [(each["kind"], each["state"]) for each in told["clocks"]] == [("implementation", "running")]
    lead.told("POST", page, {"statement": "All of it."})
    directorate.told("POST", f"{page}/return", {"reason": "Show the forms."})
    (report,) = lead.told("GET", page)["reports"]
    assert (report["statement"], report["outcome"], report["answer"]) == ("All of it.", "sent-back", "Show the forms.")
    assert report["checked_by"]["name"] == stage.person(Role.DIRECTORATE_LEAD).name
    assert directorate.ask("GET", f"/strategies/{waiting.id}/implementation").status_code == 404
    assert lead.ask("GET", f"/strategies/{waiting.id}/implementation").status_code == 404

"""What is delivered beside a paper, through the API: recorded once, in words where a Component does, for a clock."""

import pytest
from flask import Flask

from config.settings import POLICIES
from cxworkflow.models import Role
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

SAID = "Sent to the President: 12,000 people were asked."


def of(app: Flask, stage: Stage, role: Role, code: str | None = None, *, at: str) -> Program:
    """A program of whoever holds a role."""
    it_is(eastern(at))
    return Program(app, token_of(stage.person(role, code), at=eastern(at)))


@pytest.mark.clause("IV.a")
def test_the_directorates_last_deliverable_stops_its_clock(app: Flask, stage: Stage) -> None:
    directorate = of(app, stage, Role.DIRECTORATE_LEAD, at="2023-10-06 09:00")
    base = "/policies/dhs-076-02/deliverables"
    listed = directorate.told("GET", base)["items"]
    assert {each["delivered_at"] for each in listed} == {None}
    waited_for = [each["what"] for each in listed if each["stops"] == "directorate"]
    assert len(waited_for) == 2
    for what, state in zip(waited_for, ("running", "met"), strict=True):
        done = directorate.told("POST", f"{base}/{what}")
        assert (done["what"], done["by"]["name"]) == (what, stage.person(Role.DIRECTORATE_LEAD).name)
        assert [each["state"] for each in directorate.told("GET", "/clocks?kind=directorate")["items"]] == [state]
    assert directorate.ask("POST", f"{base}/{waited_for[0]}").status_code == 409
    assert directorate.ask("POST", f"{base}/a-parade").status_code == 404
    assert directorate.ask("POST", "/policies/none/deliverables/cx-directorate").status_code == 404
    reviewer = of(app, stage, Role.REVIEWER, at="2023-10-06 09:00")
    assert reviewer.ask("POST", f"{base}/{waited_for[0]}").status_code == 403
    assert len([each for each in reviewer.told("GET", base)["items"] if each["delivered_at"]]) == 2
    assert of(app, stage, Role.LEAD, "CBP", at="2023-10-06 09:00").ask("GET", base).status_code == 403


@pytest.mark.clause("eo-12862 2")
def test_a_component_says_what_it_delivered_and_its_own_clock_stops(app: Flask) -> None:
    order = Stage.set(POLICIES / "eo-12862.toml")
    lead = of(app, order, Role.LEAD, "TREAS", at="1994-03-01 10:00")
    base = "/components/TREAS/deliverables"
    path = f"{base}/eo-12862/survey-report"
    (asked,) = lead.told("GET", base)["items"]
    assert (asked["what"], asked["stops"], asked["by"]) == ("survey-report", "survey-report", None)
    assert lead.ask("POST", path).status_code == 415
    assert lead.ask("POST", path, {"statement": " "}).status_code == 422
    done = lead.told("POST", path, {"statement": SAID})
    assert (done["statement"], done["by"]["name"]) == (SAID, order.person(Role.LEAD, "TREAS").name)
    assert lead.told("GET", base)["items"] == [done]
    clocks = lead.told("GET", "/clocks?kind=survey-report&component=TREAS")["items"]
    assert [each["state"] for each in clocks] == ["met"]
    assert lead.ask("POST", path, {"statement": SAID}).status_code == 409
    assert lead.ask("POST", path.replace("TREAS", "USDA"), {"statement": SAID}).status_code == 403
    assert lead.told("GET", base.replace("TREAS", "USDA"))["items"] == [], "how others stand is theirs"

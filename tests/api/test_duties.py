"""The Directorate's work through the API: guidance, papers in coordination, closed days, another edition."""

from typing import Any

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.services import duty_drafts, editions
from tests.api.programs import Program, token_of
from tests.services.test_moves import simpler
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")


@pytest.fixture
def of(app: Flask, stage: Stage) -> Any:
    """A program of whoever holds a role."""
    it_is(NOW)
    return lambda role, code=None: Program(app, token_of(stage.person(role, code), at=NOW))


def test_guidance_is_written_published_acknowledged_renewed_and_withdrawn(of: Any) -> None:
    directorate, lead = of(Role.DIRECTORATE_LEAD), of(Role.LEAD, "CBP")
    piece = directorate.told("POST", "/guidance", {"title": "Plain forms", "text": "Ask less.", "kind": "playbook"})
    page = f"/guidance/{piece['id']}"
    assert piece["state"] == "draft"
    assert lead.ask("GET", page).status_code == 404, "what is being written is the Directorate's own"
    given = {"components": ["CBP", "TSA"], "acknowledge_by": "2024-01-09"}
    assert directorate.ask("POST", f"{page}/publication", {"components": ["NOWHERE"]}).status_code == 422
    published = directorate.told("POST", f"{page}/publication", given)
    assert [each["component"] for each in published["published_to"]] == ["CBP", "TSA"]
    assert directorate.ask("PUT", page, {"title": "Another", "text": "So."}, etag='"1"').status_code == 409
    told = lead.told("POST", f"{page}/acknowledgement")["published_to"]
    assert [(each["component"], each["by"] is not None) for each in told] == [("CBP", True)]
    assert lead.ask("POST", f"{page}/acknowledgement").status_code == 409
    assert lead.ask("POST", f"{page}/withdrawal", {"reason": "Old."}).status_code == 403
    renewed = directorate.told("POST", f"{page}/version")
    assert (renewed["number"], renewed["other_versions"]) == (2, [piece["id"]])
    assert directorate.told("POST", f"{page}/withdrawal", {"reason": "The law changed."})["state"] == "withdrawn"
    listed = directorate.told("GET", "/guidance?state=withdrawn&kind=playbook")["items"]
    assert [each["id"] for each in listed] == [piece["id"]]


def test_a_lead_offers_a_lesson_and_others_write_nothing(of: Any) -> None:
    lesson = of(Role.LEAD, "CBP").told("POST", "/guidance", {"title": "Call back", "text": "Sooner."})
    assert (lesson["kind"], lesson["state"], lesson["component"]) == ("lesson", "offered", "CBP")
    assert of(Role.REVIEWER).ask("POST", "/guidance", {"title": "Call back", "text": "Sooner."}).status_code == 403


def test_who_saves_a_piece_second_overwrites_nothing(of: Any) -> None:
    directorate = of(Role.DIRECTORATE_LEAD)
    page = f"/guidance/{directorate.told('POST', '/guidance', {'title': 'Plain forms', 'text': 'Ask less.'})['id']}"
    etag = directorate.ask("GET", page).headers["ETag"]
    said = {"title": "Plain forms", "text": "Ask once."}
    assert directorate.ask("PUT", page, said, etag=etag).headers["ETag"] == '"2"'
    assert directorate.ask("PUT", page, {**said, "text": "Ask twice."}, etag=etag).status_code == 412
    assert directorate.ask("PUT", page, said).status_code == 428
    assert directorate.told("GET", page)["text"] == "Ask once."


def test_a_draft_is_put_to_components_answered_settled_and_the_round_closed(stage: Stage, of: Any) -> None:
    directorate, lead = of(Role.DIRECTORATE_LEAD), of(Role.LEAD, "CBP")
    duty_drafts.save(stage.edition, "directive", "All serve.", by=stage.person(Role.DIRECTORATE_LEAD), at=NOW)
    session().commit()
    paper = "/papers/dhs-076-02/directive"
    assert lead.ask("GET", paper).status_code == 404
    base = directorate.told("GET", paper)["drafts"][0]["id"]
    given = {"components": ["CBP", "TSA"], "until_on": "2024-01-09", "base": base}
    assert lead.ask("POST", f"{paper}/rounds", given).status_code == 404
    assert directorate.ask("POST", f"{paper}/rounds", {**given, "base": base + 1}).status_code == 409
    asked = directorate.told("POST", f"{paper}/rounds", given)
    page = f"/rounds/{asked['id']}"
    assert [each["component"] for each in asked["answers"]] == ["CBP", "TSA"]
    assert of(Role.LEAD, "FEMA").ask("GET", page).status_code == 404
    comments = [{"text": "Say who pays.", "place": "2"}]
    answered = lead.told("POST", f"{page}/answers", {"position": "concur-with-comments", "comments": comments})
    assert [each["component"] for each in answered["answers"]] == ["CBP"], (
        "who was asked beside it is not theirs to know"
    )
    assert lead.ask("POST", f"{page}/answers", {"position": "non-concur"}).status_code == 422
    comment = answered["answers"][0]["comments"][0]["id"]
    settled = {"disposition": "declined", "reason": "It is said in 3."}
    told = directorate.told("POST", f"{page}/comments/{comment}/disposition", settled)
    assert told["answers"][0]["comments"][0]["disposition"] == "declined"
    assert directorate.told("POST", f"{page}/closing")["closed_at"] is not None
    assert lead.ask("POST", f"{page}/answers", {"position": "concur"}).status_code == 409
    assert [each["id"] for each in lead.told("GET", "/rounds?state=closed")["items"]] == [asked["id"]]
    assert lead.told("GET", "/rounds?state=open")["items"] == []


def test_a_closed_day_is_looked_at_first_then_announced_once(of: Any) -> None:
    cio, lead = of(Role.CIO), of(Role.LEAD, "CBP")
    day = {"day": "2024-07-05", "reason": "A day of mourning.", "authority": "Executive Order 1 of July 1, 2024"}
    assert lead.ask("GET", "/closures").status_code == 403
    assert lead.ask("POST", "/closures", day).status_code == 403
    seen = cio.told("POST", "/closures/preview", day)
    assert cio.told("GET", "/closures")["items"] == []
    assert cio.told("POST", "/closures", day)["clocks"] == seen["clocks"]
    assert [each["day"] for each in cio.told("GET", "/closures")["items"]] == ["2024-07-05"]
    assert cio.ask("POST", "/closures", day).status_code == 409
    assert cio.ask("POST", "/closures", {**day, "day": "2024-07-06"}).status_code == 422, "a Saturday is closed anyway"


def test_a_strategy_that_was_submitted_is_moved_to_the_latest_edition_with_a_reason(of: Any, stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    directorate, page = of(Role.DIRECTORATE_LEAD), f"/strategies/{strategy.id}/edition"
    before = directorate.told("GET", page)
    assert (before["latest"], before["changes"]) == (True, [])
    assert directorate.ask("POST", page, {"reason": "The policy is simpler now."}).status_code == 409
    editions.bring_in(simpler(), at=NOW)
    asked = directorate.told("GET", page)
    assert (asked["latest"], asked["sha256"]) == (False, before["sha256"])
    assert asked["changes"]
    assert directorate.ask("POST", page, {"reason": " "}).status_code == 422
    assert of(Role.LEAD, "CBP").ask("POST", page, {"reason": "We would like to."}).status_code == 403
    moved = directorate.told("POST", page, {"reason": "The policy is simpler now."})
    assert (moved["latest"], moved["sha256"]) == (True, asked["latest_sha256"])

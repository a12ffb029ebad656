"""The register, a Component's and a strategy's page, and the steps from the certification to the report."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Role, Strategy
from cxworkflow.services import comments, drafting, reviews, strategies
from tests.refusals import every_row
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _december(stage: Stage) -> None:
    it_is(eastern("2023-12-11 09:00"))


def of(app: Flask, stage: Stage, role: Role, code: str | None = None) -> Browser:
    """The browser of the one who holds this role."""
    session().commit()
    return visitor(app, stage.person(role, code))


def lacking(stage: Stage, strategy: Strategy, clause: str) -> Strategy:
    """The same draft without the text of a section."""
    draft = next(answer for answer in strategy.answers if answer.clause == clause)
    lead = stage.person(Role.LEAD, strategy.component.code)
    at = eastern("2023-12-11 08:00")
    drafting.save_section(strategy, clause, {"text": ""}, base_revision=draft.revision, by=lead, at=at)
    return strategy


@pytest.mark.clause("I")
def test_everybody_sees_the_register_but_only_their_own_standing(app: Flask, stage: Stage) -> None:
    stage.submitted("ICE", "2023-12-08 09:00")
    shown = words(of(app, stage, Role.LEAD, "TSA").get("/components/"))
    assert "CBP HISP U.S. Customs and Border Protection Itself – – – –" in shown
    assert "ICE U.S. Immigration and Customs Enforcement Itself – – – –" in shown
    assert "TSA HISP Transportation Security Administration Itself Not begun Strategy submission of TSA" in shown
    assert "January 9, 2024 due in 29 days At risk" in shown
    assert "ICE U.S. Immigration and Customs Enforcement Itself Under review" in words(
        of(app, stage, Role.CIO).get("/components/")
    )


@pytest.mark.clause("IV.b")
def test_a_lead_begins_the_strategy_once(app: Flask, stage: Stage) -> None:
    client = of(app, stage, Role.LEAD, "S&T")
    assert "Begin the strategy" in words(client.get("/components/S%26T"))
    begun = client.post("/components/S%26T/strategies", data={"policy": "dhs-076-02"})
    assert begun.status_code == 303
    assert "0 of 10 sections are complete." in words(client.get(begun.location))
    again = client.post("/components/S%26T/strategies", data={"policy": "dhs-076-02"})
    assert again.location == begun.location
    assert "Begin the strategy" not in words(client.get("/components/S%26T"))


def test_nobody_else_begins_it(app: Flask, stage: Stage) -> None:
    before = every_row()
    for role, code in ((Role.LEAD, "TSA"), (Role.CIO, None), (Role.CONTRIBUTOR, "S&T")):
        client = of(app, stage, role, code)
        assert "Begin the strategy" not in words(client.get("/components/S%26T"))
        refused = client.post("/components/S%26T/strategies", data={"policy": "dhs-076-02"})
        assert refused.status_code == 403
    assert every_row() == before


def test_an_office_that_ocio_covers_begins_none(app: Flask, stage: Stage) -> None:
    shown = words(of(app, stage, Role.CIO).get("/components/OGC"))
    assert "Covered by the submission of OCIO" in shown


def test_the_checklist_links_each_missing_thing_to_its_very_box(app: Flask, stage: Stage) -> None:
    strategy = lacking(stage, stage.drafted("CBP"), "IV.c.5.b")
    page = of(app, stage, Role.LEAD, "CBP").get(f"/strategies/{strategy.id}")
    assert "11 of 12 sections are complete." in words(page)
    assert f'href="/strategies/{strategy.id}/sections/IV.c.5.b"' in page.get_data(as_text=True)
    missing = of(app, stage, Role.LEAD, "CBP").get(f"/strategies/{strategy.id}/submit")
    assert f'href="/strategies/{strategy.id}/sections/IV.c.5.b#text"' in missing.get_data(as_text=True)
    assert "1 section can’t be submitted yet" in words(missing)
    assert 'name="certified"' not in missing.get_data(as_text=True)


def test_the_lead_renames_and_assigns_and_is_told_what_is_amiss(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    client, path = of(app, stage, Role.LEAD, "CBP"), f"/strategies/{strategy.id}"
    revision = strategy.title_revision
    renamed = client.post(
        f"{path}/title", data={"title": "At the border", "title_revision": revision}, follow_redirects=True
    )
    assert "The title is saved." in words(renamed)
    stale = client.post(f"{path}/title", data={"title": "My own title", "title_revision": revision})
    assert stale.status_code == 409
    assert "it is now “At the border”" in words(stale)
    assert 'value="My own title"' in stale.get_data(as_text=True)
    writer = stage.person(Role.CONTRIBUTOR, "CBP")
    given = {"clause": "IV.c.4", "person": writer.id}
    until = {"due-year": "2199", "due-month": "1", "due-day": "9"}
    assigned = words(client.post(f"{path}/assignments", data={**given, **until}, follow_redirects=True))
    assert f"{writer.name} writes section IV.c.4 from now on, and is told by e-mail." in assigned
    assert f"Assigned to {writer.name}, to be written by January 9, 2199" in assigned
    assert "Take back IV.c.4 from" in assigned
    amiss = client.post(f"{path}/assignments", data={**given, **until, "due-day": "40"})
    assert "There is no such day." in words(amiss)
    assert 'value="40"' in amiss.get_data(as_text=True)
    back = words(client.post(f"{path}/assignments/end", data=given, follow_redirects=True))
    assert f"Section IV.c.4 is no longer assigned to {writer.name}" in back
    assert "Take back" not in back
    nobody = client.post(f"{path}/assignments", data={"clause": "IV.c.4"})
    assert "Choose who is to write this section." in words(nobody)
    stranger = client.post(f"{path}/assignments", data={"clause": "IV.c.4", "person": stage.person(Role.CIO).id})
    assert "is not a contributor of CBP" in words(stranger)


def test_a_returned_strategy_shows_why_and_what_was_said_of_each_section(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("TSA", "2023-12-04 09:00")
    directorate = stage.person(Role.DIRECTORATE_LEAD)
    at = eastern("2023-12-08 09:00")
    comments.comment(strategy, "IV.c.3", "Say how small airports are measured.", by=directorate, at=at)
    reviews.send_back(strategy, reason="Baselines are missing.", by=directorate, at=at)
    client = of(app, stage, Role.LEAD, "TSA")
    shown = words(client.get(f"/strategies/{strategy.id}"))
    assert "Returned for changes Baselines are missing." in shown
    assert "IV.c.3 Metrics : Say how small airports are measured." in shown
    assert "What reviewers said about this section" in words(client.get(f"/strategies/{strategy.id}/sections/IV.c.3"))


@pytest.mark.clause("IV.b")
def test_submitting_needs_the_certification_and_freezes_a_version(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    client, path = of(app, stage, Role.EXECUTIVE, "CBP"), f"/strategies/{strategy.id}/submit"
    asked = words(client.get(path))
    assert "Becomes Version 1 Due January 9, 2024 Today December 11, 2023, on time" in asked
    assert "I, CBP executive, Component executive for CBP, certify" in asked
    before = every_row()
    refused = client.post(path, data={})
    assert refused.status_code == 422
    assert 'href="#certified"' in refused.get_data(as_text=True)
    assert every_row() == before
    certified = {"certified": "yes", "sha256": strategies.draft_sha256(strategy)}
    stale = client.post(path, data={**certified, "sha256": "0" * 64})
    assert stale.status_code == 409
    assert "The draft has changed since you read it" in words(stale)
    assert every_row() == before
    done = client.post(path, data=certified, follow_redirects=True)
    assert "Version 1 is submitted. The CX Directorate is told by e-mail." in words(done)
    version = session().get_one(Strategy, strategy.id).current_version
    assert version is not None
    shown = words(client.get(f"/strategies/{strategy.id}/versions/1"))
    assert version.sha256 in shown
    assert "Due January 9, 2024, on time" in shown
    assert client.get(f"/strategies/{strategy.id}/versions/2").status_code == 404
    assert client.post(path, data=certified).status_code == 409


def test_withdrawing_asks_why_and_makes_it_a_draft_again(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-12-08 09:00")
    client, path = of(app, stage, Role.LEAD, "CBP"), f"/strategies/{strategy.id}/withdraw"
    assert "Withdraw version 1" in words(client.get(path))
    assert client.post(path, data={"reason": " "}).status_code == 422
    done = words(client.post(path, data={"reason": "A figure is wrong."}, follow_redirects=True))
    assert "The strategy is a draft again" in done
    assert "withdrew version 1. A figure is wrong." in done
    assert client.get(path).status_code == 409


@pytest.mark.clause("IV.d")
def test_the_report_asks_for_a_statement_and_waits_for_its_check(app: Flask, stage: Stage) -> None:
    strategy = stage.approved("USCG")
    it_is(eastern("2024-05-01 09:00"))
    client, path = of(app, stage, Role.LEAD, "USCG"), f"/strategies/{strategy.id}/implemented"
    assert "Due July 7, 2024: due in 67 days." in words(client.get(path))
    assert client.post(path, data={"statement": ""}).status_code == 422
    done = words(client.post(path, data={"statement": "All is in place."}, follow_redirects=True))
    assert "Reported as implemented All is in place." in done
    assert "Report as implemented" not in done
    assert session().get_one(Strategy, strategy.id).status is Status.APPROVED


def test_steps_are_offered_and_refused_by_role(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-12-08 09:00")
    path = f"/strategies/{strategy.id}"
    before = every_row()
    offers = {Role.CIO: "Decide", Role.DIRECTORATE_LEAD: "Assign reviewers"}
    for role in (Role.CIO, Role.DIRECTORATE_LEAD, Role.AUDITOR, Role.REVIEWER):
        client = of(app, stage, role)
        page = client.get(path)
        assert page.status_code == 200
        assert (offers.get(role) or "Versions") in words(page)
        assert "Withdraw" not in words(page)
        assert client.get(f"{path}/withdraw").status_code == 403
        assert client.post(f"{path}/withdraw", data={"reason": "Mine now."}).status_code == 403
    for step in ("submit", "withdraw", "implemented", "versions/1", ""):
        stranger = of(app, stage, Role.LEAD, "TSA")
        assert stranger.get(f"{path}/{step}".rstrip("/")).status_code == 404
    assert every_row() == before


def test_a_reviewer_sees_nothing_of_a_draft(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    client = of(app, stage, Role.REVIEWER)
    assert client.get(f"/strategies/{strategy.id}").status_code == 404
    shown = client.get("/components/CBP").get_data(as_text=True)
    assert f"/strategies/{strategy.id}" not in shown
    assert "saved section" not in shown


def test_the_pages_ask_the_database_as_often_for_one_as_for_many(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-12-08 09:00")
    client = of(app, stage, Role.CIO)

    def asked(path: str) -> int:
        with statements(app) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    paths = (f"/strategies/{strategy.id}", f"/strategies/{strategy.id}/versions/1", "/components/", "/components/CBP")
    directorate = stage.person(Role.DIRECTORATE_LEAD)
    comments.comment(strategy, "IV.c.3", "Remark", by=directorate, at=eastern("2023-12-11 09:00"))
    session().commit()
    few = [asked(path) for path in paths]
    for code in ("TSA", "ICE", "USCG"):
        stage.submitted(code)
    for number in range(5):
        comments.comment(strategy, "IV.c.3", f"Remark {number}", by=directorate, at=eastern("2023-12-11 09:00"))
    session().commit()
    assert [asked(path) for path in paths] == few
    assert max(few) < 30


def test_the_checklist_tells_what_is_weak_and_the_button_what_is_missing(app: Flask, stage: Stage) -> None:
    it_is(eastern("2023-12-11 09:00"))
    strategy, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    answer = next(answer for answer in strategy.answers if answer.clause == "IV.c.4")
    late = [{**row, "owner": None, "end": "2024-10-01"} for row in answer.content["activities"][:1]]
    content = {**answer.content, "activities": late}
    drafting.save_section(
        strategy, "IV.c.4", content, base_revision=answer.revision, by=lead, at=eastern("2023-12-11 09:00")
    )
    session().commit()
    page = of(app, stage, Role.LEAD, "CBP").get(f"/strategies/{strategy.id}")
    assert "Certify and submit: 1 thing still missing" in words(page)
    assert "This activity ends after September 30, 2024" in words(page)
    assert f'href="/strategies/{strategy.id}/sections/IV.c.4#activities-0-end"' in page.get_data(as_text=True)

"""The guidance library: published to Components, acknowledged, found by search, superseded, withdrawn."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Acknowledgement, Guidance, GuidanceKind, Notice, Person, Role
from cxworkflow.services import guidance, guidance_notices
from cxworkflow.services.guidance import Words
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("VI")]

AT = eastern("2023-12-20 10:00")
BY = date(2024, 1, 10)
PLAIN = Words("Plain forms", "Forms, plain language, forms", "# Ask less\n\nLeave out each **question** nobody uses.")


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


@pytest.fixture
def written(stage: Stage, lead: Person) -> Guidance:
    return guidance.write(stage.edition, GuidanceKind.PLAYBOOK, PLAIN, by=lead, at=AT)


@pytest.fixture
def published(stage: Stage, written: Guidance, lead: Person) -> Guidance:
    chosen = [stage.component("CBP"), stage.component("TSA")]
    guidance.publish(written, chosen, acknowledge_by=BY, by=lead, at=AT)
    session().flush()
    return written


def owed(kind: str) -> list[str]:
    wanted = select(Notice.to_address).where(Notice.kind == kind).order_by(Notice.id)
    return [address.partition("@")[0] for address in session().scalars(wanted)]


def test_what_is_published_is_told_acknowledged_once_and_reminded_of(
    stage: Stage, published: Guidance, lead: Person
) -> None:
    assert published.tag_list == ["forms", "plain language"]
    assert owed("guidance-published") == ["lead.cbp", "lead.tsa"]
    own, cbp = stage.person(Role.LEAD, "CBP"), stage.component("CBP")
    guidance.acknowledge(published, cbp, by=own, at=AT)
    with refused(NotNow, "CBP has acknowledged this already."):
        guidance.acknowledge(published, cbp, by=own, at=AT)
    with refused(NotFound, "This was not published to ICE."):
        guidance.acknowledge(published, stage.component("ICE"), by=stage.person(Role.LEAD, "ICE"), at=AT)
    with refused(NotAllowed, "You may not acknowledge guidance for this Component."):
        guidance.acknowledge(published, stage.component("TSA"), by=own, at=AT)
    for on in (date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)):
        guidance_notices.remind_all(on, eastern(f"{on} 06:00"))
    assert owed("guidance-due") == ["lead.tsa"]


def test_a_new_version_takes_the_place_of_the_one_before(stage: Stage, published: Guidance, lead: Person) -> None:
    following = guidance.renew(published, by=lead, at=AT)
    with refused(NotNow, "A new version is being written already."):
        guidance.renew(published, by=lead, at=AT)
    assert (following.number, following.text) == (2, published.text)
    newer = Words("Plain forms", "forms", "Ask less, and ask once.")
    guidance.revise(following, newer, revision=1, by=lead, at=AT)
    with refused(Conflict, "Nothing was overwritten."):
        guidance.revise(following, newer, revision=1, by=lead, at=AT)
    assert published.state == "published"
    guidance.publish(following, None, acknowledge_by=None, by=lead, at=AT)
    assert (published.state, following.state) == ("superseded", "published")
    with refused(NotNow, "A newer version has taken the place of this one."):
        guidance.acknowledge(published, stage.component("CBP"), by=stage.person(Role.LEAD, "CBP"), at=AT)


def test_what_is_withdrawn_says_why_and_is_acknowledged_no_more(
    stage: Stage, published: Guidance, lead: Person
) -> None:
    with refused(InvalidInput, "Say why it is withdrawn"):
        guidance.withdraw(published, reason=" ", by=lead, at=AT)
    guidance.withdraw(published, reason="The law has changed.", by=lead, at=AT)
    assert published.state == "withdrawn"
    assert owed("guidance-withdrawn") == ["lead.cbp", "lead.tsa"]
    with refused(NotNow, "This was withdrawn on December 20, 2023: The law has changed."):
        guidance.acknowledge(published, stage.component("CBP"), by=stage.person(Role.LEAD, "CBP"), at=AT)
    with refused(NotNow, "This was withdrawn"):
        guidance.withdraw(published, reason="Again.", by=lead, at=AT)


def test_what_is_lacking_is_said_and_what_is_published_stays(stage: Stage, written: Guidance, lead: Person) -> None:
    with refused(InvalidInput, "Give it a title."):
        guidance.write(stage.edition, GuidanceKind.LESSON, Words("", "", "x"), by=lead, at=AT)
    with refused(InvalidInput, "Write the text, or attach a file"):
        guidance.write(stage.edition, GuidanceKind.LESSON, Words("A title", "", ""), by=lead, at=AT)
    with refused(InvalidInput, "Choose a day after today."):
        guidance.publish(written, None, acknowledge_by=AT.date(), by=lead, at=AT)
    with refused(InvalidInput, "Choose at least one Component"):
        guidance.publish(written, [], acknowledge_by=None, by=lead, at=AT)
    with refused(NotNow, "This is not published yet."):
        guidance.acknowledge(written, stage.component("CBP"), by=stage.person(Role.LEAD, "CBP"), at=AT)
    guidance.publish(written, None, acknowledge_by=None, by=lead, at=AT)
    with refused(NotNow, "Begin a new version of it instead."):
        guidance.revise(written, PLAIN, revision=1, by=lead, at=AT)
    with refused(NotAllowed, "You may not write or publish guidance."):
        guidance.write(stage.edition, GuidanceKind.LESSON, PLAIN, by=stage.person(Role.LEAD, "CBP"), at=AT)


def test_on_its_pages_a_lesson_is_offered_published_acknowledged_and_found(app: Flask, stage: Stage) -> None:
    it_is(AT)
    cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "The library is empty." in words(cbp.get("/guidance"))
    offered = {"title": "Call back sooner", "tags": "waiting", "text": "Callbacks cut the **queue** by half."}
    assert "Your lesson is offered." in words(cbp.post("/guidance/new", data=offered, follow_redirects=True))
    piece = session().scalars(select(Guidance.id)).one()
    assert owed("lesson-offered") == ["directorate-lead"]
    tsa = visitor(app, stage.person(Role.LEAD, "TSA"))
    assert tsa.get(f"/guidance/{piece}").status_code == 404
    assert "Callbacks" not in words(tsa.get("/search?q=callbacks&kind=guidance"))

    lead = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    day = {"acknowledge-year": "2023", "acknowledge-month": "12", "acknowledge-day": "1"}
    past = lead.post(f"/guidance/{piece}/publication", data={"whom": "all", **day})
    assert (past.status_code, "Choose a day after today." in words(past)) == (422, True)
    day["acknowledge-year"], day["acknowledge-month"] = "2024", "2"
    told = lead.post(f"/guidance/{piece}/publication", data={"whom": "all", **day}, follow_redirects=True)
    assert "“Call back sooner” is published." in words(told)
    assert "Call back sooner Lesson" in words(tsa.get("/search?q=callbacks"))
    assert "<strong>queue</strong>" in tsa.get(f"/guidance/{piece}").get_data(as_text=True)
    assert "Acknowledged for TSA." in words(tsa.post(f"/guidance/{piece}/acknowledgement", follow_redirects=True))
    assert session().scalars(select(Acknowledgement.component_id)).all() == [stage.component("TSA").id]
    assert "CBP: not yet" in words(lead.get(f"/guidance/{piece}"))

    lead.post(f"/guidance/{piece}/withdrawal", data={"reason": "It helped one office only."})
    again = cbp.post(f"/guidance/{piece}/acknowledgement")
    assert (again.status_code, "It helped one office only." in words(again)) == (409, True)
    assert "Callbacks" not in words(tsa.get("/search?q=callbacks&kind=guidance"))


def test_what_is_for_some_is_not_there_for_others(app: Flask, stage: Stage, published: Guidance) -> None:
    it_is(AT)
    ice = visitor(app, stage.person(Role.LEAD, "ICE"))
    assert ice.get(f"/guidance/{published.id}").status_code == 404
    assert "Plain forms" not in words(ice.get("/search?q=plain+forms"))
    assert "Plain forms" in words(visitor(app, stage.person(Role.CONTRIBUTOR, "CBP")).get("/guidance?tag=forms"))

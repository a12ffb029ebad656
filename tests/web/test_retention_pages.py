"""The administrator proposes, the CIO confirms, the auditor holds: each on a page, and everybody concerned sees it."""

import re

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import AnswerRevision, Disposal, LegalHold, Role, Strategy
from tests.refusals import every_row
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = pytest.mark.integration

HOLD = {
    "citation": "OIG 24-17",
    "reason": "Asked for.",
    "from-year": "2028",
    "from-month": "3",
    "from-day": "1",
}


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's strategy, approved four years ago."""
    approved = stage.approved("CBP")
    it_is(eastern("2028-03-01 09:00"))
    session().commit()
    return approved


@pytest.fixture
def administrator(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    return visitor(app, stage.person(Role.ADMINISTRATOR))


def saved_states() -> int:
    return session().query(AnswerRevision).count()


def proposal(browser: Browser) -> Disposal:
    """Propose what the page lists."""
    mark = re.findall(r'name="mark" value="(\w+)"', browser.get("/retention/drafts").get_data(as_text=True))[0]
    assert browser.post("/retention/drafts/proposals", data={"mark": mark}).status_code == 303
    return session().query(Disposal).one()


def test_what_is_past_its_time_is_listed_proposed_and_confirmed(
    app: Flask, stage: Stage, administrator: Browser, strategy: Strategy
) -> None:
    assert "Earlier saved states of drafts 3 years" in words(administrator.get("/retention"))
    listed = words(administrator.get("/retention/drafts"))
    assert "Listed is what ended before March 1, 2025." in listed
    assert "CBP, " in listed
    disposal, before = proposal(administrator), saved_states()
    told = administrator.post(f"/retention/disposals/{disposal.id}/confirmation")
    assert (told.status_code, saved_states()) == (403, before)
    assert "You proposed this. Another person has to confirm it." in words(told)
    cio = visitor(app, stage.person(Role.CIO))
    assert "Dispose of it for good" in words(cio.get("/retention"))
    done = cio.post(f"/retention/disposals/{disposal.id}/confirmation", follow_redirects=True)
    assert "It is disposed of, and the record says so." in words(done)
    assert saved_states() == 0
    assert "No proposal waits." in words(cio.get("/retention"))
    assert "Earlier saved states of drafts Disposed of 1" in words(cio.get("/retention/disposals?state=done"))
    listed = words(cio.get(f"/retention/disposals/{disposal.id}"))
    assert disposal.sha256 in listed
    assert "CBP, " in listed
    assert "confirmed the disposal of 1 of the kind “drafts”" in words(cio.get("/record"))


def test_held_is_not_disposed_of_and_says_so_where_it_is_seen(
    app: Flask, stage: Stage, administrator: Browser, strategy: Strategy
) -> None:
    disposal = proposal(administrator)
    auditor, cio = visitor(app, stage.person(Role.AUDITOR)), visitor(app, stage.person(Role.CIO))
    sent = {**HOLD, "policy": str(stage.edition.id), "component": str(strategy.component_id)}
    assert "is held." in words(auditor.post("/retention/holds", data=sent, follow_redirects=True))
    refused = cio.post(f"/retention/disposals/{disposal.id}/confirmation")
    assert refused.status_code == 409
    assert "Some of this is held by now. Nothing was disposed of" in words(refused)
    assert "There is nothing to be disposed of: what is held stays" in words(administrator.get("/retention/drafts"))
    assert "Held" in words(administrator.get("/retention/drafts?held=yes")).split()
    assert "Nothing is like that." in words(administrator.get("/retention/drafts?held=no"))
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "nothing of it is disposed of. OIG 24-17" in words(lead.get(f"/strategies/{strategy.id}"))
    hold = session().query(LegalHold).one()
    empty = auditor.post(f"/retention/holds/{hold.id}/lifting", data={"hold": str(hold.id), "why": ""})
    assert "Say why it is lifted" in words(empty)
    auditor.post(f"/retention/holds/{hold.id}/lifting", data={"hold": str(hold.id), "why": "Closed."})
    assert "Nothing is held." in words(auditor.get("/retention"))
    assert "Lifted: Closed." in words(auditor.get("/retention/holds?state=over"))
    assert "No hold is like that." in words(auditor.get("/retention/holds?state=now"))
    cio.post(f"/retention/disposals/{disposal.id}/withdrawal")
    assert "Withdrawn" in words(cio.get("/retention/disposals"))
    assert saved_states() > 0


def test_every_list_downloads_as_csv_and_refuses_what_it_does_not_offer(administrator: Browser) -> None:
    disposal = proposal(administrator)
    administrator.post("/retention/holds", data={**HOLD, "person": str(disposal.by_id)})
    for path, heading, line in (
        ("/retention/drafts", "What,Ended,Entries,Held", "CBP, "),
        ("/retention/holds", "What,By what,From,Until", "OIG 24-17"),
        ("/retention/disposals", "Kind of record,State,Items", "Waits to be confirmed,1"),
        (f"/retention/disposals/{disposal.id}", "What,Entries", "CBP, "),
    ):
        file = administrator.get(f"{path}?as=csv").get_data(as_text=True)
        assert heading in file, path
        assert line in file, path
        assert administrator.get(f"{path}?sort=nonsense").status_code == 422


def test_a_list_that_changed_meanwhile_is_shown_again_and_nothing_is_proposed(administrator: Browser) -> None:
    told = administrator.post("/retention/drafts/proposals", data={"mark": "0" * 64})
    assert told.status_code == 409
    assert "The list has changed since you read it." in words(told)
    assert "/retention/drafts?sort=" in told.get_data(as_text=True), "its headings lead to the page of the list"
    assert session().query(Disposal).count() == 0


def test_a_hold_on_a_person_is_shown_on_their_page(app: Flask, stage: Stage, administrator: Browser) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    administrator.post("/retention/holds", data={**HOLD, "person": str(lead.id)})
    assert f"A legal hold is on the data of {lead.name}" in words(administrator.get(f"/people/{lead.id}"))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, "Choose either a policy, with or without a Component, or a person."),
        ({"policy": "1", "citation": ""}, "Name the case, the request or the law by which it is held."),
        ({"policy": "1", "from-day": "32"}, "There is no such day."),
        ({"policy": "x"}, "The form was not complete."),
        ({"person": "999999"}, "Choose either a policy"),
    ],
)
def test_a_hold_that_lacks_something_is_refused_with_what_was_typed(
    stage: Stage, administrator: Browser, changed: dict[str, str], why: str
) -> None:
    before = every_row()
    sent = {**HOLD, **({"policy": str(stage.edition.id)} if changed.get("policy") == "1" else {})}
    told = administrator.post("/retention/holds", data=sent | {n: v for n, v in changed.items() if v != "1"})
    assert told.status_code == 422
    assert why in words(told)
    assert "Asked for.</textarea>" in told.get_data(as_text=True)
    assert every_row() == before


def test_who_has_no_part_in_it_sees_nothing_of_it(app: Flask, stage: Stage, strategy: Strategy) -> None:
    for role, code in ((Role.LEAD, "CBP"), (Role.CONTRIBUTOR, "CBP"), (Role.REVIEWER, None)):
        browser = visitor(app, stage.person(role, code))
        assert [browser.get(path).status_code for path in ("/retention", "/retention/drafts")] == [403, 403]
    lead = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert lead.get("/retention").status_code == 200
    assert lead.post("/retention/holds", data=HOLD).status_code == 403
    assert lead.post("/retention/drafts/proposals").status_code == 403
    assert lead.get("/retention/nothing").status_code == 404

"""The pages of the Directorate's papers: drafted, circulated, answered, settled, compared, signed."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import ConcurrenceComment, Role, Round, Signature
from tests.stage import Stage, eastern
from tests.uploads.samples import png
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.a")]

PAPER = "/papers/dhs-076-02/directive"
UNTIL = {"until-year": "2023", "until-month": "10", "until-day": "20"}


@pytest.fixture
def lead(app: Flask, stage: Stage) -> Browser:
    it_is(eastern("2023-10-02 09:00"))
    return visitor(app, stage.person(Role.DIRECTORATE_LEAD))


def circulated(lead: Browser) -> int:
    lead.post(f"{PAPER}/drafts", data={"text": "# Purpose\n\nAll *serve*.", "base": "0"})
    base = _base(lead)
    done = lead.post(
        f"{PAPER}/rounds", data={"base": base, "components": ["CBP", "TSA"], **UNTIL}, follow_redirects=True
    )
    assert "Draft 1 is circulated." in words(done)
    return session().scalars(select(Round.id)).one()


def _base(lead: Browser) -> str:
    page = lead.get(PAPER).get_data(as_text=True)
    return page.partition('name="base" value="')[2].partition('"')[0]


def test_a_paper_is_drafted_coordinated_and_signed_on_its_pages(app: Flask, stage: Stage, lead: Browser) -> None:
    assert "Nothing is written yet." in words(lead.get(PAPER))
    asked = circulated(lead)
    cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "CX Directive Round 1" in words(cbp.get("/coordination"))
    assert "<h2>Purpose</h2>\n<p>All <em>serve</em>.</p>" in cbp.get(f"{PAPER}/drafts/1").get_data(as_text=True)
    answer = {"position": "non-concur", "reason": "It costs too much.", "place-0": "Purpose", "comment-0": "Who pays?"}
    assert "The answer of CBP is given." in words(
        cbp.post(f"/rounds/{asked}/answers", data=answer, follow_redirects=True)
    )
    tsa = visitor(app, stage.person(Role.LEAD, "TSA"))
    assert "Who pays?" not in words(tsa.get(f"/rounds/{asked}"))
    it_is(eastern("2023-10-22 09:00"))
    late = words(tsa.post(f"/rounds/{asked}/answers", data={"position": "concur"}, follow_redirects=True))
    assert "recorded as late" in late
    assert "The round is closed. All have answered." in words(
        lead.post(f"/rounds/{asked}/closing", follow_redirects=True)
    )
    remark = session().scalars(select(ConcurrenceComment.id)).one()
    disposition = f"/rounds/{asked}/comments/{remark}/disposition"
    assert lead.post(disposition, data={"disposition": "declined"}).status_code == 422
    lead.post(disposition, data={"disposition": "accepted"})
    assert "Accepted." in words(cbp.get(f"/rounds/{asked}"))
    lead.post(f"{PAPER}/drafts", data={"text": "# Purpose\n\nAll *serve*. OCIO pays.", "base": _base(lead)})
    changed = lead.get(f"{PAPER}/changes").get_data(as_text=True)
    assert "<ins>" in changed
    assert "OCIO pays." in changed.partition("<ins>")[2].partition("</ins>")[0]
    assert "<h2>Purpose</h2>" in changed
    assert "*serve*" not in changed, "the words are shown, not their marks"
    assert cbp.get(f"{PAPER}/drafts/2").status_code == 404

    cio = visitor(app, stage.person(Role.CIO))
    page = cio.get(PAPER).get_data(as_text=True)
    sha256 = page.partition('name="sha256" value="')[2].partition('"')[0]
    assert cio.post(f"{PAPER}/signature", data={"sha256": "0" * 64}).status_code == 409
    assert "CX Directive is signed" in words(
        cio.post(f"{PAPER}/signature", data={"sha256": sha256}, follow_redirects=True)
    )
    pdf = cbp.get(f"{PAPER}/signed.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data == session().scalars(select(Signature.pdf)).one()
    assert "Signed" in words(visitor(app, stage.person(Role.LEAD, "ICE")).get(PAPER))


def test_an_answer_after_the_round_is_closed_is_refused_and_given_back(app: Flask, stage: Stage, lead: Browser) -> None:
    asked = circulated(lead)
    lead.post(f"/rounds/{asked}/closing")
    cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    told = cbp.post(f"/rounds/{asked}/answers", data={"position": "concur", "reason": "We are glad of it."})
    assert told.status_code == 409
    assert "This round was closed on October 2, 2023" in words(told)
    assert "We are glad of it." in words(told)


def test_what_is_missing_is_said_at_its_box(app: Flask, stage: Stage, lead: Browser) -> None:
    assert "Write the draft, or attach a file" in words(lead.post(f"{PAPER}/drafts", data={"text": "", "base": "0"}))
    lead.post(f"{PAPER}/drafts", data={"text": "All serve.", "base": "0"})
    stale = lead.post(f"{PAPER}/drafts", data={"text": "Mine is newer.", "base": "0"})
    assert (stale.status_code, "Mine is newer." in words(stale)) == (409, True)
    past = {"until-year": "2023", "until-month": "9", "until-day": "20"}
    told = lead.post(f"{PAPER}/rounds", data={"base": _base(lead), "components": ["CBP"], **past})
    assert "Choose a day after today." in words(told)
    nobody = lead.post(f"{PAPER}/rounds", data={"base": _base(lead), **UNTIL})
    assert "Choose at least one Component." in words(nobody)


def test_what_can_still_be_answered_stands_first(app: Flask, stage: Stage, lead: Browser) -> None:
    closed = circulated(lead)
    lead.post(f"/rounds/{closed}/closing")
    lead.post(f"{PAPER}/drafts", data={"text": "# Purpose\n\nAll serve.", "base": _base(lead)})
    later = {**UNTIL, "until-day": "25"}
    lead.post(f"{PAPER}/rounds", data={"base": _base(lead), "components": ["CBP"], **later})
    listed = words(lead.get("/coordination"))
    assert listed.index("Round 2") < listed.index("Round 1")
    by_day = words(lead.get("/coordination?sort=until"))
    assert by_day.index("Round 1") < by_day.index("Round 2")


def test_more_boxes_keep_what_was_typed(app: Flask, stage: Stage, lead: Browser) -> None:
    asked = circulated(lead)
    cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    more = words(cbp.post(f"/rounds/{asked}/answers", data={"more": "yes", "comment-0": "Who pays?"}))
    assert "Comment 10" in more
    assert "Who pays?" in more


def test_a_draft_can_be_a_file(app: Flask, stage: Stage, lead: Browser) -> None:
    sent = {"text": "", "base": "0", "file": (BytesIO(png()), "directive.png")}
    assert "Draft 1 is saved." in words(lead.post(f"{PAPER}/drafts", data=sent, follow_redirects=True))
    file = lead.get(f"{PAPER}/drafts/1/file")
    assert file.data == png()
    assert "attachment" in file.headers["Content-Disposition"]
    bad = {"text": "", "base": _base(lead), "file": (BytesIO(b"MZ"), "directive.pdf")}
    assert lead.post(f"{PAPER}/drafts", data=bad).status_code == 422


def test_what_was_not_put_to_a_component_is_not_there_for_it(app: Flask, stage: Stage, lead: Browser) -> None:
    asked = circulated(lead)
    ice = visitor(app, stage.person(Role.LEAD, "ICE"))
    for path in (
        PAPER,
        f"{PAPER}/drafts/1",
        f"/rounds/{asked}",
        "/papers/dhs-076-02/a-parade",
        "/papers/none/directive",
    ):
        assert ice.get(path).status_code == 404
    assert "No draft was put to your Component yet." in words(ice.get("/coordination"))

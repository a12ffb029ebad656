"""Files through the API: sent as they are, checked as on the pages, and handed out to whoever may have them."""

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cxworkflow.db import session
from cxworkflow.models import Commitment, Event, Role
from tests import hisps
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.uploads.samples import office, png
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")
CLAUSE = "IV.c.5.c"
BYTES = "application/octet-stream"


@pytest.fixture
def lead(app: Flask, stage: Stage) -> Program:
    """A program of the lead of CBP."""
    it_is(NOW)
    return Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))


def bring(
    program: Program, path: str, content: bytes, media_type: str, method: str = "POST", **more: str
) -> TestResponse:
    headers = {"Authorization": f"Bearer {program.secret}", **more}
    return program.client.open(f"/api/v1{path}", method=method, data=content, content_type=media_type, headers=headers)


def taken_out() -> list[str]:
    return [each["what"] for each in session().scalars(select(Event.details).where(Event.verb == "exported"))]


def test_a_file_is_attached_listed_taken_out_and_taken_off(app: Flask, stage: Stage, lead: Program) -> None:
    files = f"/strategies/{stage.drafted('CBP').id}/sections/{CLAUSE}/attachments"
    made = bring(lead, f"{files}?name=visitors.png", png(), "image/png").get_json()
    assert (made["name"], made["media_type"], made["size"]) == ("visitors.png", "image/png", len(png()))
    again = bring(lead, f"{files}?name=visitors.png", png(), BYTES).get_json()
    assert again["address"] == made["address"], "the same file again changes nothing"
    assert lead.told("GET", files)["items"] == [made]
    answer = lead.ask("GET", f"/attachments/{made['address']}")
    assert (answer.status_code, answer.mimetype, answer.get_data()) == (200, "image/png", png())
    assert answer.headers["Content-Disposition"] == "attachment; filename=visitors.png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert any("visitors.png" in each for each in taken_out())
    other = Program(app, token_of(stage.person(Role.LEAD, "FEMA"), at=NOW))
    assert other.ask("GET", f"/attachments/{made['address']}").status_code == 404
    assert lead.told("POST", f"{files}/{made['address']}/removal") == made
    assert lead.told("GET", files)["items"] == []
    assert lead.ask("POST", f"{files}/{made['address']}/removal").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "media_type", "status"),
    [
        ("visitors.png", b"no picture", "image/png", 422),
        ("visitors.pdf", png(), "application/pdf", 422),
        ("visitors.png", png(), "application/pdf", 422),
        ("macros.docx", office(parts={"word/vbaProject.bin": b"x"}), BYTES, 422),
        ("", png(), "image/png", 422),
        ("visitors.png", png(), "text/html", 415),
        ("visitors.png", png(), "", 415),
        ("visitors.png", png() + b"\0" * 20_000_000, "image/png", 413),
    ],
)
def test_what_a_page_would_not_take_is_refused_here_too(
    stage: Stage, lead: Program, name: str, content: bytes, media_type: str, status: int
) -> None:
    files = f"/strategies/{stage.drafted('CBP').id}/sections/{CLAUSE}/attachments"
    answer = bring(lead, f"{files}?name={name}", content, media_type)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert lead.told("GET", files)["items"] == []


def test_evidence_is_brought_for_a_commitment_with_what_it_shows(app: Flask, stage: Stage, lead: Program) -> None:
    lead.secret = token_of(stage.person(Role.LEAD, "CBP"), days=90, at=NOW)
    strategy = stage.approved("CBP")
    commitment = session().scalars(select(Commitment).where(Commitment.strategy_id == strategy.id).limit(1)).one()
    it_is(eastern("2024-02-01 10:00"))
    files = f"/commitments/{commitment.id}/evidence"
    made = bring(lead, f"{files}?name=seen.png&note=The+counter", png(), "image/png").get_json()
    assert (made["name"], made["note"]) == ("seen.png", "The counter")
    assert [each["address"] for each in lead.told("GET", files)["items"]] == [made["address"]]
    assert lead.ask("GET", f"/evidence/{made['address']}").get_data() == png()
    reader = Program(app, token_of(stage.person(Role.CIO), days=90, at=NOW))
    assert bring(reader, f"{files}?name=other.png", png(), "image/png").status_code == 403
    assert lead.told("POST", f"{files}/{made['address']}/removal")["id"] == commitment.id
    assert lead.ask("GET", f"/evidence/{made['address']}").status_code == 404


def test_numbers_that_were_taken_out_can_be_brought_in_again(app: Flask, stage: Stage, lead: Program) -> None:
    hisps.in_force()
    service = hisps.service(stage)
    hisps.entered(stage, service)
    session().commit()
    answer = lead.ask("GET", "/quarters/CBP/file?quarter=2023-Q4")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "a list of 1 number" in taken_out()
    same = bring(lead, "/quarters/CBP/file", answer.get_data(), "text/csv").get_json()
    assert same == {"lines": 1, "changed": 0, "quarters": ["2023-Q4"]}
    other = answer.get_data().replace(b",1000,", b",2000,", 1)
    assert bring(lead, "/quarters/CBP/file", other, "text/csv").get_json()["changed"] == 1
    numbers = lead.told("GET", f"/quarters/CBP/2023-Q4/services/{service.id}/website")
    assert 2000 in numbers["numbers"].values()


def test_a_file_of_numbers_comes_in_whole_or_not_at_all(app: Flask, stage: Stage, lead: Program) -> None:
    hisps.in_force()
    service = hisps.service(stage)
    hisps.entered(stage, service)
    session().commit()
    text = lead.ask("GET", "/quarters/CBP/file").get_data(as_text=True)
    head, line, *_ = text.splitlines()
    wrong = "\n".join([head, line.replace(",1000,", ",2000,", 1), line.replace(",website,", ",carrier pigeon,")])
    answer = bring(lead, "/quarters/CBP/file", wrong.encode(), "text/csv")
    assert answer.status_code == 422
    assert any("carrier pigeon" in each["detail"] for each in answer.get_json()["errors"])
    assert bring(lead, "/quarters/CBP/file", b"\xff\xfe", "text/csv").status_code == 422
    assert lead.ask("GET", "/quarters/CBP/file").get_data(as_text=True) == text


def test_a_piece_of_guidance_gets_a_file_on_top_of_what_was_read(app: Flask, stage: Stage) -> None:
    it_is(NOW)
    directorate = Program(app, token_of(stage.person(Role.DIRECTORATE_LEAD), at=NOW))
    piece = directorate.told("POST", "/guidance", {"title": "Plain forms", "text": "Ask less.", "tags": ["forms"]})
    path = f"/guidance/{piece['id']}"
    brought = bring(directorate, f"{path}/file?name=form.png", png(), "image/png", "PUT", **{"If-Match": '"1"'})
    assert (brought.status_code, brought.get_json()["file"]["name"]) == (200, "form.png")
    stale = bring(directorate, f"{path}/file?name=form.png", png(), "image/png", "PUT", **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert directorate.ask("GET", f"{path}/file").get_data() == png()
    without = directorate.told(
        "PUT", path, {"title": "Plain forms", "text": "Ask less.", "without_file": True}, etag='"2"'
    )
    assert (without["file"], without["tags"]) == (None, [])
    assert directorate.ask("GET", f"{path}/file").status_code == 404

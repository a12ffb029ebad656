"""Attaching on the pages: nothing typed is lost, what is refused says why, files are handed out to be saved only."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role, Strategy
from cxworkflow.services import strategies
from tests.refusals import every_row
from tests.stage import Stage, eastern
from tests.uploads.samples import SOUND, office
from tests.web.test_section_pages import form, path
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = pytest.mark.integration

CLAUSE = "IV.c.5.a"


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's complete draft, on December 11."""
    it_is(eastern("2023-12-11 09:00"))
    drafted = stage.drafted("CBP")
    session().commit()
    return drafted


@pytest.fixture
def lead(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    """CBP's lead at work."""
    return visitor(app, stage.person(Role.LEAD, "CBP"))


def attach(browser: Browser, strategy: Strategy, name: str, content: bytes, **typed: Any) -> Any:
    """Send a file with the section's form."""
    data = {**form(strategy, CLAUSE, **typed), "file": (BytesIO(content), name)}
    return browser.post(f"{path(strategy, CLAUSE)}/attachments", data=data, content_type="multipart/form-data")


def address(strategy: Strategy, name: str) -> str:
    """Where a file of the draft is."""
    return f"/attachments/{next(each.address for each in strategies.attached(strategy) if each.name == name)}"


@pytest.mark.asvs("V5.4.1", "V5.4.2", "V3.2.1")
@pytest.mark.parametrize("ending", SOUND)
def test_a_file_is_attached_shown_and_handed_out_to_be_saved(lead: Browser, strategy: Strategy, ending: str) -> None:
    name = f"Überblick 2024.{ending}"
    assert attach(lead, strategy, f"plans/{name}", SOUND[ending]).location == f"{path(strategy, CLAUSE)}#files"
    shown = lead.get(path(strategy, CLAUSE))
    assert f"“{name}” is attached to section {CLAUSE}." in words(shown)
    at = address(strategy, name)
    assert f'href="{at}"' in shown.get_data(as_text=True)
    given = lead.get(at)
    assert given.data == SOUND[ending]
    assert given.headers["Content-Disposition"].startswith('attachment; filename="Uberblick 2024.')
    assert "filename*=UTF-8''%C3%9Cberblick%202024." in given.headers["Content-Disposition"]
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Cache-Control"] == "no-store"
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert "script" not in given.headers["Content-Security-Policy"]
    assert "html" not in given.headers["Content-Type"]


def test_what_was_typed_stays_in_its_boxes_and_is_not_saved_by_attaching(lead: Browser, strategy: Strategy) -> None:
    told = attach(lead, strategy, "Plan.pdf", SOUND["pdf"], text="Half a thought")
    page = told.get_data(as_text=True)
    assert told.status_code == 200
    assert "Half a thought</textarea>" in page
    assert 'data-warn-unsaved="changed"' in page
    assert "“Plan.pdf” is attached to section IV.c.5.a. What you typed is not saved yet." in words(told)
    assert "Half a thought" not in str(strategy.contents[CLAUSE])
    session().expire_all()
    detach = {**form(strategy, CLAUSE, text="A whole thought"), "detach": address(strategy, "Plan.pdf")[13:]}
    gone = lead.post(f"{path(strategy, CLAUSE)}/attachments/removal", data=detach)
    assert "A whole thought</textarea>" in gone.get_data(as_text=True)
    assert "“Plan.pdf” is removed from section IV.c.5.a." in words(gone)
    assert strategies.attached(strategy) == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (
            "Plan.pdf",
            SOUND["docx"],
            "“Plan.pdf” can’t be attached. Its name says that it is PDF (.pdf), but its content",
        ),
        ("Plan.docx", office(parts={"word/vbaProject.bin": b"x"}), "There are macros in it. Save it without macros"),
        ("Plan.exe", b"MZ", "“Plan.exe” is not a kind of file that can be attached."),
        ("Plan\u202efdp.png", SOUND["png"], "a mark that changes the direction of the text (U+202E)"),
        ("Plan.png", b"", "“Plan.png” is empty."),
        ("", b"", "Choose a file first."),
        ("<script>alert(1)</script>.pdf", b"x", "“script>.pdf” can’t be attached."),
    ],
)
def test_a_file_that_is_refused_changes_nothing_and_keeps_what_was_typed(
    lead: Browser, strategy: Strategy, name: str, content: bytes, why: str
) -> None:
    before = every_row()
    told = attach(lead, strategy, name, content, text="Half a thought")
    page = told.get_data(as_text=True)
    assert told.status_code == 422
    assert why.replace("script>", "script_") in words(told)
    assert "<script>alert" not in page
    assert 'href="#file"' in page
    assert 'aria-describedby="file-hint file-fault"' in page
    assert "Half a thought</textarea>" in page
    assert every_row() == before


@pytest.mark.asvs("V5.2.1", "V2.3.2")
def test_one_byte_over_the_limit_is_refused_and_far_over_it_is_not_even_read(
    app: Flask, lead: Browser, strategy: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(SOUND["png"])
    assert attach(lead, strategy, "a.png", SOUND["png"]).status_code == 303
    monkeypatch.setitem(
        app.extensions, "settings", replace(app.extensions["settings"], largest_attachment=size - 1, most_attached=size)
    )
    monkeypatch.setattr("cxworkflow.web.sent_files.AT_MOST", 100)
    before = every_row()
    over = attach(lead, strategy, "b.png", SOUND["png"], text="Half a thought")
    assert f"“b.png” has {size} bytes; the most allowed is 1 KB ({size - 1} bytes)" in words(over)
    assert "Half a thought</textarea>" in over.get_data(as_text=True)
    much = attach(lead, strategy, "c.png", bytes(20_000))
    assert much.status_code == 413
    assert "larger than is allowed" in words(much)
    assert every_row() == before


def test_without_the_scanner_that_is_configured_no_file_is_taken(
    app: Flask, lead: Browser, strategy: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = replace(app.extensions["settings"], clamd_url="unix:///nowhere/clamd")
    monkeypatch.setitem(app.extensions, "settings", away)
    before = every_row()
    told = attach(lead, strategy, "Plan.pdf", SOUND["pdf"], text="Half a thought")
    assert "The virus scanner does not answer, so the file was not taken. Try again in a minute." in words(told)
    assert "Half a thought</textarea>" in told.get_data(as_text=True)
    assert every_row() == before


def test_files_go_with_the_version_to_reviewers_and_the_cio(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    attach(lead, strategy, "Plan.pdf", SOUND["pdf"])
    reviewer, cio = visitor(app, stage.person(Role.REVIEWER)), visitor(app, stage.person(Role.CIO))
    assert "Plan.pdf" in words(lead.get(f"/strategies/{strategy.id}/submit"))
    at = address(strategy, "Plan.pdf")
    assert reviewer.get(at).status_code == 404
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-11 10:00"))
    session().commit()
    for browser, page in ((reviewer, "review"), (cio, "decision"), (reviewer, "versions/1"), (lead, "versions/1")):
        assert f'href="{at}"' in browser.get(f"/strategies/{strategy.id}/{page}").get_data(as_text=True)
        assert browser.get(at).data == SOUND["pdf"]
    assert visitor(app, stage.person(Role.LEAD, "ICE")).get(at).status_code == 404
    assert app.test_client().get(at).status_code == 302


def test_who_may_not_write_the_section_attaches_and_removes_nothing(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    attach(lead, strategy, "Plan.pdf", SOUND["pdf"])
    before = {**every_row(), "event": ""}  # that it was refused is itself put on record
    detach = {"base_revision": "1", "detach": address(strategy, "Plan.pdf")[13:]}
    for role, code, status in ((Role.CONTRIBUTOR, "CBP", 403), (Role.LEAD, "ICE", 404), (Role.REVIEWER, None, 404)):
        browser = visitor(app, stage.person(role, code))
        assert attach(browser, strategy, "a.png", SOUND["png"]).status_code == status
        removal = browser.post(f"{path(strategy, CLAUSE)}/attachments/removal", data=detach)
        assert removal.status_code == status
        assert re.search(r"<button[^>]+name=.detach", removal.get_data(as_text=True)) is None
    assert lead.post(f"{path(strategy, CLAUSE)}/attachments/removal", data={**detach, "detach": "x"}).status_code == 422
    assert {**every_row(), "event": ""} == before


def test_a_strategy_that_was_submitted_takes_no_file(stage: Stage, lead: Browser, strategy: Strategy) -> None:
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-11 10:00"))
    session().commit()
    before = every_row()
    told = attach(lead, strategy, "Plan.pdf", SOUND["pdf"])
    assert told.status_code == 409
    assert "Only a draft or a returned strategy can be changed" in words(told)
    assert every_row() == before


def test_who_attaches_too_often_is_told_to_wait(app: Flask, lead: Browser, strategy: Strategy) -> None:
    limits = app.extensions["limits"]
    limits.reset()
    limits.enabled = True
    try:
        told = [attach(lead, strategy, "", b"").status_code for _ in range(21)]
    finally:
        limits.enabled = False
    assert told == [422] * 20 + [429]

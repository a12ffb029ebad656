"""A strategy is filled in with Word or Excel, away from the screen, and comes back without a loss."""

import json
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from config.settings import FOLDER
from cxworkflow.db import session
from cxworkflow.models import Role, Strategy
from cxworkflow.policies.answers import read_strategy
from cxworkflow.services import assignments, drafting, strategies
from tests.refusals import every_row
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

SAMPLES = FOLDER / "demo"
CBP = Path(__file__).parents[3] / "shared" / "cases" / "cbp.json"  # lies beside the repository, not in it
OFFICE = shutil.which("soffice")


def of_uscis() -> bytes:
    """The sample of USCIS, which needs no contract, with the contract of USCG: every kind of row is there."""
    case = json.loads((SAMPLES / "uscis.json").read_text())
    case["answers"]["IV.c.7"] = json.loads((SAMPLES / "uscg.json").read_text())["answers"]["IV.c.7"]
    return json.dumps(case).encode()


# What goes through a file and back without a loss; the names of the tests say which of them was used.
CASES: list[Any] = [
    pytest.param(of_uscis, id="uscis.json"),
    pytest.param(
        CBP.read_bytes, id="cbp.json", marks=pytest.mark.skipif(not CBP.is_file(), reason="cbp.json is not at hand")
    ),
]


@pytest.fixture
def strategy(stage: Stage, request: pytest.FixtureRequest) -> Strategy:
    """CBP's draft as the case has it, with texts that are hard to bring through a file."""
    case: Callable[[], bytes] = getattr(request, "param", of_uscis)
    it_is(eastern("2023-12-11 14:14"))
    lead = stage.person(Role.LEAD, "CBP")
    file = read_strategy(case(), stage.edition.policy, {"CBP": True, "USCIS": True}, as_component="CBP")
    drafting.fill(stage.edition, stage.component("CBP"), file, by=lead, at=eastern("2023-12-01 09:00"))
    drafted = strategies.find(stage.edition, stage.component("CBP"))
    assert drafted is not None
    hard = "Two lines\n\nand a third:\ta tab, <b>, & “quotes”\n=1+1 is text\nForms design"
    answer = next(answer for answer in drafted.answers if answer.clause == "IV.c.5.a")
    drafting.save_section(
        drafted, "IV.c.5.a", {"text": hard}, base_revision=answer.revision, by=lead, at=eastern("2023-12-02 09:00")
    )
    session().commit()
    return drafted


@pytest.fixture
def lead(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    """CBP's lead at work."""
    return visitor(app, stage.person(Role.LEAD, "CBP"))


def offline(strategy: Strategy) -> str:
    return f"/strategies/{strategy.id}/offline"


def taken(browser: Browser, strategy: Strategy, ending: str) -> bytes:
    """The draft, downloaded."""
    answer = browser.get(f"{offline(strategy)}/strategy.{ending}")
    assert answer.status_code == 200
    return bytes(answer.data)


def sent(browser: Browser, strategy: Strategy, content: bytes, name: str = "strategy.docx") -> TestResponse:
    """The file, uploaded."""
    return browser.post(offline(strategy), data={"file": (BytesIO(content), name)})


def answers(strategy: Strategy) -> dict[str, Any]:
    session().expire_all()
    return strategies.asked_content(strategy)


def in_word(content: bytes, change: Callable[[Any], None]) -> bytes:
    """The file after somebody has worked on it."""
    document, out = Document(BytesIO(content)), BytesIO()
    change(document)
    document.save(out)
    return out.getvalue()


def paragraph(document: Any, text: str) -> Any:
    return next(each for each in document.paragraphs if each.text == text)


def through_libreoffice(content: bytes, ending: str, folder: Path) -> bytes:
    """The file, opened and saved by LibreOffice."""
    (folder / f"in.{ending}").write_bytes(content)
    assert OFFICE is not None
    profile, out = f"-env:UserInstallation=file://{folder}/profile", str(folder / "out")
    subprocess.run(
        [OFFICE, profile, "--headless", "--convert-to", ending, "--outdir", out, str(folder / f"in.{ending}")],
        check=True,
        capture_output=True,
        timeout=110,
    )
    return (folder / "out" / f"in.{ending}").read_bytes()


@pytest.mark.parametrize("strategy", CASES, indirect=True)
def test_a_case_has_rows_of_every_kind(strategy: Strategy) -> None:
    written = answers(strategy)
    kinds = [
        (section.clause, field.key)
        for section in strategy.edition.policy.sections_for(hisp=True)
        for field in section.fields
        if field.type == "rows"
    ]
    assert len(kinds) >= 6
    assert [(clause, key) for clause, key in kinds if not written[clause].get(key)] == []


@pytest.mark.parametrize("strategy", CASES, indirect=True)
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_what_is_downloaded_and_uploaded_again_loses_nothing(lead: Browser, strategy: Strategy, ending: str) -> None:
    before, rows = answers(strategy), every_row()
    told = sent(lead, strategy, taken(lead, strategy, ending), f"strategy.{ending}")
    assert told.status_code == 200
    assert "Could not be placed" not in words(told)
    assert "Not saved" not in words(told)
    assert answers(strategy) == before
    assert every_row()["answer_revision"] == rows["answer_revision"]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not here")
@pytest.mark.parametrize("strategy", CASES, indirect=True)
def test_another_program_s_word_file_loses_nothing(lead: Browser, strategy: Strategy, tmp_path: Path) -> None:
    before, rows = answers(strategy), every_row()
    told = sent(lead, strategy, through_libreoffice(taken(lead, strategy, "docx"), "docx", tmp_path))
    assert "Could not be placed" not in words(told)
    assert "Not saved" not in words(told)
    assert answers(strategy) == before
    assert every_row()["answer_revision"] == rows["answer_revision"]


def test_what_is_written_in_word_is_saved_under_its_question(lead: Browser, strategy: Strategy) -> None:
    def work(document: Any) -> None:
        heading = paragraph(document, "IV.c.5.b Procurements and acquisitions")
        heading.runs[0].text = "Our purchases"  # the mark is still there
        lines = document.paragraphs
        place = next(at for at, each in enumerate(lines) if each.text == "Our purchases")
        answer = next(each for each in lines[place:] if each.style.name == "CX Answer")
        answer.text = "Every purchase is tested first."
        answer.insert_paragraph_before("A line before it.", style="CX Answer")
        hires = next(table for table in document.tables if table.rows[0].cells[2].text == "How many")
        line = hires.add_row()
        for cell, text in zip(line.cells, ("Writer", "", "2", "August 1, 2024"), strict=True):
            cell.text = text
        hires._tbl.remove(hires.rows[1]._tr)

    before = answers(strategy)
    told = sent(lead, strategy, in_word(taken(lead, strategy, "docx"), work))
    after = answers(strategy)
    assert after["IV.c.5.b"] == {"text": "A line before it.\nEvery purchase is tested first."}
    assert after["IV.c.6"]["hires"] == [
        *before["IV.c.6"]["hires"][1:],
        {"role": "Writer", "series_grade": None, "count": 2, "by": "2024-08-01"},
    ]
    assert {clause for clause in after if after[clause] != before[clause]} == {"IV.c.5.b", "IV.c.6"}
    assert "“Our purchases” (in IV.c.5.b): It stands in a heading; write below it." in words(told)
    assert words(told).count("; write below it.") == 1


def test_what_can_not_be_placed_is_said_line_by_line(lead: Browser, strategy: Strategy) -> None:
    def work(document: Any) -> None:
        gray = next(each for each in document.paragraphs if each.text.startswith("Think of who is asked for what"))
        gray.text = "I wrote into the gray line."
        document.paragraphs[1].insert_paragraph_before("Notes of our meeting")
        heading = paragraph(document, "IV.c.5.d Internal policies and public-facing programs")
        heading._p.getparent().remove(heading._p)

    before = answers(strategy)
    told = words(sent(lead, strategy, in_word(taken(lead, strategy, "docx"), work)))
    assert "“I wrote into the gray line.” (in IV.c.5.a): It stands in a gray line; write below it." in told
    assert "“Notes of our meeting”: It stands under no question." in told
    assert answers(strategy) == before, "a heading that is gone brings nothing into another section"


def test_a_section_saved_meanwhile_is_shown_in_both_texts(lead: Browser, stage: Stage, strategy: Strategy) -> None:
    def work(document: Any) -> None:
        paragraph(document, answers(strategy)["IV.g.1"]["text"]).text = "From the file."

    content = in_word(taken(lead, strategy, "docx"), work)
    answer = next(answer for answer in strategy.answers if answer.clause == "IV.g.1")
    person, at = stage.person(Role.LEAD, "CBP"), eastern("2023-12-11 14:14")
    drafting.save_section(strategy, "IV.g.1", {"text": "Meanwhile."}, base_revision=answer.revision, by=person, at=at)
    session().commit()
    told = sent(lead, strategy, content)
    assert "Somebody saved it since the file was downloaded." in words(told)
    assert "Open IV.g.1 with what the file says" in words(told)
    assert answers(strategy)["IV.g.1"] == {"text": "Meanwhile."}
    boxes = {"base_revision": str(answer.revision - 1), "text": "From the file."}
    both = lead.post(f"/strategies/{strategy.id}/sections/IV.g.1", data=boxes)
    assert both.status_code == 409
    assert "saved: Meanwhile." in words(both)


def test_a_date_that_can_t_be_read_is_said_and_the_rest_is_saved(lead: Browser, strategy: Strategy) -> None:
    def work(document: Any) -> None:
        paragraph(document, answers(strategy)["IV.g.1"]["text"]).text = "New."
        hires = next(table for table in document.tables if table.rows[0].cells[2].text == "How many")
        hires.rows[1].cells[3].text = "soon"

    told = words(sent(lead, strategy, in_word(taken(lead, strategy, "docx"), work)))
    assert "Role to hire for 1: “soon” is not a date." in told
    assert answers(strategy)["IV.g.1"] == {"text": "New."}


def in_excel(content: bytes, change: Callable[[Any], None]) -> bytes:
    book, out = load_workbook(BytesIO(content)), BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def test_rows_come_back_from_excel_and_keep_their_names(lead: Browser, strategy: Strategy) -> None:
    def work(book: Any) -> None:
        sheet = book["IV.c.4 Activities"]
        sheet.delete_rows(3)
        for place, value in enumerate(["Train", "Academy", "2024-02-01", "May 1, 2024", "1; 2"], start=2):
            sheet.cell(sheet.max_row + (1 if place == 2 else 0), place, value)

    before = next(answer for answer in strategy.answers if answer.clause == "IV.c.4")
    names, rows = list(before.row_names["activities"]), list(before.content["activities"])
    told = sent(lead, strategy, in_excel(taken(lead, strategy, "xlsx"), work), "strategy.xlsx")
    assert "Not saved" not in words(told), words(told)
    session().expire_all()
    added = {"what": "Train", "owner": "Academy", "start": "2024-02-01", "end": "2024-05-01", "principles": [1, 2]}
    assert before.content["activities"] == [*rows[1:], added]
    assert before.row_names["activities"][:-1] == names[1:]


def test_a_formula_is_refused_with_its_cell_and_text_that_looks_like_one_stays_text(
    lead: Browser, stage: Stage, strategy: Strategy
) -> None:
    answer = next(answer for answer in strategy.answers if answer.clause == "IV.c.4")
    rows = [{**row, "what": "=HYPERLINK(1)"} for row in answer.content["activities"]]
    person, at = stage.person(Role.LEAD, "CBP"), eastern("2023-12-11 14:14")
    content = {**answer.content, "activities": rows}
    drafting.save_section(strategy, "IV.c.4", content, base_revision=answer.revision, by=person, at=at)
    session().commit()
    downloaded = taken(lead, strategy, "xlsx")
    assert load_workbook(BytesIO(downloaded))["IV.c.4 Activities"]["B3"].data_type == "s"

    def work(book: Any) -> None:
        book["IV.c.1 Funds"]["D3"].value = "=1+1"

    before = answers(strategy)
    told = words(sent(lead, strategy, in_excel(downloaded, work), "strategy.xlsx"))
    assert "Sheet “IV.c.1 Funds”, cell D3: It holds a formula, which is not read. Paste its value instead." in told
    assert answers(strategy) == before


def test_what_is_no_file_of_this_strategy_is_refused(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    other = stage.drafted("TSA")
    session().commit()
    theirs = taken(visitor(app, stage.person(Role.LEAD, "TSA")), other, "docx")
    blank = in_word(theirs, lambda document: document.element.body.clear())
    before = every_row()
    for content, name, sentence in (
        (theirs, "strategy.docx", "belongs to another strategy"),
        (blank, "strategy.docx", "No section of this strategy was found"),
        (b"PK\x03\x04 no archive", "strategy.docx", "can’t be attached"),
        (theirs, "strategy.docm", "docm"),
        (b"", "", "Choose a file first."),
    ):
        told = sent(lead, strategy, content, name)
        assert told.status_code == 422
        assert sentence in words(told)
    assert every_row() == before


def test_a_contributor_s_upload_saves_what_is_assigned_only(app: Flask, stage: Stage, strategy: Strategy) -> None:
    writer, at = stage.person(Role.CONTRIBUTOR, "CBP"), eastern("2023-12-11 08:00")
    assignments.assign(strategy, "IV.g.1", writer, by=stage.person(Role.LEAD, "CBP"), at=at)
    session().commit()
    client, texts = visitor(app, writer), answers(strategy)

    def work(document: Any) -> None:
        for clause in ("IV.g.1", "IV.g.2"):
            paragraph(document, texts[clause]["text"]).text = "Mine."

    told = words(sent(client, strategy, in_word(taken(client, strategy, "docx"), work)))
    assert "It is not assigned to you, so it stays as it is." in told
    assert (answers(strategy)["IV.g.1"], answers(strategy)["IV.g.2"]) == ({"text": "Mine."}, texts["IV.g.2"])


def test_a_file_may_be_as_large_as_an_attachment(lead: Browser, strategy: Strategy) -> None:
    for size, told in ((9_000_000, False), (11_000_000, True)):
        refused = sent(lead, strategy, b"x" * size)
        assert refused.status_code == 422, "read, and refused for what it is"
        assert ("the most allowed is 10 MB" in words(refused)) is told

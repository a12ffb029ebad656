"""Of a file that came back, each piece that is not taken over is said: where it stands, what it says, and why not."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from flask import Flask
from openpyxl.chart import BarChart
from openpyxl.comments import Comment

from cxworkflow.db import session
from cxworkflow.models import Role, Strategy
from tests.stage import Stage, eastern
from tests.web.test_offline import answers, in_excel, in_word, sent, taken
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

FUNDS, WORK = "IV.c.1 Funds", "IV.c.4 Activities"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
BOX = """<w:r {names}><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>
<w:p><w:r><w:t>In the box.</w:t></w:r></w:p><w:p><w:r><w:t>And below.</w:t></w:r></w:p>
</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"""
EQUATION = """<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">
<m:r><m:t>a=b</m:t></m:r></m:oMath>"""
SYMBOL = '<w:r {names}><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
LINK = '<w:hyperlink {names} r:id="{there}"><w:r><w:t>our page</w:t></w:r></w:hyperlink>'
CHOSEN = """<w:sdt {names}><w:sdtContent><w:p><w:r><w:t>Chosen from a list.</w:t></w:r></w:p></w:sdtContent></w:sdt>"""
NOTES = "<w:{kind}s {names}><w:{kind}><w:p><w:r><w:t>A {kind}.</w:t></w:r></w:p></w:{kind}></w:{kind}s>"


def piece(xml: str, **words: str) -> Any:
    return parse_xml(xml.format(names=nsdecls("w", "r"), **words))


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    it_is(eastern("2023-12-11 14:14"))
    drafted = stage.drafted("CBP")
    session().commit()
    return drafted


@pytest.fixture
def lead(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    return visitor(app, stage.person(Role.LEAD, "CBP"))


@pytest.fixture
def told(lead: Browser, strategy: Strategy) -> Callable[[str, Callable[[Any], None]], str]:
    """What the page says when a file comes back after somebody has worked on it."""

    def sends(ending: str, work: Callable[[Any], None]) -> str:
        changed = (in_word if ending == "docx" else in_excel)(taken(lead, strategy, ending), work)
        answer = sent(lead, strategy, changed, f"strategy.{ending}")
        assert answer.status_code == 200, words(answer)
        return words(answer)

    return sends


Told = Callable[[str, Callable[[Any], None]], str]


def answered(document: Any, clause: str) -> Any:
    """The first paragraph of the answer to a section's question."""
    lines = document.paragraphs
    place = next(at for at, each in enumerate(lines) if each.text.startswith(f"{clause} "))
    return next(each for each in lines[place:] if each.style.name == "CX Answer")


def test_headers_footers_notes_and_comments_of_a_word_file_are_said(told: Told) -> None:
    def work(document: Any) -> None:
        page = document.sections[0]
        page.header.paragraphs[0].text = "Draft of the front office"
        page.footer.add_table(1, 1, page.page_width).rows[0].cells[0].text = "Ask Jo about this"
        for kind in ("footnote", "endnote", "comment"):
            media = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
            name, blob = PackURI(f"/word/{kind}s.xml"), NOTES.format(kind=kind, names=nsdecls("w")).encode()
            document.part.relate_to(Part(name, media, blob, document.part.package), f"{RELATED}{kind}s")

    page = told("docx", work)
    assert "“Draft of the front office”: It stands in the header of the page." in page
    assert "“Ask Jo about this”: It stands in the footer of the page." in page
    assert "“A footnote.”: It is a footnote; write it into the text." in page
    assert "“A endnote.”: It is an endnote; write it into the text." in page
    assert "“A comment.”: It is a comment; write it into the text." in page


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_file_whose_comments_are_damaged_is_refused_and_changes_nothing(
    lead: Browser, strategy: Strategy, ending: str
) -> None:
    def work(file: Any) -> None:
        if ending == "docx":
            file.add_comment(file.paragraphs[0].runs, "Ask Jo")
        else:
            file[FUNDS]["B3"].comment = Comment("Ask Jo", "Rosa Delgado")

    before = answers(strategy)
    commented = (in_word if ending == "docx" else in_excel)(taken(lead, strategy, ending), work)
    damaged = BytesIO()
    with ZipFile(BytesIO(commented)) as whole, ZipFile(damaged, "w") as made:
        parts = {name: whole.read(name) for name in whole.namelist()}
        comments = next(name for name in parts if re.search(r"comments?\d*\.xml$", name))
        for name, content in {**parts, comments: parts[comments][:-9]}.items():
            made.writestr(name, content)
    answer = sent(lead, strategy, damaged.getvalue(), f"strategy.{ending}")
    assert answer.status_code == 422
    assert "can’t be read as a strategy" in words(answer) or "This file is damaged" in words(answer)
    assert answers(strategy) == before


def test_what_hangs_on_a_line_of_an_answer_is_said_and_the_line_is_saved(told: Told, strategy: Strategy) -> None:
    def work(document: Any) -> None:
        answer = answered(document, "IV.g.1")
        answer.text = "See "
        there = document.part.relate_to("https://example.gov/cx", f"{RELATED}hyperlink", is_external=True)
        answer._p.append(piece(LINK, there=there))
        for xml in (BOX, EQUATION, SYMBOL):
            answer._p.append(piece(xml))
        answer._p.addnext(piece(CHOSEN))

    page = told("docx", work)
    assert "“In the box.” (in IV.g.1" in page
    assert "“And below.” (in IV.g.1" in page
    assert "It stands in a text box; write it below the question." in page
    assert "“a=b” (in IV.g.1" in page
    assert "“A symbol” (in IV.g.1" in page
    assert "The address of its link, https://example.gov/cx, is not kept; write it out." in page
    assert answers(strategy)["IV.g.1"] == {"text": "See our page\nChosen from a list."}


def test_what_is_written_into_a_heading_or_a_line_of_headings_is_said(told: Told, strategy: Strategy) -> None:
    before = answers(strategy)

    def work(document: Any) -> None:
        next(each for each in document.paragraphs if each.text.startswith("IV.g.1 ")).add_run(" We ask our staff.")
        hires = next(table for table in document.tables if table.rows[0].cells[2].text == "How many")
        hires.rows[0].cells[2].text = "How many (in tens)"

    page = told("docx", work)
    assert "We ask our staff.” (in IV.g.1): It stands in a heading; write below it." in page
    assert "“How many (in tens)” (in IV.c.6" in page
    assert answers(strategy)["IV.g.1"] == before["IV.g.1"]


def test_lines_below_those_that_are_read_are_said_one_by_one(told: Told, strategy: Strategy) -> None:
    before = answers(strategy)

    def work(book: Any) -> None:
        for line in (2_001, 2_002):
            book[FUNDS].cell(line, 2, f"Source of line {line}")
        for line in range(2_001, 2_203):
            book[WORK].cell(line, 2, "Work")

    page = told("xlsx", work)
    assert f"Sheet “{FUNDS}”, line 2,001: “Source of line 2001”: Only the first 2,000 lines are read." in page
    assert f"Sheet “{FUNDS}”, line 2,002: “Source of line 2002”: Only the first 2,000 lines are read." in page
    assert page.count("“Work”: Only the first 2,000 lines are read.") == 200
    assert f"Sheet “{WORK}”, line 2,201: From here on, nothing was looked at." in page
    assert answers(strategy) == before, "a table of which something can’t be taken stays as it is stored"


def test_columns_that_nobody_asks_for_are_said_however_far_to_the_right(told: Told, strategy: Strategy) -> None:
    before = answers(strategy)

    def work(book: Any) -> None:
        book[FUNDS].cell(3, 45, "Far to the right")
        book[FUNDS].cell(3, 300, "Farther")
        book[WORK].cell(2, 12, "Remarks")

    page = told("xlsx", work)
    assert f"Sheet “{FUNDS}”, cell AS3: “Far to the right” stands in no column." in page
    assert f"Sheet “{FUNDS}”, line 3: “Farther” stands in no column." in page
    assert f"Sheet “{WORK}”, cell L2: “Remarks” stands in no column." in page
    assert answers(strategy) == before


def test_sheets_beyond_those_that_are_read_and_sheets_that_repeat_a_table_are_said(told: Told) -> None:
    def work(book: Any) -> None:
        book.copy_worksheet(book[FUNDS]).title = "More funds"
        while len(book.worksheets) < 100:
            book.create_sheet()
        book.create_sheet("The last")
        book.create_chartsheet("Our chart").add_chart(BarChart())

    page = told("xlsx", work)
    assert f"Sheet “More funds”: Its table was read from the sheet “{FUNDS}”. Put all of its rows on one sheet." in page
    assert "Sheet “The last”: Only the first 100 sheets are read." in page
    assert "Sheet “Our chart”: It is a chart, which is not read." in page


def test_what_stands_beside_the_cells_of_a_workbook_is_said(told: Told) -> None:
    def work(book: Any) -> None:
        sheet = book[FUNDS]
        sheet["C3"].comment = Comment("Is this final?", "Jo")
        sheet.oddHeader.center.text = "Not for release"
        book["Read this first"]["B2"] = "Our notes"
        book["Read this first"].cell(90, 1, "More of them")
        sheet.add_chart(BarChart(), "K2")

    page = told("xlsx", work)
    assert f"Sheet “{FUNDS}”, cell C3: “Is this final?”: It is a comment, which is not read." in page
    assert f"Sheet “{FUNDS}”: “Not for release”: It stands in the header of the printed page" in page
    assert f"Sheet “{FUNDS}”: “A picture”: Pictures and charts are not kept in answers." in page
    assert "Sheet “Read this first”, cell B2: “Our notes”: Nothing is read from this sheet." in page
    assert "Sheet “Read this first”, cell A90: “More of them”: Nothing is read from this sheet." in page


def test_a_table_that_can_be_taken_is_saved_though_another_of_its_section_can_not(
    told: Told, strategy: Strategy
) -> None:
    def work(book: Any) -> None:
        book["IV.c.1 People"].cell(3, 2, "Analyst")
        book[FUNDS]["D3"] = "=1+1"

    before = answers(strategy)["IV.c.1"]
    page = told("xlsx", work)
    assert f"Sheet “{FUNDS}”, cell D3: It holds a formula" in page
    after = answers(strategy)["IV.c.1"]
    assert after["personnel"][0]["role"] == "Analyst"
    assert after["funds"] == before["funds"]


def test_a_size_that_a_workbook_gives_wrongly_hides_no_row(lead: Browser, strategy: Strategy) -> None:
    def work(book: Any) -> None:
        for place, value in enumerate(["Train", "Academy", "2024-02-01", "May 1, 2024", "1; 2"], start=2):
            book[WORK].cell(30, place, value)

    whole, out = in_excel(taken(lead, strategy, "xlsx"), work), BytesIO()
    with ZipFile(BytesIO(whole)) as read, ZipFile(out, "w") as written:
        for name in read.namelist():
            part = read.read(name)
            at = part.find(b"<dimension ref=")
            end = part.find(b"/>", at)
            written.writestr(name, part if at < 0 else part[:at] + b'<dimension ref="A1:B3"' + part[end:])
    sent(lead, strategy, out.getvalue(), "strategy.xlsx")
    assert answers(strategy)["IV.c.4"]["activities"][-1]["what"] == "Train"

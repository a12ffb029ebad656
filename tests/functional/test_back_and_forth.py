"""Work that goes back and forth, in a real browser: an earlier text restored, a Word file away and back, an inbox."""

from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.b")]

CLAUSE, KEPT = "IV.c.5.b", "Buyers ask customers before they buy."


def save(page: Page, strategy: str, text: str) -> None:
    """Open the section and save it with this text."""
    page.goto(f"{strategy}/sections/{CLAUSE}")
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text(f"Section {CLAUSE} is saved.")).to_be_visible()


@pytest.fixture
def strategy(page: Page) -> str:
    """The address of CBP's draft; its lead is signed in."""
    sign_in(page, "Rosa Delgado")
    return strategy_of(page, "CBP")


def test_an_earlier_text_is_found_in_the_history_and_restored(page: Page, strategy: str) -> None:
    save(page, strategy, KEPT)
    save(page, strategy, "Something worse.")
    page.goto(f"{strategy}/sections/{CLAUSE}/history")
    page.get_by_role("link", name="State").first.click()
    page.get_by_role("link", name="The state before").click()
    expect(page.locator("main")).to_contain_text(KEPT)
    assert faults_of(page) == []
    page.get_by_role("button", name="Go back to this state").click()
    expect(page.locator("#text")).to_have_value(KEPT)


def test_a_word_file_is_taken_away_filled_in_and_brought_back(page: Page, strategy: str, tmp_path: Path) -> None:
    save(page, strategy, KEPT)
    page.goto(f"{strategy}/offline")
    with page.expect_download() as download:
        page.get_by_role("link", name="The whole draft as a Word file").click()
    file = tmp_path / "strategy.docx"
    download.value.save_as(file)
    document = Document(str(file))
    (written,) = [each for each in document.paragraphs if each.text == KEPT]
    written.runs[0].text = "Buyers ask customers twice."
    for run in written.runs[1:]:
        run.text = ""
    document.save(str(file))
    page.locator("input[type='file']").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("main")).to_contain_text(CLAUSE)
    assert faults_of(page) == []
    page.goto(f"{strategy}/sections/{CLAUSE}")
    expect(page.locator("#text")).to_have_value("Buyers ask customers twice.")


def test_a_contributor_finds_an_assigned_section_in_the_inbox(page: Page, strategy: str) -> None:
    page.goto(f"{strategy}#assign")
    page.locator("#clause").select_option(CLAUSE)
    page.locator("#person").select_option(index=1)
    writer = page.locator("#person option:checked").inner_text()
    page.locator("#due").select_option("12")
    page.locator("#due-day").fill("20")
    page.locator("#due-year").fill("2023")
    page.get_by_role("button", name="Assign the section").click()
    expect(page.get_by_text(f"{writer} writes section {CLAUSE} from now on")).to_be_visible()
    assert faults_of(page) == []
    sign_in(page, writer)
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_role("link", name="Inbox")).to_contain_text("not read")
    assert faults_of(page) == []
    page.get_by_role("button", name=f"section {CLAUSE} of the").first.click()
    expect(page).to_have_url(f"{page.url.partition('/strategies')[0]}{strategy}/sections/{CLAUSE}")
    expect(page.locator("main")).to_contain_text("to be written by December 20, 2023")

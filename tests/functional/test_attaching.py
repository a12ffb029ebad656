"""Attaching in a real browser: by keyboard, without JavaScript, on a telephone, readable by assistive technology."""

import re

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.functional.accessible import faults_of
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of
from tests.uploads.samples import SOUND

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.c.5.b")]


def given(name: str, content: bytes) -> FilePayload:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def opened(page: Page) -> None:
    """CBP's lead writes about procurements."""
    sign_in(page, "Rosa Delgado")
    page.goto(f"{strategy_of(page, 'CBP')}/sections/IV.c.5.b")


def test_a_file_is_attached_with_the_keyboard_saved_and_removed(page: Page) -> None:
    opened(page)
    page.locator("#file").set_input_files(given("Plan for 2024.pdf", SOUND["pdf"]))
    page.get_by_role("button", name="Attach this file").press("Enter")
    link = page.get_by_role("link", name="Plan for 2024.pdf")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Plan for 2024.pdf"
    assert download.value.path().read_bytes() == SOUND["pdf"]
    assert faults_of(page) == []
    page.get_by_role("button", name=re.compile("^Remove Plan for 2024")).press("Enter")
    expect(page.get_by_role("link", name="Plan for 2024.pdf")).to_have_count(0)


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page: Page) -> None:
    opened(page)
    page.locator("#file").set_input_files(given("Large.pdf", bytes(11_000_000)))
    told = page.locator("#file").evaluate("input => input.validationMessage")
    assert told == "This file is larger than 10 MB. Choose a smaller one."


def test_without_javascript_nothing_typed_is_lost(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(base_url=demo.address, java_script_enabled=False)
    page = context.new_page()
    opened(page)
    page.locator("textarea").first.fill("Half a thought")
    page.locator("#file").set_input_files(given("Budget.xlsx", SOUND["xlsx"]))
    page.get_by_role("button", name="Attach this file").click()
    expect(page.get_by_role("link", name="Budget.xlsx")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value("Half a thought")
    page.locator("#file").set_input_files(given("Budget.pdf", SOUND["xlsx"]))
    page.get_by_role("button", name="Attach this file").click()
    expect(page.locator("#faults")).to_contain_text("its content is of another kind")
    expect(page.locator("textarea").first).to_have_value("Half a thought")
    context.close()

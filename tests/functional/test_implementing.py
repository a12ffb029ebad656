"""After approval, in a real browser: a lead shows what was kept, the Directorate checks it, the CIO signs the close."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of, follow
from tests.functional.test_main_job import sign_in, strategy_of
from tests.uploads.samples import png

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.d")]


def move_to(page: Page, year: int, month: str, day: int) -> None:
    """Move the clock of the demo to noon of a day."""
    page.goto("/demo/clock")
    page.locator("#to").select_option(label=month)
    page.locator("#to-day").fill(str(day))
    page.locator("#to-year").fill(str(year))
    page.get_by_role("button", name="To this day").click()


def press(page: Page, label: str | re.Pattern[str]) -> None:
    """Press a button, and find nothing wrong with the page that follows."""
    follow(page.get_by_role("button", name=label))
    assert faults_of(page) == []


def an_activity_is_shown_to_be_done(page: Page, strategy: str, file: Path) -> None:
    """The lead attaches evidence and reports it, after which the evidence stays; the Directorate accepts it."""
    sign_in(page, "Beatriz Campos")
    page.goto(strategy)
    follow(page.get_by_role("link", name="Its commitments, and how far they are"))
    assert faults_of(page) == []
    follow(page.get_by_role("row").filter(has_text="Activity").first.get_by_role("link"))
    assert faults_of(page) == []
    file.write_bytes(png())
    page.locator("input[type='file']").set_input_files(file)
    press(page, "Attach this file")
    page.locator("textarea[name='statement']").fill("Every form was tried out.")
    press(page, "Report it as done")
    expect(page.locator("main")).to_contain_text("A report cites it, so it stays as it is.")

    sign_in(page, "Marcus Oyelaran")
    page.goto("/commitments/?flag=to-check")
    assert faults_of(page) == []
    page.locator("main tbody").get_by_role("link").first.click()
    press(page, re.compile("^Accept: done as of"))
    expect(page.locator("main")).to_contain_text("Counts as done from")


def a_metric_is_read(page: Page, strategy: str) -> None:
    """The lead enters what it was, which is drawn at once."""
    sign_in(page, "Beatriz Campos")
    page.goto(f"{strategy}/implementation")
    page.get_by_role("row").filter(has_text="Metric").first.get_by_role("link").click()
    page.locator("#value").fill("64")
    page.locator("#as_of").select_option(label="December")
    page.locator("#as_of-day").fill("1")
    page.locator("#as_of-year").fill("2023")
    press(page, "Keep this reading")
    expect(page.locator("main svg")).to_be_visible()


def a_change_is_proposed_and_accepted(page: Page, strategy: str) -> None:
    """A hire gets another day, with a reason; the first day stays to be seen."""
    page.goto(f"{strategy}/implementation")
    page.get_by_role("row").filter(has_text="Hire").first.get_by_role("link").click()
    hire = page.url
    page.locator("#due").select_option(label="August")
    page.locator("#due-day").fill("30")
    page.locator("#due-year").fill("2024")
    page.locator("textarea[name='reason']").last.fill("The certificate comes late.")
    press(page, "Propose this change")
    sign_in(page, "Marcus Oyelaran")
    page.goto(hire)
    press(page, "Accept the change")
    expect(page.locator("main")).to_contain_text("August 30, 2024")


def the_whole_is_reported_and_accepted(page: Page, strategy: str) -> None:
    """The Directorate says why it accepts the report although commitments are open."""
    sign_in(page, "Beatriz Campos")
    page.goto(f"{strategy}/implemented")
    page.locator("textarea").first.fill("Every part is in place.")
    page.get_by_role("button", name="Report as implemented").click()
    sign_in(page, "Marcus Oyelaran")
    page.goto(f"{strategy}/implementation")
    assert faults_of(page) == []
    page.locator("textarea[name='answer']").fill("The metrics run on.")
    press(page, re.compile("^Accept: implemented as of"))
    expect(page.locator("main")).to_contain_text("Implemented")


def test_what_was_promised_is_kept_checked_and_accepted(page: Page, tmp_path: Path) -> None:
    sign_in(page, "Ellen Prescott")
    strategy = strategy_of(page, "USCIS")
    page.goto(f"{strategy}/decision")
    page.get_by_role("button", name="Approve version 1").click()
    an_activity_is_shown_to_be_done(page, strategy, tmp_path / "visitors.png")
    a_metric_is_read(page, strategy)
    a_change_is_proposed_and_accepted(page, strategy)
    the_whole_is_reported_and_accepted(page, strategy)


def test_the_year_is_closed_and_the_cio_signs_what_components_state(page: Page) -> None:
    sign_in(page, "Ellen Prescott")
    move_to(page, 2024, "October", 1)
    for _ in range(60):
        page.goto("/closes/")
        if page.locator("main table").count():
            break
        page.wait_for_timeout(1000)
    assert faults_of(page) == []
    follow(page.locator("main tbody").get_by_role("link").first)
    assert faults_of(page) == []
    close = page.url

    sign_in(page, "Rosa Delgado")
    page.get_by_role("link", name="Inbox").first.click()
    page.get_by_role("button", name=re.compile("statement asked for")).first.click()
    page.locator("#statement").fill("The new survey tool comes in November.")
    press(page, "Make this statement")

    sign_in(page, "Ellen Prescott")
    page.goto(close)
    expect(page.locator("main")).to_contain_text("The new survey tool comes in November.")
    press(page, "Sign this close")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the signed document (PDF)").click()
    assert download.value.suggested_filename == "close-2024-09-30.pdf"

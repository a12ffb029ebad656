"""Writing a section in a real browser: rows come and go, the checklist follows, nothing unsaved is left unasked."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.functional.accessible import faults_of
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.c.4")]


@pytest.fixture
def activities(page: Page) -> str:
    """The address of the activities of CBP's draft, opened by its lead."""
    sign_in(page, "Rosa Delgado")
    path = f"{strategy_of(page, 'CBP')}/sections/IV.c.4"
    page.goto(path)
    return path


def test_rows_come_and_go_and_the_checklist_follows(page: Page, activities: str) -> None:
    rows = page.locator("[data-row]:not([hidden])")
    before = rows.count()
    lacking = page.locator("#lacking")
    page.get_by_role("button", name="Add another activity").click()
    expect(rows).to_have_count(before + 1)
    added = rows.nth(before)
    expect(added.locator("legend").first).to_have_text(f"Activity {before + 1}")
    expect(added.locator("input").first).to_be_focused()
    added.locator("input").first.fill("Train the field offices")
    expect(lacking).to_contain_text(f"Activity {before + 1}: Fill in “Owner”.")
    assert faults_of(page) == []

    lacking.get_by_role("link", name=re.compile("Owner")).click()
    expect(page.locator(f"#activities-{before}-owner")).to_be_focused()

    added.get_by_role("button", name="Remove this activity").click()
    expect(lacking).to_have_text("Complete")
    page.get_by_role("button", name="Bring it back").click()
    expect(added.locator("input").first).to_have_value("Train the field offices")
    expect(lacking).to_contain_text("missing")
    added.get_by_role("button", name="Remove this activity").click()
    expect(lacking).to_have_text("Complete")


def test_leaving_with_something_unsaved_is_asked_about(page: Page, activities: str) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("#activities-0-owner").fill("Somebody else")
    page.get_by_role("link", name="Home", exact=True).first.click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(page.locator("#activities-0-owner")).to_have_value("Somebody else")


def test_it_works_without_javascript_and_on_a_telephone(page: Page, activities: str) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(
        base_url=page.url.partition("/strategies")[0],
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
        viewport={"width": 320, "height": 800},
    )
    without = plain.new_page()
    without.goto(activities)
    expect(without.get_by_role("link", name="Components", exact=True).first).to_be_visible()
    rows = without.locator("[data-row]")
    before = rows.count()
    without.get_by_role("button", name="Add another activity").click()
    expect(rows).to_have_count(before + 1)
    rows.nth(before).locator("input").first.fill("Written on a telephone")
    without.get_by_role("button", name="Save", exact=True).last.click()
    expect(
        without.get_by_text("5 things still missing").or_(without.get_by_text("4 things still missing"))
    ).to_be_visible()
    rows.nth(before).get_by_role("button", name="Remove this activity").click()
    expect(rows).to_have_count(before)
    without.get_by_role("button", name="Save", exact=True).last.click()
    expect(without.get_by_text("It is complete.")).to_be_visible()
    plain.close()

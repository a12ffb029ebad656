"""A section saved while it is being written, in real browsers: two at once, without a network, with rows moved."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functional.accessible import faults_of
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.c.4")]

SAVED = re.compile(r"Saved at \d+:\d\d [ap]\.m\.")


@pytest.fixture
def activities(page: Page) -> str:
    """The address of the activities of CBP's draft, opened by its lead."""
    sign_in(page, "Rosa Delgado")
    path = f"{strategy_of(page, 'CBP')}/sections/IV.c.4"
    page.goto(path)
    return path


@pytest.fixture
def second(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A second browser, in which CBP's lead is signed in, too."""
    context = browser.new_context(base_url=demo.address)
    other = context.new_page()
    sign_in(other, "Rosa Delgado")
    yield other
    context.close()


def readable(page: Page) -> None:
    """The page as it stands now has no fault that axe finds, and fits a telephone."""
    assert faults_of(page) == []


def test_what_is_typed_is_there_after_the_page_is_left_without_saving(page: Page, activities: str) -> None:
    text = page.locator("#text")
    text.press_sequentially("Written and never saved by hand.")
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(text).to_be_focused()
    readable(page)
    page.goto(activities)
    expect(text).to_have_value("Written and never saved by hand.")


def test_two_browsers_in_one_section_see_both_texts_and_neither_is_lost(
    page: Page, second: Page, activities: str
) -> None:
    second.goto(activities)
    second.locator("#text").fill("The second browser was quicker.")
    expect(second.locator("#saved")).to_have_text(SAVED)
    mine = page.locator("#text")
    mine.fill("The first one")
    expect(page.locator("#both-texts")).to_contain_text("saved this section in another window while you were writing")
    expect(page.locator("#text-theirs")).to_contain_text("The second browser was quicker.")
    expect(mine).to_be_focused()
    page.keyboard.type(" went on writing")
    expect(mine).to_have_value("The first one went on writing")
    readable(page)
    mine.fill("Both: the second was quicker, the first one went on writing")
    page.get_by_role("button", name="Save mine over the newer text").click()
    expect(page.get_by_text("Section IV.c.4 is saved.")).to_be_visible()
    second.goto(activities)
    expect(second.locator("#text")).to_have_value("Both: the second was quicker, the first one went on writing")


def test_without_a_network_it_says_so_and_saves_once_it_is_back(second: Page, activities: str) -> None:
    second.goto(activities)
    second.route("**/live", lambda route: route.abort())
    second.locator("#text").fill("Typed in a tunnel")
    expect(second.locator("#saved")).to_contain_text("Not saved: the server can’t be reached.")
    second.unroute("**/live")
    expect(second.locator("#saved")).to_have_text(SAVED, timeout=15_000)


def test_rows_are_moved_by_keyboard_and_stay_where_they_were_moved(page: Page, activities: str) -> None:
    rows = page.locator("[data-row]:not([hidden])")
    first, second = (rows.nth(place).locator("input").first.input_value() for place in (0, 1))
    down = rows.nth(0).get_by_role("button", name="Move down")
    down.focus()
    page.keyboard.press("Enter")
    expect(rows.nth(1).get_by_role("button", name="Move down")).to_be_focused()
    expect(rows.nth(0).locator("legend").first).to_have_text("Activity 1")
    expect(page.locator("#saved")).to_have_text(SAVED)
    readable(page)
    page.goto(activities)
    assert [rows.nth(place).locator("input").first.input_value() for place in (0, 1)] == [second, first]


def test_rows_are_moved_without_javascript(page: Page, activities: str) -> None:
    assert page.context.browser is not None
    plain = page.context.browser.new_context(
        base_url=page.url.partition("/strategies")[0],
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
    )
    without = plain.new_page()
    without.goto(activities)
    rows = without.locator("[data-row]")
    first, second = (rows.nth(place).locator("input").first.input_value() for place in (0, 1))
    rows.nth(1).get_by_role("button", name="Move up").click()
    assert [rows.nth(place).locator("input").first.input_value() for place in (0, 1)] == [second, first]
    without.get_by_role("button", name="Save", exact=True).last.click()
    expect(without.get_by_text("Section IV.c.4 is saved.")).to_be_visible()
    assert [rows.nth(place).locator("input").first.input_value() for place in (0, 1)] == [second, first]
    plain.close()

"""From draft to approval in a browser without JavaScript: every step of every person is a page, a link or a button."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.functional.accessible import SCREEN
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of
from tests.functional.test_reviewing import opened
from tests.uploads.samples import SOUND

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.b")]


@pytest.fixture
def plain(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(base_url=demo.address, java_script_enabled=False, viewport=SCREEN)
    yield context.new_page()
    context.close()


def said(page: Page, words: str) -> None:
    """The page that has come says so."""
    expect(page.locator("main")).to_contain_text(words)


def press(page: Page | Locator, button: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=button, exact=True).last.click()


@pytest.mark.timeout(400)
def test_a_strategy_goes_from_draft_to_approval_without_javascript(plain: Page, tmp_path: Path) -> None:
    sign_in(plain, "Rosa Delgado")
    strategy = strategy_of(plain, "CBP")
    fills_in_what_is_missing(plain, strategy)
    adds_moves_and_removes_rows(plain, strategy)
    attaches_a_file(plain, strategy)
    certifies(plain, strategy, "version 1")

    sign_in(plain, "Marcus Oyelaran")
    asks_for_a_review(plain, strategy)
    sign_in(plain, "Dana Whitfield")
    asks_for_a_change(plain, strategy)
    rates_every_section(plain, strategy)
    sign_in(plain, "Marcus Oyelaran")
    returns_it(plain, strategy)

    sign_in(plain, "Rosa Delgado")
    answers_and_changes_what_was_asked(plain, strategy)
    certifies(plain, strategy, "version 2")

    sign_in(plain, "Dana Whitfield")
    confirms_the_change(plain, strategy)
    recommends(plain, strategy)
    sign_in(plain, "Ellen Prescott")
    approves_on_a_condition(plain, strategy)
    sign_in(plain, "Rosa Delgado")
    reads_the_letter(plain, strategy, tmp_path / "letter.pdf")


def fills_in_what_is_missing(page: Page, strategy: str) -> None:
    """A figure, and a section that is not needed."""
    page.goto(strategy)
    page.get_by_role("link", name=re.compile("Fill in “Baseline”")).click()
    page.locator("#metrics-0-baseline").fill("71")
    press(page, "Save")
    said(page, "Section IV.c.3 is saved. It is complete.")
    page.goto(f"{strategy}/sections/IV.c.7")
    page.locator("label[for='needed-no']").click()
    press(page, "Save")
    said(page, "1 thing still missing.")
    page.locator("#reason").fill("Our own people do the work this year.")
    press(page, "Save")
    said(page, "Section IV.c.7 is saved. It is complete.")


def adds_moves_and_removes_rows(page: Page, strategy: str) -> None:
    """Two activities more: one comes first, the other goes again."""
    page.goto(f"{strategy}/sections/IV.c.4")
    press(page, "Add another activity")
    page.locator("#activities-2-what").fill("Train the field offices")
    page.locator("#activities-2-owner").fill("CX program lead")
    for end, month in (("start", "3"), ("end", "6")):
        page.locator(f"#activities-2-{end}").select_option(month)
        page.locator(f"#activities-2-{end}-day").fill("15")
        page.locator(f"#activities-2-{end}-year").fill("2024")
    page.locator("label[for='activities-2-principles']").click()
    press(page, "Add another activity")
    page.locator("#activities-3-what").fill("Written by mistake")
    rows = page.locator("[data-row]")
    rows.nth(3).get_by_role("button", name=re.compile("^Remove")).click()
    expect(rows).to_have_count(3)
    for place in (2, 1):
        rows.nth(place).get_by_role("button", name=re.compile("^Move up")).click()
        expect(rows.nth(place - 1).locator("input").first).to_have_value("Train the field offices")
    press(page, "Save")
    said(page, "Section IV.c.4 is saved. It is complete.")
    expect(page.locator("#activities-0-what")).to_have_value("Train the field offices")


def attaches_a_file(page: Page, strategy: str) -> None:
    """The file that goes with the section on purchases."""
    page.goto(f"{strategy}/sections/IV.c.5.b")
    file = {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": SOUND["pdf"]}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
    press(page, "Attach this file")
    expect(page.get_by_role("link", name="Plan.pdf")).to_be_visible()


def certifies(page: Page, strategy: str, version: str) -> None:
    """Not before the box is ticked."""
    page.goto(strategy)
    page.get_by_role("link", name="Certify and submit").click()
    press(page, "Certify and submit")
    expect(page.locator("#faults")).to_be_visible()
    page.locator("label[for='certified']").click()
    press(page, "Certify and submit")
    said(page, "Submitted")
    expect(page.get_by_role("link", name=version.capitalize())).to_be_visible()


def asks_for_a_review(page: Page, strategy: str) -> None:
    """The lead of the Directorate finds the paper in the queue."""
    page.goto("/directorate/queue")
    expect(page.get_by_role("row").filter(has_text="CBP")).to_be_visible()
    page.goto(f"{strategy}/review")
    page.get_by_label("Ask somebody to review it").select_option(label="Dana Whitfield")
    press(page, "Assign")
    expect(page.locator("#reviewers + ul")).to_contain_text("Dana Whitfield")


def asks_for_a_change(page: Page, strategy: str) -> None:
    """A must-change about one row."""
    page.goto(f"{strategy}/review")
    form = opened(page, "Comment on IV.c.3")
    form.get_by_label("What is it about?").select_option(index=1)
    form.locator("label", has_text="Must change").click()
    form.get_by_label("Your comment on IV.c.3").fill("Say in which month 71 was counted.")
    press(form, "Save comment")
    said(page, "Say in which month 71 was counted.")


def rates_every_section(page: Page, strategy: str) -> None:
    """Each section by the rubric, the first by keyboard; what is no more than partly met wants a reason."""
    page.goto(f"{strategy}/review")
    page.get_by_role("link", name="Rate the sections").click()
    meets = page.locator("main label").get_by_text("Meets it", exact=True)
    expect(meets).to_have_count(12)
    page.locator("#IV-c-1-meets").focus()
    page.keyboard.press("Space")
    for label in meets.all()[1:]:
        label.click()
    page.locator("label[for='IV-c-3-partly']").click()
    press(page, "Save my marks")
    expect(page.locator("#faults")).to_contain_text("IV.c.3")
    expect(page.locator("#IV-c-4-meets")).to_be_checked()
    page.locator("#IV-c-3-reason").fill("The baseline has no month.")
    press(page, "Save my marks")
    said(page, "12 of 12 rated")


def returns_it(page: Page, strategy: str) -> None:
    """The Directorate sends it back with a letter."""
    page.goto(f"{strategy}/review")
    said(page, "12 of 12 sections rated")
    press(page, "Return version 1")
    said(page, "Version 1 was returned")


def answers_and_changes_what_was_asked(page: Page, strategy: str) -> None:
    """The lead works from the letter."""
    page.goto(strategy)
    said(page, "Returned for changes")
    page.get_by_role("link", name="IV.c.3 Metrics").first.click()
    said(page, "Say in which month 71 was counted.")
    page.locator("#metrics-0-source").fill("kiosk survey, October 2023")
    press(page, "Save")
    said(page, "Section IV.c.3 is saved. It is complete.")
    page.get_by_role("link", name="Answer on the page of the review").click()
    answer = opened(page, "Answer Dana Whitfield’s comment on IV.c.3")
    answer.get_by_label("Your answer").fill("In October; it stands beside the source now.")
    press(answer, "Send answer")
    said(page, "In October; it stands beside the source now.")


def confirms_the_change(page: Page, strategy: str) -> None:
    """The reviewer sees what was asked beside what was changed."""
    page.goto(f"{strategy}/changes")
    said(page, "A must-change is open")
    expect(page.locator("ins").filter(has_text="October 2023")).to_be_visible()
    page.get_by_role("button", name="Confirm as done").first.click()
    said(page, "Must change: done")


def recommends(page: Page, strategy: str) -> None:
    """The reviewer rates the new version and says that it should be approved."""
    page.goto(f"{strategy}/review/rubric")
    for label in page.locator("main label").get_by_text("Meets it", exact=True).all():
        label.click()
    press(page, "Save my marks")
    said(page, "12 of 12 rated")
    page.goto(f"{strategy}/review")
    page.locator("label[for='advice-approved']").click()
    press(page, "Send recommendation")
    said(page, "is with the Chief Information Officer")


def approves_on_a_condition(page: Page, strategy: str) -> None:
    """The CIO decides on one page."""
    page.goto("/")
    page.get_by_role("link", name="Decide on the strategy of CBP").click()
    said(page, "How reviewers rate it")
    page.get_by_label("Conditions").fill("Report the first survey by March 29, 2024.")
    press(page, "Approve version 2")
    said(page, "Approved on this condition")


def reads_the_letter(page: Page, strategy: str, file: Path) -> None:
    """The lead has the letter, whose bytes are those of the record."""
    page.goto(strategy)
    said(page, "Report the first survey by March 29, 2024.")
    told = page.locator("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="The letter about version 2 (PDF)").click()
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    assert sha256(file.read_bytes()).hexdigest() in told

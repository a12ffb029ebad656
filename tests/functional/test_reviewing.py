"""A review in a real browser: what came back is read again, rated and decided; each role on its own pages."""

from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.functional.accessible import faults_of, follow
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.b")]


def looked_at(page: Page) -> None:
    """The page as it stands is accessible, and fits a telephone."""
    assert faults_of(page) == []


def opened(page: Page, summary: str) -> Locator:
    """The part of the page that opens under these words."""
    part = page.locator("details").filter(has=page.locator("summary", has_text=summary)).last
    part.locator("summary").first.click()
    return part


@pytest.mark.timeout(300)
def test_a_paper_that_came_back_is_reviewed_again_and_approved_on_a_condition(
    page: Page, demo: Demo, tmp_path: Path
) -> None:
    sign_in(page, "Priya Raman")
    strategy = strategy_of(page, "FLETC")
    confirms_what_is_done(page, strategy)
    comments_on_a_row_and_among_the_team(page, strategy)
    rates_every_section(page)
    sign_in(page, "Alice Tremblay")
    answers_what_was_asked(page, strategy)
    sign_in(page, "Marcus Oyelaran")
    recommends_with_a_reason(page, strategy)
    sign_in(page, "Ellen Prescott")
    approves_on_a_condition(page, strategy)

    # The lead finds the condition and the letter, whose bytes are those of the record.
    sign_in(page, "Alice Tremblay")
    page.goto(strategy)
    expect(page.locator("main")).to_contain_text("Say who reviews the forms by February 1, 2024.")
    told = page.locator("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="The letter about version 2 (PDF)").click()
    download.value.save_as(tmp_path / "letter.pdf")
    pdf = (tmp_path / "letter.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert sha256(pdf).hexdigest() in told


def confirms_what_is_done(page: Page, strategy: str) -> None:
    """The reviewer sees what changed beside what was asked."""
    page.goto(f"{strategy}/changes")
    expect(page.locator("main")).to_contain_text("3 must-changes are open")
    expect(page.locator("ins").filter(has_text="median of July to September 2023")).to_be_visible()
    looked_at(page)
    for left in ("2 must-changes are open", "A must-change is open"):
        page.get_by_role("button", name="Confirm as done").first.click()
        expect(page.locator("main")).to_contain_text(left)


def comments_on_a_row_and_among_the_team(page: Page, strategy: str) -> None:
    """One suggestion for the Component, and one comment that stays among the team."""
    page.goto(f"{strategy}/review")
    form = opened(page, "Comment on IV.c.4")
    form.get_by_label("What is it about?").select_option(index=1)
    form.locator("label", has_text="Suggestion").click()
    form.get_by_label("Your comment on IV.c.4").fill("Could the three agencies be named?")
    form.get_by_role("button", name="Save comment").click()
    form = opened(page, "Comment on IV.c.4")
    form.locator("label", has_text="Only the review team").click()
    form.get_by_label("Your comment on IV.c.4").fill("Better than most that I have read.")
    form.get_by_role("button", name="Save comment").click()
    expect(page.locator("main")).to_contain_text("Review team only")
    looked_at(page)


def rates_every_section(page: Page) -> None:
    """All in one form."""
    follow(page.get_by_role("link", name="Rate the sections"))
    meets = page.locator("main label").get_by_text("Meets it", exact=True)
    expect(meets).to_have_count(10)
    for label in meets.all()[:-1]:
        label.click()
    page.locator("label", has_text="Partly").last.click()
    page.locator("textarea").last.fill("The reason is thin.")
    looked_at(page)
    page.get_by_role("button", name="Save my marks").click()
    expect(page.locator("main")).to_contain_text("10 of 10 rated")
    looked_at(page)


def answers_what_was_asked(page: Page, strategy: str) -> None:
    """The lead of the Component answers, and sees nothing of what is said among the team."""
    page.goto(f"{strategy}/review")
    expect(page.locator("main")).not_to_contain_text("Better than most")
    expect(page.locator("main")).not_to_contain_text("The reason is thin")
    answer = opened(page, "Answer Priya Raman’s comment on IV.c.5.a")
    answer.get_by_label("Your answer").fill("The registration analyst does, with students of each spring class.")
    answer.get_by_role("button", name="Send answer").click()
    expect(page.locator("main")).to_contain_text("with students of each spring class")
    looked_at(page)
    page.goto(f"{strategy}/changes")
    looked_at(page)


def recommends_with_a_reason(page: Page, strategy: str) -> None:
    """The Directorate lead says why it should be approved while a must-change is open."""
    page.goto(f"{strategy}/review")
    expect(page.locator("main")).to_contain_text("10 of 10 sections rated")
    page.locator("label[for='advice-approved']").click()
    expect(page.locator("main")).to_contain_text("or say why the strategy should be approved all the same")
    page.get_by_label("Why (optional)").fill("They have answered it; the words can follow.")
    page.get_by_role("button", name="Send recommendation").click()
    expect(page.locator("main")).to_contain_text("is with the Chief Information Officer")


def approves_on_a_condition(page: Page, strategy: str) -> None:
    """The CIO has all of it on one page."""
    page.goto(f"{strategy}/decision")
    for words in ("How reviewers rate it", "One must-change is open", "What changed since version 1"):
        expect(page.locator("main")).to_contain_text(words)
    opened(page, "show the differences")
    looked_at(page)
    page.get_by_label("Conditions").fill("Say who reviews the forms by February 1, 2024.")
    page.get_by_role("button", name="Approve version 2").click()
    expect(page.locator("main")).to_contain_text("Approved on this condition")
    looked_at(page)


@pytest.mark.timeout(180)
def test_a_return_gathers_what_has_to_change_and_the_lead_works_from_it(page: Page, demo: Demo) -> None:
    sign_in(page, "Marcus Oyelaran")
    strategy = strategy_of(page, "USCG")
    page.goto(f"{strategy}/review")
    expect(page.get_by_label("What has to change")).to_have_value(
        "Please make the changes listed below, then submit the strategy again."
    )
    page.get_by_role("button", name="Return version 1").click()
    expect(page.locator("main")).to_contain_text("Version 1 was returned")
    sign_in(page, "Neil Mackenzie")
    page.goto(strategy)
    expect(page.locator("main")).to_contain_text("Say from which months the 45 days are counted.")
    expect(page.locator("main")).not_to_contain_text("Twelve is few")
    looked_at(page)
    page.get_by_role("link", name="IV.c.3 Metrics").first.click()
    expect(page.locator("main")).to_contain_text("Reviewers will ask")
    expect(page.locator("main")).to_contain_text("Metric 1: Median days to issue a mariner credential")
    looked_at(page)


@pytest.mark.timeout(180)
def test_a_reviewer_without_javascript_and_without_a_mouse_comments(page: Page, demo: Demo) -> None:
    context = page.context.browser.new_context(base_url=demo.address, java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    sign_in(plain, "Dana Whitfield")
    strategy = strategy_of(plain, "USCIS")
    plain.goto(f"{strategy}/review")
    summary = plain.locator("summary", has_text="Comment on IV.c.1")
    summary.focus()
    plain.keyboard.press("Enter")
    for _ in range(4):
        plain.keyboard.press("Tab")
    plain.keyboard.type("Thank you for the figures.")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    expect(plain.locator("main")).to_contain_text("Thank you for the figures.")
    context.close()

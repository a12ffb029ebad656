"""From an approved strategy to a page that everybody reads: prepared by one, released by another, read by anybody."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functional.accessible import SCREEN, faults_of, follow
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration]


@pytest.mark.timeout(300)
def test_the_public_reads_what_two_people_have_let_out(page: Page, demo: Demo, browser: Browser) -> None:
    sign_in(page, "Ellen Prescott")
    strategy = strategy_of(page, "FLETC")
    page.goto(f"{strategy}/decision")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("main")).to_contain_text("is approved")

    sign_in(page, "Marcus Oyelaran")
    page.goto(strategy)
    page.get_by_role("button", name="Prepare a publication").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publication: FLETC")
    assert faults_of(page) == []
    publication = page.url
    withheld = withholds_a_passage(page)
    withholds_a_row(page)
    page.get_by_role("link", name="See what the public will read").click()
    expect(page.locator("main")).to_contain_text("You had a part in preparing this")
    expect(page.locator("main")).to_contain_text("[Withheld: law enforcement]")
    assert withheld not in page.content()
    assert faults_of(page) == []

    sign_in(page, "Ellen Prescott")
    page.goto(f"{publication}/preview")
    page.get_by_role("button", name="Release it to the public").click()
    expect(page.locator("main")).to_contain_text("It is published.")
    anybody_reads_it(browser, demo, withheld)

    page.get_by_label("Why it is withdrawn").fill("A figure has to be looked at.")
    page.get_by_role("button", name="Withdraw from the public").click()
    expect(page.locator("main")).to_contain_text("It is withdrawn.")
    gone = page.request.get(f"{demo.address}/published/dhs-076-02/fletc")
    assert gone.status == 404
    page.goto("/publications")
    expect(page.get_by_role("row").filter(has_text="FLETC")).to_contain_text("Withdrawn")
    assert faults_of(page) == []


def withholds_a_passage(page: Page) -> str:
    """Some words of the text on forms, copied from the page."""
    follow(page.get_by_role("link", name="of IV.c.5.a").first)
    words = page.locator("#the-text").inner_text()
    passage = " ".join(words.split()[2:8])
    assert faults_of(page) == []
    page.get_by_label("The passage to withhold").fill(passage)
    page.get_by_text("Law enforcement:").click()
    page.get_by_role("button", name="Withhold it").click()
    expect(page.locator("main")).to_contain_text("It is withheld.")
    return passage


def withholds_a_row(page: Page) -> None:
    """The first metric."""
    follow(page.get_by_role("link", name="of row 1 of IV.c.3"))
    assert faults_of(page) == []
    page.get_by_text("Pre-decisional:").click()
    page.get_by_role("button", name="Withhold it").click()
    expect(page.locator("main")).to_contain_text("Row 1")


def anybody_reads_it(browser: Browser, demo: Demo, withheld: str) -> None:
    """Somebody who never signed in finds the plan in the list, and takes it as a PDF."""
    context = browser.new_context(base_url=demo.address, viewport=SCREEN)
    reader = context.new_page()
    trouble: list[str] = []
    reader.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    reader.goto("/published")
    assert faults_of(reader) == []
    reader.locator("main tbody").get_by_role("link").first.click()
    expect(reader.locator("main")).to_contain_text("[Withheld: law enforcement]")
    expect(reader.locator("main")).to_contain_text("Metrics at a glance")
    assert withheld not in reader.content()
    assert faults_of(reader) == []
    taken = context.request.get(f"{reader.url}/plan.pdf")
    assert taken.body().startswith(b"%PDF-")
    assert context.cookies() == []
    context.close()
    assert not trouble, "\n".join(trouble)

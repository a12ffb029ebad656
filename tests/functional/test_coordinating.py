"""A Directive from its first draft to the CIO's name under it, and guidance from its text to who has read it."""

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of, follow
from tests.functional.conftest import Demo
from tests.functional.test_implementing import press
from tests.functional.test_main_job import mail_to, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.a")]

DIRECTIVE = "/papers/dhs-076-02/directive"


def sees(page: Page, words: str) -> None:
    """The page says it, and nothing is wrong with the page."""
    expect(page.locator("main")).to_contain_text(words)
    assert faults_of(page) == []


def drafts(page: Page, text: str) -> None:
    """The Directorate's lead writes the next draft of the Directive."""
    page.goto(DIRECTIVE)
    page.locator("textarea[name='text']").fill(text)
    page.get_by_role("button", name="Save the draft").click()
    sees(page, "is saved.")


def circulates(page: Page, number: int) -> None:
    """And puts it to CBP alone, until December 20."""
    others = page.locator("input[name='components']:checked:not([value='CBP'])")
    for each in others.evaluate_all("boxes => boxes.map(box => box.id)"):
        page.locator(f"label[for='{each}']").click()
    page.locator("#until").select_option(label="December")
    page.locator("#until-day").fill("20")
    page.locator("#until-year").fill("2023")
    page.get_by_role("button", name=f"Circulate draft {number}").click()
    sees(page, f"Draft {number} is circulated.")


def closes_the_round(page: Page, number: int) -> None:
    """The Directorate's lead closes a round of the Directive."""
    page.goto(DIRECTIVE)
    page.get_by_role("link", name=f"Round {number}", exact=True).click()
    page.get_by_role("button", name=f"Close round {number}").click()
    sees(page, "The round is closed.")


def answers(page: Page, position: str, *, reason: str = "", comment: str = "") -> None:
    """The lead of CBP answers, as the home page asks."""
    page.goto("/")
    follow(page.get_by_role("link", name="Answer for CBP: does it concur?"))
    assert faults_of(page) == []
    page.locator("main label").get_by_text(position, exact=True).click()
    page.locator("textarea[name='reason']").fill(reason)
    page.locator("input[name='place-0']").fill("3. Reporting" if comment else "")
    page.locator("textarea[name='comment-0']").fill(comment)
    page.get_by_role("button", name="Send the answer").click()
    sees(page, "The answer of CBP is given")


def settles_the_comment(page: Page) -> None:
    """The Directorate's lead says what becomes of CBP's comment."""
    page.goto("/coordination?component=CBP&answer=non-concur")
    assert faults_of(page) == []
    page.locator("main tbody").get_by_role("link", name="Round 3").click()
    page.locator("main label").get_by_text("Accepted", exact=True).click()
    page.get_by_role("button", name="Record what becomes of comment 1 of CBP").click()
    sees(page, "What becomes of the comment is recorded")


@pytest.mark.timeout(300)
def test_a_directive_is_drafted_contested_settled_and_signed(page: Page, demo: Demo) -> None:
    sign_in(page, "Marcus Oyelaran")
    closes_the_round(page, 2)
    drafts(page, "# 1. Purpose\n\nWho answers for it.\n\n# 3. Reporting\n\nEvery month.")
    circulates(page, 3)

    sign_in(page, "Rosa Delgado")
    answers(page, "Non-concur", reason="We cannot report that often.", comment="Every quarter, please.")

    sign_in(page, "Ellen Prescott")
    page.goto(DIRECTIVE)
    sees(page, "The paper can be signed when the Directorate has closed it.")

    sign_in(page, "Marcus Oyelaran")
    settles_the_comment(page)
    closes_the_round(page, 3)
    drafts(page, "# 1. Purpose\n\nWho answers for it.\n\n# 3. Reporting\n\nEvery quarter.")
    circulates(page, 4)
    page.get_by_role("link", name="What changed between drafts").click()
    sees(page, "quarter")

    sign_in(page, "Rosa Delgado")
    answers(page, "Concur")
    sees(page, "Concur")

    sign_in(page, "Marcus Oyelaran")
    closes_the_round(page, 4)
    sign_in(page, "Ellen Prescott")
    page.goto(DIRECTIVE)
    press(page, "Sign draft 4")
    sees(page, "is signed, and recorded as done.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the signed paper (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.timeout(300)
def test_guidance_is_published_found_and_acknowledged(page: Page, demo: Demo) -> None:
    sign_in(page, "Marcus Oyelaran")
    page.goto("/guidance")
    page.goto("/guidance/new")
    assert faults_of(page) == []
    page.locator("#kind").select_option(label="Guidance")
    page.locator("input[name='title']").fill("How to ask after a visit")
    page.locator("input[name='tags']").fill("surveys")
    page.locator("textarea[name='text']").fill("Ask at the **turnstile**, not a week later.")
    page.get_by_role("button", name="Save", exact=True).click()
    sees(page, "Only the Directorate sees it until it is published.")
    page.locator("#acknowledge").select_option(label="December")
    page.locator("#acknowledge-day").fill("29")
    page.locator("#acknowledge-year").fill("2023")
    page.get_by_role("button", name="Publish", exact=True).click()
    sees(page, "is published. Its Components are told by e-mail.")

    sign_in(page, "Rosa Delgado")
    mail_to(page, "rosa.delgado@dhs.example", "How to ask after a visit")
    page.goto("/search?q=turnstile")
    assert faults_of(page) == []
    page.locator("main").get_by_role("link", name="How to ask after a visit").first.click()
    press(page, "Acknowledge")
    sees(page, "Acknowledged for CBP.")

    sign_in(page, "Marcus Oyelaran")
    page.goto("/guidance?tag=surveys")
    assert faults_of(page) == []
    page.get_by_role("link", name="How to ask after a visit").click()
    sees(page, "CBP: Rosa Delgado")

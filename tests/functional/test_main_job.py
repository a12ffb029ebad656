"""The main job in a real browser: from the draft to the CIO's approval, to the e-mail that tells of it."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of
from tests.functional.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.b")]


def sign_in(page: Page, name: str) -> None:
    """Pick a person of the demo."""
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_text(name).first).to_be_visible()


def strategy_of(page: Page, code: str) -> str:
    """The path of a Component's strategy, found as a person would find it."""
    page.goto(f"/components/{code}")
    path = page.locator("a[href^='/strategies/']").first.get_attribute("href")
    assert path is not None
    return "/".join(path.split("/")[:3])


def mail_to(page: Page, address: str, subject: str) -> None:
    """Wait for an e-mail in the mailbox and open it."""
    for _ in range(60):
        page.goto("/demo/mailbox/")
        found = page.get_by_role("row").filter(has_text=address).filter(has_text=subject)
        if found.count():
            found.first.get_by_role("link").first.click()
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"no e-mail to {address} about {subject}")


def test_a_strategy_goes_from_draft_to_implemented_and_everybody_is_told(page: Page, demo: Demo) -> None:
    # The lead fills in what the checklist still asks for.
    sign_in(page, "Rosa Delgado")
    strategy = strategy_of(page, "CBP")
    page.goto(strategy)
    page.get_by_role("link", name=re.compile("Fill in “Baseline”")).click()
    page.locator("input[name='metrics-0-baseline']").fill("71")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{strategy}/sections/IV.c.7")
    page.locator("label[for]").filter(has_text=re.compile("^No")).first.click()
    page.locator("textarea[name='reason']").fill("The work is done by our own people this year.")
    page.get_by_role("button", name="Save", exact=True).click()

    # Certify and submit: a frozen version with its hash.
    page.goto(f"{strategy}/submit")
    page.locator("label[for='certified']").click()
    page.get_by_role("button", name="Certify and submit").click()
    page.goto(f"{strategy}/versions/1")
    sha256 = re.search(r"[0-9a-f]{64}", page.inner_text("main"))
    assert sha256 is not None

    # The Directorate assigns a reviewer and recommends.
    sign_in(page, "Marcus Oyelaran")
    page.goto(f"{strategy}/review")
    page.get_by_label("Ask somebody to review it").select_option(label="Dana Whitfield")
    page.get_by_role("button", name="Assign", exact=True).click()
    page.locator("label[for='advice-approved']").click()
    page.get_by_role("button", name="Send recommendation").click()

    # The CIO approves exactly the version that was read.
    sign_in(page, "Ellen Prescott")
    page.goto(f"{strategy}/decision")
    expect(page.locator("main")).to_contain_text(sha256[0])
    page.get_by_role("button", name="Approve version 1").click()

    # The lead reads the e-mail, which links to the approved version.
    sign_in(page, "Rosa Delgado")
    mail_to(page, "rosa.delgado@dhs.example", "approved")
    expect(page.locator("main")).to_contain_text(sha256[0][:12])

    # And reports it implemented: the clock stops.
    page.goto(f"{strategy}/implemented")
    assert faults_of(page) == []
    page.locator("textarea").first.fill("Every activity and hire of the approved strategy is in place.")
    page.locator("main form button[type=submit]").last.click()
    page.goto(strategy)
    expect(page.locator("main")).to_contain_text("Reported as implemented")

    # The Directorate accepts the report, which counts from its day.
    sign_in(page, "Marcus Oyelaran")
    page.goto(f"{strategy}/implementation")
    page.locator("textarea[name='answer']").fill("Seen on the spot; the metrics run on.")
    page.get_by_role("button", name=re.compile("^Accept: implemented as of")).click()
    expect(page.locator("main")).to_contain_text("Implemented, since")
    clocks = json.loads(demo.command("clocks", "--json").stdout)
    # Quarters have a clock each, a cycle of its own, which other journeys stop.
    stopped = {
        clock["clock"]: clock["state"]
        for clock in clocks
        if clock["component"] == "CBP" and clock["stopped_on"] and "cycle" not in clock
    }
    assert stopped == {"strategy": "met", "review": "met", "implementation": "met"}


def test_the_health_page_says_that_all_parts_work(page: Page, demo: Demo) -> None:
    told = page.request.get("/healthz").json()
    assert {name: told[name] for name in ("database", "broker", "worker", "beat")} == dict.fromkeys(
        ("database", "broker", "worker", "beat"), "answers"
    )
    assert "backlog" in told

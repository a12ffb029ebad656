"""Retention in a real browser, years later: what is past its time is proposed, and the proposal is read."""

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of
from tests.functional.test_implementing import move_to
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration]


@pytest.mark.timeout(300)
def test_earlier_states_of_a_draft_are_proposed_and_the_proposal_is_listed(page: Page) -> None:
    sign_in(page, "Ellen Prescott")
    page.goto(f"{strategy_of(page, 'USCIS')}/decision")
    page.get_by_role("button", name="Approve version 1").click()
    move_to(page, 2027, "January", 4)

    sign_in(page, "Lucia Ferreira")
    page.goto("/retention/drafts")
    assert faults_of(page) == []
    page.get_by_role("button", name="Propose to dispose of all of it").click()
    page.get_by_role("link", name="Earlier saved states of drafts: 1").click()
    expect(page.locator("main")).to_contain_text("Waits to be confirmed")
    expect(page.get_by_role("row").nth(1)).to_contain_text("USCIS")
    assert faults_of(page) == []
    page.goto("/retention/disposals")
    assert faults_of(page) == []

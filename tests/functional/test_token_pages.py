"""A person reads about the API, makes a token and revokes it, on pages that everybody can read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of
from tests.functional.test_main_job import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def test_a_token_is_made_told_once_and_revoked(page: Page) -> None:
    page.goto("/api")
    trouble = faults_of(page)
    sign_in(page, "Rosa Delgado")
    page.goto("/api")
    page.get_by_role("link", name="your tokens", exact=True).click()
    page.get_by_label("What it is for").fill("Nightly export")
    page.get_by_role("group", name="Strategies, their sections and versions").get_by_text("Read and write").click()
    page.get_by_label("How long it counts").select_option("30")
    trouble += faults_of(page)
    page.get_by_role("button", name="Make the token").click()
    secret = page.get_by_label(re.compile("Nightly export")).input_value()
    trouble += faults_of(page)
    page.goto("/me/tokens")
    expect(page.locator("main")).to_contain_text("strategies:write")
    assert secret not in page.content()
    trouble += faults_of(page)
    page.get_by_role("button", name="Revoke the token “Nightly export”").click()
    expect(page.locator("main")).to_contain_text("revoked")
    assert not trouble, "\n".join(trouble)

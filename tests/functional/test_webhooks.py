"""Webhooks in a real browser: an address is registered, the demo's own worker tells it, and each page can be read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of, follow
from tests.functional.test_main_job import sign_in
from tests.webhooks.receiver import agreeable, listening

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def an_address_inside_is_refused(page: Page) -> None:
    """In a window of its own, as the browser writes every refusal to the console that `page` watches."""
    beside = page.context.new_page()
    beside.goto(page.url)
    beside.get_by_label("Address").fill("https://10.0.0.8/hook")
    beside.get_by_text("Somebody added", exact=True).click()
    beside.get_by_role("button", name="Register").click()
    expect(beside.locator("#url-fault")).to_contain_text("10.0.0.8, which is not on the internet")
    assert faults_of(beside) == []
    beside.close()


def test_an_administrator_registers_an_address_and_sees_what_it_was_told(page: Page) -> None:
    with listening(agreeable) as receiver:
        sign_in(page, "Lucia Ferreira")
        page.goto("/status")
        follow(page.get_by_role("link", name="Webhooks"))
        assert faults_of(page) == []
        an_address_inside_is_refused(page)
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_text("Somebody added", exact=True).click()
        page.get_by_role("button", name="Register").click()
        secret = page.locator("main dd.hash").nth(1).inner_text()
        assert len(secret) == 43
        assert faults_of(page) == []

        page.goto("/people/new")
        page.get_by_label("Name").fill("Nia New")
        page.get_by_label("E-mail address").fill("nia.new@dhs.example")
        page.get_by_role("button", name="Add this person").click()

        page.goto("/webhooks")
        follow(page.locator("main tbody").get_by_role("link").first)
        follow(page.locator("main tbody").get_by_role("link").first)
        state = page.locator("main .usa-intro .tag")
        for _ in range(60):
            if "Delivered" in state.inner_text():
                break
            page.wait_for_timeout(1000)
            page.reload()
        expect(state).to_have_text("Delivered")
        assert faults_of(page) == []
        assert receiver.taken[0].is_signed_with(secret)
        assert b"Nia" not in receiver.taken[0].body

        page.get_by_role("button", name="Send it again").click()
        follow(page.get_by_role("link", name=re.compile("^Webhook ")))
        assert faults_of(page) == []

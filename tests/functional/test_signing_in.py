"""Signing in in a real browser: warned before the end, nothing typed lost; by a link; told what went wrong."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functional.accessible import faults_of
from tests.functional.conftest import PATIENCE, ROOT, Demo, closed, free_port, surroundings
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration]

UNREACHABLE = {
    "CXWORKFLOW_OIDC_AGENCY_ISSUER": "http://127.0.0.1:1",
    "CXWORKFLOW_OIDC_AGENCY_CLIENT_ID": "cxworkflow",
    "CXWORKFLOW_OIDC_AGENCY_CLIENT_SECRET": "none",
    "CXWORKFLOW_OIDC_AGENCY_LABEL": "Agency ID",
}
SHORT = re.compile(r'data-staying="\d+"')


def shorten(page: Page, path: str, seconds: int) -> None:
    """Let the page believe that the sign-in ends so soon, as it would on a page that lay open for half an hour."""

    def answer(route: object) -> None:
        fetched = route.fetch()  # type: ignore[attr-defined]
        body = SHORT.sub(f'data-staying="{seconds}"', fetched.text())
        route.fulfill(response=fetched, body=body)  # type: ignore[attr-defined]

    page.route(f"**{path}", answer)
    page.goto(path)
    page.unroute(f"**{path}")


def test_who_is_about_to_be_signed_out_is_warned_and_stays(page: Page, demo: Demo) -> None:
    sign_in(page, "Rosa Delgado")
    page.route("**/sign-in/time-left", lambda route: route.fulfill(json={"seconds": 240}))
    shorten(page, "/glossary", 301)
    warning = page.get_by_role("alert").filter(has_text="signed out in 4 minutes")
    expect(warning).to_be_visible()
    page.unroute("**/sign-in/time-left")
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    expect(page.locator("#main-content")).to_be_focused()


def test_what_was_typed_outlives_the_sign_in(browser: Browser, demo: Demo) -> None:
    # Not the page of the other tests, which takes every refusal for a fault: here, some are expected.
    page = browser.new_context(base_url=demo.address).new_page()
    sign_in(page, "Rosa Delgado")
    section = f"{strategy_of(page, 'CBP')}/sections/IV.c.5.a"
    shorten(page, section, 301)
    text = page.locator("#section-form textarea").first
    text.fill("Typed for an hour before the sign-in ended.")
    # It ends elsewhere: by the administrator, a sign-out in another tab, or time.
    page.context.request.post("/sign-out", form={"csrf_token": token(page)}, headers={"Referer": page.url})
    expect(page.get_by_text("You are signed out. What you typed is still on this page")).to_be_visible(timeout=70_000)
    expect(text).to_have_value("Typed for an hour before the sign-in ended.")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again (in a new tab)").first.click()
    opened.value.get_by_role("button", name="Rosa Delgado").click()
    expect(opened.value.get_by_text("You are signed in as Rosa Delgado")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Send it again")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    page.goto(section)
    expect(page.locator("#section-form textarea").first).to_have_value("Typed for an hour before the sign-in ended.")
    page.context.close()


def token(page: Page) -> str:
    """The form token of this page."""
    return page.locator("input[name='csrf_token']").first.input_value()


@pytest.fixture(scope="module")
def in_earnest() -> Iterator[tuple[str, Path]]:
    """The system as `cxworkflow up` runs it, with its first administrator and a provider that nobody reaches.

    Its address and its mailbox.
    """
    folder = Path(tempfile.mkdtemp(prefix="cxworkflow-up-"))
    folder.chmod(0o711)
    port, home = free_port(), folder / "home"
    with (folder / "up.out").open("w") as output:
        command = [sys.executable, "-m", "cxworkflow.cli", "up"]
        environment = surroundings(home, port) | UNREACHABLE
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    until = time.monotonic() + PATIENCE
    while "runs at" not in (folder / "up.out").read_text():
        assert process.poll() is None, (folder / "up.out").read_text()
        assert time.monotonic() < until, (folder / "up.out").read_text()
        time.sleep(0.2)
    first = [
        sys.executable,
        "-m",
        "cxworkflow.cli",
        "people",
        "first-administrator",
        "ada@dhs.example",
        "--name",
        "Ada",
    ]
    for code, said in ((0, "Ada (ada@dhs.example) is the administrator"), (1, "There is an administrator already")):
        done = subprocess.run(first, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code, done.stderr
        assert said in done.stdout + done.stderr
    yield f"http://localhost:{port}", home / "mailbox"
    closed(process)
    shutil.rmtree(folder)


def test_the_first_administrator_signs_in_by_a_link_in_an_e_mail(
    browser: Browser, in_earnest: tuple[str, Path]
) -> None:
    address, mailbox = in_earnest
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/people")
    expect(page.get_by_text("This is a U.S. Government information system")).to_be_visible()
    page.get_by_label("Your e-mail address at work").fill("ada@dhs.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your e-mail")).to_be_visible()
    trouble = faults_of(page)
    link = link_in(mailbox)
    stranger = browser.new_context().new_page()
    stranger.goto(link)
    expect(stranger.get_by_text("works only in the browser in which it was asked for")).to_be_visible()
    trouble += faults_of(stranger)
    stranger.context.close()
    page.goto(link)
    trouble += faults_of(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    expect(page.locator(".whoami")).to_contain_text("Ada")
    page.goto(link)
    expect(page.get_by_text("This link has been used")).to_be_visible()
    context.close()
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/sign-in", "Sign in with Agency ID"),
        ("/sign-in/with/agency", "The identity provider can't be reached at the moment"),
        ("/sign-in/with/agency/callback?code=1&state=2", "You came from: Agency ID."),
        ("/signed-out/agency", "You may still be signed in at Agency ID"),
        ("/sign-out/with/agency", "You came from: Agency ID."),
    ],
)
def test_what_went_wrong_with_a_provider_is_told_accessibly(
    browser: Browser, in_earnest: tuple[str, Path], path: str, said: str
) -> None:
    page = browser.new_page(base_url=in_earnest[0])
    page.goto(path)
    expect(page.get_by_text(said)).to_be_visible()
    assert faults_of(page) == []
    page.close()


def link_in(mailbox: Path) -> str:
    """The link of the only e-mail, which comes within seconds."""
    until = time.monotonic() + 75
    while time.monotonic() < until:
        for file in mailbox.rglob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            body = mail.get_body(("plain",))
            found = re.search(r"http\S+/sign-in/link/\S+", body.get_content() if body else "")
            if found:
                return found[0]
        time.sleep(0.3)
    raise AssertionError("no sign-in link came")

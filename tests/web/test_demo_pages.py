"""The demo's clock moves forward only, and its mailbox shows what was sent."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from cxworkflow import clock, demo
from cxworkflow.app import create_app
from cxworkflow.bell import Bell
from cxworkflow.local import mail_folder
from cxworkflow.local.mail_folder import Envelope
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, words

pytestmark = pytest.mark.integration

LETTER = b"""From: CX Workflow <cx@workflow.example>\r
To: Rosa <rosa@dhs.example>\r
Subject: ICE: strategy due in 7 days\r
Date: Tue, 02 Jan 2024 06:00:00 -0500\r
Message-ID: <one@notice.cxworkflow>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="y"\r
\r
--y\r
Content-Type: multipart/alternative; boundary="x"\r
\r
--x\r
Content-Type: text/plain; charset="utf-8"\r
\r
See http://localhost/clocks/7 <script>alert(1)</script>\r
--x\r
Content-Type: text/html; charset="utf-8"\r
\r
<p style="color: red">See <script>alert(1)</script></p>\r
--x--\r
--y\r
Content-Type: text/calendar; charset="utf-8"\r
Content-Disposition: attachment; filename="deadline.ics"\r
\r
BEGIN:VCALENDAR\r
--y--\r
"""


LETTER_NAME = f"{hashlib.sha256(b'one@notice.cxworkflow').hexdigest()[:40]}.eml"


@pytest.fixture
def browser(app: Flask, stage: Stage, redis_url: str) -> Iterator[Browser]:
    """Somebody who has not signed in, on December 11, 2023."""
    it_is(eastern("2023-12-11 09:00"))
    app.extensions["bell"] = Bell(redis_url)
    yield Browser(app, app.response_class, use_cookies=True)
    app.extensions.pop("bell")


@pytest.fixture
def folder(app: Flask) -> Path:
    """The mailbox's folder, with one e-mail in it."""
    found = app.extensions["settings"].journal_folder
    assert isinstance(found, Path)
    mail_folder.keep(found, Envelope("cx@workflow.example", ("rosa@dhs.example",), LETTER))
    return found


@pytest.mark.parametrize(
    ("how", "arrives"),
    [
        ("day", "December 12, 2023, 9:00 a.m."),
        ("week", "December 18, 2023, 9:00 a.m."),
        ("reminder", "December 20, 2023, 9:00 a.m."),
    ],
)
def test_the_buttons_move_the_clock_forward(browser: Browser, how: str, arrives: str) -> None:
    told = words(browser.post("/demo/clock", data={"how": how}, follow_redirects=True))
    assert f"The clock now shows {arrives} Eastern time." in told


def test_the_clock_goes_to_a_day_of_ones_choice_but_never_back(browser: Browser) -> None:
    there = {"how": "date", "to-month": "1", "to-day": "9", "to-year": "2024"}
    assert "The clock now shows January 9, 2024, 9:00 a.m." in words(
        browser.post("/demo/clock", data=there, follow_redirects=True)
    )
    for year, sentence in (("2023", "It only moves forward"), ("2090", "more than ten years ahead")):
        refused = browser.post("/demo/clock", data={**there, "to-year": year})
        assert refused.status_code == 409
        assert sentence in words(refused)
    assert browser.post("/demo/clock", data={**there, "to-day": "31", "to-month": "2"}).status_code == 422


def test_the_mailbox_lists_what_arrived_and_shows_its_text(browser: Browser, folder: Path) -> None:
    listed = browser.get("/demo/mailbox/")
    subject = "ICE: strategy due in 7 days (with deadline.ics)"
    assert f"{subject} rosa@dhs.example January 2, 2024, 6:00 a.m. Eastern time" in words(listed)
    page = browser.get(f"/demo/mailbox/{LETTER_NAME}").get_data(as_text=True)
    assert '<a href="http://localhost/clocks/7"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_e_mails_html_part_can_do_nothing(browser: Browser, folder: Path) -> None:
    shown = browser.get(f"/demo/mailbox/{LETTER_NAME}/html")
    assert shown.mimetype == "text/html"
    assert shown.headers["Content-Security-Policy"].endswith("sandbox")
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_the_file_that_came_with_an_e_mail_can_be_kept(browser: Browser, folder: Path) -> None:
    page = browser.get(f"/demo/mailbox/{LETTER_NAME}")
    assert "Attached deadline.ics (text/calendar, 15 bytes)" in words(page)
    file = browser.get(f"/demo/mailbox/{LETTER_NAME}/files/deadline.ics")
    assert (file.mimetype, file.get_data()) == ("text/calendar", b"BEGIN:VCALENDAR")
    assert file.headers["Content-Disposition"] == "attachment; filename=deadline.ics"
    assert browser.get(f"/demo/mailbox/{LETTER_NAME}/files/other.ics").status_code == 404


def test_only_e_mails_are_read_from_the_folder(browser: Browser, folder: Path) -> None:
    (folder / "secret.txt").write_text("secret")
    for name in ("secret.txt", "..%2f..%2fetc%2fpasswd", "0" * 40 + ".eml"):
        assert browser.get(f"/demo/mailbox/{name}").status_code == 404


@pytest.fixture
def real(app: Flask) -> Iterator[Flask]:
    """The application outside a demo, where the clock is the real one."""
    yield create_app(replace(app.extensions["settings"], demo=False))
    clock.move_by(demo.offset)


def test_outside_a_demo_there_are_no_such_pages(real: Flask) -> None:
    real.config.update(WTF_CSRF_ENABLED=False)
    for page in ("/demo/clock", "/demo/mailbox/", "/demo/mailbox/" + "0" * 40 + ".eml"):
        assert real.test_client().get(page).status_code == 404
    assert real.test_client().post("/demo/clock", data={"how": "day"}).status_code == 404

"""A High Impact Service Provider's quarter in a real browser: from an empty form to OMB; due dates in a calendar."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import TOO_WIDE, faults_of, follow
from tests.functional.conftest import Demo
from tests.functional.test_implementing import move_to, press
from tests.functional.test_main_job import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("IV.f", "omb-a11-280 280.data")]

QUARTER = "/hisps/CBP/2024-Q1"


@pytest.mark.timeout(300)
def test_a_quarter_is_entered_returned_mended_cleared_and_sent(page: Page, demo: Demo, tmp_path: Path) -> None:
    sign_in(page, "Rosa Delgado")
    move_to(page, 2024, "January", 8)
    the_quarter_is_due(page)
    follow(page.get_by_role("link", name="Not begun"))
    assert faults_of(page) == []
    the_website_is_entered(page)
    the_others_come_from_a_file(page, tmp_path / "quarter.csv")
    press(page, "Submit to the CIO")
    expect(page.locator("main")).to_contain_text("It is with the CIO now.")

    sign_in(page, "Ellen Prescott")
    page.goto(QUARTER)
    assert not page.evaluate(TOO_WIDE), "who has every place in the navigation has more than one line of them"
    page.get_by_label("What has to be mended").fill("The website served more than that.")
    press(page, "Return it")
    expect(page.locator("main")).to_contain_text("It is returned.")

    sign_in(page, "Rosa Delgado")
    page.goto(QUARTER)
    expect(page.locator("main")).to_contain_text("The website served more than that.")
    page.get_by_role("link", name="Change the numbers of Trusted traveler enrollment, Website").click()
    page.locator("#volume_of_customers").fill("2000")
    press(page, "Keep these numbers")
    press(page, "Submit to the CIO")

    sign_in(page, "Ellen Prescott")
    page.goto(QUARTER)
    press(page, "Clear it for OMB")
    sign_in(page, "Rosa Delgado")
    page.goto(QUARTER)
    press(page, "Note as sent to OMB")
    expect(page.locator("main")).to_contain_text("Green: in line")
    everybody_sees_it(page)


def the_quarter_is_due(page: Page) -> None:
    """The board, once the sweep has begun the clock of the quarter that is over."""
    follow(page.get_by_role("link", name="HISPs"))
    for _ in range(60):
        if page.get_by_text("Due January 30, 2024").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert faults_of(page) == []


def the_website_is_entered(page: Page) -> None:
    """The lead types the numbers of a channel."""
    follow(page.get_by_role("link", name="Enter the numbers of Trusted traveler enrollment, Website"))
    assert faults_of(page) == []
    boxes = page.locator("main form input[inputmode='numeric']")
    for place in range(boxes.count()):
        boxes.nth(place).fill("20")
    page.locator("#volume_of_customers").fill("1000")
    page.locator("#volume_of_customers_provided_survey_opportunity").fill("400")
    page.locator("#volume_of_respondents").fill("100")
    press(page, "Keep these numbers")
    expect(page.get_by_role("row").filter(has_text="Website")).to_contain_text("1,000")


def the_others_come_from_a_file(page: Page, file: Path) -> None:
    """The empty file, filled in: with a wrong line nothing of it is taken, without it all of it."""
    follow(page.get_by_role("link", name="Bring them in from a CSV file"))
    assert faults_of(page) == []
    empty = page.request.get("/hisps/CBP/import/empty.csv").body().decode("utf-8-sig")
    heading, *lines = csv.reader(io.StringIO(empty))
    right = [[*line[:4], "1000", "400", "100", *["20"] * (len(heading) - 7)] for line in lines if line[3] != "website"]
    a_wrong_line_is_refused(page, file, [heading, *right, [*right[0][:2], "Bridges", *right[0][3:]]])
    brought_in(page, file, [heading, *right])
    expect(page.locator("main")).to_contain_text("2 lines came in, 2 of them new or changed.")


def a_wrong_line_is_refused(page: Page, file: Path, lines: list[list[str]]) -> None:
    """In a window of its own, as the browser writes every refusal to the console that `page` watches."""
    beside = page.context.new_page()
    beside.goto("/hisps/CBP/import")
    brought_in(beside, file, lines)
    expect(beside.locator("main")).to_contain_text("Line 4. service_name: the register has no service “Bridges”.")
    beside.goto(QUARTER)
    expect(beside.get_by_role("row").filter(has_text="In person")).to_contain_text("–")
    beside.close()


def brought_in(page: Page, file: Path, lines: list[list[str]]) -> None:
    """Choose a file of these lines, and hand it in."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(lines)
    page.locator("input[type='file']").set_input_files(file)
    press(page, "Bring it in")


def everybody_sees_it(page: Page) -> None:
    """On the board, in the lists and in the charts."""
    page.goto("/hisps")
    expect(page.get_by_role("link", name=re.compile("Sent to OMB.*CBP, 2024-Q1"))).to_be_visible()
    page.goto("/hisps/numbers?quarter=2024-Q1")
    expect(page.get_by_role("row").filter(has_text="Website")).to_contain_text("2,000")
    assert faults_of(page) == []
    page.goto("/hisps/CBP/charts")
    expect(page.get_by_role("img", name="Trust by quarter")).to_contain_text("2024-Q1")
    assert faults_of(page) == []


def test_a_calendar_reads_due_dates_until_its_address_is_revoked(page: Page, demo: Demo) -> None:
    sign_in(page, "Rosa Delgado")
    page.goto("/inbox/")
    press(page, "Make an address")
    address = page.get_by_label("Address").input_value()
    assert "BEGIN:VEVENT" in page.request.get(address).text()
    page.get_by_role("link", name="revoke this one").click()
    press(page, "Revoke the address")
    expect(page.locator("main")).to_contain_text("The address is revoked.")
    assert page.request.get(address).status == 404

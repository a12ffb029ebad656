"""Dashboards in a real browser: the Directorate finds what waits, the CIO finds who is at risk, and takes both away."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.functional.test_main_job import sign_in
from tests.functional.test_reviewing import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.clause("I")]


def taken_away(page: Page, folder: Path) -> list[dict[str, str]]:
    """The list on the page as its CSV, row by row."""
    with page.expect_download() as download:
        page.get_by_role("link", name="as CSV").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.timeout(300)
def test_the_directorate_goes_from_figures_to_papers_to_reviewers(page: Page, tmp_path: Path) -> None:
    sign_in(page, "Marcus Oyelaran")
    page.get_by_role("link", name="Directorate", exact=True).click()
    page.get_by_role("link", name="Queue", exact=True).click()
    looked_at(page)
    page.get_by_role("link", name="8 to 14 days Before the CIO").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("USCIS")
    page.get_by_role("link", name="Show everything").click()
    page.get_by_label("Order").select_option(label="By Component, Z to A")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(rows.first).to_contain_text("USCIS")
    assert [row["Component"] for row in taken_away(page, tmp_path)] == ["USCIS", "USCG", "FLETC"]
    page.get_by_role("link", name="Workload").click()
    looked_at(page)
    page.get_by_role("link", name="1 paper of Priya Raman").click()
    expect(rows).to_contain_text("FLETC")
    page.get_by_role("link", name="Components by clause").click()
    looked_at(page)
    page.get_by_role("link", name="1 partly IV.c.3").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("USCG")


@pytest.mark.timeout(300)
def test_the_cio_goes_from_the_time_line_to_who_is_at_risk(page: Page, tmp_path: Path) -> None:
    sign_in(page, "Ellen Prescott")
    page.get_by_role("link", name="Department", exact=True).click()
    picture = page.get_by_role("img", name="Components on one time line")
    expect(picture).to_be_visible()
    expect(picture).to_contain_text("180 days: January 9, 2024")
    page.get_by_role("group", name="Picture: Components on one time line").focus()  # so that keys can move it
    looked_at(page)
    page.get_by_role("link", name="12 At risk").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    told = taken_away(page, tmp_path)
    assert {row["Stands"] for row in told} == {"At risk"}
    assert {row["Next due"] for row in told} == {"2024-01-09"}
    page.get_by_role("link", name="Trend by week").click()
    expect(page.get_by_role("img", name="Components on time, at risk and late by week")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name="3 on time today").click()
    expect(page.locator("tbody tr")).to_have_count(3)

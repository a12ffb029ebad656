"""What is theirs, in a real browser: executive, Headquarters lead, auditor, and who acts for the CIO for some days."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.functional.accessible import faults_of
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration]


def refused(page: Page, path: str, status: int) -> None:
    """Who is signed in gets no such page."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, path


def filled(demo: Demo, code: str, folder: Path) -> None:
    """The Component's draft gets the text of another, as its lead may bring one in."""
    file = folder / f"{code}.json"
    told = demo.command("strategy", "export", "USCIS" if code == "CBP" else "USCG", "--json")
    file.write_text(told.stdout)
    imported = demo.command("strategy", "import", str(file), "--as", code)
    assert f"{code}: the draft now holds" in imported.stdout, imported.stderr


def certified(visit: Page, title: str, code: str) -> None:
    """Who certifies says so under their own name and role, and the version keeps it."""
    certification = visit.locator("label[for='certified']")
    expect(certification).to_contain_text(f", {title} for {code}, certify that I have read this strategy")
    assert faults_of(visit) == []
    certification.click()
    visit.get_by_role("button", name="Certify and submit").click()
    visit.get_by_role("link", name="Version 1", exact=True).click()
    expect(visit.locator("main")).to_contain_text(title)
    assert faults_of(visit) == []


@pytest.mark.clause("IV.b")
@pytest.mark.timeout(180)
def test_the_executive_reads_the_draft_certifies_it_and_asks_for_more_time(
    visit: Page, demo: Demo, tmp_path: Path
) -> None:
    sign_in(visit, "James Whitaker")
    expect(visit.locator("main")).to_contain_text("Your Component")
    strategy = strategy_of(visit, "CBP")
    visit.goto(f"{strategy}/sections/IV.c.4")
    expect(visit.locator("main")).to_contain_text("You can read this section")
    expect(visit.locator("#section-form")).to_have_count(0)

    # A clock's page is where an executive asks for more time; only the CIO can give it.
    visit.goto("/")
    visit.get_by_role("row").filter(has_text="Strategy").get_by_role("link").last.click()
    visit.locator("#to").select_option("1")
    visit.locator("#to-day").fill("19")
    visit.locator("#to-year").fill("2024")
    visit.get_by_label("Reason").fill("Two ports are surveyed again.")
    visit.get_by_role("button", name="Ask for more time").click()
    expect(visit.locator("main")).to_contain_text("has been asked and has not answered yet")
    expect(visit.get_by_role("button", name="Extend this clock")).to_have_count(0)
    assert faults_of(visit) == []

    filled(demo, "CBP", tmp_path)
    visit.goto("/")
    visit.get_by_role("link", name="Certify and submit the strategy of CBP").click()
    certified(visit, "Component executive", "CBP")

    visit.goto(strategy)
    visit.get_by_role("link", name="Withdraw").click()
    visit.locator("main textarea").fill("One figure is from last year.")
    assert faults_of(visit) == []
    visit.get_by_role("button", name=re.compile("^Withdraw")).click()
    expect(visit.locator("main")).to_contain_text("Draft")

    visit.goto(f"{strategy}/decision")
    expect(visit.get_by_role("button", name=re.compile("^(Approve|Return)"))).to_have_count(0)
    refused(visit, "/record", 403)
    refused(visit, "/directorate/queue", 403)
    sign_in(visit, "Ellen Prescott")
    other = strategy_of(visit, "USCIS")
    sign_in(visit, "James Whitaker")
    refused(visit, other, 404)


@pytest.mark.clause("IV.b.note-1")
@pytest.mark.timeout(180)
def test_the_headquarters_lead_files_for_the_offices_that_do_not_file_themselves(
    visit: Page, demo: Demo, tmp_path: Path
) -> None:
    sign_in(visit, "Yusuf Demir")
    visit.goto("/components/OGC")
    expect(visit.locator("main")).to_contain_text("Covered by the submission of")
    assert faults_of(visit) == []
    visit.goto("/components/I%26A")
    expect(visit.locator("main")).to_contain_text("Files its own")
    expect(visit.get_by_role("button", name="Begin the strategy")).to_have_count(0)

    visit.goto("/")
    visit.get_by_role("link", name="Begin the strategy of OCIO").click()
    visit.get_by_role("button", name="Begin the strategy").click()
    strategy = strategy_of(visit, "OCIO")
    visit.goto(f"{strategy}/sections/IV.c.5.a")
    visit.locator("#text").fill("Forms of the Headquarters Offices are tested with those who fill them in.")
    visit.get_by_role("button", name="Save", exact=True).last.click()
    expect(visit.locator("main")).to_contain_text("Section IV.c.5.a is saved. It is complete.")
    assert faults_of(visit) == []
    visit.goto(f"{strategy}/submit")
    expect(visit.locator("main")).to_contain_text("can’t be submitted yet")
    assert faults_of(visit) == []

    filled(demo, "OCIO", tmp_path)
    visit.goto(f"{strategy}/submit")
    certified(visit, "Headquarters lead", "OCIO")
    refused(visit, "/record", 403)
    sign_in(visit, "Ellen Prescott")
    other = strategy_of(visit, "USCIS")
    sign_in(visit, "Yusuf Demir")
    refused(visit, other, 404)


@pytest.mark.timeout(180)
def test_the_auditor_takes_out_a_story_that_proves_itself_and_changes_nothing_but_holds(
    visit: Page, tmp_path: Path
) -> None:
    sign_in(visit, "Thomas Eckhart")
    expect(visit.locator("main")).to_contain_text("Nothing waits on you today.")
    strategy = strategy_of(visit, "CBP")
    visit.goto(f"{strategy}/sections/IV.c.4")
    expect(visit.locator("#section-form")).to_have_count(0)
    visit.goto("/record?component=FLETC")
    visit.locator("summary", has_text="Take out a strategy’s whole story").click()
    with visit.expect_download() as download:
        visit.get_by_role("button", name="Take it out").click()
    story = proves_itself(download.value.path(), tmp_path)
    assert "Who reviews the forms" in story or "Say who reviews the forms" in story
    visit.goto("/record")
    expect(visit.locator("main ol.history li").first).to_contain_text("Thomas Eckhart")
    assert faults_of(visit) == []

    visit.goto("/retention")
    visit.get_by_label("By what it is held").fill("OIG request 24-17")
    visit.get_by_label("Policy").select_option(index=1)
    visit.locator("#component").select_option(label="FLETC Federal Law Enforcement Training Centers")
    visit.get_by_label("Why").last.fill("An inspection of the review.")
    visit.get_by_role("button", name="Place this hold").click()
    expect(visit.locator("main")).to_contain_text("OIG request 24-17")
    assert faults_of(visit) == []

    fletc = strategy_of(visit, "FLETC")
    for page in ("", "/review", "/decision", "/review/rubric", "/changes"):
        visit.goto(f"{fletc}{page}")
        expect(visit.locator("main form[method='post']")).to_have_count(0)
    for path in ("/people/new", "/people/acting", "/closures", "/webhooks", f"{strategy}/submit"):
        refused(visit, path, 403)


def proves_itself(taken: Path, folder: Path) -> str:
    """The story holds against its own program in plain Python, and no longer once a word of it was changed."""
    with zipfile.ZipFile(taken) as packed:
        packed.extractall(folder)
    (story,) = folder.iterdir()

    def verified() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(story / "verify_record.py"), str(story)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    sound = verified()
    assert sound.returncode == 0, sound.stdout + sound.stderr
    page = next(each for each in sorted(story.rglob("*.html")) if "must" in each.read_text())
    told = page.read_text()
    page.write_text(told.replace("must", "may", 1))
    assert verified().returncode != 0
    return told


@pytest.mark.clause("IV.b")
@pytest.mark.timeout(240)
def test_who_acts_for_the_cio_decides_on_the_given_days_only_and_the_letter_says_as_whom(visit: Page) -> None:
    sign_in(visit, "Ellen Prescott")
    strategy = strategy_of(visit, "USCIS")
    names_an_acting_cio(visit, "Catherine Boyle", "12", "14")
    sign_in(visit, "Catherine Boyle")
    refused(visit, f"{strategy}/decision", 404)
    refused(visit, "/closures", 403)

    moved_to(visit, "12")
    visit.goto("/")
    expect(visit.locator(".whoami")).to_contain_text("Acting Chief Information Officer")
    visit.get_by_role("link", name="Decide on the strategy of USCIS").click()
    visit.get_by_label("Conditions").fill("Publish the first figures by March 29, 2024.")
    assert faults_of(visit) == []
    visit.get_by_role("button", name="Approve version 1").click()
    expect(visit.locator("main")).to_contain_text("Catherine Boyle (Acting Chief Information Officer)")
    assert faults_of(visit) == []

    moved_to(visit, "14")
    refused(visit, f"{strategy}/decision", 404)
    refused(visit, "/closures", 403)
    visit.goto("/")
    expect(visit.locator(".whoami")).not_to_contain_text("Acting")

    sign_in(visit, "Beatriz Campos")
    visit.goto(strategy)
    expect(visit.locator("main")).to_contain_text("Catherine Boyle, Acting Chief Information Officer")
    with visit.expect_download() as download:
        visit.get_by_role("link", name="The letter about version 1 (PDF)").click()
    letter = pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes()))
    told = " ".join(" ".join(page.extract_text() for page in letter.pages).split())
    assert "Catherine Boyle" in told
    assert "Acting Chief Information Officer" in told
    assert "Publish the first figures by March 29, 2024." in told


def names_an_acting_cio(page: Page, name: str, first: str, until: str) -> None:
    """For some days of December 2023."""
    page.goto("/people")
    page.get_by_role("link", name="Name an acting Chief Information Officer").click()
    page.get_by_label("Who is acting").select_option(label=name)
    for box, day in (("from", first), ("until", until)):
        page.locator(f"#{box}").select_option("12")
        page.locator(f"#{box}-day").fill(day)
        page.locator(f"#{box}-year").fill("2023")
    assert faults_of(page) == []
    page.get_by_role("button", name="Name this person").click()
    expect(page.locator("main")).to_contain_text(name)


def moved_to(page: Page, day: str) -> None:
    """The clock of the demo goes on to this day of December 2023."""
    page.goto("/demo/clock")
    page.locator("#to").select_option("12")
    page.locator("#to-day").fill(day)
    page.locator("#to-year").fill("2023")
    page.get_by_role("button", name="To this day").click()
    expect(page.locator("main")).to_contain_text(f"December {day}, 2023")

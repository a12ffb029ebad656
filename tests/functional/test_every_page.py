"""Every page that links lead to: readable by assistive technology, and whole on a telephone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.integration]

AXE = Path(__file__).parents[1] / ".vendor" / "axe.min.js"
FAULTS = (
    "axe.run({resultTypes: ['violations']}).then(found => found.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"
)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LINKS = "links => links.map(link => link.getAttribute('href'))"


def kind_of(path: str) -> str:
    """Pages that differ only in what they tell of, or in how a list is narrowed, are of one kind."""
    bare = re.sub(r"[?#].*", "", path)
    bare = re.sub(r"[0-9a-f]{40}(\.\d+)?\.eml", "mail", re.sub(r"/\d+", "/n", bare))
    return re.sub(r"(/components/|/sections/)[^/]+", r"\1x", bare)


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page that is open: for assistive technology, and on a telephone."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(AXE.read_text())
    found = [f"{page.url}: {fault}" for fault in page.evaluate(FAULTS)]
    page.set_viewport_size({"width": 320, "height": 900})
    return [*found, f"{page.url} is wider than a telephone"] if page.evaluate(TOO_WIDE) else found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "name", ["Ellen Prescott", "Marcus Oyelaran", "Rosa Delgado", "Lucia Ferreira", "Priya Raman", "Alice Tremblay"]
)
def test_every_page_a_person_can_reach_is_accessible_and_fits_a_telephone(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()
    ahead, seen, trouble = ["/"], {"/"}, []
    while ahead:
        path = ahead.pop(0)
        if path.endswith(
            ("/html", "/healthz", "/data", ".csv", ".ics", ".zip", ".pdf", ".docx", ".xlsx")
        ):  # not for people to read as pages of ours
            continue
        answer = page.goto(path)
        if answer is None or not answer.ok:
            trouble.append(f"{path} answers {answer.status if answer else 'nothing'}")
            continue
        if "text/html" not in answer.headers["content-type"]:
            continue
        trouble += faults_of(page)
        for link in page.locator("a[href^='/']").evaluate_all(LINKS):
            if (kind := kind_of(link)) not in seen:
                seen.add(kind)
                ahead.append(link)
    assert len(seen) > 10
    assert not trouble, "\n".join(trouble)

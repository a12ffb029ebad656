"""What assistive technology or a telephone would stumble over on a page, as it stands in the browser."""

from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize

AXE = Path(__file__).parents[1] / ".vendor" / "axe.min.js"
# All of axe-core's rules: WCAG 2.2 AA, whose newest one is off until it is asked for, and best practice.
FAULTS = """axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
    .then(found => found.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SCREEN: ViewportSize = {"width": 1280, "height": 900}
TELEPHONE: ViewportSize = {"width": 320, "height": 900}


def follow(leads_on: Locator) -> None:
    """Click what leads to another page, and wait until that one is there: axe would judge the one before."""
    with leads_on.page.expect_navigation():
        leads_on.click()


def faults_of(page: Page) -> list[str]:
    """Every violation on a telephone and on a screen, and where the page is wider than either; ends on a screen."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    found = []
    for size in (TELEPHONE, SCREEN):
        page.set_viewport_size(size)
        found += [f"{page.url} ({size['width']} px): {fault}" for fault in page.evaluate(FAULTS)]
        if page.evaluate(TOO_WIDE):
            found.append(f"{page.url} is wider than {size['width']} px")
    return found

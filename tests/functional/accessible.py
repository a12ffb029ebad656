"""What assistive technology or a telephone would stumble over on a page, as it stands in the browser."""

from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize

AXE = Path(__file__).parents[1] / ".vendor" / "axe.min.js"
# All of axe-core's rules: WCAG 2.2 AA, whose newest one is off until it is asked for, and best practice.
FAULTS = """axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
    .then(found => found.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What axe judges by: elements, their attributes but for what they say, and whether there is any text; of siblings that
# are built alike, as the rows of a table, one stands for all. What is in <main>, and what is around it.
BUILD = """() => {
    const attribute = ({name, value}) => ['class', 'role', 'type', 'scope'].includes(name) ? `${name}=${value}` : name
    const says = node => [...node.childNodes].some(each => each.nodeType === 3 && each.data.trim())
    const build = node => {
        const inside = [...node.children].filter(each => each.tagName !== 'MAIN').map(build)
        const unlike = inside.filter((each, nth) => each !== inside[nth - 1])
        return `<${node.tagName} ${[...node.attributes].map(attribute).sort()}${says(node) ? ' says' : ''}>${unlike}</>`
    }
    return [document.querySelector('main'), document.body].filter(Boolean).map(build)
}"""
SCREEN: ViewportSize = {"width": 1280, "height": 900}
TELEPHONE: ViewportSize = {"width": 320, "height": 900}


def follow(leads_on: Locator) -> None:
    """Click what leads to another page, and wait until that one is there: axe would judge the one before."""
    with leads_on.page.expect_navigation():
        leads_on.click()


def faults_of(page: Page, seen: set[str] | None = None) -> list[str]:
    """Every violation on a telephone and on a screen, and where the page is wider than either; ends on a screen.

    With `seen`, to which it adds, axe passes over a page both of whose parts are built like one that it has judged.
    """
    page.wait_for_load_state()
    parts = set(page.evaluate(BUILD)) if seen is not None else set()
    judge = seen is None or not parts <= seen
    if seen is not None:
        seen |= parts
    if judge:
        page.evaluate(AXE.read_text())
    found = []
    for size in (TELEPHONE, SCREEN):
        page.set_viewport_size(size)
        if judge:
            found += [f"{page.url} ({size['width']} px): {fault}" for fault in page.evaluate(FAULTS)]
        if page.evaluate(TOO_WIDE):
            found.append(f"{page.url} is wider than {size['width']} px")
    return found

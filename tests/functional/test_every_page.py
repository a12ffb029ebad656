"""Every page that links lead to: readable by assistive technology, and whole on a telephone."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.functional.accessible import faults_of
from tests.matrix.statement import STATEMENT

pytestmark = [pytest.mark.browser, pytest.mark.integration]

LINKS = "links => links.map(link => link.getAttribute('href'))"


def kind_of(path: str) -> str:
    """Pages that differ only in what they tell of, or in how a list is narrowed, are of one kind."""
    bare = re.sub(r"[?#].*", "", path)
    bare = re.sub(r"[0-9a-f]{40}(\.\d+)?\.eml", "mail", bare)
    bare = re.sub(r"/\d+(?!\d*-Q\d)", "/n", bare)
    bare = re.sub(r"^/hisps/[A-Z]+/(.+/services/n/.+)?", r"/hisps/x/", bare)  # quarters differ by what is in them
    bare = re.sub(r"(/components/|/sections/|/help/|/papers/[^/]+/|/map/)[^/]+", r"\1x", bare)
    return f"{bare}?q" if "?q=" in path else bare


@pytest.mark.asvs("V3.4.3")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name", ["Ellen Prescott", "Marcus Oyelaran", "Rosa Delgado", "Lucia Ferreira", "Priya Raman", "Alice Tremblay"]
)
def test_every_page_a_person_can_reach_is_accessible_and_fits_a_telephone(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()
    ahead, trouble = ["/", "/search?q=customers", "/sign-in/stay", "/me/department"], list[str]()
    seen = set(ahead)
    while ahead:
        path = ahead.pop(0)
        if urlsplit(path).path.endswith(
            ("/html", "/healthz", "/data", ".csv", ".ics", ".zip", ".pdf", ".docx", ".xlsx", ".json", ".atom")
        ):  # not for people to read as pages of ours
            continue
        answer = page.goto(path)
        if answer is None or not answer.ok:
            trouble.append(f"{path} answers {answer.status if answer else 'nothing'}")
            continue
        if "text/html" not in answer.headers["content-type"]:
            continue
        LOOKED_AT.add(urlsplit(path).path)
        trouble += faults_of(page, JUDGED)
        for link in page.locator("a[href^='/']").evaluate_all(LINKS):
            if (kind := kind_of(link)) not in seen:
                seen.add(kind)
                ahead.append(link)
    assert len(seen) > 10
    assert not trouble, "\n".join(trouble)


JUDGED: set[str] = set()  # how the pages are built that axe has judged
LOOKED_AT: set[str] = set()  # by the tests above, which come first
# What no link leads to in the demo, with the test that looks at it in a browser, or why nobody has to.
ELSEWHERE = {
    "/.well-known/security.txt": "plain text",
    "/api/v1/openapi.json": "read by machines",
    "/assets/…/…": "style and script",
    "/attachments/…": "a file",
    "/demo/mailbox/…": "looked at above where there is mail",
    "/commitments/…": "test_implementing.py, which comes to an approved strategy",
    "/closes/…": "test_implementing.py, which comes to the last day",
    "/closes/…/close.pdf": "a file",
    "/closes/statements/…": "test_implementing.py, which comes to the last day",
    "/evidence/…": "a file",
    "/guidance/…/file": "a file",
    "/healthz": "read by machines",
    "/hisps/…/import/empty.csv": "a file",
    "/me/data": "a file",
    "/papers/…/…/drafts/…/file": "a file",
    "/people/…/data": "a file",
    "/people/review/….csv": "a file",
    "/sign-in/time-left": "read by a script",
    "/department/report.…": "a file",
    "/strategies/…/record.…": "a file",
    "/publications/…/preview.…": "a file",
    "/published/…/…/metrics.csv": "a file",
    "/published/…/…/metrics.json": "a file",
    "/published/…/…/plan.…": "a file",
    "/published/feed.atom": "read by machines",
    "/published/metrics.csv": "a file",
    "/published/metrics.json": "a file",
    "/published/strategies.csv": "a file",
    "/published/strategies.json": "a file",
    "/publications/…": "test_publishing.py, which comes to an approved strategy",
    "/publications/…/preview": "the same",
    "/published/…/…": "the same",
    "/retention/disposals/…": "test_disposing.py, where something is past its time",
    "/robots.txt": "plain text",
    "/strategies/…/implementation": "test_implementing.py, which comes to an approved strategy",
    "/strategies/…/implemented": "test_main_job.py, which comes to an approved strategy",
    "/strategies/…/offline/strategy.…": "a file",
    "/strategies/…/versions/…/letter.pdf": "a file",
    "/strategies/…/versions/…/strategy.…": "a file",
    "/webhooks/…": "test_webhooks.py, which registers one",
    "/webhooks/deliveries/…": "the same",
}


def test_no_page_is_left_out() -> None:
    if not LOOKED_AT:
        pytest.skip("The walks through the pages were left out.")
    pages = {rule.path for rule in STATEMENT.rules if rule.method == "GET" and rule.answers == 200}
    unseen = {page for page in pages - ELSEWHERE.keys() if not any(leads_to(page, path) for path in LOOKED_AT)}
    assert unseen == set(), "no link leads there from home, or nobody here may open it"


def leads_to(address: str, path: str) -> bool:
    """Whether a path is one of this address: /strategies/…/review."""
    return re.fullmatch("[^/]+".join(map(re.escape, address.split("…"))), path) is not None

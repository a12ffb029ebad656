"""Every page that links lead to: readable by assistive technology, and whole on a telephone."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.functional.accessible import faults_of
from tests.matrix.statement import STATEMENT

pytestmark = [pytest.mark.browser, pytest.mark.integration]

BEGIN = ("/", "/search?q=customers", "/sign-in/stay", "/me/department")
# Not for people to read as pages of ours.
FILES = (
    "/html", "/healthz", "/data", ".csv", ".ics", ".zip", ".pdf", ".docx", ".xlsx", ".json", ".atom",
)  # fmt: skip


def kind_of(path: str) -> str:
    """Pages that differ only in what they tell of, or in how a list is narrowed, are of one kind.

    Each section and each tour of the help is of its own: its boxes and words are its own, too.
    """
    bare = re.sub(r"[?#].*", "", path)
    bare = re.sub(r"[0-9a-f]{40}(\.\d+)?\.eml", "mail", bare)
    bare = re.sub(r"/\d+(?!\d*-Q\d)", "/n", bare)
    bare = re.sub(r"^/hisps/[A-Z]+/(.+/services/n/.+)?", r"/hisps/x/", bare)  # quarters differ by what is in them
    bare = re.sub(r"(/components/|/papers/[^/]+/|/map/|/sections/(?=[^/]+/))[^/]+", r"\1x", bare)
    return f"{bare}?q" if "?q=" in path else bare


class Parts(HTMLParser):
    """What a page is made of, whatever it says, and where it leads to.

    Each sort of element with what it does; and all forms and headings, each with the heading before, as one part.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.elements: set[tuple[str, ...]] = set()
        self.frame: set[str] = set()
        self.heading = ""
        self.feed(page)
        self.elements.add(tuple(sorted(self.frame)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.append(told["href"])
        does = kind_of(told.get("action", "")) or re.sub(r"\d+", "n", told.get("name", ""))
        self.elements.add((tag, told.get("class", ""), told.get("role", ""), told.get("type", ""), does))
        if tag == "form":
            self.frame.add(does)
        elif re.fullmatch("h[1-6]", tag):
            self.frame.add(f"{tag} after {self.heading}")
            self.heading = tag


MADE_OF = defaultdict[str, set[tuple[str, ...]]](set)  # each kind of page that was looked at below
LOOKED_AT: set[str] = set()


@pytest.mark.asvs("V3.4.3")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name",
    [
        "Ellen Prescott",
        "Marcus Oyelaran",
        "Rosa Delgado",
        "Lucia Ferreira",
        "Priya Raman",
        "Alice Tremblay",
        "Ben Nakamura",
        "Robert Castellanos",
        "Yusuf Demir",
        "Thomas Eckhart",
    ],
)
def test_every_page_a_person_can_reach_is_accessible_and_fits_a_telephone(page: Page, name: str) -> None:
    """A kind of page is looked at for who comes first, and again for who finds it made of something else."""
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()
    ahead, trouble = list(BEGIN), list[str]()
    seen = {kind_of(path) for path in ahead}
    while ahead:
        path = ahead.pop(0)
        if urlsplit(path).path.endswith(FILES):
            continue
        answer = page.request.get(path)
        if not answer.ok:
            trouble.append(f"{path} answers {answer.status}")
            continue
        if "text/html" not in answer.headers["content-type"]:
            continue
        parts, kind = Parts(answer.text()), kind_of(path)
        known = MADE_OF[re.sub("(/sections/|/help/)[^/]+", r"\1", kind)]
        if kind not in MADE_OF or not parts.elements <= known:
            known |= parts.elements
            MADE_OF[kind] |= parts.elements
            LOOKED_AT.add(urlsplit(path).path)
            page.goto(path)
            trouble += faults_of(page)
        for link in parts.links:
            if (kind := kind_of(link)) not in seen:
                seen.add(kind)
                ahead.append(link)
    assert len(seen) > 10
    assert not trouble, "\n".join(trouble)


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

"""Every list of the product filters, sorts, pages and downloads, and says so where it is asked for what it has not."""

import csv
import io
import re

import pytest

from cxworkflow.web.lists import Listing, Name
from tests.matrix.asking import Asking, lines_of
from tests.matrix.lists import LISTS, READ, list_at
from tests.matrix.statement import Rule

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

RULES = {rule.path: rule for rule in READ}
OPEN_DATA = {"/published"}  # whose file has an address of its own, which stays, and which anybody may fetch unrecorded
BAD = ("No such thing", "Approved \u202enihton", "\x07", "9" * 400, "-1")


def test_no_list_is_left_out(asking: Asking) -> None:
    showing = set()
    for rule in READ:
        with list_at(asking, rule) as (_, listing):
            if listing is not None:
                showing.add(rule.path)
    assert showing - set(LISTS) == set(), "add it to LISTS"
    assert set(LISTS) - showing == set(), "take it out of LISTS, or make a list of it again"


def listing_of(asking: Asking, rule: Rule) -> Listing:
    with list_at(asking, rule) as (answer, listing):
        assert answer.status_code == 200
        assert listing is not None
        return listing


@pytest.mark.parametrize("path", LISTS)
def test_every_list_sorts_and_pages(asking: Asking, path: str) -> None:
    rule = RULES[path]
    listing = listing_of(asking, rule)
    for order in listing.orders:
        with list_at(asking, rule, {"sort": order}) as (answer, _):
            assert answer.status_code == 200, order
    with list_at(asking, rule, {"page": "9999"}) as (answer, last):
        assert answer.status_code == 200
        assert last is not None
        assert last.page.number == last.page.last
    for refused in ({"sort": "sideways"}, {"page": "0"}, {"page": "two"}):
        with list_at(asking, rule, refused) as (answer, _):
            assert answer.status_code == 422, refused


@pytest.mark.parametrize("path", [path for path in LISTS if path not in OPEN_DATA])
def test_every_list_downloads_and_the_file_is_on_the_record(asking: Asking, path: str) -> None:
    rule = RULES[path]
    listing = listing_of(asking, rule)
    with list_at(asking, rule, {"as": "pdf"}) as (answer, _):
        assert answer.status_code == 422
    with list_at(asking, rule, {"as": "csv"}) as (answer, _):
        assert answer.status_code == 200
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert len(rows) - 1 == listing.page.total
        assert {len(row) for row in rows} == {len(rows[0])}
        assert "exported" in lines_of(answer)


@pytest.mark.asvs("V2.2.1")
@pytest.mark.parametrize("path", LISTS)
def test_each_filter_of_a_list_refuses_in_words_what_is_not_offered(asking: Asking, path: str) -> None:
    rule = RULES[path]
    for each in listing_of(asking, rule).offered:
        for bad in BAD:
            with list_at(asking, rule, {each.name: bad}) as (answer, _):
                told = f"{path}?{each.name}={bad[:20]!r}: {answer.status_code}"
                page = answer.get_data(as_text=True)
                # A name that nobody has finds nothing.
                assert answer.status_code == (200 if isinstance(each, Name) else 422), told
                assert not re.search("[\x00\x07\u202e]", page), told
                assert answer.status_code == 200 or re.search(r"fault-summary|This was not done|<h1", page), told
        with list_at(asking, rule, {each.name: ""}) as (answer, _):
            assert answer.status_code == 200, f"{path}?{each.name}="

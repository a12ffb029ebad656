"""Every address of the API, a program of each of the people, every state: the answer is that of the page beside it."""

import re

import pytest
from flask import Flask

from cxworkflow.api.table import ENDPOINTS
from cxworkflow.db import session
from cxworkflow.models import Publication, Strategy
from cxworkflow.services.publications import mark_of
from tests.matrix.asking import JSON, Asking, is_for_programs, lines_of, written
from tests.matrix.sent import SENT
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule

pytestmark = pytest.mark.integration

PREFIX = "/api/v1"
PROBLEM = ("application/problem+json",)
# What each answers with: JSON, or a file of one of these types.
GIVEN = {
    f"{each.method} {PREFIX}{re.sub('<[^>]+>', '…', each.path)}": each.gives
    if isinstance(each.gives, tuple)
    else ("application/json",)
    for each in ENDPOINTS
}
PROGRAMS = [pytest.param(*each, id=each[0]) for each in STATEMENT.programs]
WRITING = [pytest.param(*each, id=each[0]) for each in STATEMENT.programs if not each[0].startswith("GET")]


def expected(page: Rule, who: str, state: str) -> int:
    """What a program is to be answered where the page answers this."""
    if who in OUTSIDE:
        return 401
    told = page.answer(who, state)
    return 200 if told < 400 else told  # a page that has done what is asked leads on


def complete(asking: Asking, address: str, page: Rule, state: str) -> JSON:
    """What is sent so that only who asks and when decide."""
    sent = SENT.get(address.partition(f" {PREFIX}")[2]) if not address.startswith("GET") else None
    return sent(asking.premises, asking.premises.matters[page.family][state]) if sent else None


def etag(asking: Asking, address: str, page: Rule, state: str) -> str:
    """The state on which a change builds: the first one, but for chosen sections, and titles that a file changed."""
    if address.endswith("/publications/…/sections"):
        return mark_of(session().get_one(Publication, asking.premises.matters[page.family][state].publication_id))
    if not address.endswith("/title"):
        return "1"
    paper = session().get_one(Strategy, asking.premises.matters[page.family][state].strategy_id)
    return str(paper.title_revision)


def test_no_address_of_the_api_is_without_a_rule_and_no_rule_without_an_address(app: Flask) -> None:
    served = {
        f"{method} {written(route)}"
        for route in app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if is_for_programs(route)
    }
    stated = [address for address, _ in STATEMENT.programs]
    assert served == set(stated), "docs/who-may.md, “The API”, says which page each is like"
    assert len(stated) == len(set(stated))
    assert {f"{PREFIX}{path}" for path in SENT} <= {address.split()[1] for address in stated}


@pytest.mark.asvs("V8.2.1", "V8.2.2", "V8.2.3", "V8.3.1")
@pytest.mark.parametrize(("address", "page"), PROGRAMS)
def test_each_is_answered_as_its_page_is(asking: Asking, address: str, page: Rule) -> None:
    """Who is to be refused sends nothing: nobody learns what a body lacks who may not send it, or not now."""
    wrong = []
    for state in page.states:
        for who in STATEMENT.people:
            due = expected(page, who, state)
            # A file that comes at the wrong time is refused for what it says.
            sent = complete(asking, address, page, state) if due in (200, 422) else None
            with asking.told_program(address, page, who, state, sent, etag(asking, address, page, state)) as answer:
                if answer.status_code != due:
                    told = answer.get_data(as_text=True)[:300]
                    wrong.append(f"{address} ({state or 'any'}), {who}: {answer.status_code}, not {due}: {told}")
                assert answer.mimetype in (GIVEN[address] if answer.status_code == 200 else PROBLEM)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("address", "page"), WRITING)
def test_what_is_done_or_refused_is_on_the_record(asking: Asking, address: str, page: Rule) -> None:
    for state in page.states:
        for due in (200, 403, 404):
            for who in [each for each in STATEMENT.people if expected(page, each, state) == due][:1]:
                sent = complete(asking, address, page, state) if due == 200 else None
                with asking.told_program(address, page, who, state, sent, etag(asking, address, page, state)) as answer:
                    lines = lines_of(answer)
                    assert lines, f"{address} ({state}), {who}"
                    assert (due == 200) or list(lines) == ["refused"], f"{address} ({state}), {who}: {lines}"

"""Whatever can be done on a page about what the API is about can be done by a program: the same act, on the record.

A form that no program fills in stands here, with its reason.
"""

import pytest

from tests.matrix.asking import Asking, lines_of
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule
from tests.matrix.test_every_act_is_recorded import RECORDED, due
from tests.matrix.test_every_program import complete, etag, expected

pytestmark = pytest.mark.integration

FORMS = {rule.path: rule for rule in STATEMENT.rules if rule.method != "GET"}
PROGRAMS = [(address, page) for address, page in STATEMENT.programs if page.method != "GET"]
SERVED = {page.path for _, page in PROGRAMS}

# What the API is not about: where these addresses begin.
ELSEWHERE = {
    "/sign-": "a program has a token, and never signs in",
    "/me/": "who one is, and one's tokens, are kept by oneself soon after a sign-in",
    "/demo/": "the demo's clock is for people who try it",
    "/people/": "who may do what is for an administrator who has signed in",
    "/retention/": "what is kept or destroyed takes two people who have signed in",
    "/webhooks": "where events are sent is for people who have signed in: it shows a secret",
    "/papers/": "the Directorate's own papers are written and signed by people; programs put them to Components",
    "/directorate/actions/": "how Department-wide actions stand is none of the nouns of the API",
    "/closes": "the close of the fiscal year is stated and signed by people",
    "/what-if": "a rehearsal, which keeps nothing: programs have the command line",
}
# Forms about the nouns of the API that no program fills in.
BY_HAND = {
    "/inbox/calendar": "a private address, shown once to whoever has signed in",
    "/inbox/calendar/end": "the same",
    "/inbox/preferences": "how one's own e-mails come",
    "/strategies/…/sections/…/live": "what a page saves while somebody types: a program saves when it has the text",
    "/strategies/…/sections/…/here": "who is writing at the moment, for those who look at the page",
    "/strategies/…/offline": "a form in Word or Excel for people: a program sends each section's text",
}
# Two pages with the same form, of which the API has one.
SAME = {"/strategies/…/review/return": "/strategies/…/decision/return"}
# Where the page says less: a look ahead leaves no line.
ACTS = {"POST /api/v1/closures/preview": ("asked",)}


def test_every_form_about_what_the_api_is_about_has_a_program_or_a_reason() -> None:
    lacking = FORMS.keys() - SERVED - BY_HAND.keys() - SAME.keys()
    assert {path for path in lacking if not path.startswith(tuple(ELSEWHERE))} == set(), "give it an endpoint"


def test_no_reason_is_there_for_nothing() -> None:
    assert not BY_HAND.keys() & SERVED
    assert BY_HAND.keys() | SAME.keys() <= FORMS.keys()
    lacking = FORMS.keys() - SERVED
    assert [begin for begin in ELSEWHERE if not any(path.startswith(begin) for path in lacking)] == []


def test_two_pages_with_the_same_form_have_the_same_rule_and_act() -> None:
    for path, other in SAME.items():
        assert other in SERVED
        ours, theirs = FORMS[path], FORMS[other]
        assert (ours.by, ours.when, ours.otherwise) == (theirs.by, theirs.when, theirs.otherwise)
        assert RECORDED[path] == RECORDED[other]


def test_what_fills_in_a_form_writes() -> None:
    assert [address for address, _ in PROGRAMS if address.startswith("GET")] == []


@pytest.mark.parametrize(("address", "page"), [pytest.param(*each, id=each[0]) for each in PROGRAMS])
def test_a_program_does_the_very_act_of_the_page(asking: Asking, address: str, page: Rule) -> None:
    for state in page.states:
        allowed = [who for who in STATEMENT.people if who not in OUTSIDE and expected(page, who, state) == 200]
        for who in allowed[:1]:
            lines = list(ACTS[address]) if address in ACTS else due(page.path, state)
            sent, base = complete(asking, address, page, state), etag(asking, address, page, state)
            with asking.told_program(address, page, who, state, sent, base) as answer:
                assert list(lines_of(answer)) == lines, f"{address} ({state}), {who}"

"""The addresses that show a list, and how a test gets hold of the list that a page was made with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import template_rendered
from werkzeug.test import TestResponse

from cxworkflow.web.lists import Listing
from tests.matrix.asking import Asking
from tests.matrix.forms import Form
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule

LISTS = (
    "/clocks/",
    "/closes/",
    "/closes/…",
    "/closures",
    "/commitments/",
    "/components/",
    "/coordination",
    "/department",
    "/department/trend",
    "/directorate/actions",
    "/directorate/clauses",
    "/directorate/queue",
    "/directorate/workload",
    "/directorate/workload/sections",
    "/guidance",
    "/hisps/numbers",
    "/hisps/quarters",
    "/hisps/services",
    "/inbox/",
    "/metrics",
    "/notices/",
    "/people",
    "/policies/…/map/…",
    "/publications",
    "/published",
    "/record",
    "/retention/disposals",
    "/retention/disposals/…",
    "/retention/holds",
    "/retention/…",
    "/strategies/…/sections/…/history",
    "/webhooks",
    "/webhooks/…",
)
READ = [rule for rule in STATEMENT.rules if rule.method == "GET" and rule.answers == 200 and "assets" not in rule.path]
SEE_MOST = ("CIO", "Directorate lead", "auditor", "administrator")


def who_sees_most(rule: Rule) -> tuple[str, str]:
    """Of those who may read it, somebody to whom as many filters as possible are offered; and a state of it."""
    found = [
        (who, state)
        for who in (*SEE_MOST, *STATEMENT.people)
        if who not in OUTSIDE
        for state in rule.states
        if rule.answer(who, state) == rule.answers
    ]
    return found[0]


@contextmanager
def list_at(asking: Asking, rule: Rule, query: Form | None = None) -> Iterator[tuple[TestResponse, Listing | None]]:
    """What is answered, and the list that the page was made with, if it is made with one."""
    found: list[Listing] = []

    def note(_app: object, *, context: dict[str, Any], **_: object) -> None:
        found.extend(each for each in context.values() if isinstance(each, Listing))

    with (
        template_rendered.connected_to(note, asking.app),
        asking.told(rule, *who_sees_most(rule), query=query) as answer,
    ):
        yield answer, next(iter(found), None)

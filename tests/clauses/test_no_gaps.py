"""Every clause of every policy that ships has a home in the product and a test that proves it."""

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from config.settings import CLAUSE_TESTS
from cxworkflow.policies import homes_of
from cxworkflow.policies.pages import PAGES
from tests.clauses.marks import SHIPPED, marked, text


@pytest.mark.unit
def test_which_tests_prove_a_clause_is_up_to_date() -> None:
    assert CLAUSE_TESTS.read_text(encoding="utf-8") == text(), "write it anew: python -m tests.clauses"


@pytest.mark.unit
def test_a_mark_names_a_clause_of_a_policy_that_ships() -> None:
    known = {(policy.id, clause.id) for policy in SHIPPED for clause in policy.clauses}
    named = {(policy, clause) for policy, clauses in marked().items() for clause in clauses}
    assert named - known == set()


@pytest.mark.unit
def test_no_clause_is_without_a_home() -> None:
    assert [
        f"{policy.id} {clause.id}" for policy in SHIPPED for clause in policy.clauses if not homes_of(policy, clause)
    ] == []


@pytest.mark.unit
def test_no_clause_is_without_a_test() -> None:
    tests = marked()
    assert [
        f"{policy.id} {clause.id}"
        for policy in SHIPPED
        for clause in policy.clauses
        if not tests[policy.id].get(clause.id)
    ] == []


@pytest.mark.integration
def test_every_page_that_can_be_a_home_is_there(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    missing = []
    for name, (_, path) in PAGES.items():
        try:
            addresses.match(path, method="GET")
        except HTTPException:
            missing.append(name)
    assert missing == []

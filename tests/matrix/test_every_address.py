"""Every address, each of the people, every state of what it is about: the answer is the one of `docs/who-may.md`."""

import pytest
from flask import Flask

from tests.matrix.asking import Asking, is_for_programs, written
from tests.matrix.forms import FORMS
from tests.matrix.statement import STATEMENT, Rule

pytestmark = pytest.mark.integration


def test_no_address_is_without_a_rule_and_no_rule_without_an_address(app: Flask) -> None:
    served = {
        f"{method} {written(route)}"
        for route in app.url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if not is_for_programs(route)
    }
    stated = [rule.address for rule in STATEMENT.rules]
    assert served - set(stated) == set(), "add them to docs/who-may.md, each with who may and when"
    assert set(stated) - served == set(), "take them out of docs/who-may.md"
    assert len(stated) == len(set(stated))
    assert set(FORMS) <= {rule.path for rule in STATEMENT.rules if rule.method != "GET"}


@pytest.mark.asvs("V8.2.1", "V8.2.2", "V8.2.3", "V8.3.1", "V2.2.2")
@pytest.mark.parametrize("rule", STATEMENT.rules, ids=lambda rule: rule.address)
def test_each_is_answered_as_stated(asking: Asking, rule: Rule) -> None:
    """Who is to be refused sends an empty form: nobody learns what it lacks who may not send it, or not now."""
    wrong = []
    for state in rule.states:
        for who in STATEMENT.people:
            expected = rule.answer(who, state)
            told = asking.answer(rule, who, state, complete=expected == rule.answers)
            if told != expected:
                wrong.append(f"{rule.address} ({state or 'any'}), {who}: {told} instead of {expected}")
    assert not wrong, "\n".join(wrong)

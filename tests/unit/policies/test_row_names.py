"""Rows keep their names while they are changed and moved."""

from typing import Any

import pytest

from cxworkflow.policies import Policy
from cxworkflow.policies.answers import RowNames, from_form, name_rows, to_form
from tests.unit.policies.test_forms import flattened

pytestmark = pytest.mark.unit

DAYS, CALLS, TRUST = ({"name": name, "baseline": 1} for name in ("Days", "Calls", "Trust"))


def named(
    policy: Policy, rows: list[dict[str, Any]], before: list[dict[str, Any]], *told: str, state: int = 2
) -> list[str]:
    """The names of metrics that replace others, which are called a, b, c and so on."""
    names = name_rows(
        policy.section("IV.c.3"),
        {"metrics": rows},
        {"metrics": told},
        before={"metrics": before},
        names_before={"metrics": list("abcdef"[: len(before)])},
        state=state,
    )
    return names["metrics"]


def test_new_rows_are_named_by_the_saved_state_in_which_they_came(policy: Policy) -> None:
    assert named(policy, [DAYS, CALLS], [], state=1) == ["1.1", "1.2"]
    assert named(policy, [DAYS, TRUST], [DAYS], "a", "", state=7) == ["a", "7.2"]


def test_a_row_keeps_its_name_when_all_of_it_changes_in_the_form(policy: Policy) -> None:
    assert named(policy, [CALLS], [DAYS], "a") == ["a"]


def test_rows_of_a_file_are_known_by_what_they_say_or_begin_with(policy: Policy) -> None:
    changed = {**DAYS, "baseline": 2}
    assert named(policy, [TRUST, changed, CALLS], [DAYS, CALLS]) == ["2.1", "a", "b"]


def test_of_two_rows_that_begin_alike_the_one_that_says_the_same_is_the_one(policy: Policy) -> None:
    other = {**DAYS, "baseline": 2}
    assert named(policy, [other, DAYS], [DAYS, other]) == ["b", "a"]


def test_no_two_rows_share_a_name_whatever_a_form_says(policy: Policy) -> None:
    assert named(policy, [DAYS, CALLS, TRUST], [DAYS], "a", "a", "zzz") == ["a", "2.2", "2.3"]


def test_a_name_comes_back_with_its_row_from_a_form(policy: Policy) -> None:
    section, names = policy.section("IV.c.3"), {"metrics": ["1.1", "1.2"]}
    typed = to_form(section, {"metrics": [DAYS, CALLS], "text": ""}, names)
    reading = from_form(section, flattened(typed))
    back: RowNames = {"metrics": ["1.1", "1.2"]}
    assert reading.row_names == back
    without_the_first = flattened({**typed, "metrics": typed["metrics"][1:]})
    assert from_form(section, without_the_first).row_names == {"metrics": ["1.2"]}

"""What changed between two versions: by field, and by row under the name that the row keeps."""

from typing import Any

import pytest

from cxworkflow.policies import Policy
from cxworkflow.policies.answers import SectionChange, Side, differences

pytestmark = pytest.mark.unit

DAYS, CALLS, TRUST = ({"name": name, "kind": "outcome", "baseline": 45} for name in ("Days", "Calls", "Trust"))
Rows = dict[str, dict[str, Any]]


def changed(policy: Policy, before: Rows, after: Rows) -> SectionChange:
    """What changed in the metrics, each a row under its name."""
    sides = [
        Side({"IV.c.3": {"metrics": list(rows.values())}}, {"IV.c.3": {"metrics": list(rows)}}, {})
        for rows in (before, after)
    ]
    (found,) = differences([policy.section("IV.c.3")], *sides)
    return found


def kinds(change: SectionChange) -> list[tuple[str, str]]:
    return [(row.name, row.kind) for row in change.rows]


def test_what_reads_as_before_did_not_change(policy: Policy) -> None:
    assert not changed(policy, {"a": DAYS, "b": CALLS}, {"a": DAYS, "b": CALLS})


def test_rows_are_added_removed_and_changed(policy: Policy) -> None:
    change = changed(policy, {"a": DAYS, "b": CALLS}, {"a": {**DAYS, "baseline": 1200}, "c": TRUST})
    assert kinds(change) == [("a", "changed"), ("b", "removed"), ("c", "added")]
    (baseline,) = change.rows[0].fields
    assert (baseline.label, baseline.before, baseline.after) == ("Baseline", "45", "1,200")
    assert [row.called for row in change.rows] == ["Metric 1: Days", "Metric 2: Calls", "Metric 2: Trust"]


def test_a_row_that_moved_is_not_one_removed_and_one_added(policy: Policy) -> None:
    change = changed(policy, {"a": DAYS, "b": CALLS, "c": TRUST}, {"b": CALLS, "c": TRUST, "a": DAYS})
    assert kinds(change) == [("a", "moved")]
    assert change.rows[0].moved == "from place 1 to 3"


def test_a_row_may_move_and_change(policy: Policy) -> None:
    change = changed(
        policy, {"a": DAYS, "b": CALLS, "c": TRUST}, {"b": CALLS, "c": TRUST, "a": {**DAYS, "name": "Hours"}}
    )
    assert kinds(change) == [("a", "changed")]
    assert change.rows[0].moved


def test_a_row_is_the_same_by_its_name_even_where_all_of_it_changed(policy: Policy) -> None:
    assert kinds(changed(policy, {"a": DAYS}, {"a": TRUST})) == [("a", "changed")]
    assert kinds(changed(policy, {"a": DAYS}, {"b": DAYS})) == [("a", "removed"), ("b", "added")]


def test_choices_dates_and_money_are_compared_as_people_read_them(policy: Policy) -> None:
    section = policy.section("IV.c.2")
    before = Side({section.clause: {"placement": "new office", "reports_to": "Chief", "text": ""}}, {}, {})
    after = Side({section.clause: {"placement": "existing office", "reports_to": "Chief", "text": "So."}}, {}, {})
    (change,) = differences([section], before, after)
    assert [(each.label, each.before, each.after) for each in change.fields] == [
        ("Placement", "A new office", "An existing office becomes the CX office"),
        ("The place in words", "", "So."),
    ]


def test_a_need_that_went_away_is_told_with_its_reason(policy: Policy) -> None:
    section = policy.section("IV.c.6")
    before = Side(
        {section.clause: {"needed": True, "hires": [{"role": "Designer"}]}}, {section.clause: {"hires": ["a"]}}, {}
    )
    after = Side({section.clause: {"needed": False, "reason": "We have one."}}, {}, {})
    (change,) = differences([section], before, after)
    assert [(each.label, each.after) for each in change.fields] == [("Needed", "No"), ("Why not", "We have one.")]
    assert kinds(change) == [("a", "removed")]


def test_files_that_came_or_went_are_told(policy: Policy) -> None:
    section = policy.section("IV.c.5.a")
    content = {section.clause: {"text": "So."}}
    (change,) = differences([section], Side(content, {}, {}), Side(content, {}, {section.clause: ["plan.pdf"]}))
    assert [(each.label, each.after) for each in change.fields] == [("Files", "plan.pdf")]

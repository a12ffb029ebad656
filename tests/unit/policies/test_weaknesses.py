"""What is complete but weak: told at the very field, by rules that stand in the policy's file."""

from typing import Any

import pytest

from config.settings import POLICIES
from cxworkflow.errors import InvalidInput
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.answers import missing_in, weak_in
from tests.stage import answers

pytestmark = [pytest.mark.unit, pytest.mark.clause("IV.e")]

METRIC = {
    "name": "Days to a decision",
    "kind": "outcome",
    "unit": "days",
    "direction": "down",
    "baseline": 120,
    "target": 60,
    "by": "2024-09-30",
    "principles": [5],
    "source": "Case system",
}
ACTIVITY = {"what": "Interviews", "owner": "Design lead", "start": "2024-02-01", "end": "2024-09-30", "principles": [3]}
LONG = "Every office asks its visitors the same three questions and reads the answers each Monday with the whole team."


def weak(policy: Policy, clause: str, content: dict[str, Any], **others: dict[str, Any]) -> list[tuple[str, str]]:
    found = weak_in(policy, policy.section(clause), {clause: content, **others})
    return [(fault.key, fault.reason) for fault in found]


def test_what_is_done_by_the_last_day_is_not_weak(policy: Policy) -> None:
    assert weak(policy, "IV.c.3", {"metrics": [METRIC]}) == []
    assert weak(policy, "IV.c.4", {"activities": [ACTIVITY]}) == []


def test_an_activity_after_the_last_day_of_implementation_is_weak(policy: Policy) -> None:
    late = {**ACTIVITY, "end": "2024-10-01"}
    found = weak(policy, "IV.c.4", {"activities": [ACTIVITY, late]})
    assert [key for key, _ in found] == ["activities[1].end"]
    assert "after September 30, 2024" in found[0][1]


@pytest.mark.parametrize(("way", "target"), [("down", 120), ("down", 121), ("up", 120), ("up", 119)])
def test_a_target_no_better_than_the_baseline_is_weak(policy: Policy, way: str, target: int) -> None:
    found = weak(policy, "IV.c.3", {"metrics": [{**METRIC, "direction": way, "target": target}]})
    assert [key for key, _ in found] == ["metrics[0].target"]


def test_a_metric_without_a_baseline_is_missing_it_and_not_weak(policy: Policy) -> None:
    content = {"metrics": [{**METRIC, "baseline": None}]}
    assert weak(policy, "IV.c.3", content) == []
    assert [fault.key for fault in missing_in(policy.section("IV.c.3"), content)] == ["metrics[0].baseline"]


def test_metrics_without_an_outcome_are_weak(policy: Policy) -> None:
    assert [key for key, _ in weak(policy, "IV.c.3", {"metrics": [{**METRIC, "kind": "output"}]})] == [
        "metrics[0].kind"
    ]


def test_a_section_that_repeats_another_is_weak(policy: Policy) -> None:
    found = weak(policy, "IV.g.2", {"text": f"{LONG} "}, **{"IV.g.1": {"text": f"As we said: {LONG.upper()}"}})
    assert found == [
        (
            "text",
            "Most of this stands in IV.g.1, Staffing that follows demand as well. Say here what this section asks.",
        )
    ]
    assert weak(policy, "IV.g.2", {"text": LONG}, **{"IV.g.1": {"text": " ".join(reversed(LONG.split()))}}) == []


def test_a_very_short_text_is_weak_and_an_empty_one_is_missing(policy: Policy) -> None:
    assert [key for key, _ in weak(policy, "IV.c.5.a", {"text": "We test forms."})] == ["text"]
    assert weak(policy, "IV.c.5.a", {"text": ""}) == []


def test_what_is_not_needed_is_not_weak(policy: Policy) -> None:
    assert weak(policy, "IV.c.6", {"needed": False, "reason": "No."}) == []


@pytest.mark.parametrize("hisp", [True, False])
def test_the_samples_have_nothing_out_of_time(policy: Policy, hisp: bool) -> None:
    sample = answers(hisp=hisp)
    for section in policy.sections_for(hisp=hisp):
        assert not [fault for fault in weak_in(policy, section, sample) if "after" in fault.reason]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('column = "end"\nclock', 'column = "ends"\nclock', "Name a column of “activities” of type date here."),
        (
            'clock = "implementation"\nsays = "This activity',
            'clock = "review"\nsays = "This activity',
            "is no clock with",
        ),
        ("{section} as well", "{other} as well", "Nothing stands in for {other} here."),
        ('check = "short"\nfield = "text"\nwords = 12', 'check = "short"\nfield = "text"', "needs this. Add it."),
        ('check = "short"\nfield = "text"', 'check = "short"\nfield = "texts"', "is no field of this section."),
    ],
)
def test_a_rule_that_speaks_of_nothing_is_refused(before: str, after: str, told: str) -> None:
    text = (POLICIES / "dhs-076-02.toml").read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(InvalidInput) as refusal:
        read_policy(text.replace(before, after, 1).encode(), file="policy.toml")
    assert told in str(refusal.value)


def test_beside_every_question_stand_help_and_an_example(policy: Policy) -> None:
    for section in policy.sections:
        assert section.help
        assert section.example
        for field in section.fields:
            for asked in (field, *field.columns):
                assert asked.help, (section.clause, asked.key)
                if asked.type not in ("rows", "choice", "principles"):
                    assert asked.example, (section.clause, asked.key)

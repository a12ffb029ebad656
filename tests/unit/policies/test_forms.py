"""A section's content and the boxes of its form, both ways: nothing typed is lost."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from cxworkflow.policies import Policy
from cxworkflow.policies.answers import date_boxes, faults_of_boxes, from_form, to_form

pytestmark = pytest.mark.unit

METRIC = {
    "metrics-0-name": "Days to an answer",
    "metrics-0-kind": "outcome",
    "metrics-0-unit": "days",
    "metrics-0-direction": "down",
    "metrics-0-baseline": "1,200.50",
    "metrics-0-target": " 10 ",
    "metrics-0-by": "2024-08-31",
    "metrics-0-source": "Case records",
}


def flattened(typed: dict[str, Any]) -> MultiDict[str, str]:
    """The form that a browser would send for these boxes."""
    form: MultiDict[str, str] = MultiDict()
    for key, value in typed.items():
        if isinstance(value, str):
            form.add(key, value)
            continue
        for position, row in enumerate(value):
            for column, cell in row.items():
                for each in cell if isinstance(cell, list) else [cell]:
                    form.add(f"{key}-{position}-{column}", each)
    return form


def test_boxes_become_numbers_dates_and_lists(policy: Policy) -> None:
    form = MultiDict(
        [*METRIC.items(), ("metrics-0-principles", "2"), ("metrics-0-principles", "5"), ("text", "So\r\nit is")]
    )

    content, faults, _ = from_form(policy.section("IV.c.3"), form)

    assert faults == []
    assert content == {
        "metrics": [
            {
                "name": "Days to an answer",
                "kind": "outcome",
                "unit": "days",
                "direction": "down",
                "baseline": 1200.5,
                "target": 10,
                "by": "2024-08-31",
                "principles": [2, 5],
                "source": "Case records",
            }
        ],
        "text": "So\nit is",
    }


def test_an_amount_may_be_typed_as_people_write_it(policy: Policy) -> None:
    form = {"funds-0-source": "Fees", "funds-0-fiscal_year": "2024", "funds-0-amount_usd": "$2,450,000"}

    content, faults, _ = from_form(policy.section("IV.c.1"), form)

    assert faults == []
    assert content["funds"] == [{"source": "Fees", "fiscal_year": 2024, "amount_usd": 2450000}]


def test_a_date_may_come_in_three_boxes(policy: Policy) -> None:
    form = {
        **{f"metrics-0-by-{part}": typed for part, typed in (("year", "2024"), ("month", "8"), ("day", "5"))},
        "metrics-0-name": "Days",
    }

    content, faults, typed = from_form(policy.section("IV.c.3"), form)

    assert faults == []
    assert content["metrics"][0]["by"] == "2024-08-05"
    assert date_boxes(typed["metrics"][0]["by"]) == ("2024", "8", "5")
    assert date_boxes("2024-08-05") == ("2024", "8", "5")


def test_a_half_typed_date_is_a_fault_and_stays_in_its_boxes(policy: Policy) -> None:
    _, faults, typed = from_form(policy.section("IV.c.3"), {"metrics-0-by-year": "2024", "metrics-0-by-day": "x"})

    assert [fault.key for fault in faults] == ["metrics[0].by"]
    assert date_boxes(typed["metrics"][0]["by"]) == ("2024", "", "x")


def test_blank_rows_are_dropped_and_faults_point_to_the_rows_that_stay(policy: Policy) -> None:
    form = {
        "personnel-0-role": " ",
        "personnel-0-kind": "",
        "personnel-3-role": "Analyst",
        "personnel-3-fte": "1.5",
        "personnel-12-role": "Designer",
        "personnel-12-fte": "a lot",
    }

    content, faults, typed = from_form(policy.section("IV.c.1"), form)

    assert [row["role"] for row in content["personnel"]] == ["Analyst", "Designer"]
    assert [fault.key for fault in faults] == ["personnel[1].fte"]
    assert typed["personnel"][1]["fte"] == "a lot"
    assert content["personnel"][1]["fte"] is None


@pytest.mark.parametrize(("typed", "needed"), [("yes", True), ("no", False), ("", None)])
def test_needed_is_answered_with_yes_or_no(policy: Policy, typed: str, *, needed: bool | None) -> None:
    content, faults, _ = from_form(policy.section("IV.c.6"), {"needed": typed, "reason": "We have them."})

    assert faults == []
    assert content["needed"] is needed
    assert content["reason"] == "We have them."


def test_another_answer_than_yes_or_no_is_a_fault(policy: Policy) -> None:
    reading = from_form(policy.section("IV.c.6"), {"needed": "perhaps"})

    assert [fault.key for fault in reading.faults] == ["needed"]


def test_rows_typed_under_not_needed_are_kept(policy: Policy) -> None:
    form = {"needed": "no", "reason": "", "hires-0-role": "Designer"}

    content, faults, typed = from_form(policy.section("IV.c.6"), form)

    assert faults == []
    assert content["hires"][0]["role"] == "Designer"
    assert typed["hires"][0]["role"] == "Designer"


def test_other_names_in_the_form_are_left_alone(policy: Policy) -> None:
    content, faults, _ = from_form(
        policy.section("IV.c.5.a"), {"text": "Yes.", "csrf_token": "x", "metrics-0-name": "y"}
    )

    assert faults == []
    assert content == {"text": "Yes."}


def test_a_form_filled_from_content_gives_the_same_content_back(policy: Policy, hisp_answers: dict[str, Any]) -> None:
    for section in policy.sections:
        content = hisp_answers[section.clause]
        reading = from_form(section, flattened(to_form(section, content)))
        assert (reading.content, reading.faults) == (content, [])


@pytest.mark.parametrize(
    ("year", "month", "day", "said"),
    [
        ("2024", "2", "30", "There is no such day. For January 9, 2024 choose January and write 9 and 2024."),
        ("soon", "8", "30", "There is no such day. For January 9, 2024 choose January and write 9 and 2024."),
        ("", "8", "30", "Give month, day and year. For January 9, 2024 choose January and write 9 and 2024."),
        ("1024", "8", "30", "The year 1024 can't be right. Write one from 1900 to 2199."),
    ],
)
def test_who_has_three_boxes_is_told_of_three_boxes(policy: Policy, year: str, month: str, day: str, said: str) -> None:
    boxes = {"metrics-0-by-year": year, "metrics-0-by-month": month, "metrics-0-by-day": day}
    sent = MultiDict({name: value for name, value in METRIC.items() if name != "metrics-0-by"} | boxes)
    section = policy.section("IV.c.3")
    (fault,) = faults_of_boxes(section, from_form(section, sent))
    assert (fault.key, fault.reason) == ("metrics[0].by", said)

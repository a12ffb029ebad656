"""A strategy file is read whole, or refused with every fault named by file, key and what to do about it."""

from collections.abc import Callable
from typing import Any

import pytest

from cxworkflow.policies import Policy
from cxworkflow.policies.answers import read_strategy

pytestmark = pytest.mark.unit

Components = dict[str, bool]
Answers = dict[str, Any]
Write = Callable[..., bytes]


Refused = Callable[..., dict[str, str]]


def test_a_complete_file_is_read_as_it_stands(
    policy: Policy, components: Components, written: Write, answers: Answers, hisp_answers: Answers
) -> None:
    own = read_strategy(written(answers), policy, components)
    hisp = read_strategy(written(hisp_answers, component="CBP"), policy, components)

    assert (own.policy, own.component, own.title, own.answers) == ("dhs-076-02", "FLETC", "Better service", answers)
    assert hisp.answers == hisp_answers
    assert list(hisp.answers) == [section.clause for section in policy.sections]


def test_numbers_text_and_missing_keys_are_brought_into_one_form(
    policy: Policy, components: Components, written: Write, answers: Answers
) -> None:
    answers["IV.c.1"]["personnel"] = [{"role": " Analyst ", "fte": 2.0, "kind": "employee"}]
    answers["IV.c.5.a"] = {"text": "One\r\ntwo\n"}
    del answers["IV.c.2"]["text"]

    read = read_strategy(written(answers), policy, components).answers

    [person] = read["IV.c.1"]["personnel"]
    assert person == {"role": "Analyst", "series_grade": None, "fte": 2, "kind": "employee"}
    assert isinstance(person["fte"], int)
    assert read["IV.c.5.a"]["text"] == "One\ntwo"
    assert read["IV.c.2"]["text"] == ""


def test_a_hisp_filing_anothers_content_brings_the_hisp_sections_along(
    policy: Policy, components: Components, written: Write, hisp_answers: Answers
) -> None:
    filed = read_strategy(written(hisp_answers, component="CBP"), policy, components, as_component="FEMA")

    assert filed.component == "FEMA"
    assert filed.answers == hisp_answers


def test_filed_for_another_component_the_hisp_sections_are_left_out(
    policy: Policy, components: Components, written: Write, hisp_answers: Answers, answers: Answers
) -> None:
    filed = read_strategy(written(hisp_answers, component="CBP"), policy, components, as_component="S&T")

    assert filed.answers == answers


def test_a_hisp_cannot_file_content_without_the_hisp_sections(
    faults_of: Refused, written: Write, answers: Answers
) -> None:
    assert set(faults_of(written(answers), as_component="FEMA")) == {"answers.IV.g.1", "answers.IV.g.2"}


def test_others_are_not_asked_the_hisp_sections(faults_of: Refused, written: Write, hisp_answers: Answers) -> None:
    faults = faults_of(written(hisp_answers))

    assert set(faults) == {"answers.IV.g.1", "answers.IV.g.2"}
    assert "Only High Impact Service Providers" in faults["answers.IV.g.1"]


def test_a_section_that_is_missing_is_a_fault_of_its_own(faults_of: Refused, written: Write, answers: Answers) -> None:
    del answers["IV.c.2"], answers["IV.c.7"]

    assert set(faults_of(written(answers))) == {"answers.IV.c.2", "answers.IV.c.7"}


def test_not_needed_without_a_reason_and_needed_without_a_row_are_refused(
    faults_of: Refused, written: Write, answers: Answers
) -> None:
    answers["IV.c.6"] = {"needed": False}
    answers["IV.c.7"] = {"needed": True, "contracts": []}

    assert faults_of(written(answers)) == {
        "answers.IV.c.6.reason": "Say why this is not needed.",
        "answers.IV.c.7.contracts": "Add at least one contract.",
    }


@pytest.mark.asvs("V15.3.5")
def test_each_wrong_value_is_named_once_and_not_called_missing_too(
    faults_of: Refused, written: Write, answers: Answers
) -> None:
    answers["IV.c.1"] = {
        "personnel": [{"role": "Lead", "series_grade": "X", "fte": -2, "kind": "robot"}],
        "funds": [{"source": "Fees", "fiscal_year": "next", "amount_usd": "much"}],
        "text": 7,
    }
    answers["IV.c.3"]["metrics"][0].update(name="", direction="sideways", by="2024-02-30", principles=[0, 9])

    assert set(faults_of(written(answers))) == {
        "answers.IV.c.1.personnel[0].fte",
        "answers.IV.c.1.personnel[0].kind",
        "answers.IV.c.1.funds[0].fiscal_year",
        "answers.IV.c.1.funds[0].amount_usd",
        "answers.IV.c.1.text",
        "answers.IV.c.3.metrics[0].name",
        "answers.IV.c.3.metrics[0].direction",
        "answers.IV.c.3.metrics[0].by",
        "answers.IV.c.3.metrics[0].principles[0]",
        "answers.IV.c.3.metrics[0].principles[1]",
    }


@pytest.mark.parametrize(
    ("others", "key", "says"),
    [
        ({"policy": "another"}, "policy", "“another” is not the policy"),
        ({"policy": 7}, "policy", "a number is not the policy"),
        ({"policy": None}, "policy", "Say which policy"),
        ({"component": "XYZ"}, "component", "CBP, FEMA, FLETC, S&T"),
        ({"component": ["CBP"]}, "component", "not a list"),
        ({"title": ""}, "title", "Give the strategy a title"),
        ({"title": "a\nb"}, "title", "one line"),
        ({"title": "x" * 301}, "title", "most allowed is 300"),
        ({"notes": 1}, "notes", "no such key"),
        ({"answers": None}, "answers", "missing"),
        ({"answers": []}, "answers", "not a list"),
    ],
)
def test_what_stands_around_the_answers_is_checked(
    faults_of: Refused, written: Write, answers: Answers, others: dict[str, object], key: str, says: str
) -> None:
    faults = faults_of(written(**{"answers": answers, **others}))

    assert list(faults) == [key]
    assert says in faults[key]


def test_an_unknown_clause_is_refused_with_those_there_are(
    faults_of: Refused, written: Write, answers: Answers
) -> None:
    reason = faults_of(written({**answers, "IV.z.9": {"text": "x"}}))["answers.IV.z.9"]

    assert "IV.c.1, IV.c.2" in reason


def test_nobody_files_as_a_component_that_is_not_there(faults_of: Refused, written: Write, answers: Answers) -> None:
    assert "“XYZ” is not a Component here" in faults_of(written(answers), as_component="XYZ")["as"]


@pytest.mark.asvs("V1.3.3")
def test_too_many_rows_and_too_much_text_are_refused(faults_of: Refused, written: Write, answers: Answers) -> None:
    answers["IV.c.1"]["personnel"] *= 501
    answers["IV.c.5.b"]["text"] = "x" * 20_001

    assert set(faults_of(written(answers))) == {"answers.IV.c.1.personnel", "answers.IV.c.5.b.text"}


def test_a_file_full_of_stray_keys_does_not_drown_its_reader(
    faults_of: Refused, written: Write, answers: Answers
) -> None:
    faults = faults_of(written({**answers, **{f"IV.x.{number}": {} for number in range(5000)}}))

    assert len(faults) == 101
    assert "4,900 more unknown names" in faults["answers"]


def test_objects_where_values_belong_are_refused(faults_of: Refused, written: Write, answers: Answers) -> None:
    answers["IV.c.2"] = []
    answers["IV.c.4"] = {"activities": [1, {"what": {}, "colour": "red"}], "text": ""}
    answers["IV.c.5.a"] = {"text": ["a"]}

    faults = faults_of(written(answers))

    assert "not a list" in faults["answers.IV.c.2"]
    assert "for each row" in faults["answers.IV.c.4.activities[0]"]
    assert "object in {braces}" in faults["answers.IV.c.4.activities[1].what"]
    assert "no field of this name" in faults["answers.IV.c.4.activities[1].colour"]
    assert faults["answers.IV.c.4.activities[1].owner"] == "Fill in “Owner”."
    assert "answers.IV.c.4.activities[0].owner" not in faults

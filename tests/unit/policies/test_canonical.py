"""Equal content has equal bytes and an equal hash, whatever the order it was written in."""

import json
from datetime import date
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxworkflow.errors import InvalidInput
from cxworkflow.policies import Field, Policy, Section
from cxworkflow.policies.answers import (
    canonical,
    check_section,
    from_form,
    missing_overall,
    read_strategy,
    sha256_of,
    to_form,
)

pytestmark = pytest.mark.unit

COMPONENTS = {"CBP": True, "FLETC": False}
HIDDEN = "\x00\ud800\u202e"
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2024-02-29", HIDDEN]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Right answers to one field."""
    if field.type == "rows":
        row = st.fixed_dictionaries({column.key: value_of(column) for column in field.columns})
        return st.lists(row.map(in_order), min_size=1, max_size=2)
    least, most = int(field.min or 0), int(field.max or 3000)
    return {
        "line": WORDS,
        "text": WORDS,
        "number": st.floats(least, most) | st.integers(least, most),
        "integer": st.integers(least, most),
        "fiscal-year": st.integers(least, most),
        "money": st.integers(0, 10**12) | st.integers(0, 10**9).map(lambda cents: cents / 100),
        "date": st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
        "choice": st.sampled_from([choice.value for choice in field.choices] or [""]),
        "principles": st.lists(st.integers(1, 8), min_size=1, unique=True),
    }[field.type]


def in_order(row: dict[str, Any]) -> dict[str, Any]:
    """The row, its work ending no earlier than it starts."""
    if "start" in row:
        row["start"], row["end"] = sorted((row["start"], row["end"]))
    return row


def content_of(section: Section) -> st.SearchStrategy[dict[str, Any]]:
    """Right and complete answers to a section."""
    filled = st.fixed_dictionaries({field.key: value_of(field) for field in section.fields})
    if not section.as_needed:
        return filled
    reason = st.fixed_dictionaries({"needed": st.just(value=False), "reason": WORDS})
    return reason | filled.map(lambda content: {"needed": True, **content})


def shuffled(value: Any, chance: Random) -> Any:
    """The same value with the keys of its objects in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


@given(
    answers=st.dictionaries(WORDS, st.dictionaries(WORDS, st.integers(-(2**53) + 1, 2**53 - 1))),
    chance=st.randoms(use_true_random=False),
)
def test_the_order_of_keys_changes_nothing(answers: dict[str, dict[str, int]], chance: Random) -> None:
    one = canonical("p", "C", "T", answers)

    assert canonical("p", "C", "T", shuffled(answers, chance)) == one
    assert sha256_of("p", "C", "T", answers) == sha256(one).hexdigest()
    assert json.loads(one) == {"policy": "p", "component": "C", "title": "T", "answers": answers}


@pytest.mark.asvs("V11.4.3")
def test_a_change_in_any_part_changes_the_hash(answers: dict[str, Any]) -> None:
    before = sha256_of("p", "C", "T", answers)
    answers["IV.c.1"]["personnel"][0]["fte"] = 1.25

    others = [("q", "C", "T"), ("p", "D", "T"), ("p", "C", "U")]

    assert len({before, *(sha256_of(*other, answers) for other in others), sha256_of("p", "C", "T", answers)}) == 5


def test_a_whole_number_is_the_same_however_it_was_written(answers: dict[str, Any]) -> None:
    assert canonical("p", "C", "T", {"a": {"fte": 1.0}}) == canonical("p", "C", "T", {"a": {"fte": 1}})


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_reading_an_export_gives_the_same_strategy_again(policy: Policy, data: st.DataObject, chance: Random) -> None:
    component = data.draw(st.sampled_from(list(COMPONENTS)))
    sections = policy.sections_for(hisp=COMPONENTS[component])
    written = {section.clause: data.draw(content_of(section)) for section in sections}
    raw = json.dumps({"policy": policy.id, "component": component, "title": "T", "answers": shuffled(written, chance)})

    first = read_strategy(raw.encode(), policy, COMPONENTS)
    export = canonical(first.policy, first.component, first.title, first.answers)

    assert read_strategy(export, policy, COMPONENTS) == first
    assert missing_overall(policy, first.answers, hisp=COMPONENTS[component]) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_saved_form_gives_the_same_content_again(policy: Policy, data: st.DataObject) -> None:
    section = data.draw(st.sampled_from(policy.sections))
    content, faults = check_section(section, data.draw(content_of(section)), at_key="")

    assert faults == []
    assert from_form(section, flat(to_form(section, content))).content == content


def flat(typed: dict[str, Any]) -> dict[str, Any]:
    """The boxes as a browser names them."""
    rows = {key: value for key, value in typed.items() if isinstance(value, list)}
    form = {key: value for key, value in typed.items() if key not in rows}
    for key, lines in rows.items():
        for position, line in enumerate(lines):
            form.update({f"{key}-{position}-{column}": box for column, box in line.items()})
    return form


@settings(max_examples=150)
@given(
    content=JSON, clause=st.sampled_from(["IV.c.1", "IV.c.2", "IV.c.3", "IV.c.4", "IV.c.5.a", "IV.c.6"]), data=st.data()
)
def test_whatever_stands_in_a_file_is_read_or_refused(
    policy: Policy, content: object, clause: str, data: st.DataObject
) -> None:
    section = policy.section(clause)
    known = [*(field.key for field in section.fields), "needed"]
    offered = data.draw(st.just(content) | st.dictionaries(st.sampled_from(known), JSON) | rows_of(section))

    normal, faults = check_section(section, offered, at_key="")
    assert check_section(section, normal, at_key="") == (normal, [])
    assert all(fault.reason.isprintable() for fault in faults)
    canonical("p", "C", "T", {clause: normal})

    whole = {"policy": policy.id, "component": "FLETC", "title": "T", "answers": {clause: offered}}
    with pytest.raises(InvalidInput) as refused:
        read_strategy(json.dumps(whole).encode(), policy, COMPONENTS)
    assert all(fault.key.isprintable() for fault in refused.value.faults)


def rows_of(section: Section) -> st.SearchStrategy[dict[str, Any]]:
    """A section whose rows have the right keys and any values."""
    tables = {
        field.key: st.lists(st.fixed_dictionaries({column.key: JSON for column in field.columns}), max_size=2)
        for field in section.fields
        if field.columns
    }
    return st.fixed_dictionaries(tables)

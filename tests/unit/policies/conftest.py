"""A small complete strategy for each kind of Component, and the real policy to read it against."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.answers import read_strategy

ROOT = Path(__file__).resolve().parents[3]
Answers = dict[str, Any]
ReadableStrategy = Callable[..., bytes]

ANSWERS: Answers = {
    "IV.c.1": {
        "personnel": [{"role": "Analyst", "series_grade": "GS-0343-12", "fte": 1.5, "kind": "employee"}],
        "funds": [{"source": "Operations", "fiscal_year": 2024, "amount_usd": 90000}],
        "text": "",
    },
    "IV.c.2": {"placement": "existing office", "reports_to": "Deputy Director", "text": ""},
    "IV.c.3": {
        "metrics": [
            {
                "name": "Days to an answer",
                "kind": "outcome",
                "unit": "days",
                "direction": "down",
                "baseline": 20,
                "target": 10,
                "by": "2024-08-31",
                "principles": [5, 6],
                "source": "Case records",
            }
        ],
        "text": "",
    },
    "IV.c.4": {
        "activities": [
            {"what": "Interviews", "owner": "Analyst", "start": "2024-02-01", "end": "2024-03-31", "principles": [3]}
        ],
        "text": "",
    },
    "IV.c.5.a": {"text": "We test forms with those who fill them in."},
    "IV.c.5.b": {"text": "We ask users before we buy."},
    "IV.c.5.c": {"text": "We rewrite our letters."},
    "IV.c.5.d": {"text": "We check each rule for the work it makes."},
    "IV.c.6": {
        "needed": True,
        "hires": [{"role": "Designer", "series_grade": None, "count": 1, "by": "2024-06-30"}],
        "text": "",
    },
    "IV.c.7": {"needed": False, "reason": "Employees do all of it."},
}
HISP_ANSWERS: Answers = {
    **ANSWERS,
    "IV.g.1": {"text": "Shifts follow bookings."},
    "IV.g.2": {"text": "One survey everywhere."},
}


@pytest.fixture(scope="session")
def policy() -> Policy:
    return read_policy(ROOT / "config" / "policies" / "dhs-076-02.toml")


@pytest.fixture
def components() -> dict[str, bool]:
    """Component codes, and whether each is a HISP."""
    return {"CBP": True, "FEMA": True, "FLETC": False, "S&T": False}


@pytest.fixture
def answers() -> Answers:
    """All answers of a Component that is no HISP, to be changed at will."""
    return deepcopy(ANSWERS)


@pytest.fixture
def hisp_answers() -> Answers:
    """All answers of a HISP, to be changed at will."""
    return deepcopy(HISP_ANSWERS)


@pytest.fixture
def written() -> ReadableStrategy:
    """Writes answers down as a strategy file."""

    def write(answers: object, **others: object) -> bytes:
        whole = {"policy": "dhs-076-02", "component": "FLETC", "title": "Better service", "answers": answers}
        return json.dumps({**whole, **others}).encode()

    return write


@pytest.fixture
def faults_of(policy: Policy, components: dict[str, bool]) -> Callable[..., dict[str, str]]:
    """Reads a file that must be refused, and gives the reason by key: one message per fault, one fault per key."""

    def read(raw: bytes, as_component: str | None = None) -> dict[str, str]:
        with pytest.raises(InvalidInput) as refused:
            read_strategy(raw, policy, components, file="paper.json", as_component=as_component)
        keys = [fault.key for fault in refused.value.faults]
        assert len(keys) == len(set(keys))
        assert len(str(refused.value).splitlines()) == len(keys)
        assert all(line.startswith("paper.json: ") for line in str(refused.value).splitlines())
        return {fault.key: fault.reason for fault in refused.value.faults}

    return read

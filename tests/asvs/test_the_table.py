"""The table of ASVS requirements is whole and up to date, and what it says is written down stands there."""

import re
from collections import Counter

import pytest
from flask import Flask

from cxworkflow.services import sign_in_links, sign_ins
from cxworkflow.web.limits import PER_MINUTE
from tests.asvs.table import BEGINS, FILE, README, REASONS, SHOWN, STATED, mapped, marked, readme, requirements, text

SECURITY = FILE.with_name("security.md").read_text(encoding="utf-8")
# How many requirements of levels 1 and 2 the chapters of version 5.0.0 have.
COUNTS = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)
ASKED = {f"V{number}": count for number, count in enumerate(COUNTS, start=1)}


@pytest.mark.unit
def test_the_tables_are_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "write it anew: python -m tests.asvs"
    assert BEGINS in README.read_text(encoding="utf-8")
    assert README.read_text(encoding="utf-8") == readme(), "write it anew: python -m tests.asvs"


@pytest.mark.unit
def test_the_readme_leads_from_each_requirement_to_tests_that_are_there() -> None:
    rows = dict(re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+) \|$", mapped(), re.MULTILINE))
    assert rows.keys() == {each.number for each in requirements() if each.kind == SHOWN}
    for number, told in rows.items():
        led_to = re.findall(r"\[([^]]+)\]\((tests/[^)]+)\)", told)
        assert led_to, number
        for words, path in led_to:
            assert f"def test_{words.replace(' ', '_')}(" in (README.parent / path).read_text(encoding="utf-8"), number


@pytest.mark.unit
def test_no_requirement_of_the_standard_is_left_out() -> None:
    assert Counter(each.chapter for each in requirements()) == ASKED
    assert sum(ASKED.values()) == 253
    assert set(STATED) == set(ASKED)


@pytest.mark.unit
def test_a_mark_names_a_requirement_of_the_list() -> None:
    assert set(marked()) - {each.number for each in requirements()} == set()


@pytest.mark.unit
def test_a_requirement_has_a_test_or_a_reason_and_not_both() -> None:
    tests = marked()
    assert [each.number for each in requirements() if bool(tests.get(each.number)) != (each.kind == SHOWN)] == []
    assert {each.kind for each in requirements()} == {SHOWN, *REASONS}
    assert all(each.why for each in requirements() if each.kind != SHOWN)


@pytest.mark.unit
def test_what_is_said_to_be_written_down_is() -> None:
    headings = set(re.findall(r"^## (.+)$", SECURITY, re.MULTILINE))
    named = {each.number: set(re.findall(r"security\.md, “([^”]+)”", each.why)) for each in requirements()}
    assert {number: titles - headings for number, titles in named.items() if titles - headings} == {}
    assert headings <= set().union(*named.values()), "and nothing that no requirement asks for"
    for each in requirements():
        if each.kind == "written down":
            assert named[each.number] or "docs/who-may.md" in each.why, each.number


@pytest.mark.integration
def test_the_limits_that_are_written_down_are_those_that_are_counted(app: Flask) -> None:
    told = dict(re.findall(r"^\| `((?:GET|POST) [^`]+)` \| (\d+) \|", SECURITY, re.MULTILINE))
    counted = {
        f"{method} {re.sub('<[^>]+>', '…', rule.rule)}": str(PER_MINUTE[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.endpoint in PER_MINUTE
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == counted


@pytest.mark.unit
def test_the_times_that_are_written_down_are_those_of_the_code() -> None:
    waits = {"IDLE": sign_ins.IDLE, "LONGEST": sign_ins.LONGEST, "FRESH": sign_ins.FRESH}
    minutes = {name: wait.total_seconds() / 60 for name, wait in waits.items()}
    assert minutes == {"IDLE": 30, "LONGEST": 12 * 60, "FRESH": 15}
    assert "It ends after 30 minutes without use and after 12 hours" in SECURITY.replace("\n", " ")
    assert "signed in within the last 15 minutes" in SECURITY.replace("\n", " ")
    assert (sign_in_links.GOOD_FOR.total_seconds(), sign_in_links.MOST) == (15 * 60, 3)
    assert "3 in 15 minutes" in SECURITY

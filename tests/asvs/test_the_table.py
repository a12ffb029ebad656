"""The table of ASVS requirements is up to date, and names no test that is not there."""

import pytest

from tests.asvs.table import FILE, marked, requirements, text

pytestmark = pytest.mark.unit


def test_the_table_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "write it anew: python -m tests.asvs"


def test_a_mark_names_a_requirement_of_the_list() -> None:
    assert set(marked()) - set(requirements()) == set()


def test_a_requirement_has_a_test_or_a_reason_and_not_both() -> None:
    tests = marked()
    assert [number for number, (_, why) in requirements().items() if bool(tests.get(number)) == bool(why)] == []

"""Retention is data: each kind of record says what, why and how long."""

import pytest

from config.settings import RECORDS
from cxworkflow.errors import InvalidInput
from cxworkflow.policies.records import read_records

pytestmark = pytest.mark.unit

KIND = """
[[kinds]]
id = "people"
title = "People"
data = "Names."
why = "To reach them."
counted_from = "the end of the last role"
"""


def test_each_kind_of_ours_says_how_long_it_is_kept() -> None:
    kinds = read_records(RECORDS).kinds
    assert {"people", "record", "strategies", "e-mails"} <= {kind.id for kind in kinds}
    assert {kind.kept for kind in kinds} == {"7 years", "3 years", "90 days", "30 days", "12 hours"}


def test_one_year_is_one_year() -> None:
    assert read_records(f"{KIND}keep_years = 1".encode()).kinds[0].kept == "1 year"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (KIND, "either keep_years or keep_hours"),
        (f"{KIND}keep_years = 1\nkeep_hours = 1", "either keep_years or keep_hours"),
        (f"{KIND}keep_years = 0", "keep_years"),
        (f"{KIND}keep_years = 1\n{KIND}keep_years = 1", "people"),
        (f"{KIND}keep_years = 1\nwhom = 1", "whom"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_records(text.encode(), file="records.toml")

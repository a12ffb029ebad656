"""A policy's dates before it is in force, were it signed on a given day."""

import re
from datetime import date

import pytest

from config.settings import POLICIES
from cxworkflow.errors import InvalidInput
from cxworkflow.policies import Policy, read_policy
from cxworkflow.preview import preview

pytestmark = pytest.mark.clause("IV.b")


@pytest.fixture(scope="module")
def policy() -> Policy:
    """DHS Policy Statement 076-02."""
    return read_policy(POLICIES / "dhs-076-02.toml")


def test_every_date_comes_in_order_with_its_clause(policy: Policy) -> None:
    lines = preview(policy, signed_on=date(2023, 7, 13))
    assert [line.on for line in lines] == sorted(line.on for line in lines)
    due = {line.clock: (str(line.on), line.clause) for line in lines if line.what.startswith("due")}
    assert due["Setting up the CX Directorate"] == ("2023-10-11", "IV.a")
    assert due["Strategy submission"] == ("2024-01-09", "IV.b")
    assert due["Implementation across the Department"] == ("2024-09-30", "IV.e")
    reminded = [str(line.on) for line in lines if line.clock == "Strategy submission" and "reminder" in line.what]
    assert reminded[:3] == ["2023-11-10", "2023-12-10", "2023-12-26"]


def test_were_it_signed_later_its_dates_move_but_for_the_fixed_ones(policy: Policy) -> None:
    due = {line.clock: str(line.on) for line in preview(policy, signed_on=date(2024, 2, 29)) if "due" in line.what}
    assert due["Strategy submission"] == "2024-08-27"
    assert due["Implementation across the Department"] == "2024-09-30"


def test_a_signature_after_a_day_that_the_policy_fixes_is_refused(policy: Policy) -> None:
    lies_after = re.escape("October 1, 2024 lies after cap_on of the clock “implementation”, September 30, 2024.")
    with pytest.raises(InvalidInput, match=lies_after):
        preview(policy, signed_on=date(2024, 10, 1))

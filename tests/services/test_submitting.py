"""Submitting (IV.b): on time until midnight Eastern, late afterwards, never locked out."""

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.models import Role
from cxworkflow.services import strategies
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]


def test_a_minute_before_midnight_is_on_time(stage: Stage) -> None:
    strategy = stage.drafted("FEMA")
    version = strategies.submit(strategy, by=stage.person(Role.LEAD, "FEMA"), at=eastern("2024-01-09 23:59"))
    assert version.days_late == 0


def test_a_minute_past_midnight_is_a_day_late_and_says_why(stage: Stage) -> None:
    strategy, lead = stage.drafted("TSA"), stage.person(Role.LEAD, "TSA")
    with pytest.raises(InvalidInput, match="1 day late"):
        strategies.submit(strategy, by=lead, at=eastern("2024-01-10 00:01"))
    version = strategies.submit(strategy, reason="Clearance took long.", by=lead, at=eastern("2024-01-10 00:01"))
    assert (version.days_late, version.late_reason) == (1, "Clearance took long.")

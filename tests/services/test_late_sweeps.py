"""A sweep that was held up and comes after its successor takes nothing away from it."""

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Notice
from cxworkflow.services import clocks, reminders
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration


def test_what_a_sweep_for_an_earlier_day_can_not_see_is_left_to_the_next_one(stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-11-12 06:00"))
    opened_late = clocks.start(
        stage.edition, "revision", component=stage.component("CBP"), by=None, at=eastern("2023-10-30 09:00")
    )
    assert str(opened_late.due_on) == "2023-11-13"
    reminders.sweep(at=eastern("2023-11-11 23:59"))
    reminders.sweep(at=eastern("2023-11-12 09:00"))
    rungs = session().scalars(select(Notice.rung).where(Notice.clock_id == opened_late.id, Notice.to_role == "lead"))
    assert sorted(rungs) == [-7, -1]

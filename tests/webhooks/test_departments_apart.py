"""Where two departments share an installation, the programs of one hear nothing of the other."""

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Component, Delivery, Event
from cxworkflow.scope import system_of, within
from cxworkflow.webhooks.delivery import deliver
from tests.departments import OTHER, beside
from tests.stage import Stage
from tests.webhooks.receiver import agreeable, listening
from tests.webhooks.test_deliveries import SENDER, now, registered

pytestmark = pytest.mark.integration


def test_a_receiver_hears_of_its_own_department_alone(stage: Stage) -> None:
    other = beside()
    with listening(agreeable) as receiver:
        hears = {}
        for department, its_stage in (("dhs", stage), (OTHER, other)):
            with within(system_of(department)):
                hears[department] = registered(its_stage, f"{receiver.url}{department}")
        for its_stage in (stage, other):
            its_stage.submitted("CBP")
        session().commit()
        deliver(SENDER, now=now)
    told_of = (
        select(Delivery.webhook_id, Component.department, Event.verb)
        .join(Event, Event.id == Delivery.event_id)
        .join(Component, Component.id == Event.component_id)
    )
    told = {tuple(row) for row in session().execute(told_of)}
    assert told == {(each.id, department, verb) for department, each in hears.items() for verb in ("begun", "submit")}
    assert len(receiver.taken) == len(told)

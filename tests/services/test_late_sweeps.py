"""A sweep that was held up and comes after its successor, or beside it, takes nothing away from it."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, select

from cxworkflow.db import CONNECT_ARGS, session
from cxworkflow.models import Notice
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import histories, reminders
from tests.databases import copied
from tests.stage import Stage, eastern, using

pytestmark = pytest.mark.integration


def test_what_a_sweep_for_an_earlier_day_can_not_see_is_left_to_the_next_one(stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-11-12 06:00"))
    opened_late = histories.start(
        stage.edition, "revision", component=stage.component("CBP"), by=None, at=eastern("2023-10-30 09:00")
    )
    assert str(opened_late.due_on) == "2023-11-13"
    reminders.sweep(at=eastern("2023-11-11 23:59"))
    reminders.sweep(at=eastern("2023-11-12 09:00"))
    mine = select(Notice.rung).where(Notice.clock_id == opened_late.id, Notice.to_role == "lead")
    assert session().scalars(mine.order_by(Notice.rung)).all() == [-7, -1]


@pytest.fixture
def alone(shared_app: Flask, server_url: str, set_stage: str) -> Iterator[Flask]:
    """The stage on a database of its own, on which commits are real."""
    with copied(server_url, set_stage) as url, shared_app.app_context(), within(SYSTEM):
        engine = create_engine(url, connect_args=CONNECT_ARGS)
        with using(shared_app, engine):
            yield shared_app
        engine.dispose()


def swept(app: Flask, when: str) -> None:
    """One sweep on a connection of its own."""
    with app.app_context(), within(SYSTEM):
        reminders.sweep(at=eastern(when))
        session().commit()


def test_two_sweeps_at_once_on_either_side_of_six_leave_no_rung_between_them(alone: Flask) -> None:
    stage = Stage.found()
    reminders.sweep(at=eastern("2023-11-08 06:00"))
    clock = stage.clock("strategy", "CBP")
    clock.revision += 1  # something about it has just changed
    session().commit()
    reminders.sweep(at=eastern("2023-11-10 05:59"))  # and is not committed yet when the other one comes by
    beside = threading.Thread(target=swept, args=(alone, "2023-11-10 06:00"))
    beside.start()
    beside.join(0.5)
    session().commit()
    beside.join()
    reminders.sweep(at=eastern("2023-11-10 06:01"))
    assert session().scalars(select(Notice.rung).where(Notice.clock_id == clock.id)).all() == [-60]

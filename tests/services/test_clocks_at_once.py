"""Clocks and sweeps on several connections at once: each stopped once, each reminder owed once, nobody held up."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Notice, Role, Strategy
from cxworkflow.services import clocks, deliverables, drafting, reminders, strategies
from tests.at_once import at_once, committed, fetched
from tests.stage import Stage, answers, eastern

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

AT = eastern("2023-12-06 10:00")


def test_an_extension_does_not_start_a_clock_that_was_stopped_meanwhile(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.drafted("TSA"))
    clock_id = Stage.found().clock("strategy", "TSA").id
    session().rollback()
    read = threading.Event()
    stopped = threading.Event()

    def extend() -> str:
        clock = session().get_one(Clock, clock_id)
        assert (clock.stopped_on, len(clock.changes)) == (None, 1)
        session().commit()
        read.set()
        assert stopped.wait(20)
        clocks.extend(clock, to=date(2024, 2, 8), reason="A storm.", by=Stage.found().person(Role.CIO), at=AT)
        return "extended"

    def submit() -> str:
        assert read.wait(20)
        strategies.submit(fetched(strategy_id), by=Stage.found().person(Role.LEAD, "TSA"), at=AT)
        session().commit()
        stopped.set()
        return "submitted"

    refusal, done = at_once(live, extend, submit)
    assert (str(refusal), done) == ("This clock has stopped, so it can't be extended.", "submitted")


@pytest.mark.clause("IV.a")
def test_the_last_two_deliverables_at_once_stop_the_clock(live: Flask) -> None:
    def deliver(what: str) -> Callable[[], object]:
        return lambda: deliverables.deliver(
            Stage.found().edition, what, by=Stage.found().person(Role.CIO), at=eastern("2023-09-12 10:00")
        )

    results = at_once(live, deliver("cx-directorate"), deliver("directive-and-instruction-begun"))
    assert not [each for each in results if isinstance(each, WorkflowError)]
    clock = session().scalars(select(Clock).where(Clock.kind == "directorate")).one()
    assert clock.stopped_on == date(2023, 9, 12)


def test_two_sweeps_at_once_owe_each_reminder_once(live: Flask) -> None:
    at = eastern("2023-11-10 06:00")
    swept = at_once(live, *[lambda: reminders.sweep(at=at).owed] * 4)
    owed = session().scalars(select(Notice).where(Notice.kind == "deadline", Notice.rung == -60)).all()
    assert Counter((each.clock_id, each.person_id) for each in owed).most_common(1)[0][1] == 1
    assert sum(swept) == len(owed) > 0


def test_the_sweep_does_not_wait_for_somebody_in_the_middle_of_saving(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.returned("USSS", "2024-01-05 11:00"))
    session().remove()
    in_the_middle, swept = threading.Event(), threading.Event()

    def save_slowly() -> bool:
        by, moved = Stage.found().person(Role.LEAD, "USSS"), {**answers(hisp=False)["IV.c.2"], "text": "It moves."}
        drafting.save_section(
            fetched(strategy_id), "IV.c.2", moved, base_revision=1, by=by, at=eastern("2024-01-11 23:00")
        )
        in_the_middle.set()
        return swept.wait(20)

    def sweep() -> int:
        assert in_the_middle.wait(20)
        done = reminders.sweep(at=eastern("2024-01-12 06:00"))
        session().commit()
        swept.set()
        return done.owed

    waited_for_the_sweep, _ = at_once(live, save_slowly, sweep)
    assert waited_for_the_sweep, "the sweep was held up until the section was saved"
    about_it = select(Notice.rung).where(Notice.strategy_id == strategy_id, Notice.kind == "deadline")
    assert session().scalars(about_it).all() == [-7]


@pytest.mark.clause("IV.e")
def test_the_last_two_implementations_at_once_stop_the_departments_clock(live: Flask) -> None:
    with unit_of_work():
        stage = Stage.found()
        obliged = session().scalars(select(Clock).where(Clock.kind == "strategy").order_by(Clock.id)).all()
        codes = [clock.component.code for clock in obliged if clock.component]
        for code in codes:
            strategy = strategies.find(stage.edition, stage.component(code)) or stage.drafted(code)
            if strategy.status in (Status.DRAFT, Status.RETURNED):
                _complete(stage, strategy)
            if strategy.status is Status.SUBMITTED:
                stage.approve(strategy, "2024-01-15 10:00")
        for code in codes[:-2]:
            _report(code)
    last_two: list[Callable[[], object]] = [lambda code=code: _report(code) for code in codes[-2:]]  # type: ignore[misc]
    results = at_once(live, *last_two)
    assert not [each for each in results if isinstance(each, WorkflowError)]
    clock = session().scalars(select(Clock).where(Clock.kind == "department")).one()
    assert clock.stopped_on == date(2024, 2, 1)


def _complete(stage: Stage, strategy: Strategy) -> None:
    code, lead = strategy.component.code, stage.person(Role.LEAD, strategy.component.code)
    for clause, content in answers(hisp=strategy.component.hisp).items():
        if clause not in strategy.contents:
            drafting.save_section(strategy, clause, content, base_revision=0, by=lead, at=AT)
    session().expire(strategy, ["answers"])
    strategies.submit(strategy, reason="Late.", by=stage.person(Role.EXECUTIVE, code), at=eastern("2024-01-12 10:00"))


def _report(code: str) -> None:
    stage = Stage.found()
    strategy = strategies.find(stage.edition, stage.component(code))
    assert strategy is not None
    stage.implemented(strategy, "2024-02-01 10:00")

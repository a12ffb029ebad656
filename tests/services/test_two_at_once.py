"""Several people, sweeps and clicks at once, on real connections: nothing lost, nothing done twice, nobody stuck."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import NotNow, WorkflowError
from cxworkflow.lifecycle import Status
from cxworkflow.models import Answer, AnswerRevision, Clock, Decision, Event, Notice, Role, Strategy, Version
from cxworkflow.services import clocks, deliverables, drafting, implementation, reminders, strategies
from cxworkflow.services.drafting import SectionChanged
from tests.stage import Stage, answers, eastern

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

AT = eastern("2023-12-06 10:00")


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Do all of this at the same moment, each on a connection of its own; returns results and refusals."""
    together = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        with app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    return act()
            except WorkflowError as refusal:
                return refusal
            finally:
                session().remove()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def committed(scene: Callable[[Stage], Strategy]) -> int:
    with unit_of_work():
        return scene(Stage.found()).id


def fetched(strategy_id: int) -> Strategy:
    return session().get_one(Strategy, strategy_id)


@pytest.mark.clause("IV.b")
def test_of_twenty_who_edit_one_section_nobody_loses_a_word(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.drafted("CBP"))

    def writer(number: int) -> Callable[[], int]:
        """Somebody who adds a line to what they read, and starts again from the other's text when it has changed."""

        def add_own_line() -> int:
            by, read = Stage.found().person(Role.LEAD, "CBP"), section()
            content, base = read.content, read.revision
            for attempt in range(40):
                added = {**content, "text": f"{content['text']}\nLine {number}"}
                try:
                    strategy = fetched(strategy_id)
                    drafting.save_section(strategy, "IV.c.5.c", added, base_revision=base, by=by, at=AT)
                    session().commit()
                except SectionChanged as changed:
                    content, base = changed.answer.content, changed.answer.revision
                    session().rollback()
                else:
                    return attempt
            raise AssertionError("never got through")

        return add_own_line

    def section() -> Answer:
        of_it = select(Answer).where(Answer.strategy_id == strategy_id, Answer.clause == "IV.c.5.c")
        return session().scalars(of_it).one()

    results = at_once(live, *(writer(number) for number in range(20)))
    answer = section()
    lines = answer.content["text"].splitlines()
    assert sorted(line for line in lines if line.startswith("Line ")) == sorted(
        f"Line {number}" for number in range(20)
    )
    assert answer.revision == 21
    kept = session().scalar(
        select(func.count()).where(AnswerRevision.strategy_id == strategy_id, AnswerRevision.clause == "IV.c.5.c")
    )
    assert kept == 21
    assert sum(results) > 0, "they never met, so this showed nothing"


def test_two_who_begin_a_strategy_share_one(live: Flask) -> None:
    def begin() -> int:
        stage = Stage.found()
        lead = stage.person(Role.LEAD, "CWMD")
        return strategies.begin(stage.edition, stage.component("CWMD"), by=lead, at=AT).id

    assert len(set(at_once(live, begin, begin, begin))) == 1
    begun = select(func.count()).where(Event.verb == "begun", Event.component_id == Stage.found().component("CWMD").id)
    assert session().scalar(begun) == 1


def test_of_two_submissions_at_once_one_is_a_second_click(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.drafted("ICE"))

    def submit() -> int:
        by = Stage.found().person(Role.LEAD, "ICE")
        return strategies.submit(fetched(strategy_id), by=by, at=AT).number

    results = at_once(live, submit, submit)
    assert [each for each in results if isinstance(each, int)] == [1]
    assert [type(each) for each in results if not isinstance(each, int)] == [NotNow]
    assert session().scalar(select(func.count()).where(Version.strategy_id == strategy_id)) == 1


def test_of_an_approval_and_a_withdrawal_at_once_one_counts(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.submitted("FEMA", "2023-12-01 10:00"))
    session().remove()

    def approve() -> str:
        Stage.found().approve(fetched(strategy_id), "2023-12-06 10:00")
        return "approved"

    def withdraw() -> str:
        by = Stage.found().person(Role.LEAD, "FEMA")
        strategies.withdraw(fetched(strategy_id), reason="A figure.", by=by, at=AT)
        return "draft"

    (done,) = (each for each in at_once(live, approve, withdraw) if isinstance(each, str))
    session().expire_all()
    assert fetched(strategy_id).status == done
    decisions = session().scalar(select(func.count()).where(Decision.strategy_id == strategy_id))
    assert decisions == (done == "approved")
    open_kinds = session().scalars(
        select(Clock.kind).where(Clock.component_id == fetched(strategy_id).component_id, Clock.stopped_on.is_(None))
    )
    assert list(open_kinds) == ["implementation" if done == "approved" else "strategy"]


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


def test_the_sweep_does_not_wait_for_somebody_in_the_middle_of_submitting(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.drafted("USSS", "2023-11-01 09:00"))
    with unit_of_work():
        reminders.sweep(at=eastern("2023-12-09 06:00"))
    session().remove()
    in_the_middle, swept = threading.Event(), threading.Event()

    def submit_slowly() -> bool:
        strategies.submit(fetched(strategy_id), by=Stage.found().person(Role.LEAD, "USSS"), at=AT)
        in_the_middle.set()
        return swept.wait(20)

    def sweep() -> int:
        assert in_the_middle.wait(20)
        done = reminders.sweep(at=eastern("2023-12-10 06:00"))
        session().commit()
        swept.set()
        return done.owed

    waited_for_the_sweep, owed = at_once(live, submit_slowly, sweep)
    assert waited_for_the_sweep, "the sweep was held up until the submission was over"
    assert owed > 0


@pytest.mark.clause("IV.e")
def test_the_last_two_implementations_at_once_stop_the_departments_clock(live: Flask) -> None:
    with unit_of_work():
        stage = Stage.found()
        obliged = session().scalars(select(Clock).where(Clock.kind == "strategy").order_by(Clock.id)).all()
        codes = [clock.component.code for clock in obliged if clock.component]
        for code in codes:
            strategy = strategies.find(stage.edition, stage.component(code)) or stage.drafted(code)
            if strategy.status is Status.DRAFT:
                _complete(stage, strategy)
            if strategy.status is Status.SUBMITTED:
                stage.approve(strategy, "2024-01-08 10:00")
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
    strategies.submit(strategy, reason="Late.", by=stage.person(Role.EXECUTIVE, code), at=eastern("2024-01-05 10:00"))


def _report(code: str) -> None:
    stage = Stage.found()
    strategy = strategies.find(stage.edition, stage.component(code))
    assert strategy is not None
    implementation.report(strategy, statement="Done.", by=stage.person(Role.LEAD, code), at=eastern("2024-02-01 10:00"))

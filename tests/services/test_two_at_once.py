"""Several people, sweeps and clicks at once, on real connections: nothing lost, nothing done twice, nobody stuck."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from cxworkflow.db import AT_ONCE, held, held_at_first, holding, read_with_the_request, session
from cxworkflow.errors import NotAllowed, NotNow
from cxworkflow.models import Answer, AnswerRevision, Clock, Decision, Event, Role, Strategy, Version
from cxworkflow.permissions import Permission, may
from cxworkflow.services import drafting, reviews, strategies
from cxworkflow.services.drafting import SectionChanged
from tests.at_once import at_once, committed, fetched
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

AT = eastern("2023-12-06 10:00")


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


def test_whose_role_ends_while_they_wait_for_a_row_is_refused(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.drafted("CBP"))
    holds = threading.Event()

    def end_their_role() -> str:
        held(fetched(strategy_id))
        holds.set()
        time.sleep(3 * AT_ONCE)  # so that the other waits for the row
        for each in Stage.found().person(Role.LEAD, "CBP").appointments:
            each.until_on = each.from_on
        return "ended"

    def save() -> int:
        by, strategy = Stage.found().person(Role.LEAD, "CBP"), fetched(strategy_id)
        assert may(by, Permission.EDIT, strategy, at=AT, clause="IV.c.5.c")
        read_with_the_request(by, *by.appointments)
        holds.wait(10)
        content = {"text": "Written by whoever was the lead."}
        return drafting.save_section(strategy, "IV.c.5.c", content, base_revision=1, by=by, at=AT).revision

    ended, saved = at_once(live, end_their_role, save)
    assert (ended, type(saved)) == ("ended", NotAllowed)


def test_who_asks_is_not_read_anew_where_nobody_had_the_row_unless_it_is_about_them(live: Flask) -> None:
    strategy = fetched(committed(lambda stage: stage.drafted("ICE")))
    by = Stage.found().person(Role.LEAD, "ICE")
    read_with_the_request(by, *by.appointments)
    (role,) = by.appointments
    assert strategy.answers
    session().execute(text("update appointment set until_on = from_on where id = :id"), {"id": role.id})
    held(strategy)
    assert "answers" not in inspect(strategy).dict
    assert role.until_on is None
    held(by)
    assert role.until_on == role.from_on
    session().rollback()


def test_what_is_held_when_it_is_read_needs_no_second_look_by_the_verb_that_follows(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.drafted("TSA"))
    wanted = holding(Strategy)
    strategy = held_at_first(wanted, strategy_id)
    assert strategy is not None
    assert strategy.answers
    assert "answers" in inspect(held(strategy)).dict
    assert "answers" not in inspect(held(strategy)).dict, "the next verb looks again"
    held_at_first(wanted, strategy_id)
    session().commit()
    assert strategy.answers
    assert "answers" not in inspect(held(strategy)).dict, "it was let go with its transaction"
    session().rollback()


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


@pytest.mark.asvs("V2.3.4")
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
        select(Clock.kind).where(
            Clock.component_id == fetched(strategy_id).component_id,
            Clock.stopped_on.is_(None),
            Clock.commitment_id.is_(None),  # an approval that counts makes some
        )
    )
    assert list(open_kinds) == ["implementation" if done == "approved" else "strategy"]


def test_of_two_who_assign_the_same_reviewer_at_once_one_is_told_so(live: Flask) -> None:
    strategy_id = committed(lambda stage: stage.submitted("FLETC", "2023-12-01 10:00"))
    session().remove()
    both_have_read = threading.Barrier(2)

    def assign() -> int:
        stage, strategy = Stage.found(), fetched(strategy_id)
        read = strategies.under_review(strategy)
        assert read.reviews == []
        both_have_read.wait(20)
        reviews.assign(strategy, stage.person(Role.REVIEWER), by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
        return read.number

    results = at_once(live, assign, assign)
    assert sorted(str(each) for each in results) == [
        "1",
        "reviewer: CX Directorate reviewer reviews this version already.",
    ]

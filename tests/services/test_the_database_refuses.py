"""What plain SQL can't do either: change the record, skip a step, approve undecided, run two clocks of a kind."""

from itertools import permutations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from cxworkflow.db import session
from cxworkflow.lifecycle import TRANSITIONS, Status
from cxworkflow.models import Clock, Event, Notice, Outcome, Role, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import (
    account_reviews,
    anchors,
    comments,
    implementation,
    recusals,
    reminders,
    reviews,
    strategies,
)
from tests.refusals import every_row
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

APPEND_ONLY = [
    "account_review",
    "anchor",
    "answer_revision",
    "attempt",
    "clock_change",
    "decision",
    "decision_letter",
    "event",
    "implementation_report",
    "recommendation",
    "recusal",
    "version",
]
KEY = {"anchor": "anchored_on"}
AT = eastern("2023-12-19 09:00")


def refuses(statement: str, why: str) -> None:
    """Plain SQL is refused even to the owner, at the latest when its transaction ends, and has changed nothing."""
    session().flush()
    done("select")
    before = every_row()
    with pytest.raises(DatabaseError, match=f"{why}|permission denied"), session().begin_nested():
        done(statement)
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        done(statement)
    assert every_row() == before


def done(statement: str, **values: object) -> None:
    """Carry it out, and let the database check at once what it would check at the end, when lines are written."""
    session().scalar(select(Event.id).limit(1))
    session().execute(text("set constraints all deferred"))
    session().execute(text(statement), values)
    session().execute(text("set constraints all immediate"))


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """An implemented strategy of CBP, with at least one row in every append-only table."""
    strategy = stage.submitted("CBP")
    lead = stage.person(Role.DIRECTORATE_LEAD)
    reviews.recommend(strategy, Outcome.APPROVED, by=lead, at=AT)
    recusals.recuse(strategy, reason="My sister leads it.", by=stage.person(Role.REVIEWER), at=AT)
    mark = account_reviews.mark_of(account_reviews.statement(on=AT.date()))
    account_reviews.confirm(mark, by=stage.person(Role.ADMINISTRATOR), at=AT)
    stage.approve(strategy, "2024-01-09 10:00")
    by = stage.person(Role.LEAD, "CBP")
    implementation.report(strategy, statement="Done.", by=by, at=eastern("2024-07-01 10:00"))
    notice = session().scalars(select(Notice).limit(1)).one()
    anchors.anchor(AT.date(), AT)
    session().execute(
        text(
            "insert into attempt (notice_id, number, tried_at, outcome, answer) "
            "values (:id, 1, clock_timestamp(), 'sent', '250 ok')"
        ),
        {"id": notice.id},
    )
    return strategy


@pytest.mark.asvs("V16.4.2")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_line_of_the_record_can_be_neither_changed_nor_removed(strategy: Strategy, table: str) -> None:
    assert every_row()[table] is not None
    for statement in (
        f"update {table} set {KEY.get(table, 'id')} = default",
        f"delete from {table}",
        f"truncate {table} cascade",
    ):
        refuses(
            statement, "is append-only" if "update" not in statement else "append-only|GENERATED ALWAYS|can only be"
        )


def test_a_version_can_not_even_be_rewritten_in_part(strategy: Strategy) -> None:
    refuses("update version set title = 'Another'", "version is append-only")
    refuses("update event set details = '{}'", "event is append-only")


def test_a_sent_notice_stays_as_it_was_sent(stage: Stage) -> None:
    stage.submitted("CBP")
    for notice in session().scalars(select(Notice)):
        notice.state, notice.sent_at = NoticeState.SENT, AT
    refuses("update notice set state = 'owed', sent_at = null", "notice is append-only")
    refuses("update notice set facts = '{}'", "notice is append-only")
    refuses("delete from notice", "notice is append-only")
    refuses("truncate notice cascade", "append-only")


def test_a_notice_says_when_it_was_sent_and_why_it_was_not(stage: Stage) -> None:
    stage.submitted("CBP")
    refuses("update notice set state = 'sent'", "sent_has_a_time")
    refuses("update notice set sent_at = now()", "sent_has_a_time")
    refuses("update notice set state = 'sending'", "sending_has_a_lease")
    refuses("update notice set state = 'failed'", "not_sent_says_why")
    refuses("update notice set state = 'lost'", "state_known")
    refuses("update notice set answer = '250 Kept'", "answer_is_of_what_was_sent")


def test_the_same_reminder_can_not_be_owed_twice(stage: Stage) -> None:
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    columns = "kind, clock_id, due_on, rung, person_id, to_role, to_address, owed_on, owed_at, facts, state, attempt"
    again = f"insert into notice ({columns}) select {columns} from notice where state = 'owed'"
    refuses(again, "uq_notice_reminder")
    refuses("update notice set rung = null", "reminder_says_of_which_rung")
    refuses("update notice set key = 'deadline'", "any_other_has_a_key")


def test_the_same_e_mail_about_an_event_can_not_be_owed_twice(stage: Stage) -> None:
    stage.submitted("CBP")
    columns = "key, kind, person_id, to_role, to_address, owed_on, owed_at, facts, state, attempt"
    refuses(f"insert into notice ({columns}) select {columns} from notice where state = 'owed'", "uq_notice_key")


@pytest.mark.parametrize("to_what", ["person_id", "component_id", "strategy_id", "clock_id"])
def test_a_notice_is_about_what_there_is_and_stays_so(stage: Stage, to_what: str) -> None:
    stage.submitted("CBP")
    columns = {"person_id": "1", "component_id": "1", "strategy_id": "null", "clock_id": "null", to_what: "-1"}
    named = "kind, to_role, to_address, owed_on, owed_at, facts, state, attempt"
    refuses(
        f"insert into notice (key, {named}, {', '.join(columns)}) "
        f"select 'new', {named}, {', '.join(columns.values())} from notice limit 1",
        "refers to what is not there",
    )
    refuses(f"update notice set {to_what} = -1", "notice is append-only")


def test_an_attempt_is_one_at_a_notice_that_there_is(stage: Stage) -> None:
    refuses(
        "insert into attempt (notice_id, number, tried_at, outcome, answer) values (-1, 1, now(), 'sent', '')",
        "refers to what is not there",
    )


@pytest.mark.parametrize("table", ["person", "component", "strategy", "clock"])
def test_what_a_notice_is_about_is_never_removed(stage: Stage, table: str) -> None:
    stage.submitted("CBP")
    refuses(f"delete from {table}", f"a row of {table} can't be removed|violates foreign key constraint")
    refuses(f"truncate {table} cascade", "can't be removed|append-only")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.DRAFT])
def test_no_strategy_begins_anywhere_but_as_a_draft(stage: Stage, status: Status) -> None:
    component = stage.component("ICE")
    refuses(
        "insert into strategy (edition_id, component_id, title, title_revision, status, begun_at) "
        f"values ({stage.edition.id}, {component.id}, 'A title', 1, '{status}', now())",
        "begins as a draft|submitted_has_a_version|approved_has_a_version",
    )


def test_the_database_knows_the_steps_that_the_lifecycle_knows(strategy: Strategy) -> None:
    known = {(before, after) for (before, _), after in TRANSITIONS.items()}
    done("select")
    for before, after in permutations(Status, 2):
        with session().begin_nested() as attempt:
            with as_owner():
                done("alter table strategy disable trigger user")
                done(_SET_STATUS, status=before, id=strategy.id)
                done("alter table strategy enable trigger known_steps")
                if (before, after) in known:
                    done(_SET_STATUS, status=after, id=strategy.id)
                else:
                    with pytest.raises(IntegrityError, match=f"a strategy can't go from {before} to {after}"):
                        done(_SET_STATUS, status=after, id=strategy.id)
            attempt.rollback()


_SET_STATUS = (
    "update strategy set status = cast(:status as text), approved_version_id = "
    "case when cast(:status as text) in ('approved', 'implemented') then current_version_id end where id = :id"
)


def test_nothing_is_approved_without_a_decision(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    approved = "update strategy set status = 'approved', approved_version_id = current_version_id"
    refuses(f"{approved} where id = {strategy.id}", "approved rests on what was not said")
    refuses(f"update strategy set status = 'approved' where id = {strategy.id}", "approved_has_a_version")


@pytest.mark.parametrize("status", ["recommended", "returned", "draft"])
def test_no_status_comes_without_what_it_rests_on(stage: Stage, status: str) -> None:
    strategy = stage.submitted("CBP")
    why = "without a line of the record" if status == "draft" else f"{status} rests on what was not said"
    refuses(f"update strategy set status = '{status}' where id = {strategy.id}", why)


def test_nothing_is_implemented_without_a_report(stage: Stage) -> None:
    strategy = stage.approved("CBP")
    refuses(f"update strategy set status = 'implemented' where id = {strategy.id}", "rests on what was not said")


def test_what_was_returned_is_not_submitted_as_it_was(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    refuses(f"update strategy set status = 'submitted' where id = {strategy.id}", "each time another")
    refuses(f"update strategy set current_version_id = null where id = {strategy.id}", "each time another")


DECISION = (
    "insert into decision (strategy_id, version_id, sha256, outcome, reason, decided_at, by_id, by_role) "
    "select strategy_id, id, {sha256}, '{outcome}', 'So.', timestamptz '2024-01-05 12:00Z', {by}, 'cio' from version "
    "order by id limit 1"
)


def test_a_decision_without_the_step_that_follows_is_none(stage: Stage) -> None:
    stage.submitted("CBP")
    cio = stage.person(Role.CIO).id
    for outcome in Outcome:
        forged = DECISION.format(sha256="sha256", outcome=outcome.value, by=cio)
        refuses(forged, "submitted rests on what was not said")
        refuses(DECISION.format(sha256="md5('')", outcome=outcome.value, by=cio), "version that is under review")


def test_nothing_more_is_said_of_a_version_that_is_not_before_the_directorate(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    lead = stage.person(Role.LEAD, "CBP")
    strategies.withdraw(strategy, reason="A mistake.", by=lead, at=AT)
    strategies.submit(strategy, by=lead, at=AT)
    cio, directorate = stage.person(Role.CIO), stage.person(Role.DIRECTORATE_LEAD)
    refuses(DECISION.format(sha256="sha256", outcome="approved", by=cio.id), "version that is under review")
    advice = "insert into recommendation (version_id, advice, text, made_at, by_id) select min(id), 'approved', '', "
    refuses(f"{advice} now(), {directorate.id} from version", "version that is under review")
    reviewer = stage.person(Role.REVIEWER)
    assigned = "insert into review (version_id, reviewer_id, assigned_at, by_id) select min(id), "
    refuses(f"{assigned} {reviewer.id}, now(), {directorate.id} from version", "version that is under review")


@pytest.mark.parametrize(
    ("role", "code", "why"),
    [
        (Role.LEAD, "CBP", "by somebody who wrote the paper"),
        (Role.CONTRIBUTOR, "CBP", "or is of its Component"),
        (Role.REVIEWER, None, "or out of its review"),
        (Role.ADMINISTRATOR, None, "without the role for it"),
        (Role.DIRECTORATE_LEAD, None, "what somebody else reviewed|without the role for it"),
    ],
)
def test_author_reviewer_and_approver_are_three_people(stage: Stage, role: Role, code: str | None, why: str) -> None:
    strategy = stage.submitted("CBP")
    recusals.recuse(strategy, reason="My sister leads it.", by=stage.person(Role.REVIEWER), at=AT)
    reviews.recommend(strategy, Outcome.APPROVED, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    refuses(DECISION.format(sha256="sha256", outcome="approved", by=stage.person(role, code).id), why)


def test_a_cio_who_reviewed_decides_nothing(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    both = stage.newcomer("Ada Both", (Role.DIRECTORATE_LEAD, None), (Role.CIO, None))
    comments.comment(strategy, "IV.c.1", "Which offices?", by=both, at=AT)
    refuses(DECISION.format(sha256="sha256", outcome="approved", by=both.id), "what somebody else reviewed")


def test_only_who_speaks_for_the_component_submits_and_reports(stage: Stage) -> None:
    stage.approved("CBP")
    cio = stage.person(Role.CIO).id
    columns = "strategy_id, number, title, content, sha256, submitted_at, by_id, by_role, days_late"
    again = columns.replace("number", "number + 1").replace("by_id", str(cio))
    refuses(f"insert into version ({columns}) select {again} from version", "may not speak for the Component")
    report = "insert into implementation_report (strategy_id, statement, reported_at, by_id)"
    refuses(f"{report} select id, 'Done.', now(), {cio} from strategy", "may not speak for the Component")


def test_a_strategy_is_approved_once_and_a_version_decided_once(strategy: Strategy) -> None:
    columns = "strategy_id, version_id, sha256, outcome, reason, decided_at, by_id, by_role"
    refuses(f"insert into decision ({columns}) select {columns} from decision", "uq_decision")
    refuses(
        f"insert into decision ({columns}) "
        "select strategy_id, version_id, sha256, 'returned', '', decided_at, by_id, by_role from decision",
        "return_says_why|uq_decision",
    )


def test_two_clocks_of_a_kind_can_not_run_for_one_component(stage: Stage) -> None:
    for kind in ("strategy", "department"):
        columns = ", ".join(column.name for column in Clock.__table__.columns if column.name != "id")
        refuses(
            f"insert into clock ({columns}) select {columns} from clock where kind = '{kind}'",
            "uq_clock_one_open",
        )


def test_a_clock_is_not_both_stopped_and_paused(stage: Stage) -> None:
    refuses("update clock set stopped_on = due_on, paused_on = due_on", "stopped_is_not_paused")


def test_a_late_version_says_why(stage: Stage) -> None:
    stage.submitted("CBP")
    columns = "strategy_id, number, title, content, sha256, submitted_at, by_id, by_role, days_late"
    as_if_late = columns.replace("number", "number + 1").replace("days_late", "3")
    refuses(f"insert into version ({columns}) select {as_if_late} from version", "late_says_why")


def test_an_appointment_has_a_component_where_its_role_needs_one(stage: Stage) -> None:
    refuses("update appointment set component_id = null where role = 'lead'", "component_where_due")
    refuses(
        "update appointment set component_id = (select min(id) from component) where role = 'cio'", "component_where"
    )
    refuses("update appointment set role = 'king' where role = 'cio'", "role_known")
    refuses("update appointment set until_on = from_on - 1", "dates_in_order")
    refuses("update appointment set acting = true where role = 'cio'", "acting_ends")


def test_the_tables_of_the_record_are_the_ones_shown_above(stage: Stage) -> None:
    guarded = text("select tgrelid::regclass::text from pg_trigger where tgname = 'append_only' order by 1")
    assert session().scalars(guarded).all() == APPEND_ONLY

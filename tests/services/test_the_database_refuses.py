"""What plain SQL can't do either: change the record, change or forge what was sent, run two clocks of a kind."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cxworkflow.db import session
from cxworkflow.models import Clock, Commitment, Notice, Outcome, Role, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within
from cxworkflow.services import (
    account_reviews,
    anchors,
    evidence,
    progress,
    publications,
    readings,
    recusals,
    reminders,
    reviews,
)
from cxworkflow.services.public_texts import Place, public
from cxworkflow.uploads.examining import examine
from tests.refusals import every_row
from tests.services.plain_sql import done, refuses
from tests.stage import Stage, as_owner, eastern
from tests.uploads.samples import png

pytestmark = pytest.mark.integration

APPEND_ONLY = [
    "account_review",
    "anchor",
    "answer_revision",
    "attempt",
    "citation",
    "clock_change",
    "decision",
    "decision_letter",
    "event",
    "progress",
    "reading",
    "recommendation",
    "recusal",
    "version",
]
KEY = {"anchor": "anchored_on", "citation": "evidence_id"}
AT = eastern("2023-12-19 09:00")


def _work_on_commitments(stage: Stage) -> None:
    """One is reported as done and accepted, of a metric there is a reading."""
    at, lead = eastern("2024-06-01 10:00"), stage.person(Role.LEAD, "CBP")
    work, metric = (
        session().scalars(select(Commitment).where(Commitment.kind == kind).limit(1)).one()
        for kind in ("activity", "metric")
    )
    progress.note(work, text="Half of it.", percent=50, by=lead, at=at)
    file = examine("seen.png", png(), largest=10_000, clamd_url=None)
    evidence.attach(work, file, most=10_000, by=lead, at=at)
    progress.report(work, statement="All of it.", by=lead, at=at)
    progress.accept(work, by=stage.person(Role.DIRECTORATE_LEAD), at=at)
    readings.read(metric, value="70", as_of=at.date(), by=lead, at=at)


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
    _work_on_commitments(stage)
    stage.implemented(strategy, "2024-07-01 10:00")
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


@pytest.mark.parametrize("state", ["owed", "superseded", "sent"])
def test_a_person_settles_only_what_failed_or_is_in_doubt(stage: Stage, state: str) -> None:
    stage.submitted("CBP")
    said = {"superseded": ", closed_reason = 'A later one.'", "sent": ", sent_at = now()"}.get(state, "")
    with as_owner():
        done(f"update notice set state = '{state}'{said}")
    for to in ("failed", "in_doubt"):
        with (
            within(scope_of(stage.person(Role.ADMINISTRATOR), at=AT)),
            pytest.raises(IntegrityError, match=r"a person settles e-mails that failed|notice is append-only"),
            session().begin_nested(),
        ):
            done(f"update notice set state = '{to}', closed_reason = 'So.', sent_at = null")


@pytest.mark.parametrize("state", ["failed", "in_doubt"])
def test_what_failed_or_is_in_doubt_a_person_can_owe_again(stage: Stage, state: str) -> None:
    stage.submitted("CBP")
    with as_owner():
        done(f"update notice set state = '{state}', closed_reason = 'So.'")
    with within(scope_of(stage.person(Role.ADMINISTRATOR), at=AT)):
        done("update notice set state = 'owed', closed_reason = null")
        assert session().scalars(text("select distinct state from notice")).all() == ["owed"]


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


def test_a_report_of_the_implementation_is_answered_once_by_the_directorate(strategy: Strategy) -> None:
    refuses("update implementation_report set statement = 'More.'", "answered once")
    refuses("update implementation_report set outcome = null, checked_at = null", "answered once")
    refuses("delete from implementation_report", "append-only")


def test_what_was_promised_and_what_shows_it_stays(strategy: Strategy) -> None:
    refuses("update commitment set original_title = 'Less'", "stays what the approved version says")
    refuses("delete from commitment", "stays what the approved version says")
    refuses("update commitment set title = 'Less' where kind = 'hire'", "says what was accepted last")
    refuses("update commitment set state = 'dropped' where state = 'open'", "rests on what was not said")
    refuses("update evidence set sha256 = sha256", "never changed")
    refuses("delete from evidence", "a report cites")
    refuses("update completion set answer = 'Hm.'", "answered once")


def test_nothing_is_said_of_a_commitment_by_others_or_of_days_to_come(stage: Stage) -> None:
    stage.approved("CBP")
    lead, other = stage.person(Role.LEAD, "CBP").id, stage.person(Role.LEAD, "ICE").id
    at = "timestamptz '2024-03-01 12:00Z'"
    read = "insert into reading (strategy_id, commitment_id, value, as_of, entered_at, by_id)"
    of_it = "from commitment where target is not null limit 1"
    refuses(f"{read} select strategy_id, id, 1, '2024-03-02', {at}, {lead} {of_it}", "a day that has come")
    refuses(f"{read} select strategy_id, id, 1, '2024-03-01', {at}, {other} {of_it}", "who does not answer for")


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


def test_whatever_else_is_append_only_has_the_very_guards_that_are_tried_above(stage: Stage) -> None:
    guards = text(
        "select tgrelid::regclass::text, array_agg((tgname, tgfoid::regproc, tgtype, tgenabled)::text order by tgname) "
        "from pg_trigger where tgname in ('append_only', 'keep_all') group by 1 having bool_or(tgname = 'append_only')"
    )
    found = dict(session().execute(guards).tuples().all())
    assert set(APPEND_ONLY) <= set(found)
    others = {table for table, has in found.items() if has[0] != found["version"][0] or len(has) != 2}
    # These change in one way each, which guards of their own watch over.
    assert others == {"publication", "published", "withholding"}


@pytest.mark.parametrize("table", ["publication", "withholding", "published"])
def test_what_was_let_out_to_the_public_is_never_deleted(stage: Stage, table: str) -> None:
    paper, lead = stage.approved("CBP"), stage.person(Role.DIRECTORATE_LEAD)
    at = eastern("2024-01-10 09:00")
    made = publications.prepare(paper, ["IV.c.1"], by=lead, at=at)
    publications.withhold(made, Place("IV.c.1", "funds", 0), "privileged", by=lead, at=at)
    publications.release(made, sha256=public(made).sha256, by=stage.person(Role.CIO), at=at)
    refuses(f"delete from {table}", "append-only|is fixed once a publication is released")

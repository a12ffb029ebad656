"""What plain SQL can't do either: skip a step, approve undecided, decide or speak for somebody else."""

from itertools import permutations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cxworkflow.db import session
from cxworkflow.errors import NotNow
from cxworkflow.lifecycle import TRANSITIONS, Action, Status
from cxworkflow.models import Outcome, Role, Strategy
from cxworkflow.services import comments, recusals, reviews, strategies
from tests.refusals import refused
from tests.services.plain_sql import done, refuses
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's, approved."""
    return stage.approved("CBP")


def test_the_one_door_opens_as_the_table_says(strategy: Strategy) -> None:
    by = strategy.versions[0].by
    with refused(NotNow, "Only a draft or a returned strategy can be submitted; this one is approved."):
        strategies.step(strategy, Action.SUBMIT, by=by, as_role=Role.LEAD, at=AT)


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
    stands = session().scalar(text("select tgenabled = 'O' from pg_trigger where tgname = 'known_steps'"))
    assert stands
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


@pytest.mark.parametrize("approved", [True, False])
def test_nobody_recommends_what_is_decided(stage: Stage, approved: bool) -> None:
    (stage.approved if approved else stage.returned)("CBP")
    advice = "insert into recommendation (version_id, advice, text, made_at, by_id) select id, 'approved', '', "
    lead = stage.person(Role.DIRECTORATE_LEAD).id
    refuses(f"{advice} timestamptz '2024-01-20 12:00Z', {lead} from version", "version that is under review")


def test_nothing_is_implemented_without_a_report(stage: Stage) -> None:
    strategy = stage.approved("CBP")
    refuses(f"update strategy set status = 'implemented' where id = {strategy.id}", "rests on what was not said")


def test_nothing_is_reported_of_what_is_not_approved(stage: Stage) -> None:
    strategy, lead = stage.submitted("CBP"), stage.person(Role.LEAD, "CBP").id
    report = "insert into implementation_report (strategy_id, statement, reported_at, by_id)"
    refuses(f"{report} values ({strategy.id}, 'Done.', now(), {lead})", "reported of a strategy that is approved")


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


NOT_WRITTEN = "a section is written in a draft, by its Component"


def test_only_the_component_writes(stage: Stage) -> None:
    paper, cio = stage.drafted("CBP"), stage.person(Role.CIO).id
    refuses(_another_state(paper, by=cio), NOT_WRITTEN)
    refuses(f"update answer set by_id = {cio} where strategy_id = {paper.id}", NOT_WRITTEN)


def test_it_writes_only_in_a_draft(stage: Stage) -> None:
    paper = stage.submitted("CBP")
    refuses(_another_state(paper, by=stage.person(Role.LEAD, "CBP").id), NOT_WRITTEN)
    refuses(f"update answer set revision = revision + 1 where strategy_id = {paper.id}", NOT_WRITTEN)


def _another_state(paper: Strategy, *, by: int) -> str:
    columns = "strategy_id, clause, revision, content, row_names, saved_at, by_id"
    return (
        f"insert into answer_revision ({columns}) "
        f"select strategy_id, clause, revision + 1, content, row_names, saved_at, {by} "
        f"from answer_revision where strategy_id = {paper.id}"
    )


def test_out_of_a_review_is_who_steps_out_or_is_taken_off(stage: Stage) -> None:
    paper = stage.submitted("CBP")
    reviewer, lead, cio = (stage.person(role).id for role in (Role.REVIEWER, Role.DIRECTORATE_LEAD, Role.CIO))
    for person, by in ((cio, cio), (reviewer, cio), (reviewer, lead), (lead, reviewer)):
        refuses(
            "insert into recusal (strategy_id, person_id, reason, recused_at, by_id) "
            f"values ({paper.id}, {person}, 'So.', timestamptz '2023-12-20 12:00Z', {by})",
            "out of a review is who steps out",
        )


IN_ITS_TIME = "a review is declined while its version waits"


def test_a_review_stays_whose_it_is(stage: Stage, under_review: Strategy) -> None:
    refuses(f"update review set reviewer_id = {stage.person(Role.DIRECTORATE_LEAD).id}", IN_ITS_TIME)


def test_a_review_is_declined_in_its_time(stage: Stage, under_review: Strategy) -> None:
    by, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-12-20 09:00")
    reviews.recommend(under_review, Outcome.APPROVED, by=by, at=at)
    declined = "update review set declined_at = timestamptz '2023-12-21 12:00Z', declined_because = 'So.'"
    refuses(declined, IN_ITS_TIME)


def test_a_strategy_is_approved_once_and_a_version_decided_once(strategy: Strategy) -> None:
    columns = "strategy_id, version_id, sha256, outcome, reason, decided_at, by_id, by_role"
    refuses(f"insert into decision ({columns}) select {columns} from decision", "uq_decision")
    refuses(
        f"insert into decision ({columns}) "
        "select strategy_id, version_id, sha256, 'returned', '', decided_at, by_id, by_role from decision",
        "return_says_why|uq_decision",
    )

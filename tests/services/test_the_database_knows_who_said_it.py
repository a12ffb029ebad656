"""What plain SQL can't say of a paper: anything by who may not say it, or that no step follows."""

import json

import pytest

from cxworkflow.db import session
from cxworkflow.models import Role, Strategy
from cxworkflow.services import publications
from cxworkflow.services.public_texts import Place, public
from tests.services.plain_sql import refuses
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

SAID = {
    "recommendation": (
        "insert into recommendation (version_id, advice, text, made_at, by_id) "
        "select current_version_id, 'approved', '', timestamptz '2023-12-20 12:00Z', {by} from strategy"
    ),
    "comment": (
        "insert into comment (version_id, strategy_id, clause, text, made_at, by_id, kind, audience) "
        "select current_version_id, id, 'IV.c.1', 'Why?', timestamptz '2023-12-20 12:00Z', {by}, "
        "'comment', 'team' from strategy"
    ),
    "rubric_mark": (
        "insert into rubric_mark (strategy_id, version_id, clause, mark, reason, marked_at, by_id) "
        "select id, current_version_id, 'IV.c.1', 'meets', '', timestamptz '2023-12-20 12:00Z', {by} from strategy"
    ),
    "review": (
        "insert into review (version_id, reviewer_id, assigned_at, by_id) "
        "select current_version_id, {by}, timestamptz '2023-12-20 12:00Z', {by} from strategy"
    ),
}


@pytest.mark.parametrize("what", SAID)
@pytest.mark.parametrize(
    ("role", "code", "why"),
    [
        (Role.LEAD, "CBP", "by somebody who wrote the paper, or is of its Component"),
        (Role.EXECUTIVE, "CBP", "by somebody who wrote the paper, or is of its Component"),
        (Role.LEAD, "TSA", "by somebody without the role for it|reviewers are named by the Directorate lead"),
        (Role.AUDITOR, None, "by somebody without the role for it|reviewers are named by the Directorate lead"),
    ],
)
def test_a_paper_is_reviewed_by_the_review_team(
    stage: Stage, what: str, role: Role, code: str | None, why: str
) -> None:
    stage.submitted("CBP")
    refuses(SAID[what].format(by=stage.person(role, code).id), why)


def test_a_reviewer_who_is_not_on_the_paper_says_nothing_of_it(stage: Stage) -> None:
    stage.submitted("CBP")
    reviewer = stage.person(Role.REVIEWER).id
    for what in ("recommendation", "comment", "rubric_mark"):
        refuses(SAID[what].format(by=reviewer), "by somebody without the role for it")


def test_advice_without_the_step_that_follows_is_none(stage: Stage) -> None:
    stage.submitted("CBP")
    forged = SAID["recommendation"].format(by=stage.person(Role.DIRECTORATE_LEAD).id)
    refuses(forged, "submitted rests on what was not said")


def test_a_version_is_submitted_or_it_is_none(stage: Stage) -> None:
    stage.returned("CBP")
    columns = "strategy_id, number, title, content, sha256, submitted_at, by_id, by_role, days_late"
    again = columns.replace("number", "number + 1").replace("submitted_at", "timestamptz '2024-01-08 12:00Z'")
    refuses(f"insert into version ({columns}) select {again} from version", "version under review is the last one")


def test_a_report_is_not_accepted_without_the_step_that_follows(stage: Stage) -> None:
    stage.approved("CBP")
    lead, checks = stage.person(Role.LEAD, "CBP").id, stage.person(Role.DIRECTORATE_LEAD).id
    columns = "strategy_id, statement, reported_at, by_id, outcome, checked_at, checked_by_id"
    report = f"insert into implementation_report ({columns}) select id, 'Done.', timestamptz '2024-02-01 12:00Z', "
    accepted = f"{report} {lead}, 'accepted', timestamptz '2024-02-02 12:00Z', {checks} from strategy"
    refuses(accepted, "approved rests on what was not said")


def test_a_line_of_the_record_without_its_step_is_none(stage: Stage) -> None:
    paper: Strategy = stage.submitted("CBP")
    session().flush()
    line = {
        "what": "approve",
        "at": "2024-01-05T12:00:00Z",
        "by": stage.person(Role.CIO).id,
        "as": "cio",
        "request": "by-hand",
        "strategy": paper.id,
        "component": paper.component_id,
        "details": {"from": "submitted", "to": "approved"},
    }
    body = f"jsonb_build_object('event', nextval('event_id_seq')) || cast('{json.dumps(line)}' as jsonb)"
    # A colon followed by a letter would be a parameter.
    refuses(f"select audit_append(array[cast({body} as text)])".replace(":", "\\:"), "a line tells another status")


def test_what_is_withheld_from_the_public_is_never_rewritten(stage: Stage) -> None:
    paper, lead = stage.approved("CBP"), stage.person(Role.DIRECTORATE_LEAD)
    at = eastern("2024-01-10 09:00")
    made = publications.prepare(paper, ["IV.c.1"], by=lead, at=at)
    publications.withhold(made, Place("IV.c.1", "funds", 0), "privileged", by=lead, at=at)
    refuses("update withholding set basis = 'another'", "append-only")
    publications.release(made, sha256=public(made).sha256, by=stage.person(Role.CIO), at=at)
    refuses("update withholding set basis = 'another'", "append-only")

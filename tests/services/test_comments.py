"""Comments in a review: on sections and rows, for the Component or the team only, answered, turned and settled."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Audience, Comment, Event, Kind, Person, Role, Strategy
from cxworkflow.queries import comments as queries
from cxworkflow.services import comments, drafting, recusals, reviews, strategies
from tests.refusals import refused
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")
LATER = eastern("2023-12-28 09:00")


@pytest.fixture
def strategy(under_review: Strategy) -> Strategy:
    return under_review


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.LEAD, "CBP")


def read_by(person: Person, strategy: Strategy) -> list[str]:
    """The comments that somebody may read."""
    return [each.text for each in queries.threads(person, strategy, at=AT)]


def test_a_comment_is_on_a_row_of_the_version_that_was_read(strategy: Strategy, reviewer: Person) -> None:
    version = strategies.under_review(strategy)
    name = version.row_names["IV.c.3"]["metrics"][0]
    made = comments.comment(strategy, "IV.c.3", "Baseline?", row=("metrics", name), by=reviewer, at=AT)
    assert (made.field, made.row_name, made.version) == ("metrics", name, version)
    for nowhere in (("metrics", "9.9"), ("funds", name)):
        with refused(NotFound, "Section IV.c.3 of this version has no such row."):
            comments.comment(strategy, "IV.c.3", "What?", row=nowhere, by=reviewer, at=AT)


def test_a_row_keeps_its_name_from_version_to_version(
    stage: Stage, strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    name = strategies.under_review(strategy).row_names["IV.c.3"]["metrics"][0]
    reviews.send_back(strategy, reason="Baselines.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    answer = next(each for each in strategy.answers if each.clause == "IV.c.3")
    metrics = answer.content["metrics"]
    changed = {**answer.content, "metrics": [*metrics[1:], {**metrics[0], "name": "Another name", "baseline": 7}]}
    names = answer.row_names["metrics"]
    drafting.save_section(
        strategy,
        "IV.c.3",
        changed,
        base_revision=answer.revision,
        row_names={"metrics": [*names[1:], names[0]]},
        by=lead,
        at=LATER,
    )
    second = strategies.submit(strategy, by=lead, at=LATER)
    assert second.row_names["IV.c.3"]["metrics"][-1] == name
    assert second.sha256 == strategies.draft_sha256(strategy)


def test_what_the_team_says_among_itself_is_for_nobody_of_the_component(
    stage: Stage, strategy: Strategy, reviewer: Person
) -> None:
    comments.comment(strategy, "IV.c.3", "To CBP.", by=reviewer, at=AT)
    comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    torn = stage.newcomer("Kit Moss", (Role.REVIEWER, None), (Role.CONTRIBUTOR, "CBP"))
    for of_cbp in (*(stage.person(role, "CBP") for role in (Role.LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR)), torn):
        assert read_by(of_cbp, strategy) == ["To CBP."]
    for of_the_team in (Role.REVIEWER, Role.DIRECTORATE_LEAD, Role.CIO, Role.AUDITOR):
        assert read_by(stage.person(of_the_team), strategy) == ["To CBP.", "Among us."]
    assert read_by(stage.person(Role.ADMINISTRATOR), strategy) == []


def test_nobody_of_the_component_answers_what_they_can_not_read(
    strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    secret = comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    with refused(NotFound, "There is no such thing, or you may not know of it."):
        comments.answer(secret, "I heard that.", by=lead, at=AT)


def test_the_lead_answers_while_revising_and_the_thread_says_it(
    stage: Stage, strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Baseline?", kind=Kind.MUST_CHANGE, by=reviewer, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    with refused(InvalidInput, "answer: Write the answer before sending it."):
        comments.answer(remark, " ", by=lead, at=LATER)
    comments.answer(remark, "It is 45.", by=lead, at=LATER)
    assert [reply.text for reply in remark.replies] == ["It is 45."]
    for stranger in (stage.person(Role.CONTRIBUTOR, "CBP"), stage.person(Role.CIO)):
        with refused(NotAllowed, "You may not answer comments on this strategy."):
            comments.answer(remark, "Me too.", by=stranger, at=LATER)


def test_what_has_to_change_is_said_in_the_open(strategy: Strategy, reviewer: Person) -> None:
    for kind in (Kind.MUST_CHANGE, Kind.SUGGESTION):
        with refused(InvalidInput, "kind: CBP has to be able to read"):
            comments.comment(strategy, "IV.c.3", "Baseline?", kind=kind, audience=Audience.TEAM, by=reviewer, at=AT)
    secret = comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    with refused(InvalidInput, "kind: CBP has to be able to read a must-change."):
        comments.turn(secret, Kind.MUST_CHANGE, by=reviewer, at=AT)


def test_a_comment_is_turned_into_a_must_change_until_it_is_settled(strategy: Strategy, reviewer: Person) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Baseline?", by=reviewer, at=AT)
    comments.turn(remark, Kind.MUST_CHANGE, by=reviewer, at=AT)
    comments.settle(remark, version_number=1, by=reviewer, at=AT)
    with refused(NotNow, "This comment is settled. Open it again first"):
        comments.turn(remark, Kind.COMMENT, by=reviewer, at=AT)
    turned = session().scalars(select(Event.details).where(Event.verb == "turned")).one()
    assert (turned["before"], turned["kind"]) == ("comment", "must-change")


def test_a_must_change_is_confirmed_as_done_in_the_version_that_was_read(
    stage: Stage, strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    directorate = stage.person(Role.DIRECTORATE_LEAD)
    remark = comments.comment(strategy, "IV.c.3", "Baseline?", kind=Kind.MUST_CHANGE, by=reviewer, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=directorate, at=AT)
    with refused(NotNow, "Comments are made and settled while a strategy is under review; this one is returned."):
        comments.settle(remark, by=directorate, at=LATER)
    second = strategies.submit(strategy, by=lead, at=LATER)
    with refused(Conflict, "You read version 1, but version 2 is before you now."):
        comments.settle(remark, version_number=1, by=directorate, at=LATER)
    with refused(NotAllowed, "You may not settle comments on this strategy."):
        comments.settle(remark, by=lead, at=LATER)
    comments.settle(remark, version_number=2, by=directorate, at=LATER)
    assert (remark.settled_in, remark.settled_by) == (second, directorate)
    with refused(NotNow, "This comment is settled already."):
        comments.settle(remark, by=directorate, at=LATER)
    comments.reopen(remark, by=directorate, at=LATER)
    assert (remark.settled_at, remark.settled_in_id) == (None, None)
    with refused(NotNow, "This comment is open already."):
        comments.reopen(remark, by=directorate, at=LATER)


def test_who_is_out_of_the_review_neither_reads_nor_answers(strategy: Strategy, reviewer: Person) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    recusals.recuse(strategy, reason="My sister leads it.", by=reviewer, at=AT)
    assert read_by(reviewer, strategy) == []
    with refused(NotFound, "There is no such thing"):
        comments.answer(remark, "One more thing.", by=reviewer, at=AT)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update comment set text = 'Never mind.'", "comment is append-only"),
        ("update comment set audience = 'component'", "comment is append-only"),
        ("update reply set text = 'Never mind.'", "reply is append-only"),
        ("delete from reply", "reply is append-only"),
        ("delete from comment", "comment is append-only"),
        ("truncate comment cascade", "append-only"),
        ("update comment set kind = 'must-change'", "asked_in_the_open"),
        ("update comment set settled_at = made_at", "settled_by_whom"),
        ("update comment set field = 'metrics'", "append-only|row_of_a_field"),
    ],
)
def test_plain_sql_changes_no_word_and_no_readers(
    strategy: Strategy, reviewer: Person, statement: str, why: str
) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    comments.answer(remark, "Agreed.", by=reviewer, at=AT)
    session().flush()
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        session().execute(text(statement))


def test_plain_sql_comments_on_no_version_that_is_not_under_review(
    stage: Stage, strategy: Strategy, reviewer: Person
) -> None:
    comments.comment(strategy, "IV.c.3", "Baseline?", by=reviewer, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    written = [column for column in Comment.__table__.columns if column.name != "id" and column.computed is None]
    columns = ", ".join(column.name for column in written)
    session().flush()
    with pytest.raises(DatabaseError, match="under review"), session().begin_nested():
        session().execute(text(f"insert into comment ({columns}) select {columns} from comment"))

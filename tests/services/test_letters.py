"""What a return asks for and what an approval is bound to: gathered, frozen, and nothing internal in it."""

from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput
from cxworkflow.models import Audience, DecisionLetter, Event, Kind, Mark, Notice, Outcome, Person, Role, Strategy
from cxworkflow.services import comments, letters, reviews, rubrics, strategies
from tests.documents.conftest import faults_of
from tests.refusals import refused
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")
LATER = eastern("2023-12-28 09:00")


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    return stage.submitted("CBP")


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


@pytest.fixture
def cio(stage: Stage) -> Person:
    return stage.person(Role.CIO)


def must_change(strategy: Strategy, clause: str, words: str, by: Person) -> int:
    """The number of a new must-change."""
    made = comments.comment(strategy, clause, words, kind=Kind.MUST_CHANGE, by=by, at=AT)
    session().flush()
    return made.id


def test_the_letter_lists_the_open_must_changes_by_section_and_keeps_them(
    stage: Stage, strategy: Strategy, lead: Person
) -> None:
    names = strategies.under_review(strategy).row_names["IV.c.3"]["metrics"]
    must_change(strategy, "IV.c.4", "Who follows up?", lead)
    done = must_change(strategy, "IV.c.1", "Add the funds.", lead)
    comments.comment(strategy, "IV.c.3", "Baseline?", kind=Kind.MUST_CHANGE, row=("metrics", names[0]), by=lead, at=AT)
    comments.comment(strategy, "IV.c.3", "A picture would help.", kind=Kind.SUGGESTION, by=lead, at=AT)
    settled = next(each for each in comments.open_must_changes(strategy) if each.id == done)
    comments.settle(settled, by=lead, at=AT)
    decision = reviews.send_back(strategy, reason="Two things.", by=lead, at=AT)
    said = [(each["clause"], each["text"]) for each in decision.must_changes]
    assert said == [("IV.c.3", "Baseline?"), ("IV.c.4", "Who follows up?")]
    assert decision.must_changes[0]["about"].startswith("Metric 1: ")
    assert decision.must_changes[0]["title"] == "Metrics"
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=LATER)
    for remark in comments.open_must_changes(strategy):
        comments.settle(remark, by=lead, at=LATER)
    session().expire(decision)
    assert len(decision.must_changes) == 2


def test_nothing_internal_is_in_what_the_component_gets(stage: Stage, strategy: Strategy, lead: Person) -> None:
    must_change(strategy, "IV.c.3", "Baseline?", lead)
    comments.comment(strategy, "IV.c.3", "Weaker than TSA.", audience=Audience.TEAM, by=lead, at=AT)
    rubrics.mark(strategy, {"IV.c.3": (Mark.NOT, "Not one baseline.")}, by=lead, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    of_cbp = {stage.person(role, "CBP").id for role in (Role.LEAD, Role.EXECUTIVE)}
    told = session().scalars(select(Notice).where(Notice.person_id.in_(of_cbp))).all()
    everything = " ".join(str(notice.facts) for notice in told)
    assert "Baseline?" in everything
    assert "Weaker" not in everything
    assert "Not one baseline" not in everything


def test_a_letter_that_would_say_something_else_than_was_seen_is_not_sent(strategy: Strategy, lead: Person) -> None:
    seen = must_change(strategy, "IV.c.3", "Baseline?", lead)
    must_change(strategy, "IV.c.4", "Who follows up?", lead)
    with refused(Conflict, "The open must-changes are not those that you saw"):
        reviews.send_back(strategy, reason="Baselines.", listed=[seen], by=lead, at=AT)
    with refused(Conflict, "The text you read is not the text of this version. Nothing was returned"):
        reviews.send_back(strategy, reason="Baselines.", version_number=1, sha256="0" * 64, by=lead, at=AT)


def test_approval_is_recommended_over_an_open_must_change_only_with_a_reason(strategy: Strategy, lead: Person) -> None:
    must_change(strategy, "IV.c.3", "Baseline?", lead)
    with refused(InvalidInput, "recommendation: A must-change is open. Confirm each as done, or say here why"):
        reviews.recommend(strategy, Outcome.APPROVED, by=lead, at=AT)
    must_change(strategy, "IV.c.4", "Who follows up?", lead)
    with refused(InvalidInput, "2 must-changes are open."):
        reviews.recommend(strategy, Outcome.APPROVED, by=lead, at=AT)
    advised = reviews.recommend(strategy, Outcome.APPROVED, text="They can follow.", by=lead, at=AT)
    assert advised.advice is Outcome.APPROVED
    line = session().scalars(select(Event.details).where(Event.verb == "recommend")).one()
    assert line["open_must_changes"] == 2


def test_a_return_is_recommended_without_further_words(strategy: Strategy, lead: Person) -> None:
    must_change(strategy, "IV.c.3", "Baseline?", lead)
    assert reviews.recommend(strategy, Outcome.RETURNED, by=lead, at=AT).text == ""


def test_conditions_stand_in_the_decision_the_record_and_the_e_mail(strategy: Strategy, cio: Person) -> None:
    version = strategies.under_review(strategy)
    decision = reviews.approve(
        strategy,
        version_number=1,
        sha256=version.sha256,
        conditions=["Report every quarter.", " ", "Name an owner."],
        by=cio,
        at=AT,
    )
    asked = ["Report every quarter.", "Name an owner."]
    assert decision.conditions == asked
    line = session().scalars(select(Event.details).where(Event.verb == "approve")).one()
    assert line["conditions"] == asked
    told = session().scalars(select(Notice).where(Notice.kind == "approved", Notice.to_role == "lead")).one()
    assert told.facts["conditions"] == asked


@pytest.mark.parametrize(
    ("outcome", "column", "why"),
    [("returned", "conditions", "conditions_of_an_approval"), ("approved", "must_changes", "changes_of_a_return")],
)
def test_plain_sql_mixes_up_no_approval_with_a_return(
    strategy: Strategy, cio: Person, outcome: str, column: str, why: str
) -> None:
    insert = (
        "insert into decision (strategy_id, version_id, sha256, outcome, reason, decided_at, by_id, by_role, "
        f"{column}) select strategy_id, id, sha256, '{outcome}', 'So.', now(), {cio.id}, 'cio', '[\"x\"]' from version"
    )
    session().flush()
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        session().execute(text(insert))


def test_the_letter_is_kept_under_its_hash_which_the_record_holds_too(strategy: Strategy, cio: Person) -> None:
    version = strategies.under_review(strategy)
    decision = reviews.approve(strategy, version_number=1, sha256=version.sha256, reason="Well done.", by=cio, at=AT)
    kept = session().scalars(select(DecisionLetter)).one()
    assert kept.decision is decision
    assert sha256(kept.pdf).hexdigest() == kept.sha256 == decision.letter_sha256
    line = session().scalars(select(Event.details).where(Event.verb == "approve")).one()
    assert line["letter_sha256"] == kept.sha256


def test_the_same_decision_makes_the_same_bytes(strategy: Strategy, cio: Person) -> None:
    version = strategies.under_review(strategy)
    decision = reviews.approve(strategy, version_number=1, sha256=version.sha256, by=cio, at=AT)
    assert letters.write(strategy, decision, by=cio, at=AT).sha256 == decision.letter_sha256
    session().expunge_all()


def test_the_letter_passes_somebody_elses_validator(strategy: Strategy, lead: Person) -> None:
    must_change(strategy, "IV.c.3", "Where is the baseline?", lead)
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    assert faults_of(session().scalars(select(DecisionLetter)).one().pdf) == []


def test_the_letter_is_a_tagged_pdf_with_a_title_and_a_language(strategy: Strategy, lead: Person) -> None:
    must_change(strategy, "IV.c.3", "Where is the baseline?", lead)
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    kept = session().scalars(select(DecisionLetter)).one()
    with pikepdf.open(BytesIO(kept.pdf)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "en-US"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        metadata = pdf.open_metadata()
        assert metadata["dc:title"] == "CBP: customer experience strategy returned for changes"
        assert (metadata["pdfuaid:part"], metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("1", "2", "A")
        assert metadata["xmp:CreateDate"].startswith("2023-12-19T14:00:00")


@pytest.mark.asvs("V1.2.8")
@pytest.mark.parametrize(
    "words",
    ["李 😀 مرحبا e\u0301", '#import "x"; $ \\ { } // */ @cite <label> `raw`', "One.\n\n\nTwo.", "x" * 20_000, "“”"],
    ids=["other scripts", "markup", "lines", "long", "quotation marks"],
)
def test_whatever_was_written_there_is_a_letter(strategy: Strategy, lead: Person, words: str) -> None:
    must_change(strategy, "IV.c.3", words, lead)
    reviews.send_back(strategy, reason=words, by=lead, at=AT)
    assert session().scalars(select(DecisionLetter)).one().pdf.startswith(b"%PDF-")


def test_plain_sql_keeps_no_letter_under_another_hash(strategy: Strategy, lead: Person) -> None:
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    insert = (
        "insert into decision_letter (strategy_id, decision_id, sha256, pdf) "
        "select strategy_id, decision_id, sha256, '\\x00' from decision_letter"
    )
    session().flush()
    with pytest.raises(DatabaseError, match="hash_is_of_pdf"), session().begin_nested(), as_owner():
        session().execute(text(insert))

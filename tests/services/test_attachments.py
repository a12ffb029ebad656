"""Files of a draft: attached with their bytes, frozen with the version, removed from the draft alone, seen by few."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Attachment, AttachmentContent, Event, Person, Role, Strategy, Version
from cxworkflow.policies.answers import sha256_of
from cxworkflow.services import assignments, attachments, strategies
from cxworkflow.uploads.examining import Examined
from cxworkflow.uploads.kinds import KINDS
from tests.refusals import every_row, refused
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-11 09:00")
MUCH = 10**9  # bytes


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's complete draft."""
    return stage.drafted("CBP")


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.LEAD, "CBP")


def file(name: str = "Plan.pdf", content: bytes = b"a plan") -> Examined:
    """A file that has passed its checks."""
    return Examined(name, KINDS["pdf"], content)


def attached(strategy: Strategy, by: Person, given: Examined | None = None, clause: str = "IV.c.1") -> Attachment:
    return attachments.attach(strategy, clause, given or file(), most=MUCH, by=by, at=AT)


def kept() -> int:
    """How many contents are kept."""
    return session().scalar(select(func.count()).select_from(AttachmentContent)) or 0


def test_a_file_is_kept_under_its_hash_and_the_record_says_who_attached_it(strategy: Strategy, lead: Person) -> None:
    made = attached(strategy, lead)
    content = session().get_one(AttachmentContent, (strategy.component_id, file().sha256))
    assert (content.content, made.size, made.kind) == (b"a plan", 6, "pdf")
    line = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (line.verb, line.by_id, line.details["sha256"]) == ("attached", lead.id, file().sha256)


def test_the_same_file_again_changes_nothing(strategy: Strategy, lead: Person) -> None:
    made = attached(strategy, lead)
    before = every_row()
    assert attached(strategy, lead) is made
    assert every_row() == before


def test_another_file_of_the_same_name_is_refused(strategy: Strategy, lead: Person) -> None:
    attached(strategy, lead)
    with refused(InvalidInput, "Another “Plan.pdf” is attached here already. Remove that one first, or rename yours."):
        attached(strategy, lead, file(content=b"another plan"))


def test_the_same_bytes_are_kept_once_for_a_component_and_apart_for_another(stage: Stage, strategy: Strategy) -> None:
    lead, other = stage.person(Role.LEAD, "CBP"), stage.person(Role.LEAD, "ICE")
    attached(strategy, lead)
    attached(strategy, lead, clause="IV.c.2")
    attached(strategy, lead, file("The same.pdf"))
    assert kept() == 1
    attached(stage.drafted("ICE"), other)
    assert kept() == 2


def test_a_strategy_holds_so_much_and_not_a_byte_more(strategy: Strategy, lead: Person) -> None:
    attachments.attach(strategy, "IV.c.1", file(), most=12, by=lead, at=AT)
    attachments.attach(strategy, "IV.c.1", file("Same size.pdf"), most=12, by=lead, at=AT)
    with refused(InvalidInput, "“One more.pdf” has 1 KB, and 1 KB of the 1 KB for all files of a strategy are left."):
        attachments.attach(strategy, "IV.c.1", file("One more.pdf", b"x"), most=12, by=lead, at=AT)


def test_the_lead_attaches_and_whoever_the_section_is_assigned_to(stage: Stage, strategy: Strategy) -> None:
    writer = stage.person(Role.CONTRIBUTOR, "CBP")
    assignments.assign(strategy, "IV.c.4", writer, by=stage.person(Role.LEAD, "CBP"), at=AT)
    assert attached(strategy, writer, clause="IV.c.4")
    nobodies = [stage.person(*held) for held in ((Role.LEAD, "ICE"), (Role.EXECUTIVE, "CBP"), (Role.CIO, None))]
    for person in (writer, *nobodies):
        with refused(NotAllowed, "You may not write this section."):
            attached(strategy, person)


def test_only_sections_that_are_asked_have_files(stage: Stage) -> None:
    strategy = stage.drafted("ICE")
    with refused(NotFound, "IV.g.1 is not a section that ICE is asked for."):
        attached(strategy, stage.person(Role.LEAD, "ICE"), clause="IV.g.1")


def test_what_is_removed_before_submission_is_gone_with_its_bytes(strategy: Strategy, lead: Person) -> None:
    made, same = attached(strategy, lead), attached(strategy, lead, clause="IV.c.2")
    attachments.remove(strategy, made.address, by=lead, at=AT)
    assert kept() == 1
    attachments.remove(strategy, same.address, by=lead, at=AT)
    assert kept() == 0
    with refused(NotFound, "This file is not attached any more."):
        attachments.remove(strategy, made.address, by=lead, at=AT)


@pytest.mark.clause("IV.b")
def test_a_version_freezes_the_files_of_its_draft_under_its_hash(stage: Stage, strategy: Strategy) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    without = strategies.draft_sha256(strategy)
    made = attached(strategy, lead)
    version = strategies.submit(strategy, by=lead, at=AT)
    named = {"clause": "IV.c.1", "name": "Plan.pdf", "sha256": file().sha256}
    facts = {"address": str(made.address), "kind": "pdf", "size": 6, **named}
    assert version.attachments == [facts]
    assert version.sha256 == sha256_of("dhs-076-02", "CBP", version.title, version.content, [named])
    assert version.sha256 != without
    with refused(NotNow, "Only a draft or a returned strategy can be changed"):
        attachments.remove(strategy, made.address, by=lead, at=AT)
    with refused(NotNow, "Only a draft or a returned strategy can be changed"):
        attached(strategy, lead, file("Late.pdf"))


def test_what_is_removed_from_the_draft_stays_in_the_version(stage: Stage, strategy: Strategy) -> None:
    lead, reviewer = stage.person(Role.LEAD, "CBP"), stage.person(Role.REVIEWER)
    made = attached(strategy, lead)
    strategies.submit(strategy, by=lead, at=AT)
    strategies.withdraw(strategy, reason="Not yet.", by=lead, at=AT)
    attachments.remove(strategy, made.address, by=lead, at=AT)
    assert strategies.attached(strategy) == []
    again = attached(strategy, lead, file(content=b"a better plan"))
    assert [each.id for each in strategies.attached(strategy)] == [again.id]
    for person in (lead, reviewer):
        assert attachments.take_out(made.address, by=person, at=AT)[1] == b"a plan"
    with refused(NotFound, "or you may not know of it"):
        attachments.take_out(again.address, by=reviewer, at=AT)
    second = strategies.submit(strategy, by=lead, at=AT)
    first = session().scalars(select(Version).where(Version.number == 1)).one()
    assert [each["sha256"] for each in first.attachments] == [file().sha256]
    assert [each["sha256"] for each in second.attachments] == [again.sha256]


def test_a_file_of_a_draft_is_for_those_who_see_the_draft(stage: Stage, strategy: Strategy, lead: Person) -> None:
    made = attached(strategy, lead)
    staff = [stage.person(role, "CBP") for role in (Role.LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR)]
    for person in (*staff, stage.person(Role.CIO), stage.person(Role.AUDITOR), stage.person(Role.DIRECTORATE_LEAD)):
        assert attachments.take_out(made.address, by=person, at=AT) == (made, b"a plan")
        line = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert (line.verb, line.by_id, line.strategy_id) == ("exported", person.id, strategy.id)
    others = [(Role.LEAD, "ICE"), (Role.EXECUTIVE, "ICE"), (Role.REVIEWER, None), (Role.ADMINISTRATOR, None)]
    for role, code in others:
        with refused(NotFound, "There is no such file, or you may not know of it."):
            attachments.take_out(made.address, by=stage.person(role, code), at=AT)
    with refused(NotFound, "There is no such file, or you may not know of it."):
        attachments.take_out(uuid4(), by=lead, at=AT)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update attachment set name = 'Other.pdf'", "only be taken off its draft, once"),
        ("update attachment set sha256 = 'x'", "only be taken off its draft, once"),
        ("delete from attachment", "of a version can't be removed"),
        ("truncate attachment", "append-only"),
        ("update attachment_content set content = 'x'", "append-only"),
        ("delete from attachment_content", "violates foreign key"),
        ("truncate attachment_content cascade", "append-only"),
        ("update version set attachments = '[]'", "version is append-only"),
        (
            "insert into attachment_content select component_id, 'x', content from attachment_content",
            "ck_attachment_content_hash_is_of_content",
        ),
    ],
)
def test_plain_sql_changes_no_file_of_a_version(
    stage: Stage, strategy: Strategy, lead: Person, statement: str, why: str
) -> None:
    attached(strategy, lead)
    strategies.submit(strategy, by=lead, at=AT)
    session().flush()
    before = every_row()
    with pytest.raises(DatabaseError, match=f"{why}|permission denied"), session().begin_nested():
        session().execute(text(statement))
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        session().execute(text(statement))
    assert every_row() == before

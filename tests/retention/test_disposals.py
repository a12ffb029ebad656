"""What is past its time goes by two people's hands, and the database knows no other way."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.documents.packing import write_folder
from cxworkflow.documents.story import Folder
from cxworkflow.errors import Conflict, NotAllowed, NotFound, NotNow
from cxworkflow.models import (
    AnswerRevision,
    Attempt,
    Decision,
    Disposal,
    Event,
    Identity,
    Notice,
    Person,
    Role,
    SignIn,
    SignInLink,
    Strategy,
    Version,
)
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within
from cxworkflow.services import disposals, record_checks, sign_ins
from cxworkflow.services.disposals import disposable, due, mark_of
from tests.refusals import every_row, refused
from tests.retention.proposing import AT, KINDS, count, held, proposed
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration


def test_nothing_is_due_before_its_time(strategy: Strategy) -> None:
    for kind in KINDS:
        wanted = disposable(kind)
        assert wanted.keep_years is not None
        assert due(wanted, at=eastern("2024-03-01 09:00")) == []
        assert due(wanted, at=AT), kind


@pytest.mark.parametrize(
    ("on", "before"), [(date(2032, 2, 29), date(2025, 2, 28)), (date(2027, 3, 1), date(2020, 3, 1))]
)
def test_a_period_of_years_ends_on_the_same_day(on: date, before: date) -> None:
    assert disposable("people").ended_before(on) == before


def test_what_one_proposes_and_another_confirms_is_gone_and_on_record(
    strategy: Strategy, administrator: Person, cio: Person
) -> None:
    saved, versions, decisions = count(AnswerRevision), count(Version), count(Decision)
    disposal = proposed("drafts", administrator)
    assert [(item["about"], item["parts"]) for item in disposal.items] == [(f"CBP, {strategy.edition.title}", saved)]
    assert count(AnswerRevision) == saved
    disposals.confirm(disposal, by=cio, at=AT)
    assert (count(AnswerRevision), count(Version), count(Decision)) == (0, versions, decisions)
    assert strategy.contents, "the draft itself stays"
    assert (disposal.done_at, disposal.confirmed_by_id) == (AT, cio.id)
    lines = session().scalars(select(Event).order_by(Event.id.desc()).limit(2)).all()
    assert [line.verb for line in lines] == ["disposed", "disposal-proposed"]
    assert (lines[0].by_id, lines[0].details["parts"], lines[0].details["sha256"]) == (cio.id, saved, disposal.sha256)
    assert due(disposable("drafts"), at=AT) == []
    with pytest.raises(DatabaseError, match="append-only"), session().begin_nested(), as_owner():
        session().execute(text("delete from answer_revision; delete from version"))


def test_an_e_mail_keeps_when_and_to_whom_it_went_but_not_its_text_and_address(
    strategy: Strategy, administrator: Person, cio: Person
) -> None:
    disposals.confirm(proposed("e-mails", administrator), by=cio, at=AT)
    for notice in session().scalars(select(Notice).where(Notice.sent_at.is_not(None))):
        assert (notice.to_address, notice.answer) == ("", "")
        assert notice.facts["disposed_on"] == "2032-03-01"
        assert set(notice.facts) <= {"disposed_on", "held_role", "version", "component"}
        assert notice.person_id
    assert set(session().scalars(select(Attempt.answer))) == {""}


def test_who_left_long_ago_keeps_a_name_but_no_address_and_no_account(
    strategy: Strategy, administrator: Person, cio: Person
) -> None:
    gone = session().scalars(select(Person).where(Person.name == "Jane Roe")).one()
    disposals.confirm(proposed("people", administrator), by=cio, at=AT)
    assert (gone.name, gone.email) == ("Jane Roe", f"removed-{gone.id}@invalid")
    assert count(Identity) == 0
    assert "@stage.example" not in str(session().scalars(select(Disposal.items)).all())
    assert administrator.email.endswith("example")


def test_an_account_review_keeps_that_it_was_but_no_addresses(
    strategy: Strategy, administrator: Person, cio: Person
) -> None:
    disposals.confirm(proposed("account-reviews", administrator), by=cio, at=AT)
    assert session().scalars(text("select statement from account_review")).all() == [[]]


def test_after_all_disposals_the_record_is_whole_and_the_story_can_be_taken_out(
    strategy: Strategy, administrator: Person, cio: Person, tmp_path: Path
) -> None:
    for kind in KINDS:
        disposals.confirm(proposed(kind, administrator), by=cio, at=AT)
    session().commit()
    assert record_checks.check().faults == []
    out = tmp_path / "story"
    write_folder(Folder(strategy, "CX <cx@example.gov>", "http://localhost").files(), out)
    assert "its text was disposed of" in (out / "index.html").read_text(encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(out / "verify_record.py"), str(out)], check=False)
    assert done.returncode == 0


def test_two_people_are_needed_and_each_has_the_role_for_it(
    stage: Stage, strategy: Strategy, administrator: Person, cio: Person
) -> None:
    with refused(NotAllowed, "You may not propose what is disposed of."):
        proposed("drafts", cio)
    disposal = proposed("drafts", administrator)
    with refused(NotAllowed, "You proposed this. Another person has to confirm it."):
        disposals.confirm(disposal, by=administrator, at=AT)
    for role, code in ((Role.AUDITOR, None), (Role.DIRECTORATE_LEAD, None), (Role.LEAD, "CBP")):
        with refused(NotAllowed, "You may not confirm or withdraw a disposal."):
            disposals.confirm(disposal, by=stage.person(role, code), at=AT)
    with refused(NotNow, "A proposal for this kind waits to be confirmed or withdrawn."):
        proposed("drafts", administrator)


def test_a_list_that_has_changed_since_it_was_read_is_not_proposed(
    stage: Stage, strategy: Strategy, administrator: Person
) -> None:
    with refused(Conflict, "The list has changed since you read it."):
        disposals.propose(disposable("drafts"), mark_of([]), by=administrator, at=AT)
    for kind in ("record", "strategies", "sign-ins", "nothing"):
        with refused(NotFound, "There is no such kind of records"):
            disposable(kind)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("delete from answer_revision", "append-only"),
        ("update notice set facts = '{}'", "append-only"),
        ("update disposal set done_at = now(), confirmed_by_id = by_id", "two_people"),
        ("update disposal set items = '[]'", "ends once"),
        ("delete from disposal", "append-only"),
        ("update legal_hold set until_on = '2032-02-01'", "ends once"),
        ("delete from legal_hold", "append-only"),
        ("select carry_out_disposal(id, by_id, '2032-03-01') from disposal", "two_people"),
        ("select carry_out_disposal(id, by_id + 1, '2024-03-01') from disposal", "within a year"),
        ("select carry_out_disposal(id, by_id + 1, '2032-03-01') from disposal", "held, or not due"),
        ("select carry_out_disposal(0, 1, '2032-03-01')", "no such proposal"),
    ],
)
def test_plain_sql_goes_no_other_way(
    stage: Stage, strategy: Strategy, administrator: Person, statement: str, why: str
) -> None:
    proposed("drafts", administrator)
    if why != "two_people":
        held(stage, administrator)
    session().flush()
    before = every_row()
    with pytest.raises(DatabaseError, match=f"{why}|permission denied"), session().begin_nested():
        session().execute(text(statement))
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        session().execute(text(statement))
    assert every_row() == before


@pytest.mark.parametrize("role", list(Role))
def test_what_is_due_is_listed_for_who_sees_how_the_system_runs_and_disposed_of_by_nobody_else(
    stage: Stage, strategy: Strategy, administrator: Person, role: Role
) -> None:
    own = "CBP" if role in COMPONENT_ROLES else None
    person = stage.newcomer("Somebody Else", (role, own))
    disposal = proposed("drafts", administrator)
    carry_out = text("select carry_out_disposal(:disposal, :person, '2032-03-01')")
    with within(scope_of(person, at=AT)):
        sees = may(person, Permission.SEE_OPERATIONS, at=AT)
        assert all(bool(due(disposable(kind), at=AT)) == sees for kind in KINDS)
        if not sees:
            with pytest.raises(DatabaseError, match="held, or not due"), session().begin_nested():
                session().execute(carry_out, {"disposal": disposal.id, "person": person.id})


def test_the_application_can_not_confirm_past_the_function(
    strategy: Strategy, administrator: Person, cio: Person
) -> None:
    proposed("drafts", administrator)
    session().flush()
    past_it = text("update disposal set done_at = now(), confirmed_by_id = :cio")
    with pytest.raises(DatabaseError, match="permission denied"), session().begin_nested():
        session().execute(past_it, {"cio": cio.id})


@pytest.mark.asvs("V14.2.4")
def test_what_expires_by_itself_is_removed_once_its_hours_are_over(stage: Stage, cio: Person) -> None:
    sign_ins.begin(cio, "demo", at=AT)
    session().execute(text("update sign_in set began_at = clock_timestamp() - interval '13 hours'"))
    for days in (29, 31):
        link = SignInLink(person_id=cio.id, browser_sha256="x", leads_to="/")
        session().add(link)
        session().flush()
        old = text("update sign_in_link set made_at = clock_timestamp() - make_interval(days => :days) where id = :id")
        session().execute(old, {"days": days, "id": link.id})
    disposals.remove_expired(AT.date(), AT)
    assert (count(SignIn), count(SignInLink)) == (0, 1)
    line = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (line.verb, line.by_id, line.details["links"], line.details["sign_ins"]) == ("expired-removed", None, 1, 1)

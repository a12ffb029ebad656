"""What is past its time goes by two people's hands, what is held stays, and the database knows no other way."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.documents.packing import write_folder
from cxworkflow.documents.story import Folder
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import (
    AnswerRevision,
    Attempt,
    Decision,
    Disposal,
    Event,
    Identity,
    LegalHold,
    Notice,
    Person,
    Role,
    SignIn,
    SignInLink,
    Strategy,
    Version,
)
from cxworkflow.models.notice import NoticeState
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within
from cxworkflow.services import account_reviews, appointments, disposals, holds, record_checks, sign_ins
from cxworkflow.services.disposals import disposable, due, mark_of
from tests.refusals import every_row, refused
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2032-03-01 09:00")  # eight years after it all
KINDS = ("drafts", "e-mails", "people", "account-reviews")


@pytest.fixture
def administrator(stage: Stage) -> Person:
    return stage.person(Role.ADMINISTRATOR)


@pytest.fixture
def cio(stage: Stage) -> Person:
    return stage.person(Role.CIO)


@pytest.fixture
def strategy(stage: Stage, administrator: Person) -> Strategy:
    """CBP's approved strategy, its e-mails sent, a confirmed account review, and somebody who left."""
    approved = stage.approved("CBP")
    for notice in session().scalars(select(Notice)):
        notice.state, notice.sent_at = NoticeState.SENT, eastern("2024-01-09 11:00")
        notice.answer = "250 ok for jane@stage.example"
        session().add(
            Attempt(notice_id=notice.id, number=1, tried_at=AT, outcome="refused", answer="450 jane@stage.example")
        )
    at = eastern("2024-01-10 09:00")
    account_reviews.confirm(account_reviews.mark_of(account_reviews.statement(on=at.date())), by=administrator, at=at)
    gone = stage.newcomer("Jane Roe", (Role.CONTRIBUTOR, "CBP"))
    session().add(Identity(person_id=gone.id, issuer="https://idp.example", subject="4711", linked_at=at))
    appointments.end(gone.appointments[0], on=date(2024, 2, 1), by=administrator, at=at)
    appointments.deactivate(gone, reason="Left.", by=administrator, at=eastern("2024-02-01 09:00"))
    session().flush()
    return approved


def proposed(kind: str, by: Person) -> Disposal:
    """Everything of a kind that is due, proposed."""
    wanted = disposable(kind)
    free = [item for item in due(wanted, at=AT) if not item.held]
    return disposals.propose(wanted, mark_of(free), by=by, at=AT)


def held(stage: Stage, by: Person, **what: Any) -> LegalHold:
    """A hold by OIG on everything under the policy, or on this."""
    covered = what or {"edition": stage.edition}
    subject = [covered.get(name) for name in ("edition", "component", "person")]
    return holds.place(*subject, reason="Asked for.", citation="OIG 24-17", from_on=date(2032, 1, 1), by=by, at=AT)


def count(of: type[Any]) -> int:
    return session().scalar(select(func.count()).select_from(of)) or 0


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


@pytest.mark.parametrize("kind", ["drafts", "e-mails", "people", "account-reviews"])
def test_held_is_not_disposed_of(stage: Stage, strategy: Strategy, administrator: Person, kind: str) -> None:
    gone = session().scalars(select(Person).where(Person.name == "Jane Roe")).one()
    about_people = kind in ("people", "account-reviews")
    held(stage, administrator, **({"person": gone} if about_people else {}))
    assert all(item.held for item in due(disposable(kind), at=AT) if about_people or item.about != "appointed")
    if kind != "e-mails":
        with refused(NotNow, "Nothing of this kind is due that is not held."):
            proposed(kind, administrator)


def test_a_hold_on_one_component_or_person_holds_what_is_theirs_alone(
    stage: Stage, strategy: Strategy, administrator: Person
) -> None:
    stage.approved("ICE")
    hold = held(stage, stage.person(Role.AUDITOR), edition=stage.edition, component=stage.component("CBP"))
    assert {item.about[:3]: item.held for item in due(disposable("drafts"), at=AT)} == {"CBP": True, "ICE": False}
    holds.lift(hold, reason="Closed.", by=administrator, at=AT)
    assert {item.held for item in due(disposable("drafts"), at=AT)} == {False}
    held(stage, administrator, person=stage.person(Role.LEAD, "ICE"))
    assert {item.about[:3]: item.held for item in due(disposable("drafts"), at=AT)} == {"CBP": False, "ICE": True}


def test_a_hold_counts_from_its_first_day_until_its_last(
    stage: Stage, strategy: Strategy, administrator: Person
) -> None:
    first, last = AT.date() + timedelta(days=1), AT.date() + timedelta(days=9)
    holds.place(
        stage.edition, None, None, reason="r", citation="c", from_on=first, until_on=last, by=administrator, at=AT
    )
    kind = disposable("drafts")
    told = [due(kind, at=AT + timedelta(days=days))[0].held for days in (0, 1, 8, 9)]
    assert told == [False, True, True, False]


def test_what_is_held_after_it_was_proposed_stays(
    stage: Stage, strategy: Strategy, administrator: Person, cio: Person
) -> None:
    disposal = proposed("drafts", administrator)
    held(stage, administrator)
    with refused(Conflict, "Some of this is held by now. Nothing was disposed of"):
        disposals.confirm(disposal, by=cio, at=AT)
    disposals.withdraw(disposal, by=cio, at=AT)
    with refused(NotNow, "This proposal is settled already."):
        disposals.confirm(disposal, by=cio, at=AT)


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
    ("subject", "changed", "why"),
    [
        ({}, {}, "Choose either a policy, with or without a Component, or a person."),
        ({"component": "CBP"}, {}, "Choose either a policy, with or without a Component, or a person."),
        ({"edition": "", "person": ""}, {}, "Choose either a policy, with or without a Component, or a person."),
        ({"edition": ""}, {"reason": " "}, "Say why it is held"),
        ({"edition": ""}, {"citation": ""}, "Name the case, the request or the law"),
        ({"edition": ""}, {"until_on": date(2032, 1, 1)}, "has to be after its first day"),
    ],
)
def test_a_hold_says_what_why_and_by_what(
    stage: Stage, administrator: Person, subject: dict[str, str], changed: dict[str, Any], why: str
) -> None:
    edition = stage.edition if "edition" in subject else None
    component = stage.component("CBP") if "component" in subject else None
    person = administrator if "person" in subject else None
    given = {"reason": "r", "citation": "c", "from_on": date(2032, 1, 1), **changed}
    with refused(InvalidInput, why):
        holds.place(edition, component, person, **given, by=administrator, at=AT)


def test_only_the_administrator_and_the_auditor_place_and_lift_holds(stage: Stage, cio: Person) -> None:
    with refused(NotAllowed, "You may not place or lift a legal hold."):
        held(stage, cio)
    hold = held(stage, stage.person(Role.AUDITOR))
    with refused(NotAllowed, "You may not place or lift a legal hold."):
        holds.lift(hold, reason="r", by=cio, at=AT)
    holds.lift(hold, reason="Closed.", by=stage.person(Role.ADMINISTRATOR), at=AT)
    with refused(NotNow, "This hold is lifted already."):
        holds.lift(hold, reason="r", by=stage.person(Role.AUDITOR), at=AT)


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

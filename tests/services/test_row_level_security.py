"""Row-level security: with every WHERE forgotten, what the table of permissions allows comes back, and nothing more."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError

from cxworkflow.db import CONNECT_ARGS, Base, session
from cxworkflow.models import Person, Role, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import DECLARED, scope_of
from cxworkflow.scope import NOTHING, SETTINGS, SIGNING_IN, SYSTEM, Scope, within
from cxworkflow.services import appointments, comments, reminders
from tests.stage import OF_NO_COMPONENT, Stage, as_owner, eastern, using

pytestmark = pytest.mark.integration

AT = eastern("2024-01-08 09:00")
PEOPLE = [
    (Role.CONTRIBUTOR, "CBP"),
    (Role.LEAD, "CBP"),
    (Role.EXECUTIVE, "ICE"),
    *OF_NO_COMPONENT,
]
# Read by whoever has said who they are, or that they are on their way in; the demo's clock by everybody.
OPEN = {"person", "appointment", "component", "former_place", "policy_edition", "deliverable", "office_closure"}
FOR_ALL = {"demo_clock"}


@pytest.fixture
def scenes(stage: Stage) -> dict[str, Strategy]:
    """A draft of CBP, a paper of ICE under review with a comment, one of TSA approved; reminders owed about all."""
    papers = {"CBP": stage.drafted("CBP"), "ICE": stage.submitted("ICE"), "TSA": stage.approved("TSA")}
    comments.comment(papers["ICE"], "IV.c.1", "Which offices?", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    reminders.sweep(at=AT)
    session().commit()
    return papers


def everything(table: str) -> set[tuple[object, ...]]:
    """What is there if one forgets to say which."""
    return set(session().execute(text(f"select ctid::text from {table}")).tuples())


def ids(statement: str) -> set[int]:
    return set(session().scalars(text(statement)))


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_is_guarded_from_its_owner_too(app: Flask, table: str) -> None:
    guarded = text(f"select relrowsecurity and relforcerowsecurity from pg_class where oid = '{table}'::regclass")
    assert session().scalar(guarded), f"enable and force row-level security on {table}, with a policy for each role"
    of_system = text(f"select 1 from pg_policies where tablename = '{table}' and roles = '{{cxworkflow_system}}'")
    assert session().scalar(of_system) == 1


@pytest.mark.parametrize(("role", "code"), PEOPLE)
def test_each_role_sees_the_strategies_that_the_table_allows_and_no_others(
    stage: Stage, scenes: dict[str, Strategy], role: Role, code: str | None
) -> None:
    person = stage.person(role, code)
    allowed = {
        permission: {paper.id for paper in scenes.values() if may(person, permission, paper, at=AT)}
        for permission in (Permission.SEE_DRAFT, Permission.SEE_SUBMITTED, Permission.SEE_COMMENTS)
    }
    sees_all = may(person, Permission.SEE_ALL, at=AT)
    drafted, reviewed, approved = (paper.id for paper in scenes.values())
    with within(scope_of(person, at=AT)):
        if not sees_all:
            assert ids("select id from strategy") == allowed[Permission.SEE_SUBMITTED]
        for table in ("answer", "answer_revision"):
            assert ids(f"select strategy_id from {table}") == allowed[Permission.SEE_DRAFT], table
        assert ids("select strategy_id from version") == allowed[Permission.SEE_SUBMITTED] - {drafted}
        assert ids("select strategy_id from comment") == allowed[Permission.SEE_COMMENTS] & {reviewed}
        assert ids("select strategy_id from decision") == allowed[Permission.SEE_SUBMITTED] & {approved}


@pytest.mark.parametrize(("role", "code"), PEOPLE)
def test_e_mails_and_the_record_are_for_those_they_concern(
    stage: Stage, scenes: dict[str, Strategy], role: Role, code: str | None
) -> None:
    person = stage.person(role, code)
    component = stage.component(code).id if code else None
    operates, records = (may(person, each, at=AT) for each in (Permission.SEE_OPERATIONS, Permission.SEE_RECORD))
    others = "select person_id from notice where kind <> 'deadline'"
    with within(scope_of(person, at=AT)):
        if not operates:
            assert ids(others) <= {person.id}
        if not records and not may(person, Permission.SEE_ALL, at=AT):
            assert ids("select component_id from event where component_id is not null") <= {component}
        assert ids("select count(*) from sign_in") == {0}


def test_who_has_said_nothing_sees_nothing_and_changes_nothing(stage: Stage, scenes: dict[str, Strategy]) -> None:
    session().execute(text("select"))  # begun, so that it is told at once
    with within(NOTHING):
        for table in set(Base.metadata.tables) - FOR_ALL:
            assert everything(table) == set(), table
        for table in ("strategy", "answer", "clock", "notice", "person", "appointment", "sign_in"):
            with session().begin_nested() as attempt:
                done = session().execute(text(f"update {table} set id = default"))
                assert done.rowcount == 0, table  # type: ignore[attr-defined]
                attempt.rollback()
        columns = "edition_id, component_id, title, title_revision, status, begun_at"
        forged = f"insert into strategy ({columns}) values (1, 1, 'Mine', 1, 'draft', now())"
        with pytest.raises(ProgrammingError, match="violates row-level security"), session().begin_nested():
            session().execute(text(forged))


def test_on_the_way_in_nothing_but_the_way_in_is_seen(stage: Stage, scenes: dict[str, Strategy]) -> None:
    with within(SIGNING_IN):
        seen = {table for table in Base.metadata.tables if everything(table)}
    assert seen <= OPEN | FOR_ALL | {"sign_in", "sign_in_link", "identity"}


def test_nobody_writes_in_the_name_of_another(stage: Stage, scenes: dict[str, Strategy]) -> None:
    lead, other = stage.person(Role.LEAD, "CBP"), stage.person(Role.EXECUTIVE, "CBP")
    columns = "strategy_id, clause, revision, content, row_names, saved_at, by_id"
    forged = (
        f"insert into answer_revision ({columns}) "
        "select strategy_id, clause, revision + 1, content, row_names, saved_at, :by from answer limit 1"
    )
    with within(scope_of(lead, at=AT)):
        with pytest.raises(ProgrammingError, match="violates row-level security"), session().begin_nested():
            session().execute(text(forged), {"by": other.id})
        session().execute(text(forged), {"by": lead.id})


def test_a_strategy_can_not_be_moved_to_another_component(stage: Stage, scenes: dict[str, Strategy]) -> None:
    with as_owner():  # a trigger refuses it, too
        session().execute(text("set constraints all immediate"))
        session().execute(text("alter table strategy disable trigger user"))
    with within(scope_of(stage.person(Role.LEAD, "CBP"), at=AT)):
        moved = f"update strategy set component_id = {stage.component('ICE').id}"
        with pytest.raises(ProgrammingError, match="violates row-level security"), session().begin_nested():
            session().execute(text(moved))


def _deactivated(person: Person) -> None:
    person.deactivated_at = AT


def _role_over(person: Person) -> None:
    person.appointments[0].until_on = AT.date()


@pytest.mark.parametrize("change", [_deactivated, _role_over])
def test_who_is_deactivated_or_holds_the_role_no_more_sees_nothing(
    stage: Stage, scenes: dict[str, Strategy], change: Callable[[Person], None]
) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    with within(scope_of(lead, at=AT)):
        assert ids("select strategy_id from answer") == {scenes["CBP"].id}
    change(lead)
    session().flush()
    with within(scope_of(lead, at=AT)):
        assert ids("select id from strategy") == ids("select id from clock") == set()
        assert everything("answer") == set()


def test_who_acts_sees_what_the_holder_sees_until_the_last_day(stage: Stage, scenes: dict[str, Strategy]) -> None:
    acting = stage.newcomer("Ann Acting")
    until = AT.date() + timedelta(days=7)
    cio = stage.person(Role.CIO)
    appointments.appoint(acting, Role.CIO, None, from_on=AT.date(), until_on=until, acting=True, by=cio, at=AT)
    papers = {paper.id for paper in scenes.values()}
    for day, seen in ((0, papers), (6, papers), (7, set[int]())):
        with within(scope_of(acting, at=AT + timedelta(days=day))):
            assert ids("select id from strategy") == seen


def test_two_people_by_turns_on_one_connection_see_their_own_also_after_errors(
    shared_app: Flask, staged: Engine
) -> None:
    engine = create_engine(staged.url, connect_args=CONNECT_ARGS, pool_size=1, max_overflow=0)
    with shared_app.app_context(), using(shared_app, engine):
        with within(SYSTEM):
            people = {code: Stage.found().person(Role.LEAD, code) for code in ("CBP", "ICE")}
            scopes = {code: scope_of(people[code], at=AT) for code in people}
            own = {code: Stage.found().component(code).id for code in people}
            connection_was = session().scalar(text("select pg_backend_pid()"))
            session().commit()
        for code in ("CBP", "ICE", "CBP"):
            with within(scopes[code]):
                assert ids("select component_id from clock") == {own[code]}
                session().commit()
                assert ids("select component_id from clock") == {own[code]}
                with pytest.raises(DataError):
                    session().execute(text("select 1 / 0"))
                session().rollback()
                assert ids("select component_id from clock") == {own[code]}
                session().rollback()
            assert ids("select component_id from clock") == set()
            assert session().scalar(text("select pg_backend_pid()")) == connection_was
            session().rollback()
    engine.dispose()


def test_whatever_is_declared_is_a_value_and_no_statement(shared_app: Flask, staged: Engine) -> None:
    engine = create_engine(staged.url, connect_args=CONNECT_ARGS, pool_size=1, max_overflow=0)
    sly = "1'; reset role; set local cxworkflow.see_all = 'always'; -- %s \\"
    with shared_app.app_context(), using(shared_app, engine):
        for _ in range(2):  # told at the begin, and in a transaction that is open
            with within(Scope(settings={"person": sly})):
                assert session().scalar(text("select current_setting('cxworkflow.person')")) == sly
                assert session().scalar(text("select current_setting('role')")) == "cxworkflow_app"
                assert session().scalar(text("select current_setting('cxworkflow.see_all', true)")) in (None, "")
    engine.dispose()


def test_what_cannot_be_declared_is_an_error_and_nothing_is_done_without_it(shared_app: Flask, staged: Engine) -> None:
    engine = create_engine(staged.url, connect_args=CONNECT_ARGS, pool_size=1, max_overflow=0)
    with shared_app.app_context(), using(shared_app, engine):
        with within(Scope("cxworkflow_nobody")):
            with pytest.raises(DBAPIError, match="cxworkflow_nobody"):
                session().scalar(text("select 1"))
            session().rollback()
        with within(SYSTEM):
            assert session().scalar(text("select current_setting('role')")) == "cxworkflow_system"
            session().rollback()
    engine.dispose()


def test_what_the_system_does_in_between_ends_with_its_block(stage: Stage, scenes: dict[str, Strategy]) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    with within(scope_of(lead, at=AT)):
        with within(SYSTEM):
            assert len(ids("select id from strategy")) == len(scenes)
        assert ids("select id from strategy") == {scenes["CBP"].id}
        with pytest.raises(ZeroDivisionError), within(SYSTEM):
            raise ZeroDivisionError
        assert ids("select id from strategy") == {scenes["CBP"].id}


def test_the_policies_read_permissions_that_are_in_the_table() -> None:
    assert set(SETTINGS) - DECLARED.keys() == {"person", "signing_in", "department"}


def test_for_the_system_the_policies_change_no_plan(stage: Stage) -> None:
    asked = text("explain select id from clock where edition_id = 1 and kind = 'strategy' and due_on < now()")
    guarded = session().scalars(asked).all()
    with as_owner():
        session().execute(text("alter table clock no force row level security, disable row level security"))
    assert session().scalars(asked).all() == guarded

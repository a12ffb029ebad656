"""Two departments in one database, with the same codes in both: nobody of one sees or changes a byte of the other."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import Base, session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.migrations.departments import OF_NO_DEPARTMENT
from cxworkflow.models import Component, Notice, Person, Role
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import (
    account_reviews,
    appointments,
    comments,
    digests,
    first_administrator,
    people,
    policies,
    reminders,
    reviews,
    sign_ins,
    strategies,
    warnings,
)
from tests.departments import OTHER, beside
from tests.stage import OF_NO_COMPONENT, Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

AT = eastern("2024-01-08 09:00")
TABLES = sorted(Base.metadata.tables.keys() - OF_NO_DEPARTMENT)
ROLES = [
    (Role.CONTRIBUTOR, "CBP"),
    (Role.LEAD, "CBP"),
    (Role.LEAD, "OCIO"),
    (Role.EXECUTIVE, "ICE"),
    *OF_NO_COMPONENT,
]


def played(stage: Stage) -> None:
    """A draft, a paper under review with a comment and a reviewer, one approved; reminders owed about all."""
    stage.drafted("CBP")
    paper = stage.submitted("ICE")
    reviews.assign(paper, stage.person(Role.REVIEWER), by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    comments.comment(paper, "IV.c.1", "Which offices?", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    stage.approved("TSA")
    reminders.sweep(at=AT)
    session().commit()


def rows(table: str) -> set[str]:
    """What is there if one forgets to say which."""
    return set(session().scalars(text(f'select "{table}"::text from "{table}"')))


def written(table: str, how: str) -> str:
    """How far a statement gets that forgets to say which rows: their number, or why it is refused."""
    column = session().scalar(
        text(
            "select column_name from information_schema.columns where table_name = :table and is_generated = 'NEVER' "
            "and identity_generation is null and has_column_privilege(current_user, table_name, column_name, 'update') "
            "order by ordinal_position limit 1"
        ),
        {"table": table},
    )
    statement = f'delete from "{table}"' if how == "removed" else f'update "{table}" set "{column}" = "{column}"'
    if how == "changed" and column is None:
        return "no column"
    attempt = session().begin_nested()
    try:
        return str(session().execute(text(statement)).rowcount)  # type: ignore[attr-defined]
    except DatabaseError as refusal:
        return type(refusal.orig).__name__
    finally:
        attempt.rollback()


def seen_and_written(person: Person) -> tuple[dict[str, set[str]], dict[tuple[str, str], str]]:
    """The rows of each table, and how far statements get that would change or remove all of them."""
    with within(scope_of(person, at=AT)):
        seen = {table: rows(table) for table in TABLES}
        return seen, {(table, how): written(table, how) for table in TABLES for how in ("changed", "removed")}


def test_every_policy_of_a_table_asks_for_the_department(app: Flask) -> None:
    asked = text(
        "select tablename, policyname from pg_policies where roles = '{cxworkflow_app}' "
        "and coalesce(qual, '') || coalesce(with_check, '') not like '%one_department%'"
    )
    assert {table for table, _ in session().execute(asked).tuples()} == OF_NO_DEPARTMENT, (
        "add the table to what its migration says of departments: cxworkflow/migrations/departments.py"
    )


def test_a_second_department_changes_nothing_that_anybody_of_the_first_sees_or_could_write(stage: Stage) -> None:
    played(stage)
    cast = [stage.person(role, code) for role, code in ROLES]
    before = [seen_and_written(person) for person in cast]
    assert sum(len(found) for found in before[6][0].values()) > 500, "there is something to see"
    other = beside()
    played(other)
    theirs = {table: rows(table) for table in TABLES}
    for person, (seen, could_write) in zip(cast, before, strict=True):
        sees, can_write = seen_and_written(person)
        for table in TABLES:
            assert sees[table] <= seen[table], (person.name, table)
            gone = seen[table] - sees[table]
            # What the system noted before there was a department, or of none, is nobody's where there are several.
            assert not gone or table in ("event", "notice"), (person.name, table)
        assert can_write == could_write, person.name
    for role, code in ROLES:
        mine, his = stage.person(role, code), other.person(role, code)
        for table in TABLES:
            with within(scope_of(mine, at=AT)):
                here = rows(table)
            with within(scope_of(his, at=AT)):
                there = rows(table)
            assert not here & there, (role, table)
            assert here | there <= theirs[table]
    with within(scope_of(other.person(Role.CIO), at=AT)):
        assert {"CBP", "ICE", "TSA"} <= set(session().scalars(text("select code from component")))


def test_a_role_counts_in_its_department_alone(stage: Stage) -> None:
    other = beside()
    paper, foreign = stage.submitted("ICE"), other.submitted("ICE")
    for role in (Role.CIO, Role.DIRECTORATE_LEAD, Role.AUDITOR):
        person = stage.person(role)
        assert may(person, Permission.SEE_SUBMITTED, paper, at=AT)
        assert not may(person, Permission.SEE_SUBMITTED, foreign, at=AT)
    with pytest.raises(NotAllowed):
        other.approve(foreign, "2024-01-09 10:00", by=stage.person(Role.CIO))
    with pytest.raises(InvalidInput, match="is not a reviewer of the CX Directorate"):
        reviews.assign(foreign, stage.person(Role.REVIEWER), by=other.person(Role.DIRECTORATE_LEAD), at=AT)
    headquarters = stage.person(Role.LEAD, "OCIO")
    assert may(headquarters, Permission.SEE_DRAFT, stage.component("MGMT"), at=AT)
    assert not may(headquarters, Permission.SEE_DRAFT, other.component("MGMT"), at=AT)


def test_who_has_roles_in_both_sees_each_in_the_role_held_there(stage: Stage) -> None:
    other = beside()
    played(stage)
    played(other)
    both = stage.newcomer("Bea Both", (Role.CIO, None))
    people.appoint(both, Role.CONTRIBUTOR, other.component("CBP"), from_on=AT.date(), at=AT)
    session().commit()
    session().refresh(both)
    paper = strategies.find(other.edition, other.component("ICE"))
    assert paper is not None
    assert both.departments == ["dhs", OTHER]
    with within(scope_of(both, at=AT, department="dhs")):
        assert len(rows("strategy")) == 3
        assert may(both, Permission.SEE_ALL, at=AT)
    with within(scope_of(both, at=AT, department=OTHER)):
        assert set(session().scalars(text("select component_id from strategy"))) == {other.component("CBP").id}
        assert not may(both, Permission.SEE_ALL, at=AT)
        assert not may(both, Permission.APPROVE, paper, at=AT)


def test_e_mails_go_to_people_of_the_own_department_alone(stage: Stage) -> None:
    other = beside()
    for each in (stage, other):
        played(each)
        administrator = each.person(Role.ADMINISTRATOR)
        for lead in (each.person(Role.LEAD, "CISA"), each.person(Role.EXECUTIVE, "CISA")):
            for held in list(lead.appointments):
                appointments.end(held, on=AT.date(), by=administrator, at=AT)
    for day in ("2024-01-09 06:00", "2024-01-10 06:00", "2024-01-23 06:00"):
        reminders.sweep(at=eastern(day))
        warnings.owe_all(eastern(day).date(), eastern(day))
    digests.owe_all(eastern("2024-01-08 06:00").date(), eastern("2024-01-08 06:00"))
    account_reviews.owe_all(eastern("2024-01-01 06:00").date(), eastern("2024-01-01 06:00"))
    asked = text(
        "select n.kind, p.email, department_of(n.department, n.component_id, n.strategy_id, n.clock_id) as of_it "
        "from notice n join person p on p.id = n.person_id"
    )
    found = session().execute(asked).all()
    astray = [row for row in found if (row.of_it == OTHER) != row.email.endswith("@elsewhere.example")]
    assert not astray
    kinds = {kind: {row.of_it for row in found if row.kind == kind} for kind in {row.kind for row in found}}
    for kind in ("deadline", "digest", "submitted", "approved", "vacancy", "account-review"):
        assert kinds[kind] == {"dhs", OTHER}, kind


def test_the_next_one_up_stands_in_within_the_department(stage: Stage) -> None:
    other = beside()
    administrator = other.person(Role.ADMINISTRATOR)
    for role in (Role.LEAD, Role.EXECUTIVE):
        appointments.end(other.person(role, "CBP").appointments[0], on=AT.date(), by=administrator, at=AT)
    reminders.sweep(at=eastern("2024-01-09 06:00"))
    told = select(Person.email).join(Notice, Notice.person_id == Person.id)
    of_it = told.where(Notice.component_id == other.component("CBP").id, Notice.kind == "deadline")
    addresses = set(session().scalars(of_it.where(Notice.owed_on >= AT.date())))
    assert "directorate-lead@elsewhere.example" in addresses
    assert all(each.endswith("@elsewhere.example") for each in addresses)


def test_the_same_code_in_two_departments_is_named_with_its_department(stage: Stage) -> None:
    beside()
    assert policies.component_of(f"{OTHER}/CBP").department == OTHER
    with pytest.raises(NotFound, match="Say which: dhs/CBP, elsewhere/CBP"):
        policies.component_of("CBP")
    with within(scope_of(stage.person(Role.CIO), at=AT)):
        assert policies.component_of("CBP").department == "dhs"


def test_an_account_is_kept_by_one_department_and_known_in_those_where_it_has_roles(stage: Stage) -> None:
    other = beside()
    lead, administrator = stage.person(Role.LEAD, "CBP"), other.person(Role.ADMINISTRATOR)
    with within(scope_of(administrator, at=AT)):
        assert session().scalar(select(Person.id).where(Person.id == lead.id)) is None
        known = appointments.invite("Whoever", lead.email, by=administrator, at=AT)
        assert known.id == lead.id
        with pytest.raises(InvalidInput, match="has this address already"):
            appointments.invite("Whoever", lead.email, by=administrator, at=AT)
        given = appointments.appoint(known, Role.AUDITOR, None, from_on=AT.date(), by=administrator, at=AT)
        assert given.department == OTHER
        refused: list[Callable[[], object]] = [
            lambda: appointments.readdress(known, "other@stage.example", by=administrator, at=AT),
            lambda: appointments.deactivate(known, reason="Gone.", by=administrator, at=AT),
            lambda: sign_ins.end_all(known, by=administrator, at=AT),
        ]
        for verb in refused:
            with pytest.raises(NotAllowed, match="Another department keeps the account"):
                verb()
        for change in ("name = 'Mine'", "deactivated_at = now()"):
            attempt = session().begin_nested()
            with pytest.raises(DatabaseError, match="violates row-level security"):
                session().execute(text(f"update person set {change} where id = {lead.id}"))
            attempt.rollback()
        appointments.end(given, on=AT.date(), by=administrator, at=AT)


def test_each_department_keeps_an_administrator(stage: Stage) -> None:
    other = beside()
    administrator = other.person(Role.ADMINISTRATOR)
    with pytest.raises(NotNow, match="Nobody would administer"):
        appointments.end(administrator.appointments[0], on=AT.date(), by=administrator, at=AT)
    with pytest.raises(NotNow, match="There is an administrator already"):
        first_administrator.appoint_first("Eve", "eve@elsewhere.example", department=OTHER, at=AT)
    with pytest.raises(NotFound, match="Say for which: dhs, elsewhere"):
        first_administrator.appoint_first("Eve", "eve@elsewhere.example", at=AT)


def test_who_is_appointed_before_there_is_a_department_is_of_the_first(app: Flask) -> None:
    early = people.add("Ada Early", "ada@stage.example", at=AT)
    given = people.appoint(early, Role.ADMINISTRATOR, None, from_on=AT.date(), at=AT)
    assert (given.department, early.departments) == ("", [])
    stage = Stage.set()
    session().refresh(given)
    session().refresh(early)
    assert (given.department, early.departments) == ("dhs", ["dhs"])
    assert stage.edition.department == "dhs"


def test_a_role_is_of_the_department_of_its_component(stage: Stage) -> None:
    other = beside()
    lead = other.person(Role.LEAD, "CBP")
    session().execute(text("update appointment set department = 'dhs' where person_id = :who"), {"who": lead.id})
    assert session().scalar(text(f"select department from appointment where person_id = {lead.id}")) == OTHER
    with within(SYSTEM):
        assert session().scalars(select(Component.department).distinct().order_by(Component.department)).all() == [
            "dhs",
            OTHER,
        ]

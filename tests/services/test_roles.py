"""The application works in a role that owns nothing: what the verbs need is granted to it, the rest is refused."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from cxworkflow.db import CONNECT_ARGS, Base, session
from cxworkflow.errors import SettingError
from cxworkflow.migrations import upgrade
from cxworkflow.models import Component
from cxworkflow.ownership import refuse_the_unbound
from cxworkflow.scratch import PREFIX, scratch_database
from tests.stage import Stage

pytestmark = pytest.mark.integration


@contextmanager
def login(server_url: str, attributes: str = "") -> Iterator[str]:
    """The URL of a server for a new login, without rights of its own."""
    name, password = f"cxworkflow_login_{secrets.token_hex(4)}", secrets.token_hex(8)
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"create role {name} login password '{password}' {attributes}"))
        try:
            yield make_url(server_url).set(username=name, password=password).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"drop role {name}"))


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_is_open_to_the_application_as_far_as_its_verbs_go(app: Flask, table: str) -> None:
    def may(what: str) -> bool:
        return bool(session().scalar(text(f"select has_table_privilege('cxworkflow_app', '{table}', '{what}')")))

    # Lines of the record are added by a function alone, and what the public reads by a trigger.
    inserts = table not in ("event", "published")
    assert (may("select"), may("insert")) == (True, inserts), f"grant select, insert on {table} to cxworkflow_app"
    assert [what for what in ("truncate", "references", "trigger") if may(what)] == []
    refused = session().scalar(
        text(f"select tgtype from pg_trigger where tgrelid = '{table}'::regclass and tgname = 'append_only'")
    )
    never = [what for what, bit in (("delete", 8), ("update", 16)) if (refused or 0) & bit]
    assert [what for what in never if may(what)] == [], f"revoke it on {table} from cxworkflow_app"


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id bigint)",
        "alter table strategy add column mine bigint",
        "alter table strategy disable trigger known_steps",
        "drop table notice",
        "truncate heartbeat",
        "delete from strategy",
        "delete from person",
        "update event set verb = 'nothing'",
        "insert into event (seq, written_at, body, hash, at) values (1, now(), '', '', now())",
        "truncate event",
        "alter table event disable trigger append_only",
        "alter table event disable trigger all",
        "drop trigger append_only on event",
        "drop function audit_append(text[])",
        "create or replace function audit_append(bodies text[]) returns bigint language sql as 'select 1::bigint'",
        "select setval('event_id_seq', 1)",
        "update version set title = 'Another'",
        "delete from version",
        "truncate version cascade",
        "alter table version disable trigger append_only",
        "update decision set outcome = 'returned'",
        "delete from decision",
        "truncate decision",
        "delete from notice",
        "truncate notice cascade",
        "alter table notice disable trigger keep_sent",
        "update anchor set hash = ''",
        "update alembic_version set version_num = '0001'",
        "drop function refuse_change() cascade",
        "set session_replication_role = replica",
        "create role mine",
    ],
)
def test_the_application_changes_neither_the_tables_nor_what_is_kept(stage: Stage, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), session().begin_nested():
        session().execute(text(statement))


@pytest.mark.asvs("V13.2.2")
def test_an_owner_without_privileges_migrates_and_a_login_that_owns_nothing_works(server_url: str) -> None:
    with login(server_url, "createdb createrole") as owner, login(server_url, "in role cxworkflow_system") as modest:
        name = make_url(owner).username
        with create_engine(server_url, poolclass=NullPool).begin() as connection:
            # Where it had not been the first on this server, it would have to be let: the README says so.
            connection.execute(text(f"grant cxworkflow_system to {name}"))
        with scratch_database(owner) as url:
            upgrade(url)
            of_modest = make_url(modest).set(database=make_url(url).database)
            engine = create_engine(of_modest, connect_args=CONNECT_ARGS, poolclass=NullPool)
            refuse_the_unbound(engine)
            with engine.connect() as connection:
                assert connection.scalars(select(Component.id)).all() == []
            with engine.begin() as connection, pytest.raises(ProgrammingError, match="permission denied for schema"):
                connection.execute(text("create table mine (id bigint)"))


def test_a_login_that_is_not_the_owner_is_told_to_let_the_owner_migrate(server_url: str) -> None:
    name = f"{PREFIX}{secrets.token_hex(6)}"
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with login(server_url) as modest, admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
        try:
            with pytest.raises(SettingError, match="CXWORKFLOW_OWNER_DATABASE_URL"):
                upgrade(make_url(modest).set(database=name).render_as_string(hide_password=False))
        finally:
            connection.execute(text(f"drop database {name} with (force)"))


@pytest.mark.asvs("V13.2.2")
@pytest.mark.parametrize("attributes", ["superuser", "bypassrls", "owner"])
def test_whoever_is_above_the_rules_of_the_database_is_not_worked_as(server_url: str, attributes: str) -> None:
    with scratch_database(server_url) as url, login(server_url, attributes.replace("owner", "")) as above:
        name = make_url(above).username
        with create_engine(url, poolclass=NullPool).begin() as connection:
            if attributes == "owner":
                connection.execute(text(f"alter table strategy owner to {name}"))
        engine = create_engine(make_url(above).set(database=make_url(url).database), poolclass=NullPool)
        refuse_the_unbound(engine)
        for _ in range(2):
            with pytest.raises(SettingError, match=f"would work in the database as “{name}”"):
                engine.connect()
        with create_engine(url, poolclass=NullPool).begin() as connection:
            connection.execute(text("alter table strategy owner to current_user"))

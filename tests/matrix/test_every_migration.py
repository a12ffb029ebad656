"""Every table, every migration: a step down or up keeps each value that both versions of the tables have a place for.

On the premises, with a row in every table: what a step takes away for good, or says in other words, stands in a list
with its reason.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from cxworkflow.bell import Bell
from cxworkflow.db import Base, session
from cxworkflow.migrations import configuration, is_current
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import obligations, policies, reminders
from tests.databases import copied, engine_on
from tests.matrix import beside
from tests.matrix.asking import Asking
from tests.matrix.premises import BARE, NOW, Premises
from tests.stage import Stage, using
from tests.web.visiting import it_is

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

# Of what is owed, every other e-mail waits for a daily digest, and one has gone out in it.
DIGEST = """
    update notice set state = case when id % 2 = 0 then 'waiting' else 'joined' end,
        closed_reason = case when id % 2 = 0 then null else 'In the digest.' end
     where state = 'owed' and id % 3 > 0
"""
# What a step takes away for good, or says in other words, and why no other way is left.
CHANGED = {
    "down from 0062": {"component.files"},  # the one that files for others had a fixed code
    "up to 0062": {"component.files"},
    "down from 0051": {"deliverable"},  # what Components deliver had no place before
    "down from 0033": {"implementation_report"},  # nor had a report that was not accepted
    "down from 0031": {"clock.cycle"},  # a commitment's clock is told apart by its cycle, as by its commitment after
    "down from 0023": {"notice.state", "notice.open"},  # nothing waited for a digest: it is owed
    "down from 0014": {"clock_change.kind"},  # a lifted clock was a stopped one
    "down from 0013": {"notice.key"},  # reminders had a key of their own
    "up to 0013": {"notice.key"},  # and have their four columns instead
}
Contents = dict[str, list[dict[str, Any]]]


@pytest.fixture
def lived_in(shared_app: Flask, server_url: str, set_stage: str, redis_url: str) -> Iterator[Engine]:
    """A database in which people have done everything there is to do."""
    with copied(server_url, set_stage) as url:
        working = engine_on(url)
        with shared_app.app_context(), using(shared_app, working), within(SYSTEM):
            it_is(NOW)
            asking = Asking(shared_app, working, Premises(Stage.found()), Bell(redis_url))
            asking.sign_in()
            session().add_all(beside.rows(asking.premises))
            bare = asking.premises.stage.component(BARE)
            bare.files, bare.covered_by = "covered", "OCIO"  # so that its clock is lifted
            obligations.bring_up_to_date(policies.edition_of("dhs-076-02"), at=NOW)
            reminders.sweep(at=NOW, thorough=True)
            session().execute(text(DIGEST))
            session().commit()
        working.dispose()
        yield create_engine(url, poolclass=NullPool)


def contents(connection: Connection) -> Contents:
    """Every row of every table, by the names of its columns."""
    names = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
    found = {
        name: list(connection.scalars(text(f"select to_jsonb(t) from {name} t")))
        for name in sorted({*names} - {"alembic_version"})
    }
    connection.rollback()
    return found


def differences(before: Contents, after: Contents) -> set[str]:
    """The tables that have other rows in what both have a column for: `table.column`, or `table` by their number."""
    found = set()
    for table in before.keys() & after.keys():
        if len(before[table]) != len(after[table]):
            found.add(table)
        elif before[table]:
            both = before[table][0].keys() & after[table][0].keys()
            assert both
            if _rows(before[table], both) != _rows(after[table], both):
                single = {each for each in both if _rows(before[table], {each}) != _rows(after[table], {each})}
                found |= {f"{table}.{each}" for each in single or both}
    return found


def _rows(rows: list[dict[str, Any]], columns: Any) -> list[str]:
    return sorted(repr(sorted((name, row[name]) for name in columns)) for row in rows)


def test_a_step_down_or_up_keeps_what_both_versions_know(lived_in: Engine) -> None:
    told = {}
    with lived_in.connect() as connection:
        whole = contents(connection)
        assert whole.keys() == Base.metadata.tables.keys()
        assert [name for name, rows in whole.items() if not rows] == []
        present, down = whole, 0
        while (revision := connection.scalar(text("select version_num from alembic_version"))) != "0001":
            connection.rollback()
            command.downgrade(configuration(connection), "-1")
            earlier = contents(connection)
            if changed := differences(present, earlier):
                told[f"down from {revision}"] = changed
            present, down = earlier, down + 1
        for _ in range(down):
            connection.rollback()
            command.upgrade(configuration(connection), "+1")
            later = contents(connection)
            if changed := differences(present, later):
                told[f"up to {connection.scalar(text('select version_num from alembic_version'))}"] = changed
            present = later
        connection.rollback()
        assert is_current(connection)
        command.check(configuration(connection))
    assert told == CHANGED

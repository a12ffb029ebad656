"""The present state, copied into a scratch database: what a supposition is played on."""

import psycopg
import sqlalchemy as sa

from cxworkflow.db import Base
from cxworkflow.scope import SYSTEM

# What is not copied: e-mails, how they went and how people prefer them, the record, who is signed in, what is attached,
# and what the running system notes about itself.
LEFT = {
    "attachment",
    "attachment_content",
    "notice",
    "preference",
    "presence",
    "attempt",
    "event",
    "anchor",
    "record_check",
    "heartbeat",
    "demo_clock",
    "job_run",
    "alembic_version",
    "sign_in",
    "sign_in_link",
    "identity",
}


def copy_present(source_url: str, target_url: str) -> None:
    """Copy every table but those of LEFT, as they stand in one moment."""
    as_system = f"-c role={SYSTEM.role}"  # which sees every row
    with (
        psycopg.connect(_plain(source_url), options=as_system) as source,
        psycopg.connect(_plain(target_url)) as target,
    ):
        source.execute("set transaction isolation level repeatable read read only")
        target.execute("set constraints all deferred")
        present = set(sa.inspect(sa.create_engine(target_url, poolclass=sa.NullPool)).get_table_names())
        tables = [table for table in Base.metadata.sorted_tables if table.name in present - LEFT]
        copied: list[str] = []
        for table in tables:
            # What guards the steps from one state to the next, and rows from people, has no say in copying what is.
            target.execute(f"alter table {table.name} disable trigger user, no force row level security")
            columns = ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)
            with (
                source.cursor().copy(f"copy {table.name} ({columns}) to stdout (format binary)") as out,
                target.cursor().copy(f"copy {table.name} ({columns}) from stdin (format binary)") as into,
            ):
                for block in out:
                    into.write(block)
            copied.append(table.name)
            identity = next((column for column in table.columns if column.identity is not None), None)
            if identity is not None:
                # The names come from our own models.
                highest = f"select coalesce(max({identity.name}), 1) from {table.name}"  # noqa: S608
                target.execute(f"select setval(pg_get_serial_sequence('{table.name}', '{identity.name}'), ({highest}))")
        target.execute("set constraints all immediate")
        for name in copied:
            target.execute(f"alter table {name} enable trigger user, force row level security")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)

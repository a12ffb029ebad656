"""The record becomes a chain: each line is bound to the one before by its hash, and one function alone adds lines."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# How a line is hashed is told in words by `cxworkflow/verify_record.py`, which checks it without the database.
# Who acts is held before the lock is: whoever has the lock waits for nobody, so it can't be part of a deadlock.
APPEND = """
create function audit_append(bodies text[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    seqs bigint[] := '{}';
    hashes text[] := '{}';
    last_seq bigint;
    last_hash text;
    now timestamptz;
    written text;
    body text;
begin
    perform from public.person
      where person.id in (select cast(cast(each as jsonb) ->> 'by' as bigint) from unnest(bodies) as each)
      order by person.id for key share;
    perform pg_advisory_xact_lock(7604);
    select event.seq, event.hash into last_seq, last_hash from public.event order by event.seq desc limit 1;
    if not found then
        last_seq := 0;
        last_hash := repeat('0', 64);
    end if;
    now := clock_timestamp();
    written := to_char(now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    foreach body in array bodies loop
        last_seq := last_seq + 1;
        last_hash := encode(sha256(convert_to(concat_ws(chr(10), last_hash, last_seq, written,
            encode(sha256(convert_to(body, 'UTF8')), 'hex')), 'UTF8')), 'hex');
        seqs := seqs || last_seq;
        hashes := hashes || last_hash;
    end loop;
    insert into public.event (seq, written_at, body, hash, id, at, verb, by_id, by_role, request_id, component_id,
                              strategy_id, clock_id, version_id, details)
    overriding system value
    select line.seq, now, line.body, line.hash, told.*
      from unnest(seqs, bodies, hashes) as line(seq, body, hash)
      cross join lateral jsonb_to_record(cast(line.body as jsonb))
           as told("event" bigint, "at" timestamptz, "what" text, "by" bigint, "as" text, "request" text,
                   "component" bigint, "strategy" bigint, "clock" bigint, "version" bigint, "details" jsonb);
    return last_seq;
end $$
"""

# The lines of before, as bodies. They know of no request; the name that each held is that of the person it points to.
BODIES = """
    select coalesce(array_agg(cast(told || jsonb_build_object('details', details) as text) order by id), '{}')
      from (select event.id, event.details, jsonb_strip_nulls(jsonb_build_object(
                'event', event.id, 'what', event.verb, 'by', event.by_id, 'as', event.by_role, 'request', '',
                'at', to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'component', event.component_id, 'strategy', event.strategy_id, 'clock', event.clock_id,
                'version', event.version_id, 'sha256', version.sha256)) as told
              from event left join version on version.id = event.version_id) as line
"""


def upgrade() -> None:
    lines = op.get_bind().scalar(sa.text(BODIES))
    op.execute("alter table event disable trigger append_only")
    op.execute("delete from event")
    op.execute("alter table event enable trigger append_only")
    op.drop_column("event", "by_name")
    op.add_column("event", sa.Column("seq", sa.BigInteger(), nullable=False))
    op.add_column("event", sa.Column("written_at", sa.DateTime(timezone=True), nullable=False))
    op.add_column("event", sa.Column("body", sa.Text(), nullable=False))
    op.add_column("event", sa.Column("hash", sa.Text(), nullable=False))
    op.add_column("event", sa.Column("request_id", sa.Text(), nullable=False))
    op.create_unique_constraint("uq_event_seq", "event", ["seq"])
    op.create_index("ix_event_at_id", "event", ["at", "id"])
    op.create_index("ix_event_by_id", "event", ["by_id"])
    op.execute(APPEND)
    op.get_bind().execute(sa.text("select audit_append(:lines)"), {"lines": lines})
    op.execute("revoke all on function audit_append(text[]) from public")
    op.execute("grant execute on function audit_append(text[]) to cxworkflow_app")
    op.execute("grant usage on sequence event_id_seq to cxworkflow_app")
    op.execute("revoke insert on event from cxworkflow_app")
    op.create_table(
        "anchor",
        sa.Column("anchored_on", sa.Date(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("anchored_on", name="pk_anchor"),
    )
    op.execute(
        "create trigger append_only before update or delete on anchor for each row execute function refuse_change()"
    )
    op.execute("create trigger keep_all before truncate on anchor for each statement execute function refuse_change()")
    op.execute("revoke update on anchor from cxworkflow_app")
    op.create_table(
        "record_check",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("faults", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_record_check_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_record_check"),
    )


def downgrade() -> None:
    op.drop_table("record_check")
    op.drop_table("anchor")
    op.execute("drop function audit_append(text[])")
    op.execute("grant insert on event to cxworkflow_app")
    op.execute("revoke usage on sequence event_id_seq from cxworkflow_app")
    op.add_column("event", sa.Column("by_name", sa.Text(), server_default="the system", nullable=False))
    op.execute("alter table event disable trigger append_only")
    op.execute("update event set by_name = person.name from person where person.id = event.by_id")
    op.execute("alter table event enable trigger append_only")
    op.alter_column("event", "by_name", server_default=None)
    op.drop_index("ix_event_at_id", table_name="event")
    op.drop_index("ix_event_by_id", table_name="event")
    for column in ("request_id", "hash", "body", "written_at", "seq"):
        op.drop_column("event", column)

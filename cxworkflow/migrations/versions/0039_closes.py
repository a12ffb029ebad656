"""The close of a fiscal year: drawn up by the system, stated on by its Components, signed once, and kept."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLES = (
    """
    create table fiscal_close (
        id bigint generated always as identity,
        edition_id bigint not null,
        closed_on date not null,
        drawn_up_at timestamptz not null,
        text text,
        sha256 text,
        pdf bytea,
        pdf_sha256 text,
        signed_at timestamptz,
        signed_by_id bigint,
        constraint pk_fiscal_close primary key (id),
        constraint uq_fiscal_close_edition_id_closed_on unique (edition_id, closed_on),
        constraint ck_fiscal_close_signed
            check (num_nulls(text, sha256, pdf, pdf_sha256, signed_at, signed_by_id) in (0, 6)),
        constraint ck_fiscal_close_hash_is_of_text check (sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')),
        constraint ck_fiscal_close_hash_is_of_pdf check (pdf_sha256 = encode(sha256(pdf), 'hex')),
        constraint fk_fiscal_close_edition_id foreign key (edition_id) references policy_edition (id),
        constraint fk_fiscal_close_signed_by_id foreign key (signed_by_id) references person (id)
    )
    """,
    "create index ix_fiscal_close_signed_by_id on fiscal_close (signed_by_id)",
    """
    create table close_line (
        id bigint generated always as identity,
        close_id bigint not null,
        component_id bigint not null,
        implemented boolean not null,
        facts jsonb not null,
        statement text,
        stated_at timestamptz,
        stated_by_id bigint,
        constraint pk_close_line primary key (id),
        constraint uq_close_line_close_id_component_id unique (close_id, component_id),
        constraint ck_close_line_stated_by_somebody check (num_nulls(statement, stated_at, stated_by_id) in (0, 3)),
        constraint ck_close_line_asked_if_not_implemented check (not implemented or statement is null),
        constraint fk_close_line_close_id foreign key (close_id) references fiscal_close (id),
        constraint fk_close_line_component_id foreign key (component_id) references component (id),
        constraint fk_close_line_stated_by_id foreign key (stated_by_id) references person (id)
    )
    """,
    "create index ix_close_line_component_id on close_line (component_id)",
    "create index ix_close_line_stated_by_id on close_line (stated_by_id)",
)
KEEP_CLOSE = """
create function keep_close() returns trigger language plpgsql as $$
begin
    if old.signed_at is not null
       or (old.edition_id, old.closed_on, old.drawn_up_at) is distinct from
          (new.edition_id, new.closed_on, new.drawn_up_at) then
        raise exception 'a close is signed once, and stays' using errcode = 'restrict_violation';
    end if;
    if new.signed_at is not null and not in_role(new.signed_by_id, '{cio}', null, new.signed_at) then
        raise exception 'a close is signed by the CIO' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
KEEP_CLOSE_LINE = """
create function keep_close_line() returns trigger language plpgsql as $$
begin
    if (old.close_id, old.component_id, old.implemented, old.facts) is distinct from
       (new.close_id, new.component_id, new.implemented, new.facts)
       or exists (select from fiscal_close where id = new.close_id and signed_at is not null) then
        raise exception 'a line of a close stays; a statement is made until it is signed'
            using errcode = 'restrict_violation';
    end if;
    if not in_role(new.stated_by_id, '{lead,executive,ocio-hq-lead}', new.component_id, new.stated_at) then
        raise exception 'a statement is made by who may speak for the Component' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
FUNCTIONS = {"keep_close": KEEP_CLOSE, "keep_close_line": KEEP_CLOSE_LINE}
GUARDED = {"fiscal_close": "keep_close", "close_line": "keep_close_line"}
SEES_ALL = "(select string_to_array(current_setting('cxworkflow.see_all', true), ',') && '{always}')"
SEEN = {
    # Whoever has a line of it has to know whether it is signed.
    "fiscal_close": f"{SEES_ALL} or (select current_setting('cxworkflow.person', true) <> '')",
    "close_line": f"{SEES_ALL} or component_id = any ((select components_of('see_draft'))::bigint[])",
}


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for name, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"alter function {name}() security definer set search_path = public, pg_temp")
        op.execute(f"revoke execute on function {name}() from public")
    refuse = "execute function refuse_change()"
    for table, function in GUARDED.items():
        op.execute(f"create trigger {function} before update on {table} for each row execute function {function}()")
        op.execute(f"create trigger keep_each before delete on {table} for each row {refuse}")
        op.execute(f"create trigger keep_all before truncate on {table} for each statement {refuse}")
        seen = SEEN[table]
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
        op.execute(f"create policy seen on {table} for select to cxworkflow_app using ({seen})")
        changed = SEES_ALL if table == "fiscal_close" else seen
        op.execute(
            f"create policy changed on {table} for update to cxworkflow_app using ({changed}) with check ({changed})"
        )


def downgrade() -> None:
    for table in ("close_line", "fiscal_close"):
        op.drop_table(table)
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")

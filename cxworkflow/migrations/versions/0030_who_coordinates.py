"""Who sees and writes what of the Directorate's own papers, and what of them stays as it was written."""

from alembic import op

from cxworkflow.migrations.row_reach import BY_ME, ME, OWN, among, says, words

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OVERSEEN = says(words("see_all"))
DELIVERS = says(words("deliver"))
ROUND = f"{OVERSEEN} or {among('id', 'rounds_in_sight()')}"
OF_OWN = f"{OVERSEEN} or {OWN}"

POLICIES: dict[str, dict[str, str]] = {
    "kept_file": {
        "seen": f"{OVERSEEN} or {BY_ME} or {among('id', 'files_in_sight()')}",
        "added": BY_ME,
    },
    "duty_draft": {
        "seen": f"{OVERSEEN} or {among('id', 'drafts_in_sight()')}",
        "added": f"{DELIVERS} and {BY_ME}",
    },
    # Who answers holds the round meanwhile, and changes nothing of it.
    "coordination_round": {"seen": ROUND, "added": f"{DELIVERS} and {BY_ME}", "changed": ROUND, "becomes": DELIVERS},
    "coordination_asked": {"seen": OF_OWN, "added": DELIVERS},
    "concurrence": {"seen": OF_OWN, "added": f"{OWN} and {BY_ME}"},
    "concurrence_comment": {"seen": OF_OWN, "added": OWN, "changed": DELIVERS, "becomes": DELIVERS},
    "duty_signature": {"seen": f"{ME} is not null", "added": f"{DELIVERS} and {BY_ME}"},
}
IN_SIGHT = {
    "rounds_in_sight()": "select round_id from coordination_asked "
    "where component_id = any (components_of('see_draft'))",
    "drafts_in_sight()": """
        select draft_id from coordination_round where id = any (rounds_in_sight())
        union select draft_id from duty_signature where me is not null""",
    "files_in_sight()": "select file_id from duty_draft where id = any (drafts_in_sight()) and file_id is not null",
}
NEVER_CHANGED = ("kept_file", "duty_draft", "concurrence", "coordination_asked", "duty_signature")
KEPT_ONCE = {
    "coordination_round": "old.closed_at is not null",
    "concurrence_comment": "(old.concurrence_id, old.component_id, old.place, old.text) is distinct from "
    "(new.concurrence_id, new.component_id, new.place, new.text)",
}


def upgrade() -> None:
    for signature, body in IN_SIGHT.items():
        op.execute(
            f"""
            create function {signature} returns bigint[]
            language plpgsql stable security definer set search_path = public, pg_temp as $$
            declare me bigint := nullif(current_setting('cxworkflow.person', true), '')::bigint;
            begin
                return array({body});
            end $$
            """
        )
        op.execute(f"revoke execute on function {signature} from public")
        op.execute(f"grant execute on function {signature} to cxworkflow_app")
    for table, asked in POLICIES.items():
        _protect(table, asked)
    for table in NEVER_CHANGED:
        op.execute(
            f"create trigger append_only before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
    for table, condition in KEPT_ONCE.items():
        op.execute(
            f"create trigger keep_words before update on {table} for each row when ({condition}) "
            "execute function refuse_change()"
        )
        op.execute(f"create trigger keep_each before delete on {table} for each row execute function refuse_change()")
    op.execute(
        """
        create function signed_by_another() returns trigger language plpgsql as $$
        begin
            if exists (select from duty_draft d where (d.edition_id, d.what) = (new.edition_id, new.what)
                                                  and d.by_id = new.by_id) then
                raise exception 'who wrote a paper does not sign it' using errcode = 'restrict_violation';
            end if;
            if exists (select from coordination_round r where (r.edition_id, r.what) = (new.edition_id, new.what)
                                                          and r.closed_at is null) then
                raise exception 'a paper in coordination is not signed' using errcode = 'restrict_violation';
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger signed_by_another before insert on duty_signature "
        "for each row execute function signed_by_another()"
    )
    op.execute(
        """
        create function answered_in_time() returns trigger language plpgsql as $$
        begin
            if not exists (select from coordination_asked a join coordination_round r on r.id = a.round_id
                            where a.round_id = new.round_id and a.component_id = new.component_id
                              and r.closed_at is null) then
                raise exception 'no open round asks this Component' using errcode = 'restrict_violation';
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger answered_in_time before insert on concurrence for each row execute function answered_in_time()"
    )


def _protect(table: str, asked: dict[str, str]) -> None:
    op.execute(f"alter table {table} enable row level security, force row level security")
    op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
    op.execute(f"create policy seen on {table} for select to cxworkflow_app using ({asked['seen']})")
    op.execute(f"create policy added on {table} for insert to cxworkflow_app with check ({asked['added']})")
    if "changed" in asked:
        op.execute(
            f"create policy changed on {table} for update to cxworkflow_app "
            f"using ({asked['changed']}) with check ({asked['becomes']})"
        )
    op.execute(
        f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    for table, asked in POLICIES.items():
        for policy in ("system", *(each for each in asked if each != "becomes")):
            op.execute(f"drop policy {policy} on {table}")
        op.execute(f"alter table {table} no force row level security, disable row level security")
        op.execute(f"drop trigger keep_all on {table}")
    for table in NEVER_CHANGED:
        op.execute(f"drop trigger append_only on {table}")
    for table in KEPT_ONCE:
        op.execute(f"drop trigger keep_words on {table}")
        op.execute(f"drop trigger keep_each on {table}")
    op.execute("drop function signed_by_another() cascade")
    op.execute("drop function answered_in_time() cascade")
    for signature in reversed(IN_SIGHT):
        op.execute(f"drop function {signature}")

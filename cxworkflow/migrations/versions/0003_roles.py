"""The roles that the application works in: they own nothing and may do what the verbs need, nothing more."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEVER_CHANGED = (
    "account_review",
    "answer_revision",
    "attempt",
    "clock_change",
    "decision",
    "event",
    "implementation_report",
    "recommendation",
    "recusal",
    "version",
)
REMOVED = ("heartbeat", "sign_in")


def upgrade() -> None:
    # `cxworkflow_app` is who a page works as, `cxworkflow_system` who the sweep, the sender and the operator's commands
    # work as; nobody signs in as either. All databases of a server have them in common, so they may exist, or come into
    # being in two databases at once.
    for role, of in (("cxworkflow_app", ""), ("cxworkflow_system", "in role cxworkflow_app")):
        op.execute(
            f"""
            do $$ begin
                if not exists (select from pg_roles where rolname = '{role}') then
                    create role {role} nologin {of};
                end if;
            exception when duplicate_object or unique_violation then null;
            end $$
            """
        )
    # A superuser may take any role; any other owner has to be let.
    op.execute(
        """
        do $$ declare may_take_it boolean := case
            when current_setting('server_version_num')::int < 160000
            then pg_has_role(current_user, 'cxworkflow_system', 'member')
            else pg_has_role(current_user, 'cxworkflow_system', 'set') end;
        begin
            if not may_take_it then
                execute format('grant cxworkflow_system to %I', current_user);
            end if;
        end $$
        """
    )
    op.execute("grant usage on schema public to cxworkflow_app")
    # Tables of later migrations, too. Where rows are removed, or never changed, the migration says so itself.
    op.execute("alter default privileges in schema public grant select, insert, update on tables to cxworkflow_app")
    op.execute("grant select, insert, update on all tables in schema public to cxworkflow_app")
    op.execute(f"revoke update on {', '.join(NEVER_CHANGED)} from cxworkflow_app")
    op.execute("revoke insert, update on alembic_version from cxworkflow_app")
    op.execute(f"grant delete on {', '.join(REMOVED)} to cxworkflow_app")


def downgrade() -> None:
    # The roles stay: other databases of the server may have them in use.
    op.execute("alter default privileges in schema public revoke all on tables from cxworkflow_app")
    op.execute("revoke all on all tables in schema public from cxworkflow_app")
    op.execute("revoke usage on schema public from cxworkflow_app")

"""Notices in the app: read or not. Some wait for their reader's daily digest, as each person prefers."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATES = ("owed", "sending", "sent", "in_doubt", "failed", "superseded")
NEW_STATES = ("waiting", *STATES, "joined")
SAYS_WHY = "state not in ({}) or closed_reason is not null"
ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
BUT_FOR_READING = "(to_jsonb(old) - 'read_at') is distinct from (to_jsonb(new) - 'read_at')"
DISPOSED = "''superseded'', ''failed''"
DISPOSED_TOO = "''superseded'', ''joined'', ''failed''"


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("daily_digest", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.execute("alter table preference enable row level security, force row level security")
    op.execute("create policy system on preference to cxworkflow_system using (true) with check (true)")
    op.execute(f"create policy seen on preference for select to cxworkflow_app using (person_id = {ME})")
    op.execute(f"create policy added on preference for insert to cxworkflow_app with check (person_id = {ME})")
    op.execute(
        f"create policy changed on preference for update to cxworkflow_app "
        f"using (person_id = {ME}) with check (person_id = {ME})"
    )

    _states(NEW_STATES, says_why=("failed", "superseded", "joined", "in_doubt"))
    waits = sa.Computed("state::text = 'waiting'::text", persisted=True)
    op.add_column("notice", sa.Column("waits", sa.Boolean(), waits, nullable=False))
    op.create_index("ix_notice_waits", "notice", ["person_id"], postgresql_where=sa.text("waits"))
    # What was sent before there was an inbox does not lie in it unread.
    op.add_column("notice", sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()")))
    op.alter_column("notice", "read_at", server_default=None)
    op.drop_index("ix_notice_person_id", "notice")
    op.create_index("ix_notice_person_id_read_at", "notice", ["person_id", "read_at"])
    _keep_sent(f"old.state = 'sent' and {BUT_FOR_READING}")
    _dispose_of(DISPOSED, DISPOSED_TOO)


def downgrade() -> None:
    _dispose_of(DISPOSED_TOO, DISPOSED)
    _keep_sent("old.state = 'sent'")
    op.drop_index("ix_notice_person_id_read_at", "notice")
    op.create_index("ix_notice_person_id", "notice", ["person_id"])
    op.drop_column("notice", "read_at")
    op.drop_index("ix_notice_waits", "notice")
    op.drop_column("notice", "waits")
    op.execute("update notice set state = 'owed' where state = 'waiting'")
    op.execute("update notice set state = 'superseded' where state = 'joined'")
    _states(STATES, says_why=("failed", "superseded", "in_doubt"))
    op.drop_table("preference")


def _states(states: tuple[str, ...], *, says_why: tuple[str, ...]) -> None:
    for name, condition in (
        ("state_known", f"state in ({_quoted(states)})"),
        ("not_sent_says_why", SAYS_WHY.format(_quoted(says_why))),
    ):
        op.drop_constraint(op.f(f"ck_notice_{name}"), "notice")
        op.create_check_constraint(op.f(f"ck_notice_{name}"), "notice", condition)


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _keep_sent(condition: str) -> None:
    """Whoever reads a sent notice may note so; nothing else of it changes."""
    op.execute("drop trigger keep_sent on notice")
    op.execute(
        f"create trigger keep_sent after update on notice for each row when ({condition}) "
        f"execute function refuse_change()"
    )


def _dispose_of(before: str, after: str) -> None:
    """What went out in a digest is disposed of as what was sent."""
    op.execute(
        f"""
        do $$ begin
            execute replace(pg_get_functiondef('past_its_time(text, date, date)'::regprocedure),
                            '{before}', '{after}');
        end $$
        """
    )

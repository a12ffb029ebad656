"""Other programs are told of events: what is owed to them is written with the line of the record that tells of it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
KEEPS = "(select string_to_array(current_setting('cxworkflow.keep_webhooks', true), ',') && '{always}')"
# Table: which acts are open to whoever keeps webhooks, and what a new row says of who it is by.
POLICIES = {
    "webhook": {"added": f"{KEEPS} and by_id = {ME}", "changed": KEEPS},
    "webhook_delivery": {"changed": KEEPS},
    "webhook_attempt": {"added": f"{KEEPS} and by_id = {ME}"},
}
# Called with what `audit_append` gives back, so after it and in its transaction. The lines have numbers without a gap.
OWE = """
create function owe_deliveries(last_line bigint, lines integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    owed integer;
begin
    if not exists (select from webhook where ended_at is null) then
        return 0;
    end if;
    insert into webhook_delivery (webhook_id, event_id, owed_at)
    select webhook.id, event.id, clock_timestamp()
      from event join webhook on webhook.ended_at is null and event.verb = any (webhook.kinds)
             and (webhook.component_id is null or webhook.component_id = event.component_id)
     where event.seq > last_line - lines and event.seq <= last_line and event.at >= webhook.registered_at
        on conflict (webhook_id, event_id) do nothing;
    get diagnostics owed = row_count;
    return owed;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.dialects.postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=True),
        sa.Column("nonce", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("key_mark", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_webhook_asks_for_something")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_webhook_component_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_webhook_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index("ix_webhook_by_id", "webhook", ["by_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), server_default="owed", nullable=False),
        sa.Column(
            "open",
            sa.Boolean(),
            sa.Computed("state::text = 'owed'::text or state::text = 'sending'::text", persisted=True),
            nullable=False,
        ),
        sa.Column("attempt", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_try_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('owed', 'sending', 'delivered', 'failed', 'withheld')",
            name=op.f("ck_webhook_delivery_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (lease_until is not null)", name=op.f("ck_webhook_delivery_sending_has_a_lease")
        ),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at is not null)", name=op.f("ck_webhook_delivery_delivered_has_a_time")
        ),
        sa.CheckConstraint(
            "(state in ('failed', 'withheld')) = (closed_reason is not null)",
            name=op.f("ck_webhook_delivery_not_sent_says_why"),
        ),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_webhook_delivery_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "event_id", name=op.f("uq_webhook_delivery_webhook_id_event_id")),
    )
    op.create_index(
        "ix_webhook_delivery_open", "webhook_delivery", ["next_try_at", "id"], postgresql_where=sa.text("open")
    )
    op.create_index("ix_webhook_delivery_event_id", "webhook_delivery", ["event_id"])
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_delivery.id"],
            name=op.f("fk_webhook_attempt_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_webhook_attempt_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index("ix_webhook_attempt_by_id", "webhook_attempt", ["by_id"])
    op.create_index("ix_webhook_attempt_delivery_id", "webhook_attempt", ["delivery_id"])
    for table, acts in POLICIES.items():
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
        op.execute(f"create policy seen on {table} for select to cxworkflow_app using ({KEEPS})")
        if added := acts.get("added"):
            op.execute(f"create policy added on {table} for insert to cxworkflow_app with check ({added})")
        if changed := acts.get("changed"):
            op.execute(f"create policy changed on {table} for update to cxworkflow_app using ({changed})")
    op.execute("revoke update on webhook_attempt from cxworkflow_app")
    op.execute("grant delete on webhook_delivery to cxworkflow_system")
    op.execute(OWE)
    op.execute("revoke all on function owe_deliveries(bigint, integer) from public")
    op.execute("grant execute on function owe_deliveries(bigint, integer) to cxworkflow_app")


def downgrade() -> None:
    op.execute("drop function owe_deliveries(bigint, integer)")
    for table in ("webhook_attempt", "webhook_delivery", "webhook"):
        op.drop_table(table)

"""Commitments: what a Component said in an approved strategy that it would do, and all that is said of it since."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NAMES = ("commitment", "progress", "completion", "evidence", "citation", "commitment_change", "reading")
TABLES = (
    """
    create table commitment (
        id bigint generated always as identity,
        strategy_id bigint not null,
        version_id bigint not null,
        kind text not null,
        clause text not null,
        field text not null,
        row_key text not null,
        position bigint not null,
        title text not null,
        original_title text not null,
        due_on date,
        original_due_on date,
        owner_id bigint,
        owner_words text default '' not null,
        principles jsonb default '[]' not null,
        unit text,
        baseline numeric,
        target numeric,
        better text,
        state varchar(40) default 'open' not null,
        percent bigint default '0' not null,
        reported_on date,
        made_at timestamptz not null,
        constraint pk_commitment primary key (id),
        constraint uq_commitment_version_id_clause_field_row_key unique (version_id, clause, field, row_key),
        constraint ck_commitment_percent_is_one check (percent between 0 and 100),
        constraint ck_commitment_reported_on_a_day
            check ((state in ('reported', 'accepted')) = (reported_on is not null)),
        constraint ck_commitment_better_known check (better is null or better in ('up', 'down')),
        constraint ck_commitment_has_a_title check (title <> ''),
        constraint fk_commitment_strategy_id foreign key(strategy_id) references strategy (id),
        constraint fk_commitment_version_id foreign key(version_id) references version (id),
        constraint fk_commitment_owner_id foreign key(owner_id) references person (id),
        constraint ck_commitment_state_known
            check (state in ('open', 'reported', 'sent-back', 'accepted', 'dropped'))
    )
    """,
    """
    create table progress (
        id bigint generated always as identity,
        strategy_id bigint not null,
        commitment_id bigint not null,
        text text not null,
        percent bigint,
        made_at timestamptz not null,
        by_id bigint not null,
        constraint pk_progress primary key (id),
        constraint ck_progress_percent_is_one check (percent is null or percent between 0 and 100),
        constraint fk_progress_strategy_id foreign key(strategy_id) references strategy (id),
        constraint fk_progress_commitment_id foreign key(commitment_id) references commitment (id),
        constraint fk_progress_by_id foreign key(by_id) references person (id)
    )
    """,
    """
    create table completion (
        id bigint generated always as identity,
        strategy_id bigint not null,
        commitment_id bigint not null,
        statement text not null,
        reported_at timestamptz not null,
        by_id bigint not null,
        outcome text,
        answer text default '' not null,
        checked_at timestamptz,
        checked_by_id bigint,
        constraint pk_completion primary key (id),
        constraint ck_completion_outcome_known check (outcome in ('accepted', 'sent-back')),
        constraint ck_completion_checked_at_a_time check ((outcome is null) = (checked_at is null)),
        constraint ck_completion_checked_by_somebody check ((outcome is null) = (checked_by_id is null)),
        constraint ck_completion_sent_back_says_why check (outcome is distinct from 'sent-back' or answer <> ''),
        constraint ck_completion_says_what check (statement <> ''),
        constraint fk_completion_strategy_id foreign key(strategy_id) references strategy (id),
        constraint fk_completion_commitment_id foreign key(commitment_id) references commitment (id),
        constraint fk_completion_by_id foreign key(by_id) references person (id),
        constraint fk_completion_checked_by_id foreign key(checked_by_id) references person (id)
    )
    """,
    """
    create table evidence (
        id bigint generated always as identity,
        address uuid default gen_random_uuid() not null,
        strategy_id bigint not null,
        commitment_id bigint not null,
        component_id bigint not null,
        sha256 text not null,
        name text not null,
        kind text not null,
        size bigint not null,
        note text default '' not null,
        attached_at timestamptz not null,
        by_id bigint not null,
        constraint pk_evidence primary key (id),
        constraint fk_evidence_component_id_sha256 foreign key(component_id, sha256)
            references attachment_content (component_id, sha256),
        constraint uq_evidence_commitment_id_name unique (commitment_id, name),
        constraint uq_evidence_address unique (address),
        constraint fk_evidence_strategy_id foreign key(strategy_id) references strategy (id),
        constraint fk_evidence_commitment_id foreign key(commitment_id) references commitment (id),
        constraint fk_evidence_by_id foreign key(by_id) references person (id)
    )
    """,
    """
    create table citation (
        completion_id bigint not null,
        evidence_id bigint not null,
        strategy_id bigint not null,
        constraint pk_citation primary key (completion_id, evidence_id),
        constraint fk_citation_completion_id foreign key(completion_id) references completion (id),
        constraint fk_citation_evidence_id foreign key(evidence_id) references evidence (id),
        constraint fk_citation_strategy_id foreign key(strategy_id) references strategy (id)
    )
    """,
    """
    create table commitment_change (
        id bigint generated always as identity,
        strategy_id bigint not null,
        commitment_id bigint not null,
        title text,
        due_on date,
        owner_id bigint,
        drops boolean default false not null,
        before_title text not null,
        before_due_on date,
        before_owner_id bigint,
        reason text not null,
        proposed_at timestamptz not null,
        by_id bigint not null,
        accepted boolean,
        answer text default '' not null,
        decided_at timestamptz,
        decided_by_id bigint,
        constraint pk_commitment_change primary key (id),
        constraint ck_commitment_change_says_why check (reason <> ''),
        constraint ck_commitment_change_changes_something
            check (drops or num_nonnulls(title, due_on, owner_id) > 0),
        constraint ck_commitment_change_decided_at_a_time check ((accepted is null) = (decided_at is null)),
        constraint ck_commitment_change_decided_by_somebody check ((accepted is null) = (decided_by_id is null)),
        constraint ck_commitment_change_refusal_says_why check (accepted is not false or answer <> ''),
        constraint fk_commitment_change_strategy_id foreign key(strategy_id) references strategy (id),
        constraint fk_commitment_change_commitment_id foreign key(commitment_id) references commitment (id),
        constraint fk_commitment_change_owner_id foreign key(owner_id) references person (id),
        constraint fk_commitment_change_before_owner_id foreign key(before_owner_id) references person (id),
        constraint fk_commitment_change_by_id foreign key(by_id) references person (id),
        constraint fk_commitment_change_decided_by_id foreign key(decided_by_id) references person (id)
    )
    """,
    """
    create table reading (
        id bigint generated always as identity,
        strategy_id bigint not null,
        commitment_id bigint not null,
        value numeric not null,
        as_of date not null,
        note text default '' not null,
        corrects_id bigint,
        entered_at timestamptz not null,
        by_id bigint not null,
        constraint pk_reading primary key (id),
        constraint uq_reading_corrects_id unique (corrects_id),
        constraint ck_reading_correction_says_why check (corrects_id is null or note <> ''),
        constraint fk_reading_strategy_id foreign key(strategy_id) references strategy (id),
        constraint fk_reading_commitment_id foreign key(commitment_id) references commitment (id),
        constraint fk_reading_corrects_id foreign key(corrects_id) references reading (id),
        constraint fk_reading_by_id foreign key(by_id) references person (id)
    )
    """,
)
INDEXES = (
    "create index ix_commitment_due_on on commitment (due_on) where state not in ('accepted', 'dropped')",
    "create index ix_commitment_owner_id on commitment (owner_id)",
    "create index ix_commitment_strategy_id_state on commitment (strategy_id, state)",
    "create index ix_progress_by_id on progress (by_id)",
    "create index ix_progress_commitment_id on progress (commitment_id)",
    "create index ix_progress_strategy_id on progress (strategy_id)",
    "create index ix_completion_by_id on completion (by_id)",
    "create index ix_completion_checked_by_id on completion (checked_by_id)",
    "create index ix_completion_commitment_id on completion (commitment_id)",
    "create index ix_completion_strategy_id on completion (strategy_id)",
    "create index ix_completion_waiting on completion (reported_at) where outcome is null",
    """create unique index uq_completion_one_open on completion (commitment_id)
        where outcome is distinct from 'sent-back'""",
    "create index ix_evidence_by_id on evidence (by_id)",
    "create index ix_evidence_component_id_sha256 on evidence (component_id, sha256)",
    "create index ix_evidence_strategy_id on evidence (strategy_id)",
    "create index ix_citation_evidence_id on citation (evidence_id)",
    "create index ix_citation_strategy_id on citation (strategy_id)",
    "create index ix_commitment_change_before_owner_id on commitment_change (before_owner_id)",
    "create index ix_commitment_change_by_id on commitment_change (by_id)",
    "create index ix_commitment_change_commitment_id on commitment_change (commitment_id)",
    "create index ix_commitment_change_decided_by_id on commitment_change (decided_by_id)",
    "create index ix_commitment_change_owner_id on commitment_change (owner_id)",
    "create index ix_commitment_change_strategy_id on commitment_change (strategy_id)",
    "create unique index uq_commitment_change_one_open on commitment_change (commitment_id) where accepted is null",
    "create index ix_reading_by_id on reading (by_id)",
    "create index ix_reading_commitment_id_as_of on reading (commitment_id, as_of)",
    "create index ix_reading_strategy_id on reading (strategy_id)",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
    op.add_column("clock", sa.Column("commitment_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_clock_commitment_id"), "clock", "commitment", ["commitment_id"], ["id"])
    op.create_index("uq_clock_one_of_a_commitment", "clock", ["commitment_id"], unique=True)
    _one_open("stopped_on is null and commitment_id is null")


def downgrade() -> None:
    op.execute("update clock set cycle = 'commitment-' || commitment_id where commitment_id is not null")
    _one_open("stopped_on is null")
    op.drop_column("clock", "commitment_id")
    for table in reversed(NAMES):
        op.drop_table(table)


def _one_open(where: str) -> None:
    """One open clock of a kind for each Component; of its commitments it has many."""
    op.drop_index("uq_clock_one_open", "clock")
    op.create_index(
        "uq_clock_one_open",
        "clock",
        ["edition_id", "kind", sa.text("coalesce(component_id, 0)"), "cycle"],
        unique=True,
        postgresql_where=sa.text(where),
    )

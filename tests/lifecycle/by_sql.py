"""What somebody could try by plain SQL in the role of the application, with what they may see and write.

Each statement knows `:paper` and its present `:version`, `:me`, `:other` (somebody else), `:at` and `:status`.
"""

_DECISION = (
    "insert into decision (strategy_id, version_id, sha256, outcome, reason, decided_at, by_id, by_role) "
    "select strategy_id, id, sha256, '{outcome}', 'So.', :at, {by}, 'cio' from version where id = {version}"
)
_FIRST = "(select min(id) from version where strategy_id = :paper)"
_ADVICE = (
    "insert into recommendation (version_id, advice, text, made_at, by_id) "
    "select {version}, 'approved', 'So.', :at, {by} where {version} is not null"
)
_REVIEW = "insert into review (version_id, reviewer_id, assigned_at, by_id) select :version, {whom}, :at, {by}"
_REVISION = (
    "insert into answer_revision (strategy_id, clause, revision, content, row_names, saved_at, by_id) "
    "select strategy_id, clause, 1000 + (select count(*) from answer_revision), content, row_names, :at, :me "
    "from answer where strategy_id = :paper limit 1"
)
_VERSION = (
    "insert into version (strategy_id, number, title, content, sha256, submitted_at, by_id, by_role, days_late) "
    "select id, (select count(*) + 1 from version where strategy_id = :paper), title, "
    "(select jsonb_object_agg(clause, content) from answer where strategy_id = :paper), "
    "encode(sha256('forged'), 'hex'), :at, :me, 'lead', 0 from strategy where id = :paper"
)
_LAST = "(select id from version where strategy_id = :paper order by number desc limit 1)"
_LINE = (
    "select audit_append(array[jsonb_build_object('event', nextval('event_id_seq'), "
    "'at', to_char(cast(:at as timestamptz) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
    "'what', '{verb}', 'by', cast({by} as bigint), 'as', '', 'request', '', 'strategy', cast(:paper as bigint), "
    "'version', (select max(id) from version where strategy_id = :paper), "
    "'details', jsonb_build_object('to', '{to}', 'stopped_clocks', cast('[]' as jsonb)))\\:\\:text])"
)
_SET = "update strategy set status = '{to}' where id = :paper"
_REPORT = (
    "insert into implementation_report (strategy_id, statement, reported_at, by_id) values (:paper, 'Done.', :at, :me)"
)
_ACCEPTED = (
    "update implementation_report set outcome = 'accepted', checked_at = :at, checked_by_id = :me "
    "where strategy_id = :paper and outcome is null"
)
_SENT_BACK = _ACCEPTED.replace("'accepted'", "'sent-back', answer = 'So.'")
_APPROVED = "update strategy set status = 'approved', approved_version_id = current_version_id where id = :paper"

_COMMENT = (
    "insert into comment (strategy_id, version_id, clause, kind, audience, text, made_at, by_id) "
    "values (:paper, :version, 'IV.c.1', 'comment', 'component', 'So.', :at, :me)"
)
_MARK = (
    "insert into rubric_mark (strategy_id, version_id, clause, mark, reason, marked_at, by_id) "
    "values (:paper, :version, 'IV.c.1', 'meets', '', :at, :me)"
)

STATEMENTS = (
    "update strategy set status = :status where id = :paper",
    _APPROVED,
    "update strategy set current_version_id = null where id = :paper",
    f"update strategy set current_version_id = {_FIRST} where id = :paper",
    f"update strategy set approved_version_id = {_FIRST} where id = :paper",
    "update strategy set component_id = (select min(id) from component) where id = :paper",
    _VERSION,
    f"update strategy set status = 'submitted', current_version_id = {_LAST} where id = :paper",
    *(_DECISION.format(outcome=outcome, by=":me", version=":version") for outcome in ("approved", "returned")),
    _DECISION.format(outcome="approved", by=":me", version=_FIRST),
    _DECISION.format(outcome="approved", by=":other", version=":version"),
    _ADVICE.format(by=":me", version=":version"),
    _ADVICE.format(by=":other", version=":version"),
    _ADVICE.format(by=":me", version=_FIRST),
    _REPORT,
    _ACCEPTED,
    _SENT_BACK,
    "update implementation_report set statement = 'More.' where strategy_id = :paper",
    "update implementation_report set outcome = null, checked_at = null, checked_by_id = null",
    _REVIEW.format(whom=":me", by=":me"),
    _REVIEW.format(whom=":other", by=":me"),
    "update review set declined_at = :at, declined_because = 'So.' where version_id = :version",
    "update review set reviewer_id = :other where version_id = :version",
    "insert into recusal (strategy_id, person_id, reason, recused_at, by_id) values (:paper, :other, 'So.', :at, :me)",
    "insert into recusal (strategy_id, person_id, reason, recused_at, by_id) values (:paper, :me, 'So.', :at, :me)",
    _REVISION,
    "update answer set by_id = :me, saved_at = :at where strategy_id = :paper",
    _COMMENT,
    _MARK,
    "update notice set facts = '{}' where state = 'sent'",
    "update notice set state = 'owed', sent_at = null where state = 'sent'",
    "update notice set state = 'sent', sent_at = :at where state = 'owed'",
    *(_LINE.format(verb=verb, to=to, by=":me") for verb, to in (("approve", "approved"), ("withdraw", "draft"))),
    _LINE.format(verb="read", to="", by=":other"),
)

# What the role of the application may not even try.
HOPELESS = (
    *(f"update {table} set by_id = :me" for table in ("version", "decision", "recommendation", "answer_revision")),
    "update version set content = '{}', title = 'Another'",
    "update event set details = '{}'",
    *(f"delete from {table}" for table in ("event", "version", "decision", "recommendation", "recusal", "notice")),
    "truncate event cascade",
    "alter table strategy disable trigger user",
    "set session_replication_role = replica",
    "drop function rests_on_what_was_said() cascade",
)

# Each step of the workflow, as whoever wrote SQL by hand would have to take it: what is said, the status, the line.
FORGED = {
    "submit": (
        _VERSION,
        f"update strategy set status = 'submitted', current_version_id = {_LAST} where id = :paper",
        _LINE.format(verb="submit", to="submitted", by=":me"),
    ),
    "withdraw": (_SET.format(to="draft"), _LINE.format(verb="withdraw", to="draft", by=":me")),
    "withdraw in another's name": (
        _SET.format(to="draft"),
        _LINE.format(verb="withdraw", to="draft", by=":other"),
    ),
    "recommend": (
        _ADVICE.format(by=":me", version=":version"),
        _SET.format(to="recommended"),
        _LINE.format(verb="recommend", to="recommended", by=":me"),
    ),
    "return": (
        _DECISION.format(outcome="returned", by=":me", version=":version"),
        _SET.format(to="returned"),
        _LINE.format(verb="return", to="returned", by=":me"),
    ),
    "approve": (
        _DECISION.format(outcome="approved", by=":me", version=":version"),
        _APPROVED,
        _LINE.format(verb="approve", to="approved", by=":me"),
    ),
    "report": (_REPORT,),
    "accept report": (
        _ACCEPTED,
        _SET.format(to="implemented"),
        _LINE.format(verb="implemented", to="implemented", by=":me"),
    ),
    "send report back": (_SENT_BACK,),
}

# What is kept for good, as it is now: table, number, a hash over the row. Of the record, its own.
KEPT = " union all ".join(
    [
        *(
            f"select '{table}', id, md5(row\\:\\:text) from {table} row"
            for table in (
                "version",
                "decision",
                "recommendation",
                "recusal",
                "decision_letter",
            )
        ),
        "select 'implementation_report', id, md5(statement || reported_at || by_id) from implementation_report",
        "select 'event', id, hash from event",
        "select 'notice', id, md5(n\\:\\:text) from notice n where state = 'sent'",
    ]
)

# The paper as the tables have it, with numbers for people.
PAPER = """
    select jsonb_build_object(
        'status', s.status,
        'written_by', (select jsonb_agg(distinct by_id) from answer_revision where strategy_id = s.id),
        'out', (select jsonb_agg(person_id) from recusal where strategy_id = s.id),
        'reports', (select jsonb_agg(jsonb_build_array(by_id, outcome, checked_by_id) order by id)
                      from implementation_report where strategy_id = s.id),
        'versions', (select jsonb_agg(jsonb_build_object(
            'by', v.by_id,
            'asked', (select jsonb_agg(reviewer_id) from review where version_id = v.id),
            'declined', (select jsonb_agg(reviewer_id) from review where version_id = v.id and declined_at is not null),
            'spoke', (select jsonb_agg(by_id) from (
                select by_id from comment where version_id = v.id
                union select by_id from rubric_mark where version_id = v.id) said),
            'advised_by', (select by_id from recommendation where version_id = v.id),
            'decided', (select jsonb_build_array(outcome, by_id) from decision where version_id = v.id)
        ) order by v.number) from version v where v.strategy_id = s.id))
    from strategy s join component c on c.id = s.component_id and c.code = 'CBP' where s.id = :paper
"""

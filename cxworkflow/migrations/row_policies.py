"""What each row asks of who reads or writes it, as migration 0015 brought it in: that migration alone uses it."""

ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
SIGNING_IN = "(select current_setting('cxworkflow.signing_in', true) = 'yes')"
# Somebody, or somebody on the way in: what everybody may read, but not who has declared nothing.
ANYBODY = f"({ME} is not null or {SIGNING_IN})"


def says(permission: str, word: str = "always") -> str:
    """Whether the reach of a permission has this word in it: asked once in a statement, not once for each row."""
    return f"(select '{word}' = any (reach('{permission}')))"


def of_own(permission: str, column: str) -> str:
    """Whether a row belongs to one of the Components to which a permission reaches."""
    return f"{column} = any ((select components_of('{permission}'))::bigint[])"


def submitted(strategy: str) -> str:
    """Whether what was submitted of a strategy may be seen, with the draft or without."""
    seen = f"{says('see_submitted')} or {says('see_submitted', 'once_submitted')}"
    own = of_own("see_submitted", f"{strategy}.component_id")
    return f"({own} or {strategy}.current_version_id is not null and ({seen}))"


def with_strategy(strategy_id: str) -> str:
    """Whether what was submitted of the strategy of a row may be seen."""
    return f"({says('see_draft')} or exists (select from strategy s where s.id = {strategy_id} and {submitted('s')}))"


def with_version(version_id: str) -> str:
    """The same for a row that belongs to a version."""
    return f"({says('see_draft')} or exists (select from version v where v.id = {version_id}))"


def with_clock(clock_id: str) -> str:
    """Whether the clock of a row may be seen."""
    return f"({says('see_all')} or exists (select from clock c where c.id = {clock_id}))"


DRAFT = (
    f"{says('see_draft')} or exists (select from strategy s where s.id = strategy_id "
    f"and {of_own('see_draft', 's.component_id')})"
)
SUBMITTED_WITH = "select from version v where v.strategy_id = attachment.strategy_id and v.attachments @> "
ATTACHED = f"{DRAFT} or exists ({SUBMITTED_WITH} jsonb_build_array(jsonb_build_object('address', address)))"


def heard(strategy: str) -> str:
    """Whether somebody may read what reviewers say to the Component: not who is out of the review."""
    return f"""
        ({says("see_comments")} or {of_own("see_comments", f"{strategy}.component_id")}
         or {says("see_comments", "still_in_its_review")} and {strategy}.current_version_id is not null
            and not exists (select from recusal r where r.strategy_id = {strategy}.id and r.person_id = {ME}))
    """


def among_the_team(strategy: str) -> str:
    """Whether somebody may read what the review team says among itself: nobody of the Component, no author."""
    own = f"coalesce({of_own('see_draft', f'{strategy}.component_id')}, false)"
    return f"""
        ({says("see_team", "not_their_own_paper")} and not {own}
         and not exists (select from answer_revision r where r.strategy_id = {strategy}.id and r.by_id = {ME})
         and not exists (select from version v where v.strategy_id = {strategy}.id and v.by_id = {ME})
         and not exists (select from recusal r where r.strategy_id = {strategy}.id and r.person_id = {ME}))
    """  # noqa: S608  # nothing in it comes from outside


def of_strategy(condition: str) -> str:
    """Whether this holds for the strategy `s` of a row."""
    return f"exists (select from strategy s where s.id = strategy_id and {condition})"


SAID = of_strategy(f"(audience = 'component' and {heard('s')} or {among_the_team('s')})")
MARKED = of_strategy(among_the_team("s"))
ADVISED = (
    f"exists (select from version v join strategy s on s.id = v.strategy_id where v.id = version_id and {heard('s')})"
)
BY_ME = f"by_id = {ME}"
OWN_FILES = of_own("see_draft", "component_id")
IN_A_FILE = (
    "exists (select from attachment a "
    "where a.component_id = attachment_content.component_id and a.sha256 = attachment_content.sha256)"
)
BY_ME_OR_NOBODY = f"(by_id is null or by_id = {ME})"

CONCERNED = f"{of_own('see_draft', 'component_id')} or {with_strategy('strategy_id')}"
IN_THE_OPEN = "details ->> 'audience' is distinct from 'team'"
HISTORY = "verb not in ('refused', 'read-draft', 'asked')"  # the rest is for those who read the record

# Table: who sees a row; who adds one (None: only the system); who changes or locks one; what a changed row must be.
POLICIES: dict[str, tuple[str, str | None, str | None, str | None]] = {
    "strategy": (
        strategy_seen := f"{says('see_all')} or {says('see_draft')} or {of_own('see_draft', 'component_id')} "
        f"or {submitted('strategy')}",
        of_own("see_draft", "component_id"),
        strategy_seen,
        strategy_seen,
    ),
    "answer": (DRAFT, f"({DRAFT}) and {BY_ME}", DRAFT, f"({DRAFT}) and {BY_ME}"),
    # What one wrote oneself one sees again: whoever wrote a paper does not review it.
    "answer_revision": (f"{DRAFT} or {BY_ME}", f"({DRAFT}) and {BY_ME}", None, None),
    "assignment": (DRAFT, DRAFT, None, None),
    "presence": (
        DRAFT,
        present := f"({DRAFT}) and person_id = {ME}",
        present,
        present,
    ),
    "version": (
        f"{with_strategy('strategy_id')} or {BY_ME}",
        f"{with_strategy('strategy_id')} and {BY_ME}",
        None,
        None,
    ),
    "implementation_report": (
        with_strategy("strategy_id"),
        f"{with_strategy('strategy_id')} and {BY_ME}",
        None,
        None,
    ),
    "review": (
        f"{with_version('version_id')} or reviewer_id = {ME}",
        f"{with_version('version_id')} and {BY_ME}",
        f"reviewer_id = {ME}",
        f"reviewer_id = {ME}",
    ),
    "recusal": (
        f"{with_strategy('strategy_id')} or person_id = {ME}",
        f"{with_strategy('strategy_id')} and {BY_ME}",
        None,
        None,
    ),
    # Whoever had a part in a review knows it, and does not decide on the paper.
    "comment": (f"{SAID} or {BY_ME}", f"{SAID} and {BY_ME}", SAID, SAID),
    "reply": (
        said_again := f"exists (select from comment c where c.id = comment_id) or {BY_ME}",
        f"({said_again}) and {BY_ME}",
        None,
        None,
    ),
    "rubric_mark": (f"{MARKED} or {BY_ME}", f"{MARKED} and {BY_ME}", BY_ME, f"{MARKED} and {BY_ME}"),
    "recommendation": (f"{ADVISED} or {BY_ME}", f"{ADVISED} and {BY_ME}", None, None),
    "attachment": (ATTACHED, f"({DRAFT}) and {BY_ME}", DRAFT, DRAFT),
    "attachment_content": (
        f"{OWN_FILES} or {IN_A_FILE}",
        OWN_FILES,
        None,
        None,
    ),
    "decision": (with_strategy("strategy_id"), f"{with_strategy('strategy_id')} and {BY_ME}", None, None),
    "decision_letter": (with_strategy("strategy_id"), with_strategy("strategy_id"), None, None),
    "clock": (
        clock_seen := f"{says('see_all')} or {says('see_operations')} or {of_own('see_draft', 'component_id')}",
        clock_seen,
        clock_seen,
        clock_seen,
    ),
    "clock_change": (with_clock("clock_id"), f"{with_clock('clock_id')} and {BY_ME_OR_NOBODY}", None, None),
    "extension_request": (
        with_clock("clock_id"),
        f"{with_clock('clock_id')} and {BY_ME}",
        with_clock("clock_id"),
        with_clock("clock_id"),
    ),
    "notice": (
        f"{says('see_operations')} or person_id = {ME} or kind = 'deadline' and {with_clock('clock_id')}",
        None,
        says("settle_notices"),
        says("settle_notices"),
    ),
    "attempt": (
        f"{says('see_operations')} or exists (select from notice n where n.id = notice_id and n.person_id = {ME})",
        f"{says('settle_notices')} and {BY_ME}",
        None,
        None,
    ),
    "event": (
        f"{says('see_record')} or {BY_ME} or {HISTORY} and ({CONCERNED}) and ({IN_THE_OPEN} or {MARKED})",
        None,
        None,
        None,
    ),
    "sign_in": (own_sign_ins := f"{SIGNING_IN} or person_id = {ME}", own_sign_ins, own_sign_ins, own_sign_ins),
    "sign_in_link": (own_sign_ins, SIGNING_IN, SIGNING_IN, SIGNING_IN),
    "identity": (own_sign_ins, SIGNING_IN, None, None),
    "account_review": (says("see_people"), f"{says('confirm_accounts')} and {BY_ME}", None, None),
    "person": (
        ANYBODY,
        says("appoint"),
        f"{says('appoint')} or {says('name_acting')} or {SIGNING_IN}",
        says("appoint"),
    ),
    "appointment": (
        ANYBODY,
        appointing := f"{says('appoint')} or {says('name_acting')}",
        appointing,
        appointing,
    ),
    "component": (ANYBODY, None, None, None),
    "policy_edition": (ANYBODY, None, says("deliver"), "false"),
    "deliverable": (ANYBODY, f"{says('deliver')} and {BY_ME}", None, None),
    "office_closure": (ANYBODY, f"{says('close_offices')} and {BY_ME}", None, None),
    "legal_hold": (says("see_operations"), f"{says('hold')} and {BY_ME}", says("hold"), says("hold")),
    "disposal": (
        says("see_operations"),
        f"{says('propose_disposal')} and {BY_ME}",
        says("confirm_disposal"),
        says("confirm_disposal"),
    ),
    "heartbeat": (says("see_operations"), None, None, None),
    "sweep_run": (says("see_operations"), None, None, None),
    "anchor": (says("see_record"), None, None, None),
    "record_check": (f"{says('see_record')} or {says('see_operations')}", None, None, None),
    "job_run": (says("see_operations"), None, None, None),
    "demo_clock": ("true", None, None, None),  # what day it is is known to everybody
}

# Table: who removes a row.
REMOVED = {"sign_in": own_sign_ins, "attachment": DRAFT, "attachment_content": OWN_FILES}

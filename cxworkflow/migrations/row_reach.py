"""What each row asks of who reads or writes it, as migration 0018 made it quick: that migration alone uses it.

A policy names no other table, since PostgreSQL plans whatever stands in one with every statement anew. What it has to
know of other tables comes from functions that plan once in a connection: each is asked at most once in a statement, and
only if something depends on it.
"""


def words(permission: str, *wanted: str) -> str:
    """Whether the reach of a permission has one of these words in it ("always" if none is named)."""
    declared = f"string_to_array(current_setting('cxworkflow.{permission}', true), ',')"
    return f"{declared} && '{{{','.join(wanted or ('always',))}}}'"


def says(*conditions: str) -> str:
    """Whether one of these holds for the whole statement: asked once in it, not once for each row."""
    return f"(select {' or '.join(conditions)})"


def among(column: str, function: str) -> str:
    """Whether this column is one of the numbers that a function gives for the whole statement."""
    return f"{column} = any ((select {function})::bigint[])"


ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
SIGNING_IN = "current_setting('cxworkflow.signing_in', true) = 'yes'"
# Somebody, or somebody on the way in: what everybody may read, but not who has declared nothing.
ANYBODY = f"current_setting('cxworkflow.person', true) <> '' or {SIGNING_IN}"
BY_ME = f"by_id = {ME}"
OWN = among("component_id", "components_of('see_draft')")

DRAFT = f"{says(words('see_draft'))} or {among('strategy_id', 'own_strategies()')}"
SUBMITTED = f"{says(words('see_draft'))} or {among('strategy_id', 'strategies_in_sight()')}"
REVIEWED = f"{says(words('see_draft'))} or {among('version_id', 'versions_in_sight()')}"
OF_THE_TEAM = among("strategy_id", "strategies_of_the_team()")
SAID = f"audience = 'component' and {among('strategy_id', 'strategies_heard()')} or {OF_THE_TEAM}"
CLOCK = f"{says(words('see_all'))} or clock_in_sight(clock_id)"
HISTORY = "verb not in ('refused', 'read-draft', 'asked')"  # the rest is for those who read the record
IN_THE_OPEN = "details ->> 'audience' is distinct from 'team'"

OWN_SUBMITTED = among("component_id", "components_of('see_submitted')")
STRATEGY = (
    f"{says(words('see_all'), words('see_draft'))} or {OWN} or {OWN_SUBMITTED} "
    f"or current_version_id is not null and {says(words('see_submitted', 'always', 'once_submitted'))}"
)
OWN_CLOCKS = f"{says(words('see_all'), words('see_operations'))} or {OWN}"
SIGNS_IN = f"(select {SIGNING_IN}) or person_id = {ME}"
PRESENT = f"({DRAFT}) and person_id = {ME}"

BY_ME_IN_DRAFT = f"({DRAFT}) and {BY_ME}"
BY_ME_AFTER = f"({SUBMITTED}) and {BY_ME}"
HEARD_VERSION = among("version_id", "versions_heard()")

# Table: what each of its policies asks; `becomes` is what a row must be after it was changed. Those that are not here
# stay as they were.
POLICIES: dict[str, dict[str, str]] = {
    "strategy": {"seen": STRATEGY, "changed": STRATEGY, "becomes": STRATEGY},
    "answer": {"seen": DRAFT, "added": BY_ME_IN_DRAFT, "changed": DRAFT, "becomes": BY_ME_IN_DRAFT},
    # What one wrote oneself one sees again: whoever wrote a paper does not review it.
    "answer_revision": {"seen": f"{DRAFT} or {BY_ME}", "added": BY_ME_IN_DRAFT},
    "assignment": {"seen": DRAFT, "added": DRAFT},
    "presence": {"seen": DRAFT, "added": PRESENT, "changed": PRESENT, "becomes": PRESENT},
    "version": {"seen": f"{SUBMITTED} or {BY_ME}", "added": BY_ME_AFTER},
    "implementation_report": {"seen": SUBMITTED, "added": BY_ME_AFTER},
    "review": {"seen": f"{REVIEWED} or reviewer_id = {ME}", "added": f"({REVIEWED}) and {BY_ME}"},
    "recusal": {"seen": f"{SUBMITTED} or person_id = {ME}", "added": BY_ME_AFTER},
    # Whoever had a part in a review knows it, and does not decide on the paper.
    "comment": {"seen": f"{SAID} or {BY_ME}", "added": f"({SAID}) and {BY_ME}", "changed": SAID, "becomes": SAID},
    "rubric_mark": {
        "seen": f"{OF_THE_TEAM} or {BY_ME}",
        "added": f"{OF_THE_TEAM} and {BY_ME}",
        "changed": BY_ME,
        "becomes": f"{OF_THE_TEAM} and {BY_ME}",
    },
    "recommendation": {"seen": f"{HEARD_VERSION} or {BY_ME}", "added": f"{HEARD_VERSION} and {BY_ME}"},
    "attachment": {
        "seen": f"{DRAFT} or in_a_version(strategy_id, address)",
        "added": BY_ME_IN_DRAFT,
        "changed": DRAFT,
        "becomes": DRAFT,
        "removed": DRAFT,
    },
    "decision": {"seen": SUBMITTED, "added": BY_ME_AFTER},
    "decision_letter": {"seen": SUBMITTED, "added": SUBMITTED},
    "clock": {"seen": OWN_CLOCKS, "added": OWN_CLOCKS, "changed": OWN_CLOCKS, "becomes": OWN_CLOCKS},
    "clock_change": {"seen": CLOCK, "added": f"({CLOCK}) and (by_id is null or {BY_ME})"},
    "extension_request": {"seen": CLOCK, "added": f"({CLOCK}) and {BY_ME}", "changed": CLOCK, "becomes": CLOCK},
    "notice": {
        "seen": f"{says(words('see_operations'))} or person_id = {ME} "
        "or kind = 'deadline' and clock_in_sight(clock_id)",
    },
    "event": {
        "seen": f"{says(words('see_record'))} or {BY_ME} or {HISTORY} and ({OWN} or {SUBMITTED}) "
        f"and ({IN_THE_OPEN} or {OF_THE_TEAM})",
    },
    "sign_in": {"seen": SIGNS_IN, "added": SIGNS_IN, "changed": SIGNS_IN, "becomes": SIGNS_IN, "removed": SIGNS_IN},
    "person": {"seen": ANYBODY},
    "appointment": {"seen": ANYBODY},
    "component": {"seen": ANYBODY},
    "policy_edition": {"seen": ANYBODY},
    "deliverable": {"seen": ANYBODY},
    "office_closure": {"seen": ANYBODY},
}

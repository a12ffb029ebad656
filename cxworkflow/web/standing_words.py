"""Where Components and their strategies stand, as people read it."""

from datetime import date

from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, Strategy
from cxworkflow.policies import Policy
from cxworkflow.queries.present_clock import kinds
from cxworkflow.queries.standings import NOT_BEGUN, Standing, term_is_cut
from cxworkflow.wording import days, long_date

STANDINGS = {Standing.ON_TIME: "On time", Standing.AT_RISK: "At risk", Standing.LATE: "Late"}
STATUSES = {
    NOT_BEGUN: "Not begun",
    Status.DRAFT.value: "Being drafted",
    Status.SUBMITTED.value: "Under review",
    Status.RECOMMENDED.value: "With the CIO",
    Status.RETURNED.value: "Returned",
    Status.APPROVED.value: "Approved",
    Status.IMPLEMENTED.value: "Implemented",
}
MARKS = {"meets": "Meets", "partly": "Partly", "not": "Does not meet"}
FILES = {"self": "Itself", "covered": "Covered by another", "invited": "If it wishes"}


def files_words(component: Component) -> str:
    """Who files for a Component."""
    return f"Covered by {component.covered_by}" if component.covered_by else FILES[component.files]


def status_words(component: Component, strategy: Strategy | None) -> str:
    """How far a strategy is; a Component that files nothing has none."""
    if strategy is not None:
        return STATUSES[strategy.status.value]
    return STATUSES[NOT_BEGUN] if component.files == "self" else ""


def counts_now(policy: Policy, strategy: Strategy | None, clock: Clock | None) -> str:
    """What a Component, the Directorate or the CIO has to do next, or has done last."""
    if strategy is not None and strategy.status is Status.RECOMMENDED:
        return policy.names.in_words("Decision of the CIO")
    return policy.clock(clock.kind).title if clock is not None else ""


def definitions(policy: Policy, on: date) -> list[tuple[Standing, str]]:
    """What late, at risk and on time mean under a policy, in sentences that stand on the pages."""
    binding = [rule for rule in kinds(policy) if rule.set_by == "policy"]
    near = ", or ".join(f"{days(rule.at_risk_days)} before the due date of “{rule.title}”" for rule in binding)
    risk = (
        f"A Component is at risk from {near}, until it is done." if near else "Nothing here puts a Component at risk."
    )
    capped = next((rule for rule in kinds(policy) if rule.cap_on and rule.days), None)
    if capped and capped.cap_on:
        cut = "no longer ends" if term_is_cut(policy, on) else "would no longer end"
        risk += (
            f" Its strategy is at risk, too, while it is not approved and {days(capped.days or 0)} to implement it "
            f"{cut} by {long_date(capped.cap_on)}."
        )
    said = [
        (Standing.LATE, "What the policy asks of the Component next is past its due date, or was done after it."),
        (Standing.AT_RISK, risk),
        (Standing.ON_TIME, "Everything else. Targets that the CX Directorate sets itself make no Component late."),
    ]
    return [(each, policy.names.in_sentence(words)) for each, words in said]

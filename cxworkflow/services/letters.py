"""The letter about a decision: what it says, set as a PDF and kept, so that the same bytes come back for ever."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.letters import letter
from cxworkflow.models import Decision, DecisionLetter, Outcome, Person, Strategy
from cxworkflow.models.people import titled
from cxworkflow.policies import Names
from cxworkflow.services import clocks
from cxworkflow.wording import long_date


def write(strategy: Strategy, decision: Decision, *, by: Person, at: datetime) -> DecisionLetter:
    """The letter about a decision that is just being made."""
    pdf = letter("decision", _facts(strategy, decision, by), at=at)
    return DecisionLetter(strategy_id=strategy.id, decision=decision, sha256=sha256(pdf).hexdigest(), pdf=pdf)


def _facts(strategy: Strategy, decision: Decision, by: Person) -> dict[str, Any]:
    component, version = strategy.component, decision.version
    policy = version.policy
    approved, on = decision.outcome is Outcome.APPROVED, day_of(decision.decided_at)
    what = f"the {policy.paper} of {component.name}"
    opening = (
        f"I approve version {version.number} of {what}, under {policy.short_title}."
        if approved
        else f"I return version {version.number} of {what} for changes, under {policy.short_title}."
    )
    if decision.conditions:
        opening += " The approval has the conditions listed below."
    return {
        "title": f"{component.code}: {policy.paper} {'approved' if approved else 'returned for changes'}",
        "heading": f"{'Approval' if approved else 'Return'} of {what}",
        "policy": f"{policy.short_title}, {policy.title}",
        "component": component.code,
        "to": f"{component.name} ({component.code})",
        "date": long_date(on),
        "opening": [opening],
        "reason_heading": "Remark" if approved else "",
        "reason": decision.reason,
        "items_heading": "Conditions" if approved else "What has to change",
        "items": [{"place": "", "text": each} for each in decision.conditions]
        + [{"place": _place(each), "text": each["text"]} for each in decision.must_changes],
        "next": [_next(each, component.code, on) for each in clocks.running(strategy.edition, component)],
        "strategy": version.title,
        "version": version.number,
        "submitted_on": long_date(version.submitted_at),
        "sha256": version.sha256,
        "signed_by": by.name,
        "signed_as": policy.names.in_words(titled(decision.by_role)),
    }


def _place(change: dict[str, Any]) -> str:
    return f"{change['clause']} {change['title']}{', ' if change['about'] else ''}{change['about']}"


def _next(due: dict[str, Any], code: str, today: date) -> str:
    asks, due_on = due["asks"].replace("{component}", code), date.fromisoformat(due["due_on"])
    required = due["set_by"] == "policy"
    by_whom = (
        f"{due['policy']}, clause {due['clause']}, requires this"
        if required
        else f"The {due.get('directorate', Names().directorate)} set this date"
    )
    overdue = " That day has passed." if due_on < today else ""
    return f"{asks} by {long_date(due_on)}. {by_whom}.{overdue}"

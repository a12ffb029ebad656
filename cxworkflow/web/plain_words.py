"""The fixed words of notices and clocks as people read them."""

import re

from cxworkflow.explain import rung_words
from cxworkflow.models import Event, Notice
from cxworkflow.models.notice import NoticeState
from cxworkflow.policies import ClockRule, Names, Policy
from cxworkflow.wording import days, long_date

NOTICE_STATES = {
    NoticeState.WAITING: "For the daily digest",
    NoticeState.OWED: "Waiting",
    NoticeState.SENDING: "Being sent",
    NoticeState.SENT: "Sent",
    NoticeState.IN_DOUBT: "In doubt",
    NoticeState.FAILED: "Failed",
    NoticeState.SUPERSEDED: "Replaced",
    NoticeState.JOINED: "Sent with others",
}

ATTEMPTS = {
    "sent": "Taken by the mail server",
    "refused": "Not taken for now",
    "rejected": "Refused for good",
    "interrupted": "Interrupted",
    "confirmed": "Found in the journal",
    "not sent": "Not in the journal",
    "try-again": "Put back in the queue",
    "send-again": "Put back in the queue",
    "was-sent": "Recorded as sent",
    "missing": "No copy in the journal",
}

_EVENTS = {
    "submitted": "{by} submitted the strategy of {component}.",
    "withdrawn": "{by} withdrew the strategy of {component}.",
    "assigned": "{by} asked for a review of the strategy of {component}.",
    "returned": "{by} returned the strategy of {component} for changes.",
    "recommended": "{by} sent a recommendation on the strategy of {component} to the Chief Information Officer.",
    "approved": "{by} approved the strategy of {component}.",
    "implementation-reported": "{by} reported the strategy of {component} as implemented.",
    "implementation-sent-back": "{by} sent the report that the strategy of {component} is implemented back.",
    "implemented": "{by} accepted the report that the strategy of {component} is implemented.",
    "close-drawn-up": "On the policy’s last day it is drawn up who has implemented, and who has not.",
    "close-statement-asked": "{component} had not implemented its strategy on the policy’s last day.",
    "close-signed": "{by} signed the close of the fiscal year.",
    "commitment-reported": "{by} reported a commitment of {component} as done.",
    "commitment-checked": "{by} checked a commitment of {component} that was reported as done.",
    "commitment-change-proposed": "{by} proposed a change to a commitment of {component}.",
    "commitment-change-decided": "{by} decided on a change to a commitment of {component}.",
    "extended": "{by} extended a clock{of}.",
    "paused": "{by} paused a clock{of}.",
    "resumed": "{by} resumed a clock{of}.",
    "recomputed": "A clock{of} was counted again, since offices close on a day.",
    "digest": "Every Monday the CX Directorate and the Chief Information Officer get a digest.",
    "daily-digest": "Whoever prefers it gets in one e-mail a day what may wait.",
    "vacancy": "Nobody holds a role{of} that reminders go to.",
    "standstill": "A clock{of} is paused past the last day that the policy allows.",
    "bundle": "Several reminders fell to one person on one day, and the policy lets them go out as one e-mail.",
    "not-kept": "The mail server took e-mails of which the journal holds no copy.",
    "appointed": "Somebody was given a role.",
    "role-ended": "Somebody’s role ended.",
    "declined": "{by} declined to review the strategy of {component}.",
    "recused": "Somebody stepped out of a review, or was taken off it.",
    "edition-moved": "{by} moved the strategy of {component} to the latest edition of its policy.",
    "remarks": "Something was said in the review of the strategy of {component} since the morning before.",
    "section-assigned": "{by} assigned a section of the strategy of {component}.",
    "section-due": "A section of the strategy of {component} comes due, or is overdue, and still lacks something.",
    "section-taken-back": "{by} took a section of the strategy of {component} back.",
    "account-review": "Every quarter the accounts and their roles are gone through.",
    "anchor": "Every day the auditors are told the last line of the record, so that it can’t be written anew unseen.",
    "extension-asked": "{by} asked for an extension of a clock{of}.",
    "extension-refused": "{by} refused an extension of a clock{of}.",
    "circulated": "{by} put a draft of the CX Directorate to Components, to be answered until a day.",
    "round-due": "A draft of the CX Directorate waits for the answer of {component}.",
    "answered-round": "{by} answered a draft of the CX Directorate.",
    "paper-signed": "{by} signed a paper of the CX Directorate.",
    "plan-published": "{by} released the strategy of {component} to the public.",
    "plan-withdrawn": "{by} took the strategy of {component} from the public again.",
    "guidance-published": "{by} published guidance to {component}.",
    "guidance-due": "Guidance waits to be acknowledged by {component}.",
    "guidance-withdrawn": "{by} withdrew guidance that was published to {component}.",
    "lesson-offered": "{by} offered a lesson.",
    "delivered": "{by} recorded a deliverable of the CX Directorate as done.",
    "quarter-submitted": "{by} submitted quarterly data of {component}.",
    "quarter-cleared": "{by} cleared quarterly data of {component} for OMB.",
    "quarter-returned": "{by} returned quarterly data of {component} for changes.",
    "quarter-sent": "{by} recorded quarterly data of {component} as sent to OMB.",
}

_STARTS = {
    "signed": "when the policy is signed",
    "submitted": "when a Component submits its strategy",
    "returned": "when a strategy is returned for changes",
    "committed": "when the Chief Information Officer approves the strategy that names it",
    "quarter-ended": "on the last day of each federal fiscal quarter",
    "approved": "when the Chief Information Officer approves the strategy",
}

_STOPS = {
    "submitted": "the strategy is submitted",
    "withdrawn": "the strategy is withdrawn",
    "returned": "it is returned",
    "recommended": "it is recommended",
    "approved": "it is approved",
    "implemented": "the Component reports its strategy as implemented",
    "all-implemented": "the last Component has implemented its strategy",
    "published": "it is published",
    "quarter-sent": "the quarter’s data is sent to OMB",
}


def why_owed(notice: Notice) -> str:
    """Why this e-mail is owed, in a sentence."""
    facts = notice.facts
    component = facts.get("component")
    if notice.kind == "deadline" and notice.rung is not None and notice.due_on is not None:
        whose = f" of {component}" if component else ""
        due = f"“{facts.get('clock_title', 'The clock')}”{whose} is due on {long_date(notice.due_on)}"
        return f"{due}; this is the reminder {rung_words(notice.rung)}{' the due date' if notice.rung else ''}."
    of = f" of {component}" if component else ""
    said = _EVENTS.get(notice.kind, "{by} did something that you are told of.")
    said = Names.of_told(facts).in_words(said)
    return said.format(by=facts.get("by") or "The system", component=component or "a Component", of=of)


def other_details(event: Event) -> list[tuple[str, str]]:
    """The facts of a line of the record that its sentence leaves out: labels and values."""
    told = [(name, value) for name, value in event.details.items() if name not in _TOLD and value not in (None, "", [])]
    return [(_LABELS.get(name, name.replace("_", " ").capitalize()), _value(value)) for name, value in told]


_TOLD = frozenset(
    {"reason", "late_reason", "statement", "text", "version", "clause", "reviewer", "whom", "title", "revision"}
)
_LABELS = {
    "sha256": "SHA-256",
    "text_sha256": "SHA-256 of the text",
    "letter_sha256": "SHA-256 of the letter",
    "due_on": "Due",
    "due_before_on": "Due before",
    "stopped_clocks": "Clocks stopped",
    "from": "Before",
    "to": "After",
}


def _value(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_part(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    text = str(value)
    return long_date(text) if _ISO_DAY.fullmatch(text) else text


def _part(each: object) -> str:
    """One entry of a list: a condition of a decision by its clause, anything else by all that it says."""
    if isinstance(each, dict) and {"clause", "text"} <= each.keys():
        return f"{each['clause']}: {each['text']}"
    return str(_value(each))


_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def clock_starts(policy: Policy, rule: ClockRule) -> str:
    """When a clock of this kind starts, as it follows “Starts”."""
    return policy.names.in_words(_STARTS[rule.starts])


def clock_ends(policy: Policy, rule: ClockRule) -> str:
    """What stops a clock of this kind, as it follows “Stops when”."""
    if rule.holder == "commitment":
        return "it is reported as done, if that is accepted"
    return (
        policy.names.in_words(", or ".join(_STOPS[event] for event in rule.stops)) or "all of its deliverables are done"
    )


def clock_length(policy: Policy, rule: ClockRule) -> str:
    """How long a clock of this kind runs."""
    if rule.holder == "commitment":
        return policy.names.in_words("until the day that the strategy names")
    if rule.due_on is not None:
        return f"until {long_date(rule.due_on)}"
    length = days(rule.days or 0)
    return length.replace(" day", " business day") if rule.unit == "business" else length

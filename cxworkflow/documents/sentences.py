"""The lines of the record as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from cxworkflow.calendar import day_of
from cxworkflow.models import Event
from cxworkflow.models.people import titled
from cxworkflow.wording import long_date

_SAID = {
    "begun": "began the strategy",
    "saved": "saved section {clause}",
    "took-over": "began with the text of version {version} of an earlier strategy",
    "renamed": "changed the title to “{to}”",
    "assigned-section": "assigned section {clause} to {whom}",
    "took-back-section": "took section {clause} back from {whom}",
    "attached": "attached “{name}” to section {clause}",
    "detached": "removed the file “{name}” from section {clause}",
    "submit": "certified and submitted version {version}",
    "withdraw": "withdrew version {version}",
    "assign": "asked {whom} to review version {version}",
    "comment": "commented on section {clause}",
    "answer": "answered a comment on section {clause}",
    "turned": "made a comment on section {clause} {kind}",
    "mark": "rated {rated} of version {version}",
    "declined": "declined to review version {version}",
    "settled": "settled a comment on section {clause}",
    "reopened": "opened a comment on section {clause} again",
    "return": "returned version {version} for changes",
    "recused": "recused themself from the review",
    "taken-off": "took {whom} off the review",
    "recommend": "recommended that version {version} be {advice}",
    "approve": "approved version {version}",
    "implemented": "reported the strategy as implemented",
    "delivered": "recorded as done: {title}",
    "extended": "extended the {clock} clock to {due_on}",
    "recomputed": "counted the {clock} clock again, now due {due_on}",
    "offices-closed": "noted that offices close on {day}",
    "extension-asked": "asked for an extension of the {clock} clock to {to_on}",
    "extension-refused": "refused the extension of the {clock} clock to {to_on}",
    "paused": "paused the {clock} clock",
    "resumed": "resumed the {clock} clock, now due {due_on}",
    "clock-opened": "opened the {clock} clock as of {started_on}, due {due_on}",
    "clock-lifted": "closed the {clock} clock, since it is no longer asked for",
    "organization-loaded": "brought the register of Components up to date",
    "policy-loaded": "brought the policy {policy} into force",
    "try-again": "put the failed e-mail to {whom} back in the queue",
    "send-again": "had the e-mail in doubt to {whom} sent again",
    "was-sent": "recorded the e-mail in doubt to {whom} as sent",
    "person-added": "added a person",
    "appointed": "appointed a person as {role}",
    "accounts-confirmed": "confirmed the accounts of {quarter}",
    "preferred": "chose to get e-mails {how}",
    "exported": "took out {what}",
    "refused": "was refused what was asked for",
    "read-draft": "read a draft of another Component",
    "asked": "used a page that kept nothing else",
    "hold-placed": "placed a legal hold ({citation})",
    "hold-lifted": "lifted a legal hold",
    "disposal-proposed": "proposed to dispose of {items} of the kind “{kind}”",
    "disposal-withdrawn": "withdrew the proposal to dispose of {items} of the kind “{kind}”",
    "disposed": "confirmed the disposal of {items} of the kind “{kind}”",
    "expired-removed": "removed {sign_ins} sign-ins and {links} links that had expired",
    "role-ended": "ended a person’s role as {role} on {until_on}",
    "deactivated": "deactivated a person",
    "reactivated": "reactivated a person",
    "signed-in": "signed in",
    "signed-out": "signed out",
    "address-changed": "changed a person’s e-mail address",
    "sign-ins-ended": "signed a person out everywhere",
    "own-sign-ins-ended": "ended sign-ins of their own in other browsers",
    "sign-in-link-asked": "was asked for a sign-in link",
    "identity-linked": "signed in with {issuer} for the first time",
    "sign-in-refused": "refused a sign-in",
}


def event_words(event: Event) -> str:
    """What was done, as it follows the name of who did it."""
    facts = {name: _words(name, value) for name, value in event.details.items()}
    # Lines of before the record was a chain held names.
    facts["whom"] = event.whom or facts.get("reviewer") or facts.get("to", "somebody")
    try:
        return _SAID[event.verb].format_map(facts)
    except KeyError:
        return event.verb.replace("-", " ")


@dataclass
class Line:
    """One or more events that read as one: somebody saved several sections in a row."""

    event: Event
    clauses: list[str]

    @property
    def words(self) -> str:
        """What was done, as it follows the name."""
        if len(self.clauses) < 2:
            return event_words(self.event)
        return f"saved sections {', '.join(reversed(self.clauses[1:]))} and {self.clauses[0]}"


def lines_of(events: Iterable[Event]) -> list[Line]:
    """Events as lines, the latest first as they come; saves by one person in a row become one line."""
    lines: list[Line] = []
    for event in events:
        clauses = [event.details["clause"]] if event.verb == "saved" else []
        last = lines[-1] if lines else None
        if last is not None and clauses and last.clauses and _of_one_hand(last.event, event):
            if clauses[0] not in last.clauses:
                last.clauses += clauses
        else:
            lines.append(Line(event, clauses))
    return lines


def _of_one_hand(one: Event, other: Event) -> bool:
    return (one.by_id, one.strategy_id, day_of(one.at)) == (other.by_id, other.strategy_id, day_of(other.at))


def role_title(role: str) -> str:
    """What somebody is called in a role, acting or not; the system itself has no title."""
    return titled(role)


def _words(name: str, value: object) -> str:
    if name in ("due_on", "to_on", "until_on", "started_on", "day") and isinstance(value, str):
        return long_date(value)
    if name == "role" and isinstance(value, str):
        return role_title(value)
    if name == "kind" and value in _KINDS:
        return _KINDS[str(value)]
    return str(value)


_KINDS = {"must-change": "a must-change", "suggestion": "a suggestion", "comment": "a plain comment"}

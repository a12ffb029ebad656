"""The lines of the record as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from cxworkflow.calendar import day_of
from cxworkflow.models.people import titled
from cxworkflow.policies import Names
from cxworkflow.wording import long_date

USUAL = Names()

_SAID = {
    "begun": "began the strategy",
    "saved": "saved section {clause}",
    "took-over": "began with the text of version {version} of an earlier strategy",
    "took-over-published": "began with what {component} has published",
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
    "reported": "reported the strategy as implemented",
    "report-sent-back": "sent the report of the implementation back",
    "implemented": "recorded the strategy as implemented",
    "close-drawn-up": "drew up the close as of {closed_on}",
    "close-stated": "made a statement for the close",
    "close-signed": "signed the close as of {closed_on}",
    "committed": "made {commitments} commitments of the approved version",
    "progress": "reported progress on “{title}”",
    "reported-done": "reported “{title}” as done",
    "accepted-done": "accepted “{title}” as done since {reported_on}",
    "sent-back-done": "sent “{title}” back",
    "evidence-attached": "attached the evidence “{name}” to “{title}”",
    "evidence-removed": "removed the file “{name}” from “{title}”",
    "reading": "entered {value} as of {as_of} for “{title}”",
    "reading-corrected": "corrected a reading of “{title}” to {value} as of {as_of}",
    "change-proposed": "proposed a change to “{title}”",
    "change-accepted": "accepted a change to “{title}”",
    "change-refused": "refused a change to “{title}”",
    "moved": "moved the strategy to the latest edition of {policy}",
    "delivered": "recorded as done: {title}",
    "drafted-paper": "saved draft {draft} of {title}",
    "circulated": "put {title} to Components, round {round}",
    "answered-round": "answered round {round} of {title}: {position}",
    "closed-round": "closed round {round} of {title}",
    "disposed-comment": "settled a comment on {title}: {disposition}",
    "signed-paper": "signed {title}",
    "wrote-guidance": "wrote “{title}”, version {number}",
    "offered-lesson": "offered the lesson “{title}”",
    "published-guidance": "published “{title}”, version {number}",
    "withdrew-guidance": "withdrew “{title}”, version {number}",
    "acknowledged": "acknowledged “{title}”, version {number}",
    "action-stands": "said how “{title}” stands",
    "action-step": "planned a step of “{title}”: {step}",
    "action-step-moved": "said how a step stands: {step}",
    "action-linked": "named the strategy as serving “{title}”",
    "action-unlinked": "took the strategy off the action of {clause}",
    "extended": "extended the {clock} clock to {due_on}",
    "recomputed": "counted the {clock} clock again, now due {due_on}",
    "offices-closed": "noted that offices close on {day}",
    "extension-asked": "asked for an extension of the {clock} clock to {to_on}",
    "extension-refused": "refused the extension of the {clock} clock to {to_on}",
    "paused": "paused the {clock} clock",
    "resumed": "resumed the {clock} clock, now due {due_on}",
    "clock-opened": "opened the {clock} clock as of {started_on}, due {due_on}",
    "clock-lifted": "closed the {clock} clock, since it is no longer asked for",
    "restored": "brought the database back as of {taken_at}, when line {line} was the last",
    "organization-loaded": "brought the register of Components up to date",
    "policy-loaded": "brought the policy {policy} into force",
    "try-again": "put the failed e-mail to {whom} back in the queue",
    "send-again": "had the e-mail in doubt to {whom} sent again",
    "was-sent": "recorded the e-mail in doubt to {whom} as sent",
    "person-added": "added a person",
    "appointed": "appointed a person as {role}",
    "accounts-confirmed": "confirmed the accounts of {quarter}",
    "preferred": "chose to get e-mails {how}",
    "calendar-made": "made a private address for their due dates",
    "calendar-revoked": "revoked the private address of their due dates",
    "webhook-registered": "registered another program’s address to be told of events",
    "webhook-renewed": "gave another program’s address another secret",
    "webhook-ended": "ended telling another program’s address of events",
    "webhook-replayed": "had a delivery to another program sent again",
    "token-made": "made a token for the API, good until {until}",
    "token-revoked": "revoked a token for the API",
    "exported": "took out {what}",
    "refused": "was refused what was asked for",
    "read-draft": "read a draft of another Component",
    "asked": "used a page that kept nothing else",
    "publication-prepared": "prepared a publication",
    "publication-changed": "changed which sections are published",
    "withheld": "withheld something of section {clause} from the public ({basis})",
    "shown-again": "no longer withholds something of section {clause} ({basis})",
    "publication-dropped": "dropped a publication that was prepared",
    "published": "released the strategy to the public, {withheld} passages withheld",
    "publication-withdrawn": "withdrew the strategy from the public",
    "hold-placed": "placed a legal hold ({citation})",
    "hold-lifted": "lifted a legal hold",
    "disposal-proposed": "proposed to dispose of {items} of the kind “{kind}”",
    "disposal-withdrawn": "withdrew the proposal to dispose of {items} of the kind “{kind}”",
    "disposed": "confirmed the disposal of {items} of the kind “{kind}”",
    "expired-removed": "removed {sign_ins} sign-ins and {links} links that had expired",
    "tokens-removed": "removed {tokens} tokens for the API that had ended",
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
    "identity-unlinked": "unlinked a person’s identity at {issuer}",
    "sign-in-refused": "refused a sign-in",
    "service-added": "added the service “{name}”",
    "service-changed": "changed what the register says of the service “{name}”",
    "quarter-entered": "entered numbers of “{service}” for {cycle}",
    "quarter-imported": "imported {lines} lines of numbers for {cycles}",
    "quarter-submitted": "submitted the data of {cycle} to the Chief Information Officer",
    "quarter-cleared": "cleared the data of {cycle} for OMB",
    "quarter-returned": "returned the data of {cycle} for changes",
    "quarter-sent": "recorded the data of {cycle} as sent to OMB",
    "quarter-corrected": "opened a correction of what was sent for {cycle}",
    "quarter-not-reported": "noted that nothing was reported for {cycle} by {due_on}",
}


class Told(Protocol):
    """What is said of an event: the event itself, or what a list reads of it."""

    @property
    def at(self) -> datetime:
        """When it was, aware."""

    @property
    def verb(self) -> str:
        """What was done."""

    @property
    def by_id(self) -> int | None:
        """Who did it."""

    @property
    def whom(self) -> str | None:
        """The name of whom it concerns."""

    @property
    def strategy_id(self) -> int | None:
        """What it was done to."""

    @property
    def details(self) -> dict[str, Any]:
        """Its facts by name."""


Kind = TypeVar("Kind", bound=Told)


def event_words(event: Told, names: Names = USUAL) -> str:
    """What was done, as it follows the name of who did it; in the words of the policy that it is about."""
    facts = {name: _words(name, value, names) for name, value in event.details.items()}
    # Lines of before the record was a chain held names.
    facts["whom"] = event.whom or facts.get("reviewer") or facts.get("to", "somebody")
    try:
        return names.in_words(_SAID[event.verb]).format_map(facts)
    except KeyError:
        return event.verb.replace("-", " ")


@dataclass
class Line(Generic[Kind]):
    """One or more events that read as one: somebody saved several sections in a row."""

    event: Kind
    clauses: list[str]
    names: Names = USUAL

    @property
    def words(self) -> str:
        """What was done, as it follows the name."""
        if len(self.clauses) < 2:
            return event_words(self.event, self.names)
        return f"saved sections {', '.join(reversed(self.clauses[1:]))} and {self.clauses[0]}"


def lines_of(events: Iterable[Kind], names: Names = USUAL) -> list[Line[Kind]]:
    """Events as lines, the latest first as they come; saves by one person in a row become one line."""
    lines: list[Line[Kind]] = []
    for event in events:
        clauses = [event.details["clause"]] if event.verb == "saved" else []
        last = lines[-1] if lines else None
        if last is not None and clauses and last.clauses and _of_one_hand(last.event, event):
            if clauses[0] not in last.clauses:
                last.clauses += clauses
        else:
            lines.append(Line(event, clauses, names))
    return lines


def _of_one_hand(one: Told, other: Told) -> bool:
    return (one.by_id, one.strategy_id, day_of(one.at)) == (other.by_id, other.strategy_id, day_of(other.at))


def role_title(role: str, names: Names = USUAL) -> str:
    """What a policy calls somebody in a role, acting or not; the system itself has no title."""
    return names.in_words(titled(role))


def _words(name: str, value: object, names: Names) -> str:
    if name in ("due_on", "to_on", "until_on", "started_on", "day") and isinstance(value, str):
        return long_date(value)
    if name == "role" and isinstance(value, str):
        return role_title(value, names)
    if name == "kind" and value in _KINDS:
        return _KINDS[str(value)]
    return str(value)


_KINDS = {"must-change": "a must-change", "suggestion": "a suggestion", "comment": "a plain comment"}

"""The close of a fiscal year: drawn up on the policy's last day, stated on by who is not done, signed by the CIO.

What it says of each Component is how it stood that day. Clocks go on until each Component is done.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, NotNow
from cxworkflow.letters import letter
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, CloseLine, Component, FiscalClose, ImplementationReport, Person, PolicyEdition
from cxworkflow.models.people import titled
from cxworkflow.permissions import Permission, require
from cxworkflow.services import implementation, notices, policies, record, strategies
from cxworkflow.services.words import said
from cxworkflow.wording import days, long_date


def draw_up_all(on: date, at: datetime) -> int:
    """Draw up what is due by a day and not drawn up yet, of every policy, however late; returns how many."""
    due = [(edition, closes_on) for edition, closes_on in coming() if closes_on <= on]
    for edition, closes_on in due:
        draw_up(edition, closes_on, at=at)
    return len(due)


def coming() -> list[tuple[PolicyEdition, date]]:
    """The closes that are not drawn up yet: one for each policy and last day, with the latest edition that names it.

    Of an earlier edition with another day, only as long as somebody is on it.
    """
    drawn_up = select(PolicyEdition.code, FiscalClose.closed_on).join(FiscalClose.edition)
    known = {tuple(row) for row in session().execute(drawn_up)}
    found = []
    for edition in policies.editions():
        closes_on = edition.policy.closes_on
        if closes_on is None or (edition.code, closes_on) in known:
            continue
        if policies.beside(edition).latest or _obliged(edition):
            known.add((edition.code, closes_on))
            found.append((edition, closes_on))
    return found


def draw_up(edition: PolicyEdition, closes_on: date, *, at: datetime) -> FiscalClose:
    """Note how every obliged Component stands, and ask those that are not done for a statement.

    Of several editions that name this day, each Component stands by the one that counts for it.
    """
    close = FiscalClose(edition=edition, closed_on=closes_on, drawn_up_at=at)
    editions = policies.editions_of(edition.code)
    naming = [each for each in editions if each.id == edition.id or each.policy.closes_on == closes_on]
    asked = [(component, each) for each in naming for component in _obliged(each)]
    close.lines = [_line(each, component, at=at) for component, each in sorted(asked, key=lambda pair: pair[0].code)]
    session().add(close)
    session().flush()
    late = [line for line in close.lines if not line.implemented]
    counts = {"close": close.id, "closed_on": closes_on.isoformat(), "implemented": len(close.lines) - len(late)}
    told = {**counts, "not_implemented": len(late)}
    event = record.write("close-drawn-up", by=None, as_role=None, at=at, details=told)
    notices.owe("close-drawn-up", event, edition=edition, facts=told, at=at)
    for line in late:
        facts = {"close": close.id, "line": line.id, "closed_on": closes_on.isoformat(), **line.facts}
        notices.owe("close-statement-asked", event, edition=edition, component=line.component, facts=facts, at=at)
    return close


def state(line: CloseLine, *, statement: str, by: Person, at: datetime) -> None:
    """Say why it is not implemented and when it will be; said anew until the close is signed.

    Raises InvalidInput, NotAllowed, NotNow.
    """
    line = held(line)
    role = require(by, Permission.STATE_CLOSE, line.component, at=at)
    if line.implemented:
        raise NotNow("This Component had implemented its strategy by that day, so no statement is asked for.")
    if line.close.signed_at is not None:
        raise NotNow("The close is signed, so nothing more is stated in it. Nothing was changed.")
    needed = "Say why it is not implemented, and by when it will be: the statement becomes part of the close."
    line.statement, line.stated_at, line.stated_by_id = said(statement, "statement", needed=needed), at, by.id
    details = {"close": line.close_id, "statement": line.statement}
    record.write("close-stated", by=by, as_role=role, at=at, component=line.component, details=details)


def sign(close: FiscalClose, *, read_sha256: str, by: Person, at: datetime) -> None:
    """Sign the close as it was read: its text and its PDF are kept for good. Raises Conflict, NotAllowed, NotNow."""
    close = held(close)
    role = require(by, Permission.SIGN_CLOSE, at=at)
    if close.signed_at is not None:
        raise NotNow("The close is signed already.")
    text = text_of(close)
    if sha256_of(text) != read_sha256:
        raise Conflict("A statement has come in since you read this. Nothing was signed: read it once more.")
    close.text, close.sha256 = text, sha256_of(text)
    close.pdf = letter("close", _facts(close, by, as_whom=by.as_whom(role, None, on=day_of(at)), at=at), at=at)
    close.pdf_sha256 = sha256(close.pdf).hexdigest()
    close.signed_at, close.signed_by_id = at, by.id
    details = {"close": close.id, "sha256": close.sha256, "pdf_sha256": close.pdf_sha256}
    told = {**details, "closed_on": close.closed_on.isoformat()}
    event = record.write("close-signed", by=by, as_role=role, at=at, details=told)
    notices.owe("close-signed", event, edition=close.edition, facts=told, at=at)


def text_of(close: FiscalClose) -> str:
    """The close in plain text: what is signed, and whose SHA-256 the record holds."""
    policy = close.edition.policy
    head = [f"Close as of {long_date(close.closed_on)} under {policy.short_title}, {policy.title}", _counted(close)]
    return "\n".join([*head, *(part for line in close.lines for part in ("", heading(line), *said_of(line)))]) + "\n"


def sha256_of(text: str) -> str:
    """What tells one text of a close from another."""
    return sha256(text.encode()).hexdigest()


def heading(line: CloseLine) -> str:
    """How the close calls a Component, and how it stood."""
    return f"{line.component.code}, {line.component.name}: {'implemented' if line.implemented else 'not implemented'}"


def said_of(line: CloseLine) -> list[str]:
    """What the close says of a Component, line by line."""
    facts, told = line.facts, []
    if line.implemented:
        told.append(f"Implemented on {long_date(facts['implemented_on'])}.")
    elif facts["reported_on"]:
        told.append(f"Reported as implemented on {long_date(facts['reported_on'])}; the report was being checked.")
    else:
        told.append(f"Its {line.close.edition.policy.names.paper} was {facts['status'].replace('-', ' ')}.")
    if facts["due_on"]:
        late = f", {days(facts['days_late'])} late" if facts["days_late"] else ""
        told.append(f"Due {long_date(facts['due_on'])}{late}.")
    if facts["open"]:
        told.append(f"Open commitments: {len(facts['open'])}.")
        told += [f"- {_open(each)}" for each in facts["open"]]
    if not line.implemented:
        told.append(f"Its statement: {line.statement}" if line.statement else "It made no statement.")
    return told


def _open(commitment: dict[str, Any]) -> str:
    due = f", due {long_date(commitment['due_on'])}" if commitment["due_on"] else ""
    return f"{commitment['title']}{due}, {commitment['state'].replace('-', ' ')}"


def _counted(close: FiscalClose) -> str:
    done = sum(line.implemented for line in close.lines)
    names = close.edition.policy.names
    of_them = f"{done} of the {len(close.lines)} {names.components} that have to file"
    return f"{of_them} had implemented their {names.paper} by {long_date(close.closed_on)}."


def _obliged(edition: PolicyEdition) -> list[Component]:
    """The Components that have to file, of those for which this edition counts."""
    asked = select(Clock.component_id).where(
        Clock.edition_id == edition.id, Clock.kind.in_(edition.policy.signed_component_clocks), ~Clock.lifted
    )
    counts_for = policies.belongs(edition, policies.beside(edition))
    return list(session().scalars(select(Component).where(Component.id.in_(asked), counts_for)))


def _line(edition: PolicyEdition, component: Component, *, at: datetime) -> CloseLine:
    strategy = strategies.find(edition, component)
    kinds = [rule.kind for rule in edition.policy.clocks if "implemented" in rule.stops]
    of_it = (Clock.edition_id == edition.id, Clock.component_id == component.id, Clock.kind.in_(kinds), ~Clock.lifted)
    clock = session().scalar(select(Clock).where(*of_it).order_by(Clock.id.desc()).limit(1))
    report = _report(strategy.id) if strategy else None
    implemented = strategy is not None and strategy.status is Status.IMPLEMENTED
    reported_on = day_of(report.reported_at).isoformat() if report else None
    still_open = implementation.still_open(strategy) if strategy else []
    facts: dict[str, Any] = {
        "status": strategy.status.value if strategy else "not-begun",
        "implemented_on": reported_on if implemented else None,
        "reported_on": None if implemented else reported_on,
        "due_on": clock.due_on.isoformat() if clock else None,
        "days_late": clock.days_late(day_of(at)) if clock else 0,
        "open": [
            {
                "title": each.title,
                "due_on": each.due_on.isoformat() if each.due_on else None,
                "state": each.state.value,
            }
            for each in still_open
        ],
    }
    return CloseLine(component=component, implemented=implemented, facts=facts)


def _report(strategy_id: int) -> ImplementationReport | None:
    standing = ImplementationReport.outcome.is_distinct_from("sent-back")
    wanted = select(ImplementationReport).where(ImplementationReport.strategy_id == strategy_id, standing)
    return session().scalar(wanted)


def _facts(close: FiscalClose, by: Person, *, as_whom: str, at: datetime) -> dict[str, Any]:
    policy = close.edition.policy
    return {
        "title": f"Close as of {long_date(close.closed_on)}",
        "policy": f"{policy.short_title}, {policy.title}",
        "heading": f"Close as of {long_date(close.closed_on)}",
        "date": long_date(day_of(at)),
        "opening": [f"{_counted(close)} The clocks of the others go on until each is done."],
        "items": [{"place": heading(line), "text": "\n".join(said_of(line))} for line in close.lines],
        "sha256": close.sha256,
        "signed_by": by.name,
        "signed_as": titled(as_whom),
    }

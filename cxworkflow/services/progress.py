"""A commitment on its way: progress, the report that it is done, and the Directorate's answer to that report.

A report stops the commitment's clock on its day; sent back, the clock runs on to its own date. So an acceptance counts
from the day on which the work was reported, however long the check took.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind, day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import (
    Citation,
    Clock,
    Commitment,
    CommitmentState,
    Completion,
    Event,
    Evidence,
    Person,
    Progress,
    Reading,
    Role,
)
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import commitments, histories, notices, record
from cxworkflow.services.words import said

TEXT_NEEDED = "Say what has been done since: the note becomes part of the record."


def note(commitment: Commitment, *, text: str, percent: int | None = None, by: Person, at: datetime) -> Progress:
    """Report progress on a commitment: in words, and how much of it is done.

    Raises InvalidInput, NotAllowed, NotNow.
    """
    commitment = held(commitment)
    role = require(by, Permission.WORK_ON, commitment, at=at)
    open_still(commitment)
    text = said(text, "text", needed=TEXT_NEEDED)
    if percent is not None and not 0 <= percent <= 100:
        raise InvalidInput(None, [Fault("percent", "Give a whole number from 0 to 100, or leave it empty.")])
    told = Progress(
        strategy_id=commitment.strategy_id,
        commitment_id=commitment.id,
        text=text,
        percent=percent,
        made_at=at,
        by_id=by.id,
    )
    session().add(told)
    if percent is not None:
        commitment.percent = percent
    tell("progress", commitment, by=by, as_role=role, at=at, text=text, percent=percent)
    return told


def report(commitment: Commitment, *, statement: str, by: Person, at: datetime) -> Completion:
    """Report a commitment as done, citing all the evidence that is attached to it; its clock stops on this day.

    Raises InvalidInput where there is no evidence though this kind needs some, or no reading of a metric.
    """
    commitment = held(commitment)
    role = require(by, Permission.WORK_ON, commitment, at=at)
    open_still(commitment)
    statement = said(statement, "statement", needed="Say what was done: the Directorate checks it against this.")
    evidence = attached(commitment)
    _shown(commitment, evidence)
    done = Completion(
        strategy_id=commitment.strategy_id,
        commitment=commitment,
        statement=statement,
        reported_at=at,
        by_id=by.id,
        citations=[Citation(evidence=each, strategy_id=commitment.strategy_id) for each in evidence],
    )
    session().add(done)
    commitment.state, commitment.reported_on = CommitmentState.REPORTED, day_of(at)
    if (clock := _clock(commitment)) is not None and clock.stopped_on is None:
        histories.change(clock, ChangeKind.STOPPED, by=by, at=at)
    cited = [{"name": each.name, "sha256": each.sha256} for each in evidence]
    event = tell("reported-done", commitment, by=by, as_role=role, at=at, statement=statement, evidence=cited)
    owe("commitment-reported", commitment, event, at=at, statement=statement, evidence=[each.name for each in evidence])
    return done


def accept(commitment: Commitment, *, answer: str = "", by: Person, at: datetime) -> Completion:
    """Accept the report: the commitment is done as of the day of the report. Raises NotAllowed, NotNow."""
    return _check(commitment, "accepted", answer, by=by, at=at)


def send_back(commitment: Commitment, *, reason: str, by: Person, at: datetime) -> Completion:
    """Send the report back with a reason: the clock runs on. Raises InvalidInput, NotAllowed, NotNow."""
    return _check(commitment, "sent-back", reason, by=by, at=at)


def _check(commitment: Commitment, outcome: str, answer: str, *, by: Person, at: datetime) -> Completion:
    commitment = held(commitment)
    role = require(by, Permission.CHECK, commitment, at=at)
    done = waiting(commitment)
    accepted = outcome == "accepted"
    key, needed = ("answer", "") if accepted else ("reason", "Say what is missing: the Component works from it.")
    answer = said(answer, key, needed=needed)
    done.outcome, done.answer, done.checked_at, done.checked_by_id = outcome, answer, at, by.id
    if accepted:
        commitment.state, commitment.percent = CommitmentState.ACCEPTED, 100
    else:
        commitment.state, commitment.reported_on = CommitmentState.SENT_BACK, None
        if (clock := _clock(commitment)) is not None:
            histories.change(clock, ChangeKind.RESTARTED, by=by, at=at, reason=answer)
    verb = "accepted-done" if accepted else "sent-back-done"
    event = tell(verb, commitment, by=by, as_role=role, at=at, answer=answer, reported_on=day_of(done.reported_at))
    facts = {"outcome": outcome, "answer": answer, "reported_on": day_of(done.reported_at).isoformat()}
    owe("commitment-checked", commitment, event, at=at, also=_who(commitment, done.by), **facts)
    return done


def waiting(commitment: Commitment) -> Completion:
    """The report of the commitment that waits for an answer; raises NotNow."""
    wanted = select(Completion).where(Completion.commitment_id == commitment.id, Completion.outcome.is_(None))
    found = session().scalar(wanted)
    if found is None:
        raise NotNow("Nothing waits to be checked here: this commitment is not reported as done. Nothing was changed.")
    return found


def open_still(commitment: Commitment) -> None:
    """Raise NotNow where a commitment is settled, or waits to be checked, so that nothing more is said of it now."""
    if commitment.state is CommitmentState.REPORTED:
        raise NotNow("This commitment is reported as done and waits for the Directorate’s check. Nothing was changed.")
    if commitment.settled:
        raise NotNow(f"This commitment is {commitment.state.value}, so nothing more is reported of it.")


def attached(commitment: Commitment) -> list[Evidence]:
    """The evidence of a commitment, in the order in which it was attached."""
    wanted = select(Evidence).where(Evidence.commitment_id == commitment.id)
    return list(session().scalars(wanted.order_by(Evidence.id)))


def tell(verb: str, commitment: Commitment, *, by: Person, as_role: Role, at: datetime, **details: Any) -> Event:
    """One line of the record about a commitment."""
    told = {"commitment": commitment.id, "title": commitment.title, "clause": commitment.clause}
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in details.items()}
    return record.write(verb, by=by, as_role=as_role, at=at, strategy=commitment.strategy, details={**told, **plain})


def owe(
    kind: str,
    commitment: Commitment,
    event: Event,
    *,
    at: datetime,
    also: tuple[tuple[Person, str], ...] = (),
    **facts: Any,
) -> None:
    """Owe the e-mails about what happened to a commitment."""
    told = {
        "commitment": commitment.title,
        "commitment_id": commitment.id,
        "clause": commitment.clause,
        "commitment_due_on": commitment.due_on.isoformat() if commitment.due_on else None,
        **facts,
    }
    strategy = commitment.strategy
    with within(SYSTEM):
        notices.owe(
            kind,
            event,
            edition=strategy.edition,
            component=strategy.component,
            strategy=strategy,
            facts=told,
            also=also,
            at=at,
        )


def _who(commitment: Commitment, reporter: Person) -> tuple[tuple[Person, str], ...]:
    """Who is told of an answer: who reported, and who owns the commitment."""
    told = {person.id: person for person in (reporter, commitment.owner) if person is not None}
    return tuple((person, Role.LEAD.value) for person in told.values())


def _clock(commitment: Commitment) -> Clock | None:
    wanted = select(Clock).where(Clock.commitment_id == commitment.id)
    clock = session().scalar(wanted)
    return held(clock) if clock is not None else None


def _shown(commitment: Commitment, evidence: list[Evidence]) -> None:
    """Raise InvalidInput where this kind has to be shown by something that is not there."""
    rule = commitments.rule_of(commitment)
    if rule.evidence and not evidence:
        raise InvalidInput(
            None,
            [
                Fault(
                    "evidence",
                    f"Attach at least one file that shows it: this kind of commitment ({rule.noun.lower()}) is "
                    "checked against evidence. Nothing was changed.",
                )
            ],
        )
    read = select(Reading.id).where(Reading.commitment_id == commitment.id).limit(1)
    if commitment.measured and session().scalar(read) is None:
        missing = "Enter at least one reading of this metric first: the check is made against its values."
        raise InvalidInput(None, [Fault("evidence", missing)])

"""After approval: the report that a strategy is implemented, its check, and the Department's own clock.

A report stops the implementation clock on its day; sent back, the clock runs on to its own date. So an acceptance
counts from the day of the report, however long the check took.
"""

from datetime import date, datetime

from sqlalchemy import Select, func, select

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import NotNow
from cxworkflow.lifecycle import Action, Status, after
from cxworkflow.models import (
    Clock,
    Commitment,
    CommitmentState,
    Component,
    Event,
    ImplementationReport,
    Person,
    PolicyEdition,
    Strategy,
)
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import clocks, policies, strategies
from cxworkflow.services.words import said

SETTLED = (CommitmentState.ACCEPTED, CommitmentState.DROPPED)


def report(strategy: Strategy, *, statement: str, by: Person, at: datetime) -> ImplementationReport:
    """Report the approved strategy as implemented, to be checked by the Directorate; its clock stops on this day."""
    strategy = held(strategy)
    role = require(by, Permission.REPORT_IMPLEMENTED, strategy, at=at)
    after(strategy.status, Action.REPORT)
    if waiting(strategy) is not None:
        raise NotNow("This strategy is reported as implemented already, and waits for the Directorate’s check.")
    needed = "Say what has been implemented: the statement becomes part of the record."
    statement = said(statement, "statement", needed=needed)
    told = ImplementationReport(strategy_id=strategy.id, statement=statement, reported_at=at, by_id=by.id)
    session().add(told)
    version = strategy.approved_version
    stopped = clocks.happened(
        "implemented", strategy.edition, component=strategy.component, strategy=strategy, by=by, at=at
    )
    details = {
        "version": version.number if version else None,
        "statement": statement,
        "open_commitments": len(still_open(strategy)),
        "stopped_clocks": [clock.id for clock in stopped],
    }
    event = strategies.step(strategy, Action.REPORT, by=by, as_role=role, at=at, version=version, details=details)
    strategies.tell("implementation-reported", strategy, event, at=at, facts=details)
    return told


def accept(strategy: Strategy, *, answer: str = "", by: Person, at: datetime) -> ImplementationReport:
    """Accept the report: the strategy is implemented as of its day; the last obliged one stops the Department's clock.

    Who accepts it while commitments are open says why. Raises InvalidInput, NotAllowed, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.CHECK, strategy, at=at)
    after(strategy.status, Action.IMPLEMENTED)
    told = _to_check(strategy)
    answer = said(answer, "answer", needed=_why_with(len(still_open(strategy))))
    told.outcome, told.answer, told.checked_at, told.checked_by_id = "accepted", answer, at, by.id
    version = strategy.approved_version
    details = {
        "version": version.number if version else None,
        "statement": told.statement,
        "reported_on": day_of(told.reported_at).isoformat(),
        "answer": answer,
    }
    event = strategies.step(strategy, Action.IMPLEMENTED, by=by, as_role=role, at=at, version=version, details=details)
    with within(SYSTEM):  # of the other Components and of the Department's clock the person need not know
        if all_implemented(strategy.edition):
            last, latest = _last_reported_on(strategy.edition), policies.edition_of(strategy.edition.code)
            clocks.happened("all-implemented", latest, component=None, strategy=None, on=last, by=by, at=at)
    strategies.tell("implemented", strategy, event, at=at, facts=details)
    return told


def send_back(strategy: Strategy, *, reason: str, by: Person, at: datetime) -> ImplementationReport:
    """Send the report back with a reason: the clock runs on to its own date. Raises InvalidInput, NotNow."""
    strategy = held(strategy)
    role = require(by, Permission.CHECK, strategy, at=at)
    after(strategy.status, Action.SEND_BACK)
    told = _to_check(strategy)
    reason = said(reason, "reason", needed="Say what is missing: the Component works from this reason.")
    told.outcome, told.answer, told.checked_at, told.checked_by_id = "sent-back", reason, at, by.id
    for clock in _stopped_by(strategy):
        clocks.restart(clock, by=by, at=at, reason=reason)
    version = strategy.approved_version
    details = {"version": version.number if version else None, "reason": reason}
    event = strategies.step(strategy, Action.SEND_BACK, by=by, as_role=role, at=at, version=version, details=details)
    strategies.tell("implementation-sent-back", strategy, event, at=at, facts=details)
    return told


def waiting(strategy: Strategy) -> ImplementationReport | None:
    """The report that waits to be checked, if there is one."""
    of_it = (ImplementationReport.strategy_id == strategy.id, ImplementationReport.outcome.is_(None))
    return session().scalar(select(ImplementationReport).where(*of_it))


def still_open(strategy: Strategy) -> list[Commitment]:
    """The commitments of a strategy that are neither accepted nor dropped, the one due first on top."""
    wanted = select(Commitment).where(Commitment.strategy_id == strategy.id, Commitment.state.not_in(SETTLED))
    return list(session().scalars(wanted.order_by(Commitment.due_on.nulls_last(), Commitment.id)))


def all_implemented(edition: PolicyEdition) -> bool:
    """Whether every Component that the policy gave a clock has implemented its strategy (IV.e), under any edition."""
    editions = policies.editions_of(edition.code)
    # Two last reports at once would each miss the other: one waits here.
    held(editions[0])
    session().flush()
    obliged = {number for each in editions for number in session().scalars(_obliged(each))}
    of_policy = Strategy.edition_id.in_([each.id for each in editions])
    done = select(Strategy.component_id).where(of_policy, Strategy.status == Status.IMPLEMENTED)
    return bool(obliged) and obliged <= set(session().scalars(done))


def _obliged(edition: PolicyEdition) -> Select[tuple[int]]:
    """The numbers of the Components with the clocks of the signature, of those for which this edition counts."""
    clocks_kept = (
        Clock.edition_id == edition.id,
        Clock.kind.in_(edition.policy.signed_component_clocks),
        ~Clock.lifted,
    )
    counts_for = policies.belongs(edition, policies.beside(edition))
    return select(Component.id).where(Component.id.in_(select(Clock.component_id).where(*clocks_kept)), counts_for)


def _to_check(strategy: Strategy) -> ImplementationReport:
    found = waiting(strategy)
    if found is None:
        raise NotNow("Nothing waits to be checked: the Component has not reported its strategy as implemented.")
    return found


def _why_with(still_open: int) -> str:
    if not still_open:
        return ""
    some = "A commitment of this strategy is" if still_open == 1 else f"{still_open} commitments of this strategy are"
    return f"{some} open. Say why it is accepted all the same."


def _stopped_by(strategy: Strategy) -> list[Clock]:
    """The clocks that the last report stopped."""
    of_it = (Event.strategy_id == strategy.id, Event.verb == Action.REPORT.value)
    line = session().scalar(select(Event).where(*of_it).order_by(Event.id.desc()).limit(1))
    stopped = line.details["stopped_clocks"] if line else []
    found = select(Clock).where(Clock.id.in_(stopped), Clock.stopped_on.is_not(None))
    return list(session().scalars(found.order_by(Clock.id)))


def _last_reported_on(edition: PolicyEdition) -> date | None:
    """The day of the last report that was accepted."""
    of_policy = select(PolicyEdition.id).where(PolicyEdition.code == edition.code)
    papers = select(Strategy.id).where(Strategy.edition_id.in_(of_policy))
    of_them = (ImplementationReport.strategy_id.in_(papers), ImplementationReport.outcome == "accepted")
    last = session().scalar(select(func.max(ImplementationReport.reported_at)).where(*of_them))
    return day_of(last) if last else None

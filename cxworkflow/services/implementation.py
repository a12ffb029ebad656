"""After approval: the report that a strategy is implemented, and the Department's own clock."""

from datetime import datetime

from sqlalchemy import func, select

from cxworkflow.db import held, session
from cxworkflow.lifecycle import Action, Status, after
from cxworkflow.models import Clock, ImplementationReport, Person, PolicyEdition, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import clocks, strategies
from cxworkflow.services.words import said


def report(strategy: Strategy, *, statement: str, by: Person, at: datetime) -> ImplementationReport:
    """Report the approved strategy as implemented; the last obliged Component's report stops the Department's clock."""
    strategy = held(strategy)
    role = require(by, Permission.REPORT_IMPLEMENTED, strategy, at=at)
    after(strategy.status, Action.IMPLEMENTED)
    needed = "Say what has been implemented: the statement becomes part of the record."
    statement = said(statement, "statement", needed=needed)
    told = ImplementationReport(strategy_id=strategy.id, statement=statement, reported_at=at, by_id=by.id)
    session().add(told)
    version = strategy.approved_version
    details = {"version": version.number if version else None, "statement": statement}
    event = strategies.step(strategy, Action.IMPLEMENTED, by=by, as_role=role, at=at, version=version, details=details)
    clocks.happened("implemented", strategy.edition, component=strategy.component, strategy=strategy, by=by, at=at)
    with within(SYSTEM):  # of the other Components and of the Department's clock the person need not know
        if all_implemented(strategy.edition):
            clocks.happened("all-implemented", strategy.edition, component=None, strategy=None, by=by, at=at)
    strategies.tell("implemented", strategy, event, at=at, facts=details)
    return told


def all_implemented(edition: PolicyEdition) -> bool:
    """Whether every Component that the policy gave a clock has implemented its strategy (IV.e)."""
    # Two last reports at once would each miss the other: one waits here.
    held(edition)
    obliged = select(Clock.component_id).where(
        Clock.edition_id == edition.id, Clock.kind.in_(edition.policy.signed_component_clocks), ~Clock.lifted
    )
    done = select(Strategy.component_id).where(Strategy.edition_id == edition.id, Strategy.status == Status.IMPLEMENTED)
    waiting = select(func.count(func.distinct(Clock.component_id))).where(
        Clock.component_id.in_(obliged), Clock.component_id.not_in(done)
    )
    session().flush()
    return session().scalar(waiting) == 0 and session().scalar(obliged.limit(1)) is not None

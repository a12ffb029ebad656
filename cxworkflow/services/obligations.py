"""Obligations: the clocks that the register of Components asks for, after it has changed.

Who has to file from now on gets the clocks that everybody else got, as of the day from which theirs count; what a
Component is no longer asked for is lifted. Each is a line of the record. No e-mail tells of it but the reminders: of a
clock that has been running all along, the latest one goes out.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind, day_of, moment
from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, Decision, Event, Outcome, PolicyEdition, Strategy, Version
from cxworkflow.policies import ClockRule
from cxworkflow.services import clocks, histories, implementation, policies, record

Due = tuple[Component, ClockRule]


def bring_up_to_date(edition: PolicyEdition, *, at: datetime) -> int:
    """Open what is missing and lift what is no longer asked for; returns how many clocks that were."""
    # What is no longer asked for goes first: it may be a target in the place of what is missing.
    lifted = [_lift(clock, at=at) for clock in superfluous(edition, at=at)]
    opened = [_open(edition, component, rule, at=at) for component, rule in list(missing(edition, at=at))]
    if lifted and implementation.all_implemented(edition):
        latest = policies.edition_of(edition.code)
        clocks.happened("all-implemented", latest, component=None, strategy=None, by=None, at=at)
    return len(lifted) + len(opened)


def missing(edition: PolicyEdition, *, at: datetime) -> Iterator[Due]:
    """The clocks that obliged Components, or the approved papers of any, should have and have not."""
    known = select(Clock.component_id, Clock.kind).where(Clock.edition_id == edition.id, ~Clock.lifted)
    there = {tuple(row) for row in session().execute(known)}
    approved = select(Strategy.component_id).where(
        Strategy.edition_id == edition.id, Strategy.status == Status.APPROVED
    )
    in_practice = set(session().scalars(approved))
    ours = select(Component).where(
        Component.department == edition.policy.department, policies.belongs(edition, policies.beside(edition))
    )
    for component in session().scalars(ours.order_by(Component.code)):
        for rule in edition.policy.clocks:
            starts = {"signed": component.files == "self", "approved": component.id in in_practice}
            asked = starts.get(rule.starts, False) and _asks(rule, component, at)
            if asked and (component.id, rule.kind) not in there:
                yield component, rule


def superfluous(edition: PolicyEdition, *, at: datetime) -> list[Clock]:
    """The open clocks of Components that have no such clock any more."""
    running = select(Clock, policies.belongs(edition, policies.beside(edition))).join(
        Component, Component.id == Clock.component_id
    )
    running = running.where(Clock.edition_id == edition.id, Clock.stopped_on.is_(None))
    return [
        clock
        for clock, belongs in session().execute(running.order_by(Clock.id)).tuples().all()
        if clock.component
        # A commitment keeps the edition of the version that made it, wherever its strategy is moved.
        and not (
            (belongs or clock.commitment_id is not None)
            and _asks(edition.policy.clock(clock.kind), clock.component, at)
        )
    ]


def _asks(rule: ClockRule, component: Component, at: datetime) -> bool:
    return rule.holder in ("component", "commitment") and component.in_force(day_of(at)) and component.has(rule)


def _open(edition: PolicyEdition, component: Component, rule: ClockRule, *, at: datetime) -> Clock:
    strategy = session().scalar(select(Strategy).filter_by(edition_id=edition.id, component_id=component.id))
    on = starts_on(edition, component, rule, strategy)
    about = strategy if rule.starts == "approved" else None
    clock = histories.start(edition, rule.kind, component=component, strategy=about, on=on, by=None, at=at)
    submitted_at = _submitted_at(strategy) if strategy is not None and "submitted" in rule.stops else None
    if submitted_at is not None:
        # What was submitted before a later edition was signed had been done on its first day.
        done_on = max(day_of(submitted_at), on)
        histories.change(clock, ChangeKind.STOPPED, on=done_on, by=None, at=max(submitted_at, moment(done_on)))
    details = {"clock": rule.kind, "due_on": clock.due_on.isoformat(), "started_on": on.isoformat()}
    record.write("clock-opened", by=None, as_role=None, at=at, component=component, clock=clock, details=details)
    return clock


def _lift(clock: Clock, *, at: datetime) -> Clock:
    component = clock.component
    assert component is not None
    why = {
        "covered": f"{component.code} is covered by the submission of {component.covered_by}.",
        "invited": f"{component.code} is invited to file and no longer has to.",
        "self": f"{component.code} has no such clock any more.",
    }[component.files]
    if not component.in_force(day_of(at)):
        why = f"{component.code} is no longer a Component."
    elif _asks(clock.edition.policy.clock(clock.kind), component, at):
        why = f"Another edition of {clock.edition.policy.short_title} counts for {component.code} now."
    because = why if why.startswith("Another edition") else f"The register changed: {why}"
    histories.change(clock, ChangeKind.LIFTED, reason=because, by=None, at=at)
    details = {"clock": clock.kind, "reason": why}
    record.write("clock-lifted", by=None, as_role=None, at=at, component=component, clock=clock, details=details)
    return clock


def _submitted_at(strategy: Strategy) -> datetime | None:
    """When it was submitted for good; None for what is still a draft."""
    if strategy.status is Status.DRAFT:
        return None
    taken_back = select(Event.id).where(Event.version_id == Version.id, Event.verb == "withdraw")
    first = select(Version.submitted_at).where(Version.strategy_id == strategy.id, ~taken_back.exists())
    return session().scalar(first.order_by(Version.number).limit(1))


def starts_on(edition: PolicyEdition, component: Component, rule: ClockRule, strategy: Strategy | None) -> date:
    """The day from which a clock that the signature or the approval starts counts for a Component."""
    if rule.starts == "approved" and strategy is not None:
        approval = select(Decision.decided_at).filter_by(strategy_id=strategy.id, outcome=Outcome.APPROVED)
        return day_of(session().scalars(approval).one())
    return max(edition.signed_on, component.from_on)

"""Clocks that run anew every quarter: opened for each fiscal quarter that has ended."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from cxworkflow.calendar import day_of, moment
from cxworkflow.db import session
from cxworkflow.fiscal import quarters_ended
from cxworkflow.models import Clock, Component, PolicyEdition
from cxworkflow.policies import ClockRule
from cxworkflow.services import histories, policies


def open_due(*, at: datetime, only: Collection[str] | None = None) -> int:
    """Open the clocks of every quarter that has ended since the policy was signed; returns how many.

    `only` limits it to these Components' codes (a rehearsal).
    """
    opened = 0
    for edition in session().scalars(select(PolicyEdition).order_by(PolicyEdition.id)):
        for rule in edition.policy.clocks:
            if rule.starts == "quarter-ended":
                opened += _open(edition, rule, at, only)
    return opened


def _open(edition: PolicyEdition, rule: ClockRule, at: datetime, only: Collection[str] | None) -> int:
    # Only today's quarter can be new to a system that runs; a long silence makes it look further back.
    last = session().scalar(
        select(Clock.started_on)
        .where(Clock.edition_id == edition.id, Clock.kind == rule.kind)
        .order_by(Clock.started_on.desc())
        .limit(1)
    )
    holders: Sequence[Component | None] = [None]
    others = policies.beside(edition)
    if rule.holder == "component":
        ours = set(session().scalars(select(Component.id).where(policies.belongs(edition, others))))
        obliged = policies.obliged(edition.policy.department, on=day_of(at), only=only)
        holders = [each for each in obliged if each.id in ours]
    elif not others.latest:
        holders = []
    known = _under(others.ids, rule.kind)
    opened = 0
    for cycle, ended_on in quarters_ended(edition.signed_on, day_of(at)):
        if (last is not None and ended_on <= last) or ended_on == day_of(at):
            continue
        for component in holders:
            if (component.id if component else None, cycle) in known:
                continue
            if component is None or (component.has(rule) and component.in_force(ended_on)):
                histories.start(edition, rule.kind, component=component, cycle=cycle, by=None, at=moment(ended_on))
                opened += 1
    return opened


def _under(editions: Sequence[int], kind: str) -> set[tuple[int | None, str]]:
    """The quarters, by Component, that other editions of the policy have asked for and have not given up."""
    if not editions:
        return set()
    asked = select(Clock.component_id, Clock.cycle).where(Clock.edition_id.in_(editions), Clock.kind == kind)
    return set(session().execute(asked.where(~Clock.lifted)).tuples())

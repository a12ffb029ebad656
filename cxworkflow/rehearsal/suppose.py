"""What if: the policy played on from today, on a copy of the present state, under stated suppositions.

Every Component submits on its due date, the CIO approves when the review target is due (plus the slip), and every
approved strategy takes the policy's full term to implement. A clock that is paused today stays so, and a Component
without a lead files and reports nothing. Real verbs, the real sweep, the real sender; nothing real is touched.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import ONE_DAY, day_of, moment
from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import InvalidInput, NotFound
from cxworkflow.ladder import FIRES_AT
from cxworkflow.lifecycle import Status
from cxworkflow.local import mailbox
from cxworkflow.mail.delivery import Post, deliver
from cxworkflow.mail.journal import NoJournal
from cxworkflow.models import Clock, Component, Person, PolicyEdition, Role, Strategy
from cxworkflow.policies.answers import StrategyFile, missing_in, placeholder
from cxworkflow.rehearsal.copy import copy_present
from cxworkflow.rehearsal.play import SENDER, Progress, staged
from cxworkflow.rehearsal.report import report
from cxworkflow.rehearsal.supposition import LONGEST, Supposition
from cxworkflow.scratch import scratch_database
from cxworkflow.services import (
    clocks,
    closures,
    drafting,
    implementation,
    people,
    policies,
    reminders,
    reviews,
    sending,
    strategies,
)

NOON = 12


def suppose(
    edition_code: str, given: Supposition, *, source_url: str, at: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """Play on from `at`; returns clocks, notices and strategies as `rehearse` does, and `components`: per Component
    when it is approved, when the work is done, and whether that misses the cap.

    Ends the caller's transaction, which must not stand open for so long. Raises InvalidInput for a supposition that
    can't be played, NotFound when there is no CIO.
    """
    today = day_of(at)
    faults = given.faults(today)
    if faults:
        raise InvalidInput(None, faults)
    session().rollback()
    arrived: list[object] = []
    with scratch_database(source_url) as scratch_url:
        copy_present(source_url, scratch_url)
        with mailbox.serving(arrived.append) as port, staged(scratch_url):
            post = Post(f"smtp://127.0.0.1:{port}", SENDER, "http://localhost", NoJournal())
            edition = policies.edition_of(edition_code)
            limit = edition.policy.extension_limit
            until = given.until or max(limit.on if limit else today, today) + timedelta(days=31)
            play = _Play(edition, given, cio=_cio(edition, today))
            total = min((until - today).days, LONGEST)
            for number in range(1, total + 1):
                play.day(today + timedelta(days=number), post)
                if progress:
                    progress(number, total)
            return {**report(edition, on=until), "components": play.outcome(until)}


class _Play:
    """One supposition being played."""

    def __init__(self, edition: PolicyEdition, given: Supposition, *, cio: Person) -> None:
        self._edition, self._given, self._cio = edition, given, cio
        self._paused: list[int] = []

    def day(self, on: date, post: Post) -> None:
        """One day: its sweep at 06:00, and at noon what is supposed to happen."""
        dawn, noon = moment(on, FIRES_AT.hour, FIRES_AT.minute), moment(on, NOON)
        with unit_of_work():
            owed = reminders.sweep(at=dawn).owed
        if owed:
            deliver(post, now=_always(dawn))
        with unit_of_work():
            self._closure(on, noon)
            self._lapse(on, noon)
            if not self._lapsed(on):
                self._act(on, noon)
        if sending.waiting():
            deliver(post, now=_always(noon))

    def _closure(self, on: date, at: datetime) -> None:
        if self._given.closed_on is not None and on == self._given.closed_on - ONE_DAY:
            department = self._edition.policy.department
            closures.announce(
                department, self._given.closed_on, reason="Supposed.", authority="Supposed.", by=self._cio, at=at
            )

    def _lapsed(self, on: date) -> bool:
        first = self._given.lapse_from
        return first is not None and first <= on < first + timedelta(days=self._given.lapse_days)

    def _lapse(self, on: date, at: datetime) -> None:
        first = self._given.lapse_from
        if first is None:
            return
        if on == first:
            running = select(Clock).where(
                Clock.edition_id == self._edition.id,
                Clock.stopped_on.is_(None),
                Clock.paused_on.is_(None),
                Clock.commitment_id.is_(None),
            )
            for clock in session().scalars(running.order_by(Clock.id)).all():
                clocks.pause(clock, reason="A lapse in appropriations, supposed.", by=self._cio, at=at)
                self._paused.append(clock.id)
        elif on == first + timedelta(days=self._given.lapse_days):
            for clock_id in self._paused:
                clocks.resume(session().get_one(Clock, clock_id), by=self._cio, at=at)

    def _act(self, on: date, at: datetime) -> None:
        """Submit what is due, decide what has been read, report what has taken its full term."""
        unfinished = select(Strategy).where(
            Strategy.edition_id == self._edition.id, Strategy.status != Status.IMPLEMENTED
        )
        known = {strategy.component_id: strategy for strategy in session().scalars(unfinished.order_by(Strategy.id))}
        for clock in self._open_clocks(on):
            component = clock.component
            rule = self._edition.policy.clock(clock.kind)
            if component is not None and "submitted" in rule.stops and rule.starts in ("signed", "returned"):
                self._submit(known.get(component.id), clock, at)
        for strategy in known.values():
            if strategy.status in (Status.SUBMITTED, Status.RECOMMENDED) and self._decided_on(strategy) <= on:
                version = strategies.under_review(strategy)
                reviews.approve(strategy, version_number=version.number, sha256=version.sha256, by=self._cio, at=at)
            elif strategy.status is Status.APPROVED and self._finished_on(strategy) <= on:
                lead = _lead(strategy.component, on)
                if lead is not None:
                    implementation.report(strategy, statement="Supposed.", by=lead, at=at)
                    implementation.accept(strategy, answer="Supposed.", by=self._cio, at=at)

    def _open_clocks(self, on: date) -> list[Clock]:
        due = select(Clock).where(
            Clock.edition_id == self._edition.id,
            Clock.stopped_on.is_(None),
            Clock.paused_on.is_(None),
            Clock.due_on <= on,
            Clock.component_id.is_not(None),
            Clock.commitment_id.is_(None),
        )
        return list(session().scalars(due.order_by(Clock.id)))

    def _submit(self, strategy: Strategy | None, clock: Clock, at: datetime) -> None:
        component = clock.component
        if component is None or (strategy is not None and strategy.status not in (Status.DRAFT, Status.RETURNED)):
            return
        lead = _lead(component, day_of(at))
        if lead is None:
            return
        strategy = strategy or strategies.begin(self._edition, component, by=lead, at=at)
        answers = dict(strategy.contents)
        for section in self._edition.policy.sections_for(hisp=component.hisp):
            if missing_in(section, answers.get(section.clause, {})):
                answers[section.clause] = placeholder(section, on=day_of(at))
        file = StrategyFile(self._edition.code, component.code, strategy.title, answers)
        drafting.fill(self._edition, component, file, by=lead, at=at)
        strategies.submit(strategy, reason="Supposed.", by=lead, at=at)

    def _decided_on(self, strategy: Strategy) -> date:
        """The review target's day, and the slip."""
        targets = (rule.days or 0 for rule in self._edition.policy.clocks if rule.starts == "submitted")
        begun_on = day_of(strategies.under_review(strategy).submitted_at)
        return self._at_the_end(begun_on, sum(targets) + self._given.slip_days)

    def _finished_on(self, strategy: Strategy) -> date:
        """When it was reported, or the policy's full term after the approval, whatever its cap."""
        approved = self._implementing(strategy)
        if approved is None:
            return date.max
        return approved.stopped_on or self._at_the_end(
            approved.started_on, self._edition.policy.clock(approved.kind).days or 0
        )

    def _implementing(self, strategy: Strategy) -> Clock | None:
        return session().scalar(
            select(Clock).where(Clock.strategy_id == strategy.id, Clock.kind.in_(self._kinds("approved")))
        )

    def _at_the_end(self, begun_on: date, days: int) -> date:
        """So many days after a day; a lapse that begins meanwhile holds it up."""
        ends_on, first = begun_on + timedelta(days=days), self._given.lapse_from
        if first is not None and begun_on < first <= ends_on:
            ends_on += timedelta(days=self._given.lapse_days)
        return ends_on

    def _kinds(self, starts: str) -> list[str]:
        return [rule.kind for rule in self._edition.policy.clocks if rule.starts == starts]

    def outcome(self, until: date) -> list[dict[str, Any]]:
        """A line for each Component that has to file or has filed, whatever became of its strategy."""
        held = select(Strategy).where(Strategy.edition_id == self._edition.id)
        papers = {strategy.component: strategy for strategy in session().scalars(held)}
        bound = set(policies.obliged(self._edition.policy.department, on=until))
        everybody = sorted(bound.union(papers), key=lambda component: component.id)
        limit = self._edition.policy.extension_limit
        reached = limit.on if limit and until >= limit.on else None
        return [self._line(each, papers.get(each), reached if each in bound else None) for each in everybody]

    def _line(self, component: Component, strategy: Strategy | None, cap_on: date | None) -> dict[str, Any]:
        """Submitted, approved, the implementation's due date, when the work is done, and whether that is too late."""
        implementing = self._implementing(strategy) if strategy else None
        finished = self._finished_on(strategy) if strategy and implementing else None
        version = strategy.current_version if strategy else None
        return {
            "component": component.code,
            "submitted_on": day_of(version.submitted_at).isoformat() if version else None,
            "approved_on": implementing.started_on.isoformat() if implementing else None,
            "implementation_due_on": implementing.due_on.isoformat() if implementing else None,
            "done_on": finished.isoformat() if finished else None,
            "misses_cap": cap_on is not None and (finished is None or finished > cap_on),
        }


def _cio(edition: PolicyEdition, on: date) -> Person:
    return people.holder(Role.CIO, None, department=edition.policy.department, on=on)


def _lead(component: Component, on: date) -> Person | None:
    try:
        return people.holder(Role.LEAD, component, on=on)
    except NotFound:
        return None


def _always(at: datetime) -> Callable[[], datetime]:
    return lambda: at

"""A strategy moved to the latest edition of its policy: what becomes of its clocks and its draft, and who is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cxworkflow import calendar
from cxworkflow.calendar import ChangeKind, day_of
from cxworkflow.db import held, session
from cxworkflow.errors import NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import (
    Clock,
    Person,
    PolicyEdition,
    Strategy,
)
from cxworkflow.permissions import Permission, require
from cxworkflow.policies import ClockRule, Section
from cxworkflow.policies.answers import check_section
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import histories, implementation, move_notices, obligations, policies, record
from cxworkflow.services.carrying import Was, carry_on, open_under
from cxworkflow.services.words import said

COUNTED = "Another edition counts now; who has to know is told with the move."


@dataclass(frozen=True)
class Follows:
    """What becomes of an open clock, or of a date that the latest edition sets anew; None: there is none."""

    title: str
    before_on: date | None
    due_on: date | None
    paused: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """As an e-mail says it: JSON values."""
        before, after = (each.isoformat() if each else None for each in (self.before_on, self.due_on))
        return {"title": self.title, "before_on": before, "due_on": after, "paused": self.paused}


def move(strategy: Strategy, *, reason: str, by: Person, at: datetime) -> PolicyEdition:
    """Move a strategy, with its open clocks, to the latest edition of its policy; what the CIO granted is kept.

    What was submitted stays under the edition of its version. Raises InvalidInput without a reason, NotAllowed, NotNow
    where there is no later edition, it is implemented, or a report that it is waits to be checked.
    """
    role = require(by, Permission.MOVE_EDITION, strategy, at=at)
    strategy = held(strategy)
    before, latest = strategy.edition, policies.edition_of(strategy.edition.code)
    refuse(strategy, latest)
    reason = said(reason, "reason", needed="Say why it is moved: the reason becomes part of the record.")
    with within(SYSTEM):  # clocks follow from it, which the person need not see
        dropped = no_longer_asked(strategy, latest)
        was_open = list(open_under(before, strategy.component))
        strategy.edition_id = latest.id
        session().flush()
        session().expire(strategy, ["edition"])
        details = {
            "from": before.sha256,
            "to": latest.sha256,
            "policy": latest.code,
            "reason": reason,
            "kept": dropped,
        }
        event = record.write("moved", by=by, as_role=role, at=at, strategy=strategy, details=details)
        for each in (before, latest):
            obligations.bring_up_to_date(each, at=at)
        _carry_on(was_open, latest, strategy, at=at)
        dates = [each.told for each in _followed(was_open, latest, strategy) if each.before_on != each.due_on]
        move_notices.owe(strategy, before, event, reason=reason, dates=dates, at=at)
    return latest


def refuse(strategy: Strategy, latest: PolicyEdition) -> None:
    """Raise NotNow where a strategy can't be moved to this edition now."""
    if strategy.edition_id == latest.id:
        raise NotNow("This strategy is on the latest edition of its policy already.")
    if strategy.status is Status.IMPLEMENTED:
        raise NotNow("This strategy is implemented, so it stays on its edition: nothing of it lies ahead.")
    if implementation.waiting(strategy) is not None:
        raise NotNow(
            "It is reported as implemented, and the report waits to be checked. Accept it or send it back first."
        )


def foreseen(strategy: Strategy, latest: PolicyEdition, *, at: datetime) -> list[Follows]:
    """What a move now would do to the strategy's clocks; nothing is changed."""
    found = []
    now_open = {was.clock.kind: was.clock for was in open_under(strategy.edition, strategy.component)}
    for clock in now_open.values():
        rule = _rule(latest, clock.kind)
        if rule is None or not strategy.component.has(rule):
            found.append(Follows(_title(clock), clock.due_on, None))
            continue
        on = _started_on(clock, latest, rule, strategy)
        started = calendar.run(histories.term_of(latest, rule.kind), [calendar.Change(ChangeKind.STARTED, on)])
        carried = histories.if_stopped(clock, at).due_on  # days of a pause count until the move
        due_on = max(started.due_on, carried) if carried > clock.original_due_on else started.due_on
        found.append(Follows(rule.title, clock.due_on, due_on, clock.paused_on is not None))
    known = now_open.keys() | {clock.kind for clock in _done(strategy)}
    for rule in _anew(strategy, latest, at=at):
        if rule.kind not in known:
            on = obligations.starts_on(latest, strategy.component, rule, strategy)
            term = histories.term_of(latest, rule.kind)
            found.append(
                Follows(rule.title, None, calendar.run(term, [calendar.Change(ChangeKind.STARTED, on)]).due_on)
            )
    return found


def _anew(strategy: Strategy, latest: PolicyEdition, *, at: datetime) -> Iterator[ClockRule]:
    """The clocks that `obligations` opens for the Component once the latest edition counts for it."""
    component = strategy.component
    for rule in latest.policy.clocks:
        starts = {"signed": component.files == "self", "approved": strategy.status is Status.APPROVED}
        done = "submitted" in rule.stops and strategy.status is not Status.DRAFT
        asked = rule.holder == "component" and component.has(rule) and component.in_force(day_of(at))
        if asked and starts.get(rule.starts) and not done:
            yield rule


def _done(strategy: Strategy) -> list[Clock]:
    of_it = (Clock.edition_id == strategy.edition_id, Clock.component_id == strategy.component_id)
    return list(session().scalars(select(Clock).where(*of_it, Clock.stopped_on.is_not(None), ~Clock.lifted)))


def _rule(edition: PolicyEdition, kind: str) -> ClockRule | None:
    return next((each for each in edition.policy.clocks if each.kind == kind), None)


def _title(clock: Clock) -> str:
    return clock.edition.policy.clock(clock.kind).title


def _started_on(clock: Clock, latest: PolicyEdition, rule: ClockRule, strategy: Strategy) -> date:
    if rule.starts in ("signed", "approved"):
        return obligations.starts_on(latest, strategy.component, rule, strategy)
    return clock.started_on


def _carry_on(was_open: list[Was], latest: PolicyEdition, strategy: Strategy, *, at: datetime) -> None:
    """Each clock that was open goes on under the latest edition, which says when it is due, if it asks for it still.

    Reminders that the day of the move has passed are not owed again: the e-mail of the move names the dates.
    """
    there = {was.clock.kind: was.clock for was in open_under(latest, strategy.component)}
    for was in was_open:
        before = was.clock
        rule = _rule(latest, before.kind)
        if rule is None or not strategy.component.has(rule):
            continue
        now = there.get(before.kind)
        if now is None and rule.starts in ("submitted", "returned"):
            now = histories.start(
                latest,
                rule.kind,
                component=strategy.component,
                strategy=strategy if before.strategy_id else None,
                on=before.started_on,
                by=None,
                at=at,
            )
        if now is None:
            continue
        histories.change(now, ChangeKind.RECOMPUTED, reason=COUNTED, by=None, at=at)
        carry_on(was, now, at=at)


def _followed(was_open: list[Was], latest: PolicyEdition, strategy: Strategy) -> list[Follows]:
    now = {was.clock.kind: was.clock for was in open_under(latest, strategy.component)}
    found = []
    for was in was_open:
        after = now.pop(was.clock.kind, None)
        due_on, paused = (after.due_on, after.paused_on is not None) if after else (None, False)
        found.append(Follows(_title(after or was.clock), was.due_on, due_on, paused))
    return found + [Follows(_title(clock), None, clock.due_on) for clock in now.values()]


def no_longer_asked(strategy: Strategy, edition: PolicyEdition) -> dict[str, int]:
    """By clause, the saved state of each section of the draft that an edition does not ask, or not all of it."""
    asked = {each.clause: each for each in edition.policy.sections_for(hisp=strategy.component.hisp)}
    now = strategy.edition.policy.clauses_asked
    return {
        answer.clause: answer.revision
        for answer in strategy.answers
        if answer.clause in now and not _fits(asked.get(answer.clause), answer.content)
    }


def _fits(section: Section | None, content: dict[str, Any]) -> bool:
    if section is None:
        return False
    return not check_section(section, content, at_key="")[1]

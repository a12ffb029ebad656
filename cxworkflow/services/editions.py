"""Editions: a new one comes into force beside the old, and a strategy stays on its own until somebody moves it.

Components that have not begun a strategy go by the latest edition from its first day. Who began one is moved with a
reason, as long as nothing was submitted: versions, comments and decisions speak of the clauses of their edition.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind, moment
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Clock, Component, Person, PolicyEdition, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.policies import Policy
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import histories, obligations, policies, record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date


class _Granted(NamedTuple):
    """What the CIO granted of a clock: a later day, a pause."""

    due_on_later: bool
    clock: Clock
    paused: bool


def bring_in(policy: Policy, *, at: datetime) -> PolicyEdition:
    """Bring another edition of a policy into force, for all who have not begun a strategy under the one before.

    The same text again changes nothing. Raises InvalidInput for another department or an earlier signature, NotFound.
    """
    before = policies.edition_of(policy.id)
    if before.policy == policy:
        return before
    faults = []
    if policy.department != before.policy.department:
        faults.append(Fault("department", f"The policy is in force for {before.policy.department}. Keep that."))
    if policy.signed_on < before.signed_on:
        reason = f"The edition in force was signed on {long_date(before.signed_on)}. Write that day or a later one."
        faults.append(Fault("signed_on", reason))
    if faults:
        raise InvalidInput(None, faults)
    edition = policies.add_edition(policy, at=at)
    _take_over_what_nobody_holds(before, edition, at=at)
    for each in (before, edition):
        obligations.bring_up_to_date(each, at=at)
    return edition


def move(strategy: Strategy, *, reason: str, by: Person, at: datetime) -> PolicyEdition:
    """Move a strategy, with its clocks, to the latest edition of its policy; what the CIO granted is kept.

    Raises InvalidInput without a reason, NotAllowed, NotNow where there is no later edition or something was submitted.
    """
    role = require(by, Permission.MOVE_EDITION, strategy, at=at)
    strategy = held(strategy)
    before, latest = strategy.edition, policies.edition_of(strategy.edition.code)
    if before.id == latest.id:
        raise NotNow("This strategy is on the latest edition of its policy already.")
    if strategy.versions:
        raise NotNow(
            "This strategy has been submitted, so it stays on its edition: its versions, comments and decisions speak "
            "of the clauses of that one."
        )
    reason = said(reason, "reason", needed="Say why it is moved: the reason becomes part of the record.")
    with within(SYSTEM):  # clocks follow from it, which the person need not see
        granted = _granted(before, strategy.component)
        strategy.edition_id = latest.id
        session().flush()
        session().expire(strategy, ["edition"])
        details = {"from": before.sha256, "to": latest.sha256, "policy": latest.code, "reason": reason}
        record.write("moved", by=by, as_role=role, at=at, strategy=strategy, details=details)
        for each in (before, latest):
            obligations.bring_up_to_date(each, at=at)
        _keep(granted, latest, strategy.component, at=at)
    return latest


def _open(edition: PolicyEdition, component: Component | None) -> list[Clock]:
    running = select(Clock).where(
        Clock.edition_id == edition.id,
        Clock.component_id == (component.id if component else None),
        Clock.stopped_on.is_(None),
        Clock.commitment_id.is_(None),
    )
    return list(session().scalars(running.order_by(Clock.id)))


def _granted(edition: PolicyEdition, component: Component) -> list[_Granted]:
    return [
        _Granted(clock.due_on > clock.original_due_on, clock, clock.paused_on is not None)
        for clock in _open(edition, component)
    ]


def _keep(granted: list[_Granted], edition: PolicyEdition, component: Component, *, at: datetime) -> None:
    now = {clock.kind: clock for clock in _open(edition, component)}
    for later, before, paused in granted:
        clock = now.get(before.kind)
        if clock is None:
            continue
        reason = "It was granted under the edition before."
        if later and before.due_on > clock.due_on:
            histories.change(clock, ChangeKind.EXTENDED, to=before.due_on, reason=reason, by=None, at=at)
        if paused:
            histories.change(clock, ChangeKind.PAUSED, reason=reason, by=None, at=at)


def _take_over_what_nobody_holds(before: PolicyEdition, edition: PolicyEdition, *, at: datetime) -> None:
    """The clocks of the Directorate and of the Department: what is done stays done, what runs goes by the new text."""
    of_nobody = select(Clock).where(Clock.edition_id == before.id, Clock.component_id.is_(None))
    known = {clock.kind: clock for clock in session().scalars(of_nobody.order_by(Clock.id))}
    for clock in known.values():
        if clock.stopped_on is None:
            histories.change(clock, ChangeKind.LIFTED, reason="Another edition counts now.", by=None, at=at)
    for rule in edition.policy.clocks:
        done = rule.kind in known and known[rule.kind].stopped_on is not None and not known[rule.kind].lifted
        if rule.starts == "signed" and rule.holder != "component" and not done:
            histories.start(edition, rule.kind, on=edition.signed_on, by=None, at=max(at, moment(edition.signed_on)))

"""Editions: a new one comes into force beside the old, and a strategy stays on its own until somebody moves it.

Components that have not begun a strategy go by the latest edition from its first day. Who began one is moved with a
reason (`moves`): versions, comments and decisions go on speaking of the clauses of the edition they were made under.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind, moment
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Clock, PolicyEdition
from cxworkflow.policies import Field, Policy
from cxworkflow.services import histories, obligations, policies
from cxworkflow.services.carrying import Was, carry_on, open_under
from cxworkflow.wording import long_date


def bring_in(policy: Policy, *, at: datetime) -> PolicyEdition:
    """Bring another edition of a policy into force, for all who have not begun a strategy under the one before.

    The same text again changes nothing. Raises InvalidInput for another department, an earlier signature, or a field of
    another type under the same key; NotFound.
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
    retyped = [each for known in policies.editions_of(policy.id) for each in _other_types(known.policy, policy)]
    faults += [Fault(at, reason) for at, reason in dict(retyped).items()]
    if faults:
        raise InvalidInput(None, faults)
    edition = policies.add_edition(policy, at=at)
    _take_over_what_nobody_holds(before, edition, at=at)
    was_open = list(open_under(before))
    for each in (before, edition):
        obligations.bring_up_to_date(each, at=at)
    _keep_what_was_granted(was_open, edition, at=at)
    return edition


def _keep_what_was_granted(was_open: list[Was], edition: PolicyEdition, *, at: datetime) -> None:
    """To those who have not begun, too, the CIO may have granted a later date, or may yet."""
    now = {(was.clock.component_id, was.clock.kind): was.clock for was in open_under(edition)}
    for was in was_open:
        after = now.get((was.clock.component_id, was.clock.kind))
        if after is not None and was.clock.lifted:
            carry_on(was, after, at=at)


def _other_types(before: Policy, after: Policy) -> Iterator[tuple[str, str]]:
    """Fields that keep their key and take another type: what is written in them would not fit any more."""
    for section in before.sections:
        now = next((each for each in after.sections if each.clause == section.clause), None)
        yield from _retyped(section.clause, section.fields, now.fields if now else ())


def _retyped(at: str, before: Sequence[Field], after: Sequence[Field]) -> Iterator[tuple[str, str]]:
    kept = {each.key: each for each in after}
    for field in before:
        now = kept.get(field.key)
        if now is None:
            continue
        if now.type != field.type:
            reason = (
                f"It was of the type {field.type}, and answers are written in it. Give what replaces it another key."
            )
            yield f"{at}.{field.key}", reason
        yield from _retyped(f"{at}.{field.key}", field.columns, now.columns)


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

"""Days on which offices close by order, added after the fact: open clocks are counted again."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import Term, day_of
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Clock, OfficeClosure, Person, PolicyEdition, Role
from cxworkflow.permissions import Permission, require
from cxworkflow.services import histories, notices, record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date

FURTHEST = 10  # years ahead; a day further away is a slip of the keyboard


def announce(department: str, day: date, *, reason: str, authority: str, by: Person, at: datetime) -> list[Clock]:
    """Note that offices close on a day, and the order that says so; returns the clocks whose due date moved.

    Raises NotNow for a day that is noted already; InvalidInput for one on which offices are closed anyway, and
    without a reason or an order.
    """
    role = require(by, Permission.CLOSE_OFFICES, at=at)
    reason, authority = announceable(department, day, reason=reason, authority=authority, at=at)
    noted = insert(OfficeClosure).on_conflict_do_nothing().returning(OfficeClosure.id)
    facts = {"department": department, "day": day, "reason": reason, "authority": authority, "by_id": by.id}
    if session().scalar(noted.values(**facts, announced_on=day_of(at))) is None:
        raise NotNow(_known(day))
    details = {"day": day.isoformat(), "reason": reason, "authority": authority}
    record.write("offices-closed", by=by, as_role=role, at=at, details=details)
    return [
        clock
        for clock in list(_open_clocks(department))
        if _counted_again(clock, day, reason=reason, authority=authority, role=role, by=by, at=at)
    ]


def announceable(department: str, day: date, *, reason: str, authority: str, at: datetime) -> tuple[str, str]:
    """The reason and the order as they are kept, if this day can be announced; raises NotNow, InvalidInput."""
    if day.year > day_of(at).year + FURTHEST:
        raise InvalidInput(
            None, [Fault("day", f"{long_date(day)} is more than {FURTHEST} years away. Check the year.")]
        )
    if not Term().is_open(day):
        why = f"a {day:%A}" if day.weekday() >= 5 else "a federal holiday"
        raise InvalidInput(None, [Fault("day", f"{long_date(day)} is {why}: offices are closed on it anyway.")])
    if session().scalar(select(OfficeClosure.id).filter_by(department=department, day=day)) is not None:
        raise NotNow(_known(day))
    return (
        said(reason, "reason", needed="Say why offices close then: it is kept with every date that moves."),
        said(authority, "authority", needed="Cite the order that closes them, with its date."),
    )


def moves(department: str, day: date, *, at: datetime) -> list[tuple[Clock, date]]:
    """The clocks that would move if this day were announced now, and where to; nothing is changed."""
    counted = ((clock, histories.closing(clock, day, on=day_of(at))) for clock in _open_clocks(department))
    return [(clock, due_on) for clock, due_on in counted if due_on != clock.due_on]


def _known(day: date) -> str:
    return f"{long_date(day)} is noted as closed already."


def _counted_again(
    clock: Clock, day: date, *, reason: str, authority: str, role: Role, by: Person, at: datetime
) -> bool:
    before = clock.due_on
    why = f"Offices close on {long_date(day)}: {reason}"
    if not histories.recompute(clock, day, reason=why, authority=authority, by=by, at=at):
        return False
    facts = {
        **clock.edition.policy.facts_of(clock.edition.policy.clock(clock.kind)),
        "closed": day.isoformat(),
        "reason": reason,
        "authority": authority,
        "due_before_on": before.isoformat(),
        "due_on": clock.due_on.isoformat(),
    }
    event = record.write(
        "recomputed", by=by, as_role=role, at=at, component=clock.component, clock=clock, details=facts
    )
    notices.owe("recomputed", event, edition=clock.edition, component=clock.component, clock=clock, facts=facts, at=at)
    return True


def _open_clocks(department: str) -> Iterator[Clock]:
    """The department's open clocks that count business days or move off closed ones, held for this transaction."""
    for edition in session().scalars(select(PolicyEdition).order_by(PolicyEdition.id)).all():
        policy = edition.policy
        kinds = [rule.kind for rule in policy.clocks if rule.term.minds_closures]
        if policy.department == department and kinds:
            wanted = select(Clock).where(
                Clock.edition_id == edition.id, Clock.kind.in_(kinds), Clock.stopped_on.is_(None)
            )
            now = wanted.with_for_update(of=Clock, key_share=True).execution_options(populate_existing=True)
            yield from session().scalars(now.order_by(Clock.id)).all()

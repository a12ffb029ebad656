"""Readings of a metric: added for good; a correction is a reading of its own, which keeps the former one."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound, NotNow
from cxworkflow.models import Commitment, CommitmentState, Person, Reading
from cxworkflow.permissions import Permission, require
from cxworkflow.services import progress
from cxworkflow.services.words import said
from cxworkflow.wording import long_date

LARGEST = Decimal(10) ** 15


def read(metric: Commitment, *, value: Decimal | str, as_of: date, note: str = "", by: Person, at: datetime) -> Reading:
    """Record what a metric was on a day that has come. Raises InvalidInput, NotAllowed, NotNow."""
    metric = held(metric)
    role = require(by, Permission.WORK_ON, metric, at=at)
    is_read(metric)
    number, note = _number(value), said(note, "note", longest=1_000)
    _has_come(as_of, at)
    if any(each.as_of == as_of for each in standing(metric)):
        there = f"There is a reading as of {long_date(as_of)} already. Correct that one, and say why."
        raise InvalidInput(None, [Fault("as_of", there)])
    reading = _add(metric, number, as_of, note, corrects=None, by=by, at=at)
    progress.tell("reading", metric, by=by, as_role=role, at=at, value=str(number), as_of=as_of, text=note)
    return reading


def correct(reading: Reading, *, value: Decimal | str, as_of: date, reason: str, by: Person, at: datetime) -> Reading:
    """Put another reading in the place of one, which stays to be seen. Raises InvalidInput, NotAllowed, NotNow."""
    metric = session().get(Commitment, reading.commitment_id)
    if metric is None:
        raise NotFound("There is no such reading, or you may not know of it.")
    metric = held(metric)
    role = require(by, Permission.WORK_ON, metric, at=at)
    is_read(metric)
    number = _number(value)
    reason = said(reason, "reason", needed="Say why it is corrected: both readings stay to be seen.", longest=1_000)
    _has_come(as_of, at)
    present = standing(metric)
    if all(each.id != reading.id for each in present):
        raise NotNow("This reading has been corrected already. Correct the one that took its place.")
    if any(each.as_of == as_of and each.id != reading.id for each in present):
        raise InvalidInput(None, [Fault("as_of", f"There is another reading as of {long_date(as_of)}. Correct it.")])
    corrected = _add(metric, number, as_of, reason, corrects=reading, by=by, at=at)
    details = {"value": str(number), "as_of": as_of, "before": str(reading.value), "reason": reason}
    progress.tell("reading-corrected", metric, by=by, as_role=role, at=at, **details)
    return corrected


def standing(metric: Commitment) -> list[Reading]:
    """The readings of a metric that were not corrected, by their days."""
    later = aliased(Reading)
    corrected = select(later.id).where(later.corrects_id == Reading.id).exists()
    wanted = select(Reading).where(Reading.commitment_id == metric.id, ~corrected)
    return list(session().scalars(wanted.order_by(Reading.as_of, Reading.id)))


def one(metric: Commitment, reading_id: int) -> Reading:
    """A reading of this metric; raises NotFound."""
    found = session().get(Reading, reading_id)
    if found is None or found.commitment_id != metric.id:
        raise NotFound("There is no such reading of this metric.")
    return found


def _add(
    metric: Commitment, value: Decimal, as_of: date, note: str, *, corrects: Reading | None, by: Person, at: datetime
) -> Reading:
    reading = Reading(
        strategy_id=metric.strategy_id,
        commitment=metric,
        value=value,
        as_of=as_of,
        note=note,
        corrects_id=corrects.id if corrects else None,
        entered_at=at,
        by_id=by.id,
    )
    session().add(reading)
    session().flush()
    return reading


def is_read(metric: Commitment) -> None:
    """Raise NotNow where there is nothing to read: of no metric, or of one that was dropped."""
    if not metric.measured:
        raise NotNow("This commitment is no metric, so it has no readings.")
    if metric.state is CommitmentState.DROPPED:
        raise NotNow("This metric was dropped, so no readings are added.")


def _number(value: Decimal | str) -> Decimal:
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or abs(number) > LARGEST:
        raise InvalidInput(None, [Fault("value", "Give the value as a number, such as 64 or 64.5.")])
    return number


def _has_come(as_of: date, at: datetime) -> None:
    if as_of > day_of(at):
        future = (
            f"{long_date(as_of)} has not come yet: a reading says what was, not what will be. Nothing was changed. "
            "Choose today or an earlier day."
        )
        raise InvalidInput(None, [Fault("as_of", future)])

"""Metrics: commitments that are measured, with their readings."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.commitments import CommitmentRow, in_sight_of, of
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Text
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import OfPolicyAndComponent, Somebody
from cxworkflow.db import session
from cxworkflow.models import Area, Commitment, CommitmentState, Reading
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments
from cxworkflow.queries import metrics as queries
from cxworkflow.services import readings


class ReadingTold(Shape):
    """What a metric was on a day. `corrects` is the reading in whose place it stands."""

    id: int
    value: Decimal
    as_of: date
    note: str
    corrects: int | None
    entered_at: datetime
    by: Somebody

    @classmethod
    def of(cls, reading: Reading) -> "ReadingTold":
        """This reading."""
        names = ("id", "value", "as_of", "note", "entered_at")
        told = {name: getattr(reading, name) for name in names}
        return cls(**told, corrects=reading.corrects_id, by=Somebody.of(reading.by))


class MetricTold(CommitmentRow):
    """A metric with every reading, the corrected ones, too."""

    readings: list[ReadingTold]


class Read(Sent):
    """What the metric was on a day that has come."""

    value: str = Field(max_length=40, description="A number in digits, such as 64 or 3.5.")
    as_of: date
    note: Text = ""


class Corrected(Sent):
    """What it really was, and why it was said otherwise."""

    value: str = Field(max_length=40)
    reason: Text


def index(asked: Asked) -> Page[CommitmentRow]:
    """The metrics that the person may know of."""
    wanted, narrowed = in_sight_of(asked)
    wanted = wanted.where(Commitment.target.is_not(None), Commitment.state != CommitmentState.DROPPED)
    rows, further = page(wanted, Commitment.id, narrowed)
    return Page[CommitmentRow](items=[CommitmentRow.of(each) for each in rows], next=further)


def one(asked: Asked, commitment_id: int) -> MetricTold:
    """A metric with its readings; of what is not measured there are none."""
    commitment = commitments.one(asked.by, commitment_id, at=asked.at)
    found = [ReadingTold.of(each) for each in queries.readings(commitment)]
    return MetricTold(**CommitmentRow.of(commitment).model_dump(), readings=found)


def read(asked: Asked, commitment_id: int) -> MetricTold:
    """Enter what the metric was on a day."""
    metric = of(asked, commitment_id, Permission.WORK_ON)
    readings.is_read(metric)
    given = asked.body(Read)
    readings.read(metric, value=given.value, as_of=given.as_of, note=given.note, by=asked.by, at=asked.at)
    return _again(asked, commitment_id)


def correct(asked: Asked, commitment_id: int, reading_id: int) -> MetricTold:
    """Put another value in the place of one, which stays to be seen."""
    metric = of(asked, commitment_id, Permission.WORK_ON)
    reading, given = readings.one(metric, reading_id), asked.words(Corrected)
    readings.correct(reading, value=given.value, as_of=reading.as_of, reason=given.reason, by=asked.by, at=asked.at)
    return _again(asked, commitment_id)


def _again(asked: Asked, commitment_id: int) -> MetricTold:
    session().flush()
    session().expire_all()
    return one(asked, commitment_id)


_READINGS = "/commitments/<int:commitment_id>/readings"
_AREA = Area.COMMITMENTS
ENDPOINTS = (
    Endpoint(
        "GET",
        "/metrics",
        _AREA,
        "List metrics",
        index,
        Page[CommitmentRow],
        asks=OfPolicyAndComponent,
        listed="metrics",
    ),
    Endpoint("GET", _READINGS, _AREA, "Read a metric’s readings", one, MetricTold),
    Endpoint("POST", _READINGS, _AREA, "Enter a reading", read, MetricTold, Read),
    Endpoint(
        "POST", f"{_READINGS}/<int:reading_id>/correction", _AREA, "Correct a reading", correct, MetricTold, Corrected
    ),
)

"""What has to be done by when, as the facts of a notice tell it and as it stands on the day of sending."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from cxworkflow.models import Notice
from cxworkflow.policies import Names


@dataclass(frozen=True)
class Due:
    """One due date. `days_left` is negative once it has passed."""

    title: str
    asks: str
    on: date
    days_left: int
    policy: str
    clause: str
    required: bool
    directorate: str

    @classmethod
    def told(cls, clock: Mapping[str, Any], component: str | None, today: date) -> Self:
        """The due date of a clock as its frozen facts have it."""
        on = date.fromisoformat(clock["due_on"])
        return cls(
            title=clock["clock_title"],
            asks=clock["asks"].replace("{component}", component or ""),
            on=on,
            days_left=(on - today).days,
            policy=clock["policy"],
            clause=clock["clause"],
            required=clock["set_by"] == "policy",
            directorate=clock.get("directorate", Names().directorate),
        )


@dataclass(frozen=True)
class Entry:
    """A due date as a calendar keeps it. `moved` counts the days by which it is later than at first."""

    clock_id: int
    component: str | None
    due: Due
    moved: int


def entries(notice: Notice, today: date) -> Iterator[Entry]:
    """The due dates of a reminder, or of a bundle of them, that have not passed: those one can still plan for."""
    told = [{**notice.facts, "clock_id": notice.clock_id}] if notice.kind == "deadline" else notice.facts.get("bundled")
    for each in told or ():
        due = Due.told(each, each["component"], today)
        if due.days_left >= 0:
            moved = (due.on - date.fromisoformat(each["original_due_on"])).days
            yield Entry(each["clock_id"], each["component"], due, moved)

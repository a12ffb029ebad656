"""What the running system notes about itself."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cxworkflow.db import Base


class SweepRun(Base):
    """The last committed sweep: the progress that /healthz watches (real time, not the demo's)."""

    __tablename__ = "sweep_run"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    swept_at: Mapped[datetime]
    swept_for_on: Mapped[date]
    owed: Mapped[int]


class DemoClock(Base):
    """How far the demo's clock stands from the real one. The row exists only in a demo."""

    __tablename__ = "demo_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead_by: Mapped[timedelta]


class Heartbeat(Base):
    """When a worker or beat process was last seen alive (real time)."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    seen_at: Mapped[datetime]


class JobRun(Base):
    """The last day (or week, by its first day) for which a periodic job was done: its work and this, or neither."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    done_for_on: Mapped[date]
    done_at: Mapped[datetime]

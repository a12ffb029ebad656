"""How a quarter stands, by the rules of the collection's file, and the silence of who submitted nothing in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import ONE_DAY, day_of
from cxworkflow.db import session
from cxworkflow.fiscal import read_cycle
from cxworkflow.models import Clock, Light, QuarterEntry, QuarterReport, QuarterState, Service
from cxworkflow.policies.collection import VOLUMES, Rule, our_collection
from cxworkflow.services import policies, quarter_steps, record


@dataclass(frozen=True)
class Seen:
    """What the rules look at: the report, the services of its quarter, and the numbers that count."""

    report: QuarterReport
    services: Sequence[Service]
    entries: Sequence[QuarterEntry]


def look(report: QuarterReport, *, at: datetime) -> None:
    """Work out how a quarter stands, and since when: green, yellow with what it lacks, red if silence was noted."""
    session().flush()
    seen = Seen(report, services_in(report), counting(report))
    report.lacks = [check.rule for check in our_collection().checks if not HOLDS[check.rule](seen)]
    before = report.status
    if report.submitted_at is None:
        report.status = Light.RED if report.not_reported_on else Light.NONE
    else:
        report.status = Light.YELLOW if report.lacks else Light.GREEN
    if report.status is not before:
        report.status_on = day_of(at)
    session().flush()


def services_in(report: QuarterReport) -> list[Service]:
    """The services that the Component offered in the quarter."""
    of_it = select(Service).filter_by(component_id=report.component_id).order_by(Service.name)
    return [each for each in session().scalars(of_it) if each.runs_in(report.fiscal_year, report.fiscal_quarter)]


def counting(report: QuarterReport) -> list[QuarterEntry]:
    """The numbers that count: of each service and channel the latest."""
    of_it = select(QuarterEntry).where(QuarterEntry.report_id == report.id)
    one_each = of_it.distinct(QuarterEntry.service_id, QuarterEntry.channel)
    return list(
        session().scalars(
            one_each.order_by(QuarterEntry.service_id, QuarterEntry.channel, QuarterEntry.revision.desc())
        )
    )


def _complete(seen: Seen) -> bool:
    there = {(entry.service_id, entry.channel) for entry in seen.entries}
    return bool(there) and all((each.id, channel) in there for each in seen.services for channel in each.channels)


def _answered(seen: Seen) -> bool:
    served, _, respondents = (getattr(our_collection().volumes, name).column for name in VOLUMES)
    return all(entry.numbers[respondents] > 0 for entry in seen.entries if entry.numbers[served] > 0)


HOLDS: dict[Rule, Callable[[Seen], bool]] = {
    "complete": _complete,
    "answered": _answered,
    "control-number": lambda seen: all(each.omb_control_number for each in seen.services),
    "sent": lambda seen: seen.report.state is QuarterState.SENT,
}


def note_silence(on: date, at: datetime) -> None:
    """Keep a row for each quarter whose due date has passed with nothing submitted: "not reported"."""
    for clock in session().scalars(_overdue(on)).all():
        _note(clock, at=at)


def _note(clock: Clock, *, at: datetime) -> None:
    year, quarter = read_cycle(clock.cycle) or (0, 0)
    silent_on = clock.due_on + ONE_DAY
    silent = {"not_reported_on": silent_on, "status": Light.RED, "status_on": silent_on}
    of_it = {"component_id": clock.component_id, "cycle": clock.cycle}
    kept = insert(QuarterReport).values(**of_it, fiscal_year=year, fiscal_quarter=quarter, **silent)
    session().execute(kept.on_conflict_do_update(index_elements=list(of_it), set_=silent))
    details = {"cycle": clock.cycle, "due_on": clock.due_on.isoformat(), "noted_on": day_of(at).isoformat()}
    silence = "quarter-not-reported"
    record.write(silence, by=None, as_role=None, at=at, component=clock.component, clock=clock, details=details)


def _overdue(on: date) -> Select[tuple[Clock]]:
    kinds = [kind for edition in policies.editions() for kind in quarter_steps.kinds_of(edition)]
    of_it = (QuarterReport.component_id == Clock.component_id, QuarterReport.cycle == Clock.cycle)
    known = QuarterReport.submitted_at.is_not(None) | QuarterReport.not_reported_on.is_not(None)
    return (
        select(Clock)
        .where(Clock.kind.in_(kinds), Clock.stopped_on.is_(None), Clock.paused_on.is_(None), Clock.due_on < on)
        .where(~exists().where(*of_it, known))
        .order_by(Clock.id)
    )

"""High Impact Service Providers for pages: services, quarters and numbers, as far as a person may know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, cast, func, literal_column, or_, select, true
from sqlalchemy.orm import aliased, contains_eager

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.fiscal import fiscal_quarter, quarter_end, read_cycle
from cxworkflow.models import Clock, Component, Event, Person, QuarterEntry, QuarterReport, QuarterState, Service
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.collection import our_collection
from cxworkflow.queries.clocks import own_components
from cxworkflow.queries.paging import Order, both_ways

# Only what counts: of each service and channel of a quarter the latest.
_LATER = aliased(QuarterEntry, name="later")
_REPLACED = select(_LATER.id).where(
    _LATER.report_id == QuarterEntry.report_id,
    _LATER.service_id == QuarterEntry.service_id,
    _LATER.channel == QuarterEntry.channel,
    _LATER.revision > QuarterEntry.revision,
)
LATEST = aliased(QuarterEntry, select(QuarterEntry).where(~_REPLACED.exists()).subquery())
# The same looked up for each report by itself, so that a page reads those of its own quarters and leaves the others.
OF_REPORT = aliased(
    QuarterEntry,
    select(QuarterEntry)
    .where(QuarterEntry.report_id == QuarterReport.id, ~_REPLACED.exists())
    .offset(literal_column("0", Integer))
    .correlate(QuarterReport)
    .lateral("of_report"),
)

SERVICE_ORDERS = {
    **both_ways("component", "By Component, A to Z", "By Component, Z to A", Component.code, func.lower(Service.name)),
    **both_ways("name", "By name, A to Z", "By name, Z to A", func.lower(Service.name), Service.id),
    **both_ways("from", "Offered longest first", "Offered last first", Service.from_on, Service.id),
}
QUARTER_ORDERS = {
    "-cycle": Order("Latest quarter first", (QuarterReport.cycle.desc(), Component.code)),
    "cycle": Order("Earliest quarter first", (QuarterReport.cycle, Component.code)),
    **both_ways("since", "Status longest first", "Status latest first", QuarterReport.status_on, Component.code),
    **both_ways(
        "component", "By Component, A to Z", "By Component, Z to A", Component.code, QuarterReport.cycle.desc()
    ),
}
NUMBER_ORDERS = {
    "-cycle": Order("Latest quarter first", (QuarterReport.cycle.desc(), Component.code, Service.name, OF_REPORT.id)),
    "cycle": Order("Earliest quarter first", (QuarterReport.cycle, Component.code, Service.name, OF_REPORT.id)),
    **both_ways("service", "By service, A to Z", "By service, Z to A", func.lower(Service.name), OF_REPORT.id),
    **both_ways("component", "By Component, A to Z", "By Component, Z to A", Component.code, OF_REPORT.id),
}


def in_sight(person: Person, *, at: datetime) -> ColumnElement[bool]:
    """The Components whose quarters a person may know of: all, or their own."""
    if may(person, Permission.SEE_ALL, at=at):
        return true()
    return Component.id.in_(own_components(person, at=at))


def of_person(person: Person, *, at: datetime) -> Sequence[Component]:
    """The HISPs that a person may know of, also those that were one and reported."""
    reported = select(QuarterReport.component_id)
    are = or_(Component.hisp, Component.id.in_(reported))
    return session().scalars(select(Component).where(are, in_sight(person, at=at)).order_by(Component.code)).all()


def one(person: Person, code: str, *, at: datetime) -> Component:
    """A HISP that a person may know of; raises NotFound."""
    for component in of_person(person, at=at):
        if component.code == code:
            return component
    raise NotFound("There is no such High Impact Service Provider, or you may not know of it.")


def cycles(count: int, *, on: date) -> list[str]:
    """The last quarters that are over on a day, the latest last."""
    year, quarter = fiscal_quarter(on)
    found = []
    for _ in range(count):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        found.append(f"{year}-Q{quarter}")
    return found[::-1]


def check_cycle(cycle: str, *, on: date) -> str:
    """The quarter, if there is a form for it and it has begun; raises NotFound."""
    read = read_cycle(cycle)
    begun = read is not None and read <= fiscal_quarter(on)
    if not begun or not our_collection().forms_for(cycle):
        raise NotFound("There is no such quarter here, or it has not begun yet.")
    return cycle


@dataclass(frozen=True)
class Cell:
    """How a Component stands in a quarter: its report, if there is one, and its clock."""

    cycle: str
    report: QuarterReport | None
    clock: Clock | None


def board(components: Sequence[Component], wanted: Sequence[str]) -> dict[int, list[Cell]]:
    """Each Component's quarters, in the order of those wanted: two statements."""
    ids = [each.id for each in components]
    of_reports = select(QuarterReport).where(QuarterReport.component_id.in_(ids), QuarterReport.cycle.in_(wanted))
    reports = {(each.component_id, each.cycle): each for each in session().scalars(of_reports)}
    of_clocks = select(Clock).where(Clock.component_id.in_(ids), Clock.cycle.in_(wanted), ~Clock.lifted)
    clocks = {(each.component_id, each.cycle): each for each in session().scalars(of_clocks)}
    return {
        number: [Cell(cycle, reports.get((number, cycle)), clocks.get((number, cycle))) for cycle in wanted]
        for number in ids
    }


def services(person: Person, *, component: str | None, state: str | None, at: datetime) -> Select[tuple[Service]]:
    """Services in the register, to be read in one of the `SERVICE_ORDERS`; `state` is "offered" or "ended"."""
    found = select(Service).join(Service.component).options(contains_eager(Service.component))
    found = found.where(in_sight(person, at=at))
    on = day_of(at)
    offered = and_(Service.from_on <= on, or_(Service.until_on.is_(None), Service.until_on > on))
    if component:
        found = found.where(Component.code == component)
    if state:
        found = found.where(offered if state == "offered" else ~offered)
    return found


def service(person: Person, service_id: int, *, at: datetime) -> Service:
    """A service; raises NotFound."""
    found = services(person, component=None, state=None, at=at).where(Service.id == service_id)
    if (service := session().scalar(found)) is None:
        raise NotFound("There is no such service, or you may not know of it.")
    return service


def quarters(
    person: Person, *, component: str | None, state: str | None, status: str | None, at: datetime
) -> Select[tuple[QuarterReport]]:
    """The reports of quarters, to be read in one of the `QUARTER_ORDERS`."""
    found = select(QuarterReport).join(QuarterReport.component).options(contains_eager(QuarterReport.component))
    found = found.where(in_sight(person, at=at))
    if component:
        found = found.where(Component.code == component)
    if state:
        found = found.where(QuarterReport.state == QuarterState(state))
    if status:
        found = found.where(QuarterReport.status == status)
    return found


def numbers(person: Person, *, component: str | None, cycle: str | None, at: datetime) -> Select[Any]:
    """The numbers that count, with their service and report, to be read in one of the `NUMBER_ORDERS`."""
    found = (
        select(OF_REPORT, Service, QuarterReport)
        .select_from(QuarterReport)
        .join(OF_REPORT, true())
        .join(Service, Service.id == OF_REPORT.service_id)
        .join(Component, Component.id == QuarterReport.component_id)
        .where(in_sight(person, at=at))
    )
    if component:
        found = found.where(Component.code == component)
    return found.where(QuarterReport.cycle == cycle) if cycle else found


def revisions(report: QuarterReport, of: Service, channel: str) -> Sequence[QuarterEntry]:
    """Every time that numbers were entered for a service and channel, the latest first."""
    found = select(QuarterEntry).filter_by(report_id=report.id, service_id=of.id, channel=channel)
    return session().scalars(found.order_by(QuarterEntry.revision.desc())).all()


def history(component: Component, cycle: str) -> Sequence[Event]:
    """What happened to a quarter, the latest first."""
    of_it = (Event.component_id == component.id, Event.verb.like("quarter-%"))
    named = or_(Event.details["cycle"].astext == cycle, Event.details["cycles"].astext.contains(cycle))
    return session().scalars(select(Event).where(*of_it, named).order_by(Event.at.desc(), Event.id.desc())).all()


def sums(component: Component, *, service_id: int | None) -> dict[tuple[str, str], dict[str, int]]:
    """By quarter and form: what stands in each column of the numbers that count, over all services or one."""
    each = func.jsonb_each_text(LATEST.numbers).table_valued("key", "value").lateral()
    found = (
        select(QuarterReport.cycle, LATEST.form, each.c.key, func.sum(cast(each.c.value, BigInteger)))
        .select_from(LATEST)
        .join(QuarterReport, QuarterReport.id == LATEST.report_id)
        .join(each, true())
        .where(LATEST.component_id == component.id)
        .group_by(QuarterReport.cycle, LATEST.form, each.c.key)
    )
    if service_id is not None:
        found = found.where(LATEST.service_id == service_id)
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for cycle, form, key, total in session().execute(found):
        counted.setdefault((cycle, form), {})[key] = int(total)
    return counted


def ends_on(cycle: str) -> date:
    """The last day of a quarter that is known to be one."""
    year, quarter = read_cycle(cycle) or (0, 0)
    return quarter_end(year, quarter)

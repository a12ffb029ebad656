"""The register of a High Impact Service Provider's services, which its lead keeps."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotNow
from cxworkflow.models import Component, Person, QuarterEntry, QuarterReport, Service
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.characters import shown
from cxworkflow.policies.collection import our_collection
from cxworkflow.services import record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date

CONTROL_NUMBER = re.compile(r"[0-9]{4}-[0-9]{4}")
LONGEST_NAME = 200  # characters


@dataclass(frozen=True)
class Facts:
    """What the register says of a service. `until_on` is the first day on which it is no longer offered."""

    name: str
    channels: tuple[str, ...]
    omb_control_number: str
    from_on: date
    until_on: date | None = None


def add(component: Component, facts: Facts, *, by: Person, at: datetime) -> Service:
    """Add a service; raises NotAllowed, NotNow where the Component is no HISP, InvalidInput."""
    role = require(by, Permission.KEEP_SERVICES, component, at=at)
    if not component.hisp:
        raise NotNow(f"{component.code} is not a High Impact Service Provider, so it keeps no services here.")
    kept = _kept(component, facts, None)
    service = Service(component=component, added_at=at, by_id=by.id, **_columns(kept))
    session().add(service)
    session().flush()
    details = {"service": service.id, "name": service.name, **_told(kept)}
    record.write("service-added", by=by, as_role=role, at=at, component=component, details=details)
    return service


def change(service: Service, facts: Facts, *, base_revision: int, by: Person, at: datetime) -> Service:
    """Change what the register says; raises Conflict where somebody else has changed it meanwhile."""
    service = held(service)
    role = require(by, Permission.KEEP_SERVICES, service.component, at=at)
    kept = _kept(service.component, facts, service)
    if service.revision != base_revision:
        raise Conflict("Somebody else changed this service while you were writing. Look at it, then change it again.")
    changed = {key: value for key, value in _columns(kept).items() if getattr(service, key) != value}
    if not changed:
        return service
    before = _told(Facts(service.name, tuple(service.channels), service.omb_control_number, *_days(service)))
    _refuse_to_lose(service, kept)
    for key, value in changed.items():
        setattr(service, key, value)
    service.revision += 1
    session().flush()
    details = {"service": service.id, "name": service.name, **_told(kept), "before": before}
    record.write("service-changed", by=by, as_role=role, at=at, component=service.component, details=details)
    return service


def of_component(component: Component) -> list[Service]:
    """The services of a Component, by name."""
    return list(session().scalars(select(Service).filter_by(component_id=component.id).order_by(Service.name)))


def _kept(component: Component, facts: Facts, present: Service | None) -> Facts:
    """The facts as they are kept; raises InvalidInput with every fault."""
    name = said(facts.name, "name", needed="Give the service a name that its customers know.", longest=LONGEST_NAME)
    faults = []
    same = select(Service.id).where(Service.component_id == component.id, func.lower(Service.name) == name.lower())
    if present is not None:
        same = same.where(Service.id != present.id)
    if session().scalar(same) is not None:
        faults.append(Fault("name", f"{component.code} has a service “{name}” already. Change that one."))
    known = [channel.id for channel in our_collection().channels]
    if not facts.channels or not set(facts.channels) <= set(known):
        faults.append(Fault("channels", "Choose at least one of the channels."))
    number = facts.omb_control_number.strip()
    if number and not CONTROL_NUMBER.fullmatch(number):
        reason = f"“{shown(number[:40])}” is not an OMB control number. Write it like 1651-0136."
        faults.append(Fault("omb_control_number", reason))
    if facts.until_on is not None and facts.until_on <= facts.from_on:
        reason = f"{long_date(facts.until_on)} is not after {long_date(facts.from_on)}, when the service begins."
        faults.append(Fault("until", reason))
    if faults:
        raise InvalidInput(None, faults)
    in_order = tuple(channel for channel in known if channel in facts.channels)
    return Facts(name, in_order, number, facts.from_on, facts.until_on)


def _refuse_to_lose(service: Service, kept: Facts) -> None:
    """Raise NotNow where numbers were entered for a channel or a quarter that the service would no longer have."""
    entered = (
        select(QuarterEntry.channel, QuarterReport.fiscal_year, QuarterReport.fiscal_quarter)
        .join(QuarterReport, QuarterReport.id == QuarterEntry.report_id)
        .where(QuarterEntry.service_id == service.id)
        .distinct()
    )
    changed = Service(from_on=kept.from_on, until_on=kept.until_on)
    for channel, year, quarter in session().execute(entered):
        if channel not in kept.channels or not changed.runs_in(year, quarter):
            raise NotNow(
                f"Numbers were entered for {our_collection().channel(channel).lower()} in {year}-Q{quarter}, which the "
                "service would no longer have. Keep it; a service that goes on otherwise can be added beside this one."
            )


def _columns(facts: Facts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "channels": list(facts.channels),
        "omb_control_number": facts.omb_control_number,
        "from_on": facts.from_on,
        "until_on": facts.until_on,
    }


def _days(service: Service) -> tuple[date, date | None]:
    return service.from_on, service.until_on


def _told(facts: Facts) -> dict[str, Any]:
    """The facts as the record has them: JSON values."""
    return {
        "channels": list(facts.channels),
        "omb_control_number": facts.omb_control_number,
        "from_on": facts.from_on.isoformat(),
        "until_on": facts.until_on.isoformat() if facts.until_on else None,
    }

"""The demo's quarters: what four High Impact Service Providers reported for the last quarter of fiscal year 2023."""

from collections.abc import Callable
from datetime import date, datetime

from cxworkflow.demo.reviewed import on
from cxworkflow.models import Component, Person, QuarterReport, Role, Service
from cxworkflow.policies.collection import our_collection
from cxworkflow.services import hisp_services, policies, quarter_lights, quarters, recurring
from cxworkflow.services.hisp_services import Facts

POLICY = "omb-a11-280"
CYCLE, FORM = "2023-Q4", "counts"
SINCE = date(2021, 10, 1)
SERVICES = {
    "CBP": (
        ("Trusted traveler enrollment", ("website", "in-person"), "1651-0136"),
        ("Traveler redress", ("email",), "1651-0136"),
    ),
    "FEMA": (("Individual disaster assistance", ("website", "phone"), "1660-0143"),),
    "TSA": (("PreCheck enrollment", ("in-person",), ""),),
    "USCIS": (("Case status", ("website", "phone"), "1615-0134"),),
}
# Customers served on a channel; how many of a hundred answers were 1, 2, 3, 4 and 5.
SERVED = {"website": 184_000, "in-person": 61_000, "phone": 42_000, "email": 9_500}
ANSWERS = {
    "CBP": (4, 6, 15, 40, 35),
    "FEMA": (12, 15, 23, 30, 20),
    "TSA": (2, 4, 10, 38, 46),
    "USCIS": (9, 12, 22, 34, 23),
}

By = Callable[..., Person]


def reported(*, by: By) -> None:
    """CBP and TSA in time, USCIS and FEMA late, FEMA after its silence was noted; TSA lacks a control number."""
    recurring.open_due(at=on(10, 1, 1))
    for code, services in SERVICES.items():
        component = policies.component_of(code)
        lead = by(Role.LEAD, component)
        for name, channels, number in services:
            hisp_services.add(component, Facts(name, channels, number, SINCE), by=lead, at=on(9, 14, 10))
    _entered("CBP", by, at=on(10, 12, 10))
    _sent("CBP", by, at=on(10, 20, 15))
    _entered("TSA", by, at=on(10, 25, 10))
    _sent("TSA", by, at=on(10, 30, 16))
    quarter_lights.note_silence(date(2023, 10, 31), on(10, 31, 1))
    for code, day in (("USCIS", 2), ("FEMA", 17)):
        _entered(code, by, at=on(11, day, 10))
        _sent(code, by, at=on(11, day, 16))


def _report(code: str) -> tuple[Component, QuarterReport | None]:
    component = policies.component_of(code)
    return component, quarters.report_of(component, CYCLE)


def _entered(code: str, by: By, *, at: datetime) -> None:
    component, _ = _report(code)
    for service in hisp_services.of_component(component):
        for channel in service.channels:
            told = _numbers(code, service, channel)
            lead = by(Role.LEAD, component)
            quarters.enter(component, CYCLE, service, channel, FORM, told, base_revision=0, by=lead, at=at)


def _numbers(code: str, service: Service, channel: str) -> dict[str, str]:
    """Numbers that look like some: each question a little better or worse than the one before."""
    served = SERVED[channel] + 137 * len(service.name)
    volumes = (served, served // 5, served // 40)
    told = dict(zip(our_collection().volume_columns, map(str, volumes), strict=True))
    for place, question in enumerate(our_collection().form(FORM).questions):
        shares = [share + (place - 3) * (answer - 3) // 2 for answer, share in enumerate(ANSWERS[code], 1)]
        for column, share in zip(question.columns, shares, strict=True):
            told[column] = str(max(0, volumes[2] * share // 104))
    return told


def _sent(code: str, by: By, *, at: datetime) -> None:
    component, report = _report(code)
    assert report is not None
    quarters.submit(report, by=by(Role.LEAD, component), at=at)
    quarters.clear(report, by=by(Role.CIO), at=at)
    quarters.send(report, by=by(Role.LEAD, component), at=at)

"""HISPs on the stage of tests: the policy that asks for quarters in force, services in the register, numbers."""

from datetime import date

from config.settings import POLICIES
from cxworkflow.models import PolicyEdition, QuarterReport, Role, Service
from cxworkflow.policies import read_policy
from cxworkflow.policies.collection import our_collection
from cxworkflow.services import hisp_services, policies, quarters
from cxworkflow.services.hisp_services import Facts
from tests.stage import Stage, eastern

A11 = read_policy(POLICIES / "omb-a11-280.toml")
TRUST, COUNTS = "trust-and-drivers", "counts"


def in_force() -> PolicyEdition:
    """Section 280 comes into force beside the policy of the stage."""
    return policies.load(A11, at=eastern("2023-07-13 09:00"))


def service(
    stage: Stage, code: str = "CBP", name: str = "Trusted traveler enrollment", channels: tuple[str, ...] = ("website",)
) -> Service:
    """A service of a Component since 2020, added by its lead."""
    facts = Facts(name, channels, "1651-0136", date(2020, 1, 1))
    at = eastern("2023-07-20 09:00")
    return hisp_services.add(stage.component(code), facts, by=stage.person(Role.LEAD, code), at=at)


def typed(form_id: str = TRUST, **changed: str) -> dict[str, str]:
    """Numbers as they are typed, all of them right: 1,000 served, 400 offered, 100 answers, each count 10."""
    collection = our_collection()
    volumes = dict(zip(collection.volume_columns, ("1000", "400", "100"), strict=True))
    return {**volumes, **dict.fromkeys(collection.form(form_id).columns, "10"), **changed}


def entered(stage: Stage, of: Service, cycle: str = "2023-Q4", when: str = "2023-10-10 10:00") -> QuarterReport:
    """A quarter with numbers on every channel of a service."""
    component, form = of.component, our_collection().forms_for(cycle)[0].id
    by = stage.person(Role.LEAD, component.code)
    for channel in of.channels:
        quarters.enter(component, cycle, of, channel, form, typed(form), base_revision=0, by=by, at=eastern(when))
    report = quarters.report_of(component, cycle)
    assert report is not None
    return report


def sent(stage: Stage, of: Service, cycle: str = "2023-Q4", when: str = "2023-10-20 10:00") -> QuarterReport:
    """The same, submitted, cleared and sent on a day."""
    report, lead, at = entered(stage, of, cycle), stage.person(Role.LEAD, of.component.code), eastern(when)
    quarters.submit(report, by=lead, at=at)
    quarters.clear(report, by=stage.person(Role.CIO), at=at)
    quarters.send(report, by=lead, at=at)
    return report

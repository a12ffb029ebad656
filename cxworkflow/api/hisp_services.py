"""The register of services whose customers are asked, as each High Impact Service Provider's lead keeps it."""

from datetime import date
from typing import Literal

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Text, Told, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import OfComponent
from cxworkflow.db import session
from cxworkflow.models import Area, Service
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import hisps as queries
from cxworkflow.services import hisp_services
from cxworkflow.services.hisp_services import Facts


class ServiceTold(Shape):
    """A service. Its ETag is the revision."""

    id: int
    component: str
    name: str
    channels: list[str]
    omb_control_number: str = Field(description="Empty while OMB has not given one.")
    from_on: date
    until_on: date | None = Field(description="The first day on which it is no longer offered.")
    revision: int

    @classmethod
    def of(cls, service: Service) -> "ServiceTold":
        """This service."""
        told = {name: getattr(service, name) for name in cls.model_fields if name != "component"}
        return cls(**told, component=service.component.code)


class WantedServices(OfComponent):
    """Services, all or some."""

    state: Literal["offered", "ended"] | None = Field(None, description="Whether it is offered today.")


class Kept(Sent):
    """What the register says of a service, all of it."""

    name: Text
    channels: list[Word] = Field(max_length=100, description="The channels, as the collection of numbers names them.")
    omb_control_number: str = Field("", max_length=40, description="Such as 1651-0136.")
    from_on: date
    until_on: date | None = Field(None, description="The first day on which it is no longer offered.")

    @property
    def facts(self) -> Facts:
        """The same for the register."""
        return Facts(self.name, tuple(self.channels), self.omb_control_number, self.from_on, self.until_on)


def index(asked: Asked) -> Page[ServiceTold]:
    """The services that the person may know of."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedServices)
    wanted = queries.services(asked.by, component=narrowed.component, state=narrowed.state, at=asked.at)
    rows, further = page(wanted, Service.id, narrowed)
    return Page[ServiceTold](items=[ServiceTold.of(each) for each in rows], next=further)


def one(asked: Asked, service_id: int) -> Told:
    """A service."""
    service = queries.service(asked.by, service_id, at=asked.at)
    return Told(ServiceTold.of(service), str(service.revision))


def add(asked: Asked, component: str) -> Told:
    """Add a service to a Component's register."""
    hisp = queries.one(asked.by, component, at=asked.at)
    require(asked.by, Permission.KEEP_SERVICES, hisp, at=asked.at)
    service = hisp_services.add(hisp, asked.body(Kept).facts, by=asked.by, at=asked.at)
    return one(asked, service.id)


def change(asked: Asked, service_id: int) -> Told:
    """Change what the register says, on top of what was read."""
    service = queries.service(asked.by, service_id, at=asked.at)
    require(asked.by, Permission.KEEP_SERVICES, service.component, at=asked.at)
    base, given = asked.builds_on(service.revision), asked.body(Kept)
    hisp_services.change(service, given.facts, base_revision=base, by=asked.by, at=asked.at)
    session().expire_all()
    return one(asked, service_id)


_ONE, _OF_COMPONENT = "/services/<int:service_id>", "/components/<component>/services"
_AREA = Area.QUARTERS
ENDPOINTS = (
    Endpoint(
        "GET", "/services", _AREA, "List services", index, Page[ServiceTold], asks=WantedServices, listed="services"
    ),
    Endpoint("GET", _ONE, _AREA, "Read a service", one, ServiceTold, edits=True),
    Endpoint("PUT", _ONE, _AREA, "Change a service", change, ServiceTold, Kept, edits=True),
    Endpoint("POST", _OF_COMPONENT, _AREA, "Add a service", add, ServiceTold, Kept, edits=True),
)

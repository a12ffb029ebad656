"""The clause map: each clause of a policy with its homes and tests, and how it stands for each Component."""

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Shape
from cxworkflow.errors import NotFound
from cxworkflow.models import Area
from cxworkflow.queries import clause_map as queries
from cxworkflow.services import policies


class HomeTold(Shape):
    """Where a clause lives: a clock, a section, a page and so on."""

    kind: str
    name: str
    title: str


class OfDepartment(Shape):
    """How something of the Department’s own stands today."""

    what: str
    state: str
    says: str


class OfOneComponent(Shape):
    """How a clause stands today for a Component; “unknown” where one may not know it."""

    component: str
    state: str
    says: str


class ClauseTold(Shape):
    """A clause, its homes, the tests that prove it, and how it stands."""

    clause: str
    who: str
    title: str
    asks: str
    lives_in: str
    homes: list[HomeTold]
    tests: list[str]
    department: list[OfDepartment]
    components: list[OfOneComponent]


class ClauseMap(Shape):
    """The map of a policy."""

    policy: str
    title: str
    sha256: str
    clauses: list[ClauseTold]


def whole(asked: Asked, policy: str) -> ClauseMap:
    """Every clause of a policy."""
    edition = policies.edition_of(policy)
    mapped = queries.clause_map(edition, asked.by, at=asked.at)
    return ClauseMap.model_validate(queries.told(edition, mapped))


def one(asked: Asked, policy: str, clause: str) -> ClauseTold:
    """One clause of it."""
    found = next((each for each in whole(asked, policy).clauses if each.clause == clause), None)
    if found is None:
        raise NotFound("The policy has no such clause.")
    return found


_MAP = "/policies/<policy>/map"
ENDPOINTS = (
    Endpoint("GET", _MAP, Area.POLICIES, "Read its clause map", whole, ClauseMap),
    Endpoint("GET", f"{_MAP}/<clause>", Area.POLICIES, "Read a clause of the map", one, ClauseTold),
)

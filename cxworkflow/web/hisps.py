"""High Impact Service Providers: how each stands by quarter, its drivers in pictures, and lists of all of it."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.fiscal import fiscal_year
from cxworkflow.models import Component, Light, QuarterState
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.collection import our_collection
from cxworkflow.queries import hisps as queries
from cxworkflow.services import hisp_services
from cxworkflow.web import current, filters
from cxworkflow.web.driver_chart import drivers
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso

pages = Blueprint("hisps", __name__, url_prefix="/hisps")

QUARTERS = 6  # on the board
LIGHTS = {
    Light.RED: "Red: nothing reported",
    Light.YELLOW: "Yellow: partly in line",
    Light.GREEN: "Green: in line",
}
STATES = {
    QuarterState.OPEN: "Being entered",
    QuarterState.SUBMITTED: "With the CIO",
    QuarterState.RETURNED: "Returned",
    QuarterState.CLEARED: "Cleared, to be sent",
    QuarterState.SENT: "Sent to OMB",
}


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The board: each HISP by quarter, and the rules of red, yellow and green."""
    components = queries.of_person(current.person(), at=current.now())
    cycles = queries.cycles(QUARTERS, on=current.today())
    return render_template(
        "hisps/index.html",
        components=components,
        cycles=cycles,
        board=queries.board(components, cycles),
        **said(),
    )


@pages.get("/<code>/charts")
@signed_in
def charts(code: str) -> ResponseReturnValue:
    """A HISP's drivers by quarter, of all its services or of one."""
    component = of_code(code)
    services = hisp_services.of_component(component)
    chosen = filters.one_of("service", [str(each.id) for each in services])
    sums = queries.sums(component, service_id=int(chosen) if chosen else None)
    return render_template(
        "hisps/charts.html",
        component=component,
        services=services,
        chosen=chosen,
        drivers=drivers(our_collection(), sums),
    )


@pages.get("/quarters")
@signed_in
def quarters() -> ResponseReturnValue:
    """Every quarter of which something is kept, also that nothing was reported."""
    person, at = current.person(), current.now()
    listing = Listing(
        "quarters",
        (
            Column("Component", lambda row: row.component.code, "component"),
            Column("Quarter", lambda row: row.cycle, "cycle"),
            Column("Where it is", lambda row: STATES[row.state]),
            Column("Status", lambda row: row.status.value),
            Column("Status since", lambda row: iso(row.status_on), "since", only_csv=True),
            Column("Noted as not reported", lambda row: row.not_reported_on.isoformat() if row.not_reported_on else ""),
            Column("Revision", lambda row: str(row.revision), only_csv=True),
            Column("Sent", lambda row: row.sent_at.isoformat() if row.sent_at else "", only_csv=True),
        ),
        queries.QUARTER_ORDERS,
        [
            of_hisps(),
            Choice("state", "Where it is", [(each.value, said) for each, said in STATES.items()]),
            Choice("status", "Status", [(each.value, said) for each, said in LIGHTS.items()]),
        ],
    )
    found = queries.quarters(
        person, component=listing["component"], state=listing["state"], status=listing["status"], at=at
    )
    return listing.answer("hisps/quarters.html", found, **said())


@pages.get("/numbers")
@signed_in
def numbers() -> ResponseReturnValue:
    """The numbers that count; as CSV in the columns of the public collection."""
    person, at = current.person(), current.now()
    as_file = filters.one_of("as", ["csv"]) is not None
    offered = [(cycle, cycle) for cycle in reversed(queries.cycles(24, on=current.today()))]
    listing = Listing(
        "numbers",
        PUBLIC if as_file else SHOWN,
        queries.NUMBER_ORDERS,
        [of_hisps(), Choice("quarter", "Quarter", offered)],
    )
    found = queries.numbers(person, component=listing["component"], cycle=listing["quarter"], at=at)
    return listing.answer("hisps/numbers.html", found, **said())


def _volume(place: int) -> Any:
    return lambda row: f"{row[0].numbers[our_collection().volume_columns[place]]}"


SHOWN = (
    Column("Component", lambda row: row[1].component.code, "component"),
    Column("Quarter", lambda row: row[2].cycle, "cycle"),
    Column("Service", lambda row: row[1].name, "service"),
    Column("Channel", lambda row: our_collection().channel(row[0].channel)),
    Column("Served", _volume(0)),
    Column("Offered", _volume(1)),
    Column("Respondents", _volume(2)),
)
# The columns are called as in GSA's public collection: see its file in config/collections.
PUBLIC = (
    Column("organization_abbreviation", lambda row: row[1].component.department.upper(), "component"),
    Column("service_provider_name", lambda row: row[1].component.name),
    Column("service_name", lambda row: row[1].name, "service"),
    Column("year", lambda row: str(row[2].fiscal_year), "cycle"),
    Column("quarter", lambda row: str(row[2].fiscal_quarter)),
    Column("channel", lambda row: row[0].channel),
    Column("omb_control_number", lambda row: row[1].omb_control_number),
    *(
        Column(column, lambda row, column=column: str(row[0].numbers.get(column, "")))  # type: ignore[misc]
        for column in our_collection().columns
    ),
)


def of_code(code: str) -> Component:
    """The HISP of an address, for whoever may know of it; raises NotFound."""
    return queries.one(current.person(), code, at=current.now())


def of_hisps() -> Choice:
    """The filter by Component, of the HISPs that a person may know of."""
    found = queries.of_person(current.person(), at=current.now())
    return Choice("component", "Component", [(each.code, each.code) for each in found])


def said() -> dict[str, Any]:
    """The words that the pages of quarters share."""
    return {
        "lights": LIGHTS,
        "states": STATES,
        "collection": our_collection(),
        "fiscal_year": fiscal_year(current.today()),
        "keeps": lambda component: may(current.person(), Permission.KEEP_SERVICES, component, at=current.now()),
    }

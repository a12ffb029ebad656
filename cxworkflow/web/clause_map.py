"""The clause map as pages: each clause of a policy with its homes and tests, and how it stands for each Component."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from cxworkflow.errors import NotFound
from cxworkflow.models import PolicyEdition
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Home
from cxworkflow.policies.characters import shown
from cxworkflow.queries.clause_map import ORDERS, Mapped, clause_map, listed
from cxworkflow.queries.clause_states import State
from cxworkflow.queries.clocks import editions
from cxworkflow.web import current, words
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing

pages = Blueprint("clause_map", __name__)

STATES = {
    State.OVERDUE: "Overdue",
    State.OPEN: "Open",
    State.UNKNOWN: "Not yours to know",
    State.DONE_LATE: "Done late",
    State.DONE: "Done",
    State.HOLDS: "In force",
    State.NOT_ASKED: "Not asked",
}
KINDS = {
    "clock": "Clock",
    "section": "Section",
    "deliverable": "Deliverable",
    "action": "Department-wide action",
    "principle": "Principle",
    "limit": "Limit",
    "page": "Page",
    "notice": "E-mail",
    "clause": "Clause",
}


@pages.get("/policies/<code>/map")
@signed_in
def index(code: str) -> ResponseReturnValue:
    """Every clause on one page, with how many Components stand how."""
    edition, mapped = _read(code)
    return render_template(
        "policies/map.html",
        edition=edition,
        policy=edition.policy,
        mapped=mapped,
        states=STATES,
        opens=_opens,
        kinds=KINDS,
    )


@pages.get("/policies/<code>/map/<clause>")
@signed_in
def one(code: str, clause: str) -> ResponseReturnValue:
    """One clause: its homes, every test that proves it, and every Component that one may know of."""
    edition, mapped = _read(code)
    found = next((each for each in mapped if each.clause.id == clause), None)
    if found is None:
        raise NotFound(f"{edition.policy.short_title} has no clause “{shown(clause)}”.")
    listing = Listing(
        "Components",
        (
            Column("Component", lambda row: row.code, "code"),
            Column("Stands", lambda row: STATES[State(row.state)], "state"),
            Column("Why", lambda row: words.in_sentence(row.says)),
        ),
        ORDERS,
        [Choice("state", "Stands", [(each.value, said) for each, said in STATES.items()])],
        plain=True,
    )
    return listing.answer(
        "policies/clause.html",
        listed(found, listing["state"]),
        edition=edition,
        policy=edition.policy,
        each=found,
        states=STATES,
        opens=_opens,
        kinds=KINDS,
        state_of=State,
    )


def _read(code: str) -> tuple[PolicyEdition, list[Mapped]]:
    edition = next((each for each in editions() if each.code == code), None)
    if edition is None:
        raise NotFound(f"There is no policy “{shown(code)}” here.")
    return edition, clause_map(edition, current.person(), at=current.now())


def _opens(home: Home) -> bool:
    """Whether the reader may open the page of a home."""
    addresses = current_app.url_map.bind(request.host)
    try:
        endpoint, _ = addresses.match(home.path.partition("?")[0].partition("#")[0], method="GET")
    except HTTPException:
        return False
    whom = getattr(current_app.view_functions[endpoint], "opens_to", None)
    return not isinstance(whom, Permission) or may(current.person(), whom, at=current.now())

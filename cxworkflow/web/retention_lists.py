"""The lists of retention: what is past its time, holds, and disposals with what each of them lists."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import day_of
from cxworkflow.models import Disposal, LegalHold
from cxworkflow.permissions import Permission
from cxworkflow.policies.records import KindOfRecord, our_records
from cxworkflow.queries import retention as queries
from cxworkflow.services import disposals
from cxworkflow.web import current
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import Choice, Column, Listing, iso

pages = Blueprint("retention_lists", __name__, url_prefix="/retention")

STATES = {"open": "Waits to be confirmed", "done": "Disposed of", "withdrawn": "Withdrawn"}
DUE = (
    Column("What", lambda row: row.about, "about"),
    Column("Ended", lambda row: iso(row.since), "since"),
    Column("Entries", lambda row: str(row.parts), "parts"),
    Column("Held", lambda row: "yes" if row.held else ""),
)
ITEMS = (Column("What", lambda row: row.about, "about"), Column("Entries", lambda row: str(row.parts)))


@pages.get("/<kind_id>")
@needs(Permission.SEE_OPERATIONS)
def kind(kind_id: str) -> ResponseReturnValue:
    """What of one kind is past its time."""
    wanted = disposals.disposable(kind_id)
    listing = due_listing()
    held = {None: None, "yes": True, "no": False}[listing["held"]]
    found = queries.due(wanted, held, on=current.today())
    return listing.answer("retention/kind.html", found, **about(wanted))


@pages.get("/holds")
@needs(Permission.SEE_OPERATIONS)
def holds() -> ResponseReturnValue:
    """Every hold, those that are over as well."""
    listing = Listing(
        "holds",
        (
            Column("What", lambda hold: hold.what),
            Column("By what", lambda hold: hold.citation),
            Column("From", lambda hold: iso(hold.from_on), "from"),
            Column("Until", lambda hold: iso(ended_on(hold))),
            Column("Placed by", lambda hold: hold.by.name, "placed"),
            Column("Why", lambda hold: hold.reason, only_csv=True),
            Column("Why it was lifted", lambda hold: hold.lifted_reason or "", only_csv=True),
        ),
        queries.HOLD_ORDERS,
        [Choice("state", "Holds", [("now", "In force or to come"), ("over", "Over")])],
    )
    over = {None: None, "now": False, "over": True}[listing["state"]]
    return listing.answer("retention/holds.html", queries.holds(over=over, on=current.today()), ended_on=ended_on)


@pages.get("/disposals")
@needs(Permission.SEE_OPERATIONS)
def all_disposals() -> ResponseReturnValue:
    """Every proposal, and what became of it."""
    titles = {each.id: each.title for each in our_records().kinds}
    listing = Listing(
        "disposals",
        (
            Column("Kind of record", lambda row: titles.get(row[0].kind, row[0].kind), "kind"),
            Column("State", lambda row: STATES[row[0].state]),
            Column("Items", lambda row: str(row[1])),
            Column("Entries", lambda row: str(row[2] or 0)),
            Column("Proposed", lambda row: iso(day_of(row[0].proposed_at)), "proposed"),
            Column("Proposed by", lambda row: row[0].by.name, only_csv=True),
            Column("Confirmed by", lambda row: row[0].confirmed_by.name if row[0].confirmed_by else ""),
            Column("Ended before", lambda row: iso(row[0].before_on), only_csv=True),
            Column("SHA-256 of the list", lambda row: row[0].sha256, only_csv=True),
        ),
        queries.DISPOSAL_ORDERS,
        [
            Choice("state", "State", list(STATES.items())),
            Choice("kind", "Kind of record", [(each.id, each.title) for each in our_records().by_two]),
        ],
    )
    found = queries.disposals(listing["kind"], listing["state"])
    return listing.answer("retention/disposals.html", found, titles=titles, states=STATES)


@pages.get("/disposals/<int:disposal_id>")
@needs(Permission.SEE_OPERATIONS)
def disposal(disposal_id: int) -> ResponseReturnValue:
    """One proposal with what it lists."""
    found = queries.one(Disposal, disposal_id)
    titles = {each.id: each.title for each in our_records().kinds}
    listing = Listing("items", ITEMS, queries.ITEM_ORDERS)
    return listing.answer("retention/disposal.html", queries.items(found), disposal=found, titles=titles, states=STATES)


def due_listing() -> Listing:
    """The list of what is past its time, on its own page or above the refusal of a proposal."""
    held = Choice("held", "Held", [("no", "Not held"), ("yes", "Held")])
    return Listing("items", DUE, queries.DUE_ORDERS, [held], endpoint="retention_lists.kind")


def about(wanted: KindOfRecord) -> dict[str, Any]:
    """What the page of a kind says besides its list."""
    free = [item for item in disposals.due(wanted, at=current.now()) if not item.held]
    return {
        "kind": wanted,
        "before_on": wanted.ended_before(current.today()),
        "free": len(free),
        "mark": disposals.mark_of(free),
    }


def ended_on(hold: LegalHold) -> Any:
    """The first day without a hold, if that is known."""
    return day_of(hold.lifted_at) if hold.lifted_at else hold.until_on

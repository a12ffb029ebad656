"""Other programs that are told of events: their addresses, what was delivered to each, and once more."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.models import Component, Delivery, DeliveryState, Webhook
from cxworkflow.permissions import Permission
from cxworkflow.queries import webhooks as queries
from cxworkflow.services import webhooks
from cxworkflow.services.webhook_kinds import KINDS, TITLES
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import Choice, Column, Listing
from cxworkflow.webhooks.delivery import body_of

pages = Blueprint("webhooks", __name__)
STATES = {
    DeliveryState.OWED: "Waiting",
    DeliveryState.SENDING: "On its way",
    DeliveryState.DELIVERED: "Delivered",
    DeliveryState.FAILED: "Failed",
    DeliveryState.WITHHELD: "Withheld",
}
COLUMNS = (
    Column("Delivery", lambda each: str(each.token)),
    Column("Event", lambda each: str(each.event_id)),
    Column("Owed", lambda each: each.owed_at.isoformat(), "owed"),
    Column("Attempts", lambda each: str(each.attempt)),
    Column("State", lambda each: STATES[each.state]),
)


ADDRESSES = (
    Column("Address", lambda row: row[0].url, "url"),
    Column("Registered", lambda row: row[0].registered_at.isoformat(), "registered"),
    Column("By", lambda row: row[0].by.name, only_csv=True),
    Column("Of", lambda row: row[0].component.code if row[0].component else "All"),
    Column("Delivered", lambda row: str(row[1])),
    Column("Waiting", lambda row: str(row[2])),
    Column("Failed", lambda row: str(row[3])),
    Column("State", lambda row: "Ended" if row[0].ended_at else "In use", "in-use"),
)
NOT_YET = "not-yet"  # the deliveries that an address still waits for


@pages.get("/webhooks")
@needs(Permission.KEEP_WEBHOOKS)
def index() -> ResponseReturnValue:
    """Every address, and the form that registers another."""
    of = [(queries.ALL, "All of them"), *((each.code, each.code) for each in queries.components())]
    listing = Listing(
        "webhooks",
        ADDRESSES,
        queries.ADDRESS_ORDERS,
        [
            Choice("state", "State", [("in-use", "In use"), ("ended", "Ended")]),
            Choice("of", "Of", of, every="Any"),
        ],
    )
    found = queries.kept(in_use=listing["state"] == "in-use" if listing["state"] else None, component=listing["of"])
    return listing.answer("webhooks/index.html", found, not_yet=NOT_YET, **_shown())


@pages.post("/webhooks")
@needs(Permission.KEEP_WEBHOOKS)
def register() -> ResponseReturnValue:
    """Register an address. Its secret is told on this page only."""
    try:
        with unit_of_work():
            made = webhooks.register(
                request.form.get("url", "").strip(),
                request.form.getlist("kinds"),
                component=_component(),
                loopback=current.settings().demo,
                key=current.settings().secret_key,
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return refused("webhooks/index.html", refusal, **_shown())
    return _secret(made)


@pages.get("/webhooks/<int:webhook_id>")
@needs(Permission.KEEP_WEBHOOKS)
def one(webhook_id: int) -> ResponseReturnValue:
    """What an address is told of, and what was delivered to it."""
    webhook = queries.one(webhook_id)
    offered = [(each.value, said) for each, said in STATES.items()]
    offered.append((NOT_YET, "Waiting or on its way"))
    listing = Listing("deliveries", COLUMNS, queries.ORDERS, [Choice("state", "State", offered)])
    states = [each for each in DeliveryState if listing["state"] in (None, each.value)] or queries.WAITING
    return listing.answer("webhooks/one.html", queries.deliveries(webhook, states), **_of(webhook))


@pages.post("/webhooks/<int:webhook_id>/secret")
@needs(Permission.KEEP_WEBHOOKS)
def renew(webhook_id: int) -> ResponseReturnValue:
    """Give the address another secret, told on this page only."""
    webhook = queries.one(webhook_id)
    try:
        with unit_of_work():
            key = current.settings().secret_key
            renewed = webhooks.renew(webhook, key=key, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("webhooks/one.html", refusal, **_of(webhook))
    return _secret(renewed)


@pages.post("/webhooks/<int:webhook_id>/ending")
@needs(Permission.KEEP_WEBHOOKS)
def end(webhook_id: int) -> ResponseReturnValue:
    """Tell the address nothing any more."""
    webhook = queries.one(webhook_id)
    try:
        with unit_of_work():
            webhooks.end(webhook, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("webhooks/one.html", refusal, **_of(webhook))
    flash("The address is told nothing any more.", "success")
    return redirect(url_for("webhooks.index"), 303)


@pages.get("/webhooks/deliveries/<int:delivery_id>")
@needs(Permission.KEEP_WEBHOOKS)
def delivery(delivery_id: int) -> ResponseReturnValue:
    """Every attempt at a delivery with its answer, and what it says where one may see the event."""
    return render_template("webhooks/delivery.html", **_told(queries.delivery(delivery_id)))


@pages.post("/webhooks/deliveries/<int:delivery_id>/replay")
@needs(Permission.KEEP_WEBHOOKS)
def replay(delivery_id: int) -> ResponseReturnValue:
    """Owe a delivery once more."""
    found = queries.delivery(delivery_id)
    try:
        with unit_of_work():
            webhooks.replay(found, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("webhooks/delivery.html", refusal, **_told(found))
    flash("It is owed again, and goes out within two minutes.", "success")
    return redirect(url_for("webhooks.delivery", delivery_id=delivery_id), 303)


def _component() -> Component | None:
    code = request.form.get("component", "")
    if not code:
        return None
    found = [each for each in queries.components() if each.code == code]
    if not found:
        raise InvalidInput(None, [Fault("component", "Choose one of the Components listed here, or all.")])
    return found[0]


def _secret(webhook: Webhook) -> ResponseReturnValue:
    secret = webhooks.secret_of(webhook, current.settings().keys)
    return render_template("webhooks/secret.html", webhook=webhook, secret=secret)


def _shown() -> dict[str, Any]:
    return {
        "groups": KINDS,
        "components": [(each.code, f"{each.code}: {each.name}") for each in queries.components()],
        "typed": request.form,
        "chosen": request.form.getlist("kinds"),
    }


def _of(webhook: Webhook) -> dict[str, Any]:
    signs = webhooks.secret_of(webhook, current.settings().keys) is not None
    return {"webhook": webhook, "titles": TITLES, "states": STATES, "signs": signs}


def _told(found: Delivery) -> dict[str, Any]:
    event = queries.event_of(found)
    ended = found.state in (DeliveryState.FAILED, DeliveryState.DELIVERED)
    return {
        "delivery": found,
        "states": STATES,
        "title": TITLES.get(event.verb, event.verb) if event else "an event that is not yours to see",
        "body": body_of(event).decode() if event else None,
        "may_replay": ended and found.webhook.ended_at is None,
    }

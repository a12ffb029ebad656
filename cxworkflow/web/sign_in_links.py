"""Signing in by e-mail: asking for a link, and the page to which it leads."""

import secrets

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotAllowed, NotFound
from cxworkflow.mail.compose import fault_of
from cxworkflow.models import SignInLink
from cxworkflow.services import sign_in_links
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import public
from cxworkflow.web.signin import let_in, own_path

pages = Blueprint("sign_in_links", __name__)

BROWSER = "asked_for_link"  # where the session keeps what tells this browser from every other one
WAY = "e-mail"


@pages.before_request
def _while_they_are_sent() -> None:
    if not current.settings().sign_in_links:
        raise NotFound


@pages.post("/sign-in/link")
@public
def ask() -> ResponseReturnValue:
    """Ask for a link. The answer is the same whether or not anybody has the address."""
    address, leads_to = request.form.get("address", "").strip(), own_path(request.form.get("next", ""))
    trusted = current.settings().providers
    fault = fault_of(address) if address else "Give your e-mail address."
    if fault is not None:
        refusal = InvalidInput(None, [Fault("address", fault)])
        return refused("sign_in/ways.html", refusal, providers=trusted, links=True, next=leads_to, typed=address)
    browser = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    with unit_of_work():
        issuers = [provider.issuer for provider in trusted]
        sign_in_links.ask(address, browser=browser, leads_to=leads_to, issuers=issuers, at=current.now())
    return render_template("sign_in/asked.html", address=address)


@pages.get("/sign-in/link/<int:link_id>/<secret>")
@public
def arrive(link_id: int, secret: str) -> ResponseReturnValue:
    """The link was opened: a button uses it, so that programs that look into e-mails do not."""
    try:
        link = sign_in_links.check(link_id, secret, browser=session.get(BROWSER), keys=current.settings().keys)
    except NotAllowed as refusal:
        return _turned_away(refusal)
    return render_template("sign_in/arrived.html", person=link.person)


@pages.post("/sign-in/link/<int:link_id>/<secret>")
@public
def use(link_id: int, secret: str) -> ResponseReturnValue:
    """Sign in with the link, which is used up by it."""
    try:
        with unit_of_work():
            link: SignInLink = sign_in_links.use(
                link_id, secret, browser=session.get(BROWSER), keys=current.settings().keys
            )
        return let_in(link.person, WAY, link.leads_to)
    except NotAllowed as refusal:
        return _turned_away(refusal)


def _turned_away(refusal: NotAllowed) -> ResponseReturnValue:
    return render_template("sign_in/turned_away.html", label="a link in an e-mail", sentence=str(refusal)), 403

"""Signing in with an identity provider, and signing out there."""

import secrets

import requests
import structlog
from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cxworkflow.db import session as database
from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotAllowed, NotFound, WorkflowError
from cxworkflow.services import identities
from cxworkflow.web import current
from cxworkflow.web.guard import public
from cxworkflow.web.relying import NONCE, NotVouched, RelyingParty
from cxworkflow.web.signin import let_in, own_path

log = structlog.get_logger()
pages = Blueprint("providers", __name__)


class OutOfReach(WorkflowError):
    """The identity provider can't be reached at the moment. Try again in a minute."""


def register(app: Flask) -> None:
    """One client for each provider of the settings; raises SettingError for a key that can't be used."""
    read = app.extensions["settings"]
    app.extensions["providers"] = {each.name: RelyingParty(each, base_url=read.base_url) for each in read.providers}


@pages.get("/sign-in/with/<name>")
@public
def begin(name: str) -> ResponseReturnValue:
    """Go to the provider. By a link, since the content security policy keeps forms on this site."""
    party = _party(name)
    nonce = secrets.token_urlsafe(NONCE)[:NONCE]
    try:
        return party.begin(nonce, own_path(request.args.get("next", "")))
    except Exception as error:  # noqa: BLE001  # a provider may answer anything
        return _turned_away(party, _told(party, error))


@pages.get("/sign-in/with/<name>/callback")
@public
def finish(name: str) -> ResponseReturnValue:
    """Come back from the provider: signed in as the person it vouches for, or told why not."""
    party = _party(name)
    try:
        claim, leads_to = party.finish()
    except Exception as error:  # noqa: BLE001  # whatever a provider answers, nobody is signed in by a fault of it
        return _turned_away(party, _told(party, error))
    issuers = [provider.issuer for provider in current.settings().providers]
    try:
        with unit_of_work():
            person = identities.person_for(claim, issuers=issuers, at=current.now())
    except NotAllowed as refusal:
        with unit_of_work():
            identities.refuse(name, refusal, at=current.now())
        return _turned_away(party, refusal)
    return let_in(person, name, leads_to)


@pages.get("/signed-out/<name>")
@public
def signed_out(name: str) -> ResponseReturnValue:
    """Signed out here, and perhaps still signed in at the provider."""
    party = _party(name)
    try:
        ends = "end_session_endpoint" in party.load_server_metadata()
    except (requests.RequestException, WorkflowError):
        ends = False
    return render_template("sign_in/signed_out.html", provider=party.provider, ends=ends)


@pages.get("/sign-out/with/<name>")
@public
def leave(name: str) -> ResponseReturnValue:
    """Sign out at the provider, which sends the browser back to our sign-in."""
    party = _party(name)
    back = f"{current.settings().base_url}/sign-in"
    try:
        told = party.create_logout_url(back, client_id=party.client_id)
    except Exception as error:  # noqa: BLE001  # a provider may answer anything, or offer no such thing
        return _turned_away(party, _told(party, error))
    return redirect(told["url"])


def _party(name: str) -> RelyingParty:
    party: RelyingParty | None = current_app.extensions["providers"].get(name)
    if party is None:
        raise NotFound
    return party


def _told(party: RelyingParty, error: Exception) -> WorkflowError:
    """What the person reads about a fault. The log names its kind only: the rest may be about people."""
    database().rollback()
    log.warning("a sign-in broke off", provider=party.name, kind=type(error).__name__)
    if isinstance(error, WorkflowError):
        return error
    return OutOfReach() if isinstance(error, requests.RequestException) else NotVouched()


def _turned_away(party: RelyingParty, refusal: WorkflowError) -> ResponseReturnValue:
    status = 503 if isinstance(refusal, OutOfReach) else 403
    return render_template("sign_in/turned_away.html", label=party.provider.label, sentence=str(refusal)), status

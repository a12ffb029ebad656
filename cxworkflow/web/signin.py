"""Signing in and out. In the demo one picks a person; elsewhere an identity provider has to be configured."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import session as database
from cxworkflow.errors import NotFound
from cxworkflow.models import Person
from cxworkflow.queries import signin as queries
from cxworkflow.web import current, filters
from cxworkflow.web.guard import public

pages = Blueprint("signin", __name__)


@pages.get("/sign-in")
@public
def choose() -> ResponseReturnValue:
    """The people of the demo, by role; outside the demo, that sign-in is not configured."""
    if not current.settings().demo:
        return render_template("sign_in/not_configured.html"), 503
    groups = queries.people_by_role(on=current.today())
    return render_template("sign_in/choose.html", groups=groups, next=_safe(request.args.get("next", "")))


@pages.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Sign in as the person picked, in a new session."""
    if not current.settings().demo:
        raise NotFound
    person = database().get(Person, filters.posted_number("person"))
    if person is None or person.deactivated_at is not None:
        raise NotFound("There is no such person to sign in as. Choose one from the list.")
    # A new session: nothing of the one before, nor its form token, is worth anything from here on.
    session.clear()
    session["person_id"] = person.id
    flash(f"You are signed in as {person.name}.", "success")
    return redirect(_safe(request.form.get("next", "")), 303)


@pages.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    flash("You are signed out.", "info")
    return redirect(url_for("signin.choose"), 303)


def _safe(target: str) -> str:
    """A path on this site, or home: never another site's address."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//") and not parts.netloc and not parts.scheme
    plain = "\\" not in target and target.isprintable()
    return target if ours and plain else "/"

"""The page where one signs in, signing out, and staying signed in. In the demo one picks a person."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import session as database
from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound
from cxworkflow.models import Person
from cxworkflow.queries import signin as queries
from cxworkflow.services import sign_ins
from cxworkflow.web import current, filters
from cxworkflow.web.guard import SIGN_IN, public, signed_in

pages = Blueprint("signin", __name__)

DEMO = "demo"


@pages.get("/sign-in")
@public
def choose() -> ResponseReturnValue:
    """The ways to sign in; in the demo, its people by role."""
    leads_to = own_path(request.args.get("next", ""))
    if current.settings().demo:
        groups = queries.people_by_role(on=current.today())
        return render_template("sign_in/choose.html", groups=groups, next=leads_to)
    told = current.settings()
    ways = {"providers": told.providers, "links": told.sign_in_links}
    return render_template("sign_in/ways.html", **ways, next=leads_to, typed="")


@pages.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Sign in as the person picked; there is no such thing outside the demo."""
    if not current.settings().demo:
        raise NotFound
    person = database().get(Person, filters.posted_number("person"))
    if person is None or person.deactivated_at is not None:
        raise NotFound("There is no such person to sign in as. Choose one from the list.")
    return let_in(person, DEMO, request.form.get("next", ""))


@pages.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End the sign-in; where an identity provider was used, say that one may still be signed in there."""
    with unit_of_work():
        way = sign_ins.end(session.get(SIGN_IN), at=current.now())
    session.clear()
    g.left = True  # the browser is told to forget the pages, too
    if any(provider.name == way for provider in current.settings().providers):
        return redirect(url_for("providers.signed_out", name=way), 303)
    flash("You are signed out.", "info")
    return redirect(url_for("signin.choose"), 303)


@pages.get("/sign-in/stay")
@signed_in
def staying() -> ResponseReturnValue:
    """How long one stays signed in, and the button that makes it longer."""
    return render_template("sign_in/stay.html", minutes=max(1, g.present.seconds_left // 60))


@pages.post("/sign-in/stay")
@signed_in
def stay() -> ResponseReturnValue:
    """Begin the idle time anew; answers a script with the seconds that are left."""
    with unit_of_work():
        sign_ins.note_use(g.present)
    if request.accept_mimetypes.best == "application/json":
        return time_left()
    return redirect(url_for("signin.staying"), 303)


@pages.get("/sign-in/time-left")
@public
def time_left() -> Response:
    """The seconds that are left (0: signed out). Asking is no use of the system, so it makes them no more."""
    present = sign_ins.find(session.get(SIGN_IN))
    return jsonify(seconds=present.seconds_left if present else 0)


def let_in(person: Person, way: str, leads_to: str) -> ResponseReturnValue:
    """Sign a person in, in a new session, and go on to a page of ours; raises NotAllowed for who is deactivated."""
    with unit_of_work():
        token = sign_ins.begin(person, way, before=session.get(SIGN_IN), at=current.now())
    # Nothing of the session before, nor its form token, is worth anything from here on.
    session.clear()
    session[SIGN_IN] = token
    flash(f"You are signed in as {person.name}.", "success")
    return redirect(own_path(leads_to), 303)


def own_path(target: str) -> str:
    """A path on this site, or home: never another site's address."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//") and not parts.netloc and not parts.scheme
    plain = "\\" not in target and target.isprintable()
    return target if ours and plain else "/"

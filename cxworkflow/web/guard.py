"""Every page says who may open it, in one word above its function; a page that does not is never served."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from cxworkflow import scope
from cxworkflow.db import read_with_the_request, unit_of_work
from cxworkflow.models import Person
from cxworkflow.permissions import Permission, require
from cxworkflow.permissions.reach import departments_of, narrow, scope_of, works_in
from cxworkflow.services import sign_ins
from cxworkflow.web import current

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
FOR_ALL = "for all"
SIGNED_IN = "signed in"
FOR_PROGRAMS = "for programs"
API = "/api/"  # what is under it is for programs: no cookie says there who asks
SIGN_IN = "sign_in"  # where the session keeps the secret that only its cookie holds
NO_USE = frozenset({"signin.time_left", "live.here"})  # what a page asks by itself keeps nobody signed in


def public(view: View) -> View:
    """Anybody may open this page."""
    return _opens_to(view, PUBLIC)


def for_all(view: View) -> View:
    """Anybody, and the same for everybody: the page works as the public, which reads what is published alone."""
    return _opens_to(view, FOR_ALL)


def signed_in(view: View) -> View:
    """Anybody who is signed in; the page itself shows only what is theirs to know, and answers 404 to the rest."""
    return _opens_to(view, SIGNED_IN)


def by_token(view: View) -> View:
    """Programs with a person's token: the API asks for it itself, and until then the database shows nothing."""
    return _opens_to(view, FOR_PROGRAMS)


def needs(permission: Permission) -> Callable[[View], View]:
    """Only who has this permission for the Department as a whole."""
    return lambda view: _opens_to(view, permission)


def _opens_to(view: View, whom: str | Permission) -> View:
    view.opens_to = whom  # type: ignore[attr-defined]
    return view


def register(app: Flask) -> None:
    """Ask before every request."""
    app.before_request(_ask)
    app.teardown_request(_forget)


def check_all_guarded(app: Flask) -> None:
    """End the start if a page says not who may open it."""
    unguarded = [endpoint for endpoint, view in app.view_functions.items() if not hasattr(view, "opens_to")]
    if unguarded:
        raise RuntimeError(f"These pages say not who may open them: {', '.join(unguarded)}")


def _forget(_error: BaseException | None) -> None:
    scope.leave(g.pop("scope_before", scope.NOTHING))


def _ask() -> ResponseReturnValue | None:
    g.person = None
    g.scope_before = scope.present()
    if "\0" in request.path:
        abort(404)  # no address of ours, and nothing that the database could look for
    whom = getattr(current_app.view_functions.get(request.endpoint or ""), "opens_to", None)
    if _needs_nobody(whom):
        return None
    if request.endpoint is None:
        # An unknown address: the answer is "not found", shown with the navigation of whoever asks.
        g.person = _signed_in_person(signing_in=False)
        return None
    if whom == FOR_ALL:
        current.now()  # in a demo, the database says what time it is, which the public does not read
        scope.enter(scope.PUBLIC)
        return None
    g.person = _signed_in_person(signing_in=whom == PUBLIC)
    if whom == PUBLIC:
        return None
    if g.person is None:
        return _sign_in_first()
    if isinstance(whom, Permission):
        require(g.person, whom, at=current.now())
    elif whom != SIGNED_IN:
        raise RuntimeError(f"{request.endpoint} says not who may open it.")
    return None


def _needs_nobody(whom: str | Permission | None) -> bool:
    """Whether no cookie is looked at: for styles and scripts, and for programs, of whom the API itself asks a token."""
    if request.path.startswith(API):
        return request.endpoint is None or whom in (FOR_PROGRAMS, PUBLIC)
    return whom == PUBLIC and request.blueprint == "assets"


def _signed_in_person(*, signing_in: bool) -> Person | None:
    """Who asks; from here on the database shows them what is theirs, and what it takes to sign in if that is asked."""
    scope.enter(scope.SIGNING_IN)
    present = g.present = sign_ins.find(session.get(SIGN_IN))
    if present is None:
        return None
    if present.unnoted and request.endpoint not in NO_USE:
        with unit_of_work():
            sign_ins.note_use(present)
    person, at = present.person, current.now()
    read_with_the_request(
        person, *person.appointments, *(each.component for each in person.appointments if each.component)
    )
    g.departments = departments_of(person, at=at)
    g.department = works_in(person, present.sign_in.department, at=at)
    narrow(person, g.department)
    scope.enter(scope_of(person, at=at, department=g.department, signing_in=signing_in))
    return person


def _sign_in_first() -> ResponseReturnValue:
    if request.method == "GET":
        return redirect(url_for("signin.choose", next=request.full_path.removesuffix("?")))
    # What was typed is shown on this page, so that it can be kept.
    return render_template("errors/signed_out.html"), 401

"""Where one is signed in, ending that in other browsers, and who vouches for one."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotNow
from cxworkflow.services import identities, sign_ins
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in

pages = Blueprint("own_sign_ins", __name__, url_prefix="/me/sign-ins")

PAGE = "sign_in/own.html"


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """This sign-in, and those in other browsers."""
    return render_template(PAGE, **_shown())


@pages.post("")
@signed_in
def end() -> ResponseReturnValue:
    """End one of the others, or all of them."""
    only = filters.posted_number("sign_in") if "sign_in" in request.form else None
    try:
        with unit_of_work():
            ended = sign_ins.end_others(g.present, only, at=current.now())
    except NotNow as refusal:
        return refused(PAGE, refusal, **_shown())
    flash(f"{ended} other sign-in{' was' if ended == 1 else 's were'} ended.", "success")
    return redirect(url_for("own_sign_ins.index"), 303)


@pages.post("/unlinked")
@signed_in
def unlink() -> ResponseReturnValue:
    """Forget an identity at a provider."""
    try:
        with unit_of_work():
            number = request.form.get("identity", 0, type=int)
            issuer = identities.unlink_own(g.present, number, at=current.now())
    except NotNow as refusal:
        return refused(PAGE, refusal, **_shown())
    flash(f"{issuer} is not linked to your account any more.", "success")
    return redirect(url_for("own_sign_ins.index"), 303)


def _shown() -> dict[str, Any]:
    return {"others": sign_ins.others_of(g.present), "linked": identities.linked_to(current.person())}

"""Where one is signed in, and ending that in other browsers."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotNow
from cxworkflow.services import sign_ins
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in

pages = Blueprint("own_sign_ins", __name__, url_prefix="/me/sign-ins")

PAGE = "sign_in/own.html"


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """This sign-in, and those in other browsers."""
    return render_template(PAGE, others=sign_ins.others_of(g.present))


@pages.post("")
@signed_in
def end() -> ResponseReturnValue:
    """End one of the others, or all of them."""
    only = filters.posted_number("sign_in") if "sign_in" in request.form else None
    try:
        with unit_of_work():
            ended = sign_ins.end_others(g.present, only, at=current.now())
    except NotNow as refusal:
        return refused(PAGE, refusal, others=sign_ins.others_of(g.present))
    flash(f"{ended} other sign-in{' was' if ended == 1 else 's were'} ended.", "success")
    return redirect(url_for("own_sign_ins.index"), 303)

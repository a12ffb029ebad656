"""The register of Components, and each one's page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.queries import components as queries
from cxworkflow.web import current
from cxworkflow.web.guard import signed_in

pages = Blueprint("components", __name__)


@pages.get("/components/")
@signed_in
def register() -> ResponseReturnValue:
    """Every Component; how it stands only where the person may know."""
    return render_template("components/register.html", groups=queries.register(current.person(), at=current.now()))


@pages.get("/components/<code>")
@signed_in
def one(code: str) -> ResponseReturnValue:
    """A Component with its people, clocks, strategies and history, as far as the person may know."""
    profile = queries.profile(current.person(), code, at=current.now())
    return render_template("components/component.html", profile=profile, component=profile.component)

"""Home: one's own work first, the soonest due on top; then the clocks and what happened lately."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.queries.desk import desk
from cxworkflow.web import current
from cxworkflow.web.guard import signed_in
from cxworkflow.web.tasks import tasks

pages = Blueprint("home", __name__)


@pages.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The desk of whoever is signed in."""
    own = desk(current.person(), at=current.now())
    return render_template("home/home.html", desk=own, tasks=tasks(own))

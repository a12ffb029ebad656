"""The people and the roles they hold."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.permissions import Permission
from cxworkflow.queries import people as queries
from cxworkflow.web.guard import needs

pages = Blueprint("people", __name__)


@pages.get("/people")
@needs(Permission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everybody, with the roles held now, before and later."""
    return render_template("people/index.html", people=queries.everybody())

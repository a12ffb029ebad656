"""Which personal data is kept, for everybody to read, and what is known of one person, for that person."""

import json

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.models import Person
from cxworkflow.permissions import Permission
from cxworkflow.policies.records import our_records
from cxworkflow.queries import people as queries
from cxworkflow.services import personal_data
from cxworkflow.web import current
from cxworkflow.web.guard import needs, public, signed_in

pages = Blueprint("privacy", __name__)


@pages.get("/privacy")
@public
def page() -> ResponseReturnValue:
    """Which personal data is kept, why and how long."""
    return render_template("people/privacy.html", kinds=our_records().kinds)


@pages.get("/me/data")
@signed_in
def own() -> Response:
    """What is known of who asks."""
    return _file(current.person())


@pages.get("/people/<int:person_id>/data")
@needs(Permission.TAKE_OUT_PERSON)
def of_person(person_id: int) -> Response:
    """What is known of somebody else."""
    return _file(queries.one(person_id))


def _file(person: Person) -> Response:
    with unit_of_work():
        known = personal_data.take_out(person, by=current.person(), at=current.now())
        name = personal_data.file_name(person, at=current.now())
    answer = Response(json.dumps(known, indent=2, ensure_ascii=False), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer

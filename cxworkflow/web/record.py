"""The record: who did what, when, filtered."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cxworkflow.permissions import Permission
from cxworkflow.queries import record as queries
from cxworkflow.web import filters
from cxworkflow.web.guard import needs
from cxworkflow.web.plain_words import other_details

pages = Blueprint("record", __name__)


@pages.get("/record")
@needs(Permission.SEE_RECORD)
def index() -> ResponseReturnValue:
    """The lines of the record, the latest first."""
    verbs, people, components = queries.verbs(), queries.people(), queries.component_codes()
    wanted = queries.Wanted(
        component=filters.one_of("component", components),
        verb=filters.one_of("verb", verbs),
        by=filters.one_of("by", people),
        from_on=filters.day("from"),
        to_on=filters.day("to"),
    )
    return render_template(
        "record/index.html",
        page=queries.find(wanted, number=filters.page_number()),
        wanted=wanted,
        other_details=other_details,
        narrowed=any(request.args.get(name) for name in ("component", "verb", "by", "from", "to")),
        verbs=[(verb, verb.replace("-", " ")) for verb in verbs],
        people=[(name, name) for name in people],
        components=[(code, code) for code in components],
    )

"""The record: who did what, when, filtered."""

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from cxworkflow.db import session, unit_of_work
from cxworkflow.documents.packing import zipped
from cxworkflow.documents.story import Folder
from cxworkflow.errors import NotFound
from cxworkflow.models import Strategy
from cxworkflow.permissions import Permission
from cxworkflow.queries import record as queries
from cxworkflow.services import stories
from cxworkflow.web import current, filters
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
        check=queries.last_check(),
        strategies=queries.strategies(),
    )


@pages.get("/record/story.zip")
@needs(Permission.TAKE_OUT_STORY)
def story() -> Response:
    """A strategy's whole story as a ZIP, sent while it is made."""
    strategy = session().get(Strategy, filters.number("strategy") or 0)
    if strategy is None:
        raise NotFound("There is no such strategy. Choose one from the list.")
    with unit_of_work():
        stories.take_out(strategy, by=current.person(), at=current.now())
    settings = current.settings()
    folder = Folder(strategy, settings.mail_from, settings.base_url)
    answer = Response(stream_with_context(zipped(folder.files(), within=folder.name)), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{folder.name}.zip")
    return answer

"""The record: who did what, when, filtered."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from cxworkflow.db import session, unit_of_work
from cxworkflow.documents.packing import write_zip
from cxworkflow.documents.story import Folder
from cxworkflow.errors import NotFound
from cxworkflow.models import Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.queries import record as queries
from cxworkflow.services import stories
from cxworkflow.services.record import moment_text
from cxworkflow.web import current, filters
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import MOST_OFFERED, Choice, Column, Day, Listing, Name, of_component
from cxworkflow.web.plain_words import other_details
from cxworkflow.web.versions import as_large_file
from cxworkflow.web.words import event_words, role_title

pages = Blueprint("record", __name__)


COLUMNS = (
    Column("Line", lambda event: str(event.seq), "line"),
    Column("When", lambda event: moment_text(event.at)),
    Column("Who", lambda event: event.by_name),
    Column("As", lambda event: role_title(event.by_role) if event.by_role else ""),
    Column("What", lambda event: event.verb),
    Column("In words", event_words),
    Column("Component", lambda event: event.component.code if event.component else ""),
    Column("Request", lambda event: event.request_id),
    Column("SHA-256", lambda event: event.hash),
)


@pages.get("/record")
@needs(Permission.SEE_RECORD)
def index() -> ResponseReturnValue:
    """The lines of the record, the latest first."""
    listing = Listing(
        "lines of the record",
        COLUMNS,
        queries.ORDERS,
        [
            of_component(current.person(), at=current.now()),
            Choice("verb", "What was done", [(verb, verb.replace("-", " ")) for verb in queries.verbs()]),
            _by_whom(),
            Day("from", "From"),
            Day("to", "To"),
        ],
    )
    wanted = queries.Wanted(
        component=listing["component"],
        verb=listing["verb"],
        by=listing["by"],
        from_on=listing["from"],
        to_on=listing["to"],
    )
    takes_out = may(current.person(), Permission.TAKE_OUT_STORY, at=current.now())
    strategies = queries.strategies(wanted.component, most=MOST_OFFERED + 1) if takes_out else []
    return listing.answer(
        "record/index.html",
        queries.find(wanted),
        other_details=other_details,
        check=queries.last_check(),
        strategies=strategies,
        too_many=len(strategies) > MOST_OFFERED,
    )


def _by_whom() -> Choice | Name:
    names = queries.people(most=MOST_OFFERED + 1)
    if len(names) > MOST_OFFERED:
        return Name("by", "By whom (the whole name)")
    return Choice("by", "By whom", [(name, name) for name in names], every="Anybody")


@pages.get("/record/story.zip")
@needs(Permission.TAKE_OUT_STORY)
def story() -> Response:
    """A strategy's whole story as a ZIP."""
    strategy = session().get(Strategy, filters.number("strategy") or 0)
    if strategy is None:
        raise NotFound("There is no such strategy. Choose one from the list.")
    with unit_of_work():
        stories.take_out(strategy, by=current.person(), at=current.now())
    settings = current.settings()
    folder = Folder(strategy, settings.mail_from, settings.base_url)
    return as_large_file(
        f"{folder.name}.zip", "application/zip", lambda out: write_zip(folder.files(), out, within=folder.name)
    )

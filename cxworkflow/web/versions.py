"""A frozen version, as it was submitted: as a page, and as files."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents.files import FILE_KINDS, FileKind, kind_of
from cxworkflow.documents.version_paper import version_document
from cxworkflow.queries import reviews
from cxworkflow.queries import strategies as queries
from cxworkflow.services import taking_out
from cxworkflow.web import current
from cxworkflow.web.guard import signed_in

pages = Blueprint("versions", __name__)


@pages.get("/strategies/<int:strategy_id>/versions/<int:number>")
@signed_in
def one(strategy_id: int, number: int) -> ResponseReturnValue:
    """The version with its hash, for everybody who may see the strategy once it is submitted."""
    paper = queries.paper(current.person(), strategy_id, at=current.now())
    version = queries.version(paper.strategy, number)
    return render_template(
        "strategies/version.html",
        paper=paper,
        strategy=paper.strategy,
        version=version,
        sections=version.sections,
        file_kinds=FILE_KINDS.values(),
    )


@pages.get("/strategies/<int:strategy_id>/versions/<int:number>/strategy.<ending>")
@signed_in
def download(strategy_id: int, number: int, ending: str) -> Response:
    """The version as a file."""
    kind = kind_of(ending)
    strategy = queries.visible(current.person(), strategy_id, at=current.now())
    version = queries.version(strategy, number)
    with unit_of_work():
        taking_out.take_out_version(version, f"a file for {kind.title}", by=current.person(), at=current.now())
    document = version_document(version, reviews.decision_on(version))
    name = f"{strategy.component.code} {version.policy.names.paper} version {number}.{ending}"
    return as_file(kind.make(document, at=version.submitted_at), kind, name)


def as_file(content: bytes, kind: FileKind, name: str) -> Response:
    """A file, to be saved under this name."""
    answer = Response(content, content_type=kind.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer

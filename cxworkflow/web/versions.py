"""A frozen version, as it was submitted: as a page, and as files."""

import tempfile
from collections.abc import Callable
from typing import IO

from flask import Blueprint, Response, render_template, send_file
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents import taken
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.documents.taken import Taken
from cxworkflow.queries import strategies as queries
from cxworkflow.web import current
from cxworkflow.web.guard import signed_in

pages = Blueprint("versions", __name__)

IN_MEMORY = 1 << 20  # bytes of a file; what is longer waits on the disk


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
    with unit_of_work():
        file = taken.version(strategy_id, number, ending, by=current.person(), at=current.now())
    return as_file(file)


def as_large_file(name: str, media_type: str, write: Callable[[IO[bytes]], None]) -> Response:
    """A file of any size, to be saved under its name.

    It is whole before the first byte leaves, so nobody gets half of it; once they leave, nothing can be read any more.
    """
    spool = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # it is closed when all of it is sent
    write(spool)
    spool.seek(0)
    return send_file(spool, mimetype=media_type, as_attachment=True, download_name=name, etag=False)


def as_file(file: Taken) -> Response:
    """A file, to be saved under its name."""
    answer = Response(file.content, content_type=file.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer

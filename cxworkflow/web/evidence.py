"""Evidence, handed out to be saved."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, send_file

from cxworkflow.db import unit_of_work
from cxworkflow.services import evidence
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current
from cxworkflow.web.attachments import ALONE
from cxworkflow.web.guard import signed_in

pages = Blueprint("evidence", __name__)


@pages.get("/evidence/<uuid:address>")
@signed_in
def download(address: UUID) -> Response:
    """A file, to be saved."""
    with unit_of_work():
        file, content = evidence.take_out(address, by=current.person(), at=current.now())
        name, kind = file.name, KINDS[file.kind]
    answer = send_file(BytesIO(content), mimetype=kind.media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["Content-Security-Policy"] = ALONE
    return answer

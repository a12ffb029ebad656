"""The bytes of attached files: kept once for each Component, and gone with the last that holds them."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.db import session
from cxworkflow.models import Attachment, AttachmentContent, Evidence
from cxworkflow.uploads.examining import Examined


def keep(component_id: int, file: Examined) -> dict[str, object]:
    """Keep the bytes of a file, unless the Component has them; returns what a row says that holds them."""
    kept = insert(AttachmentContent).values(component_id=component_id, sha256=file.sha256, content=file.content)
    session().execute(kept.on_conflict_do_nothing())
    size, kind = len(file.content), file.kind.ending
    return {"component_id": component_id, "sha256": file.sha256, "name": file.name, "kind": kind, "size": size}


def bytes_of(file: Attachment | Evidence) -> bytes:
    """What was attached."""
    return session().get_one(AttachmentContent, (file.component_id, file.sha256)).content


def let_go(file: Attachment | Evidence) -> None:
    """Take the row away, and its bytes with it unless another one holds them, too."""
    session().delete(file)
    session().flush()
    for kind in (Attachment, Evidence):
        same = select(kind.id).where(kind.component_id == file.component_id, kind.sha256 == file.sha256)
        if session().scalar(same.limit(1)) is not None:
            return
    of_it = (AttachmentContent.component_id == file.component_id, AttachmentContent.sha256 == file.sha256)
    session().execute(delete(AttachmentContent).where(*of_it))

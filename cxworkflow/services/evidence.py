"""Evidence: files that show how far a commitment is kept. Once a report cites one, it stays as it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound, NotNow
from cxworkflow.models import Citation, Commitment, Evidence, Person
from cxworkflow.permissions import Permission, may, require
from cxworkflow.services import contents, progress, record
from cxworkflow.services.words import said
from cxworkflow.uploads.examining import Examined, said_size


def attach(commitment: Commitment, file: Examined, *, note: str = "", most: int, by: Person, at: datetime) -> Evidence:
    """Attach a file to a commitment; all evidence of a strategy may have `most` bytes together.

    The same file under the same name again changes nothing. Raises InvalidInput, NotAllowed, NotNow.
    """
    commitment = held(commitment)
    role = require(by, Permission.WORK_ON, commitment, at=at)
    progress.open_still(commitment)
    note = said(note, "note", longest=1_000)
    known = next((each for each in progress.attached(commitment) if each.name == file.name), None)
    if known is not None:
        if known.sha256 == file.sha256:
            return known
        raise _refused(_another(known))
    _fits(commitment, file, most)
    kept = contents.keep(commitment.strategy.component_id, file)
    of = {"strategy_id": commitment.strategy_id, "commitment_id": commitment.id}
    evidence = Evidence(**of, note=note, attached_at=at, by_id=by.id, **kept)
    session().add(evidence)
    session().flush()
    details = {"name": file.name, "sha256": file.sha256, "size": len(file.content)}
    progress.tell("evidence-attached", commitment, by=by, as_role=role, at=at, **details)
    return evidence


def remove(commitment: Commitment, address: UUID, *, by: Person, at: datetime) -> None:
    """Take a piece of evidence off that no report cites; its bytes go with it unless something else holds them.

    Raises NotAllowed, NotFound, NotNow.
    """
    commitment = held(commitment)
    role = require(by, Permission.WORK_ON, commitment, at=at)
    file = next((each for each in progress.attached(commitment) if each.address == address), None)
    if file is None:
        raise NotFound("This file is not attached any more.")
    if cited(file):
        raise NotNow(
            f"A report cites “{file.name}”, so it stays as it is: it can be neither removed nor replaced. "
            "Nothing was changed. Attach what is better beside it, under another name."
        )
    progress.open_still(commitment)
    progress.tell("evidence-removed", commitment, by=by, as_role=role, at=at, name=file.name, sha256=file.sha256)
    contents.let_go(file)


def take_out(address: UUID, *, by: Person, at: datetime) -> tuple[Evidence, bytes]:
    """A file and its bytes; who takes it is recorded. Raises NotFound also for who may not know of it."""
    file = session().scalar(select(Evidence).where(Evidence.address == address))
    if file is None or not may(by, Permission.SEE_SUBMITTED, file.commitment.strategy, at=at):
        raise NotFound("There is no such file, or you may not know of it.")
    role = require(by, Permission.SEE_SUBMITTED, file.commitment.strategy, at=at)
    details = {"what": f"the evidence “{file.name}” for “{file.commitment.title}”", "sha256": file.sha256}
    record.write("exported", by=by, as_role=role, at=at, strategy=file.commitment.strategy, details=details)
    return file, contents.bytes_of(file)


def cited(file: Evidence) -> bool:
    """Whether a report rests on it."""
    return session().scalar(select(Citation.completion_id).where(Citation.evidence_id == file.id).limit(1)) is not None


def _fits(commitment: Commitment, file: Examined, most: int) -> None:
    used = session().scalar(select(func.sum(Evidence.size)).where(Evidence.strategy_id == commitment.strategy_id)) or 0
    if len(file.content) > most - used:
        raise _refused(
            f"“{file.name}” has {said_size(len(file.content))}, and {said_size(max(int(most - used), 0))} of the "
            f"{said_size(most)} for all evidence of a strategy are left. Make it smaller."
        )


def _another(known: Evidence) -> str:
    if cited(known):
        return (
            f"A report cites another “{known.name}”, which can't be replaced. Attach yours under another name; "
            "both will be seen."
        )
    return f"Another “{known.name}” is attached here already. Remove that one first, or rename yours."


def _refused(reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault("file", reason)])

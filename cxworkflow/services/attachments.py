"""Files attached to a draft: taken in with their bytes in one transaction, taken off again, taken out to be read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Attachment, Person, Strategy, Version
from cxworkflow.permissions import Permission, may, require
from cxworkflow.services import contents, drafting, record, strategies
from cxworkflow.uploads.examining import Examined, said_size


def attach(strategy: Strategy, clause: str, file: Examined, *, most: int, by: Person, at: datetime) -> Attachment:
    """Attach a file to a section of the draft, which may hold `most` bytes in all its files.

    The same file under the same name again changes nothing. Raises InvalidInput, NotAllowed, NotFound, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.EDIT, strategy, at=at, clause=clause)
    after(strategy.status, Action.EDIT)
    drafting.asked(strategy, clause)
    present = strategies.attached(strategy)
    for each in present:
        if (each.clause, each.name) == (clause, file.name):
            if each.sha256 == file.sha256:
                return each
            raise _refused(f"Another “{file.name}” is attached here already. Remove that one first, or rename yours.")
    left = most - sum(each.size for each in present)
    if len(file.content) > left:
        raise _refused(
            f"“{file.name}” has {said_size(len(file.content))}, and {said_size(max(left, 0))} of the "
            f"{said_size(most)} for all files of a strategy are left. Remove others first, or make it smaller."
        )
    kept = contents.keep(strategy.component_id, file)
    attachment = Attachment(strategy_id=strategy.id, clause=clause, attached_at=at, by_id=by.id, **kept)
    session().add(attachment)
    session().flush()
    details = {"clause": clause, "name": file.name, "sha256": file.sha256, "size": len(file.content)}
    record.write("attached", by=by, as_role=role, at=at, strategy=strategy, details=details)
    return attachment


def remove(strategy: Strategy, address: UUID, *, by: Person, at: datetime) -> Attachment:
    """Take a file off the draft. Its bytes go with it, unless a version or another section holds them, too.

    Raises NotAllowed, NotFound, NotNow.
    """
    strategy = held(strategy)
    file = next((each for each in strategies.attached(strategy) if each.address == address), None)
    if file is None:
        raise NotFound("This file is not attached any more.")
    role = require(by, Permission.EDIT, strategy, at=at, clause=file.clause)
    after(strategy.status, Action.EDIT)
    details = {"clause": file.clause, "name": file.name, "sha256": file.sha256}
    record.write("detached", by=by, as_role=role, at=at, strategy=strategy, details=details)
    if in_a_version(file):
        file.removed_at = at
        return file
    contents.let_go(file)
    return file


def take_out(address: UUID, *, by: Person, at: datetime) -> tuple[Attachment, bytes]:
    """A file and its bytes; who takes it is recorded. Raises NotFound also for who may not know of it."""
    file = session().scalar(select(Attachment).where(Attachment.address == address))
    if file is None or not _may_see(file, by=by, at=at):
        raise NotFound("There is no such file, or you may not know of it.")
    role = require(by, Permission.SEE_SUBMITTED, file.strategy, at=at)
    details = {"what": f"the attachment “{file.name}” of section {file.clause}", "sha256": file.sha256}
    record.write("exported", by=by, as_role=role, at=at, strategy=file.strategy, details=details)
    return file, contents.bytes_of(file)


def in_a_version(file: Attachment) -> bool:
    """Whether a submitted version holds this file."""
    holds = Version.attachments.contains([{"address": str(file.address)}])
    found = select(Version.id).where(Version.strategy_id == file.strategy_id, holds).limit(1)
    return session().scalar(found) is not None


def _may_see(file: Attachment, *, by: Person, at: datetime) -> bool:
    if file.removed_at is None and may(by, Permission.SEE_DRAFT, file.strategy, at=at):
        return True
    return in_a_version(file) and may(by, Permission.SEE_SUBMITTED, file.strategy, at=at)


def _refused(reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault("file", reason)])

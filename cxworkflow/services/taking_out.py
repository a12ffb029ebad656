"""Taking a document out of the system as a file: whoever may read it may, and it is recorded."""

from datetime import datetime

from cxworkflow.models import Person, Publication, Strategy, Version
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record


def take_out_version(version: Version, what: str, *, by: Person, at: datetime) -> None:
    """Record that somebody took a version out as a file; raises NotAllowed for who may not see the strategy."""
    role = require(by, Permission.SEE_SUBMITTED, version.strategy, at=at)
    details = {"what": f"version {version.number} as {what}"}
    record.write("exported", by=by, as_role=role, at=at, strategy=version.strategy, version=version, details=details)


def take_out_preview(publication: Publication, what: str, *, by: Person, at: datetime) -> None:
    """Record that somebody took out as a file what the public reads, or would; raises NotAllowed."""
    strategy = publication.strategy
    role = require(by, Permission.SEE_PUBLICATIONS, strategy, at=at)
    details = {"what": f"what the public reads as {what}"}
    record.write("exported", by=by, as_role=role, at=at, strategy=strategy, details=details)


def take_out_record(strategy: Strategy, what: str, *, by: Person, at: datetime) -> None:
    """Record that somebody took a strategy's record out as a file; raises NotAllowed for who may not see it."""
    role = require(by, Permission.SEE_SUBMITTED, strategy, at=at)
    record.write("exported", by=by, as_role=role, at=at, strategy=strategy, details={"what": what})


def take_out_report(what: str, *, by: Person, at: datetime) -> None:
    """Record that somebody took the Department's report out as a file; raises NotAllowed."""
    role = require(by, Permission.SEE_ALL, at=at)
    record.write("exported", by=by, as_role=role, at=at, details={"what": what})

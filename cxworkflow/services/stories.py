"""One strategy's whole story, taken out of the system by an auditor or by whoever operates it."""

from datetime import datetime

from cxworkflow.models import Person, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record


def take_out(strategy: Strategy, *, by: Person | None, at: datetime) -> None:
    """Record that the story is taken out, before it is; `by` None is the system's operator. Raises NotAllowed."""
    role = require(by, Permission.TAKE_OUT_STORY, at=at) if by else None
    details = {"what": "the whole story of a strategy"}
    record.write("exported", by=by, as_role=role, at=at, strategy=strategy, details=details)

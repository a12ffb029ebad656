"""Taking a draft away from the screen, as a file to fill in. What comes back is saved section by section."""

from datetime import datetime

from cxworkflow.models import Person, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record


def take_out(strategy: Strategy, what: str, *, by: Person, at: datetime) -> None:
    """Record that somebody took the draft out as a file; raises NotAllowed for who may not see it."""
    role = require(by, Permission.SEE_DRAFT, strategy, at=at)
    record.write("exported", by=by, as_role=role, at=at, strategy=strategy, details={"what": f"the draft as {what}"})

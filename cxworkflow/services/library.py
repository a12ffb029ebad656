"""What the guidance library hands out, and who all are to whom it is published."""

from datetime import date, datetime

from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Guidance, KeptFile, Person, PolicyEdition
from cxworkflow.services import policies, record


def take_out(piece: Guidance, *, by: Person, at: datetime) -> KeptFile:
    """The file of a piece that a person may see; raises NotFound where it has none."""
    if piece.file is None:
        raise NotFound("There is no file here.")
    details = {"what": f"the file of “{piece.title}”", "sha256": piece.file.sha256}
    record.write("exported", by=by, as_role=None, at=at, details=details)
    return piece.file


def audience_of_all(edition: PolicyEdition, *, on: date) -> list[Component]:
    """All Components: an office that another covers is told through that."""
    known = policies.components(edition.policy.department)
    return [each for each in known if each.files != "covered" and each.in_force(on)]

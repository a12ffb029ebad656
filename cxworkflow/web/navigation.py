"""Where one can go from every page, and under which roles one is here."""

from dataclasses import dataclass, replace

from cxworkflow.models import Appointment, Person
from cxworkflow.permissions import Permission, may
from cxworkflow.queries import inbox
from cxworkflow.web import current


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; without a permission it is for everybody who is signed in.

    `unread` counts what is new there, up to `inbox.MOST_COUNTED`.
    """

    label: str
    path: str
    permission: Permission | None = None
    unread: int = 0


INBOX = Place("Inbox", "/inbox/")
HISPS = Place("HISPs", "/hisps")
PLACES = (
    Place("Home", "/"),
    INBOX,
    Place("Components", "/components/"),
    Place("Clocks", "/clocks/"),
    Place("Commitments", "/commitments/"),
    Place("Guidance", "/guidance"),
    HISPS,
    Place("Department", "/department", Permission.SEE_ALL),
    Place("Directorate", "/directorate", Permission.SEE_ALL),
    Place("Notices", "/notices/", Permission.SEE_OPERATIONS),
    Place("Record", "/record", Permission.SEE_RECORD),
    Place("Policy", "/policies/"),
    Place("People", "/people", Permission.SEE_PEOPLE),
    Place("Retention", "/retention", Permission.SEE_OPERATIONS),
    Place("Status", "/status", Permission.SEE_OPERATIONS),
)


def for_person(person: Person | None) -> list[Place]:
    """The places that a person may go to."""
    if person is None:
        return []
    at = current.now()
    open_to = [place for place in PLACES if place.permission is None or may(person, place.permission, at=at)]
    if not _knows_hisps(person):
        open_to.remove(HISPS)
    return [replace(place, unread=inbox.unread(person)) if place is INBOX else place for place in open_to]


def _knows_hisps(person: Person) -> bool:
    """Whether a person belongs to a High Impact Service Provider, or sees every Component."""
    held = [each.component for each in roles_of(person)]
    return any(each and each.hisp for each in held) or may(person, Permission.SEE_ALL, at=current.now())


def roles_of(person: Person | None) -> list[Appointment]:
    """The appointments that count today."""
    if person is None:
        return []
    return [held for held in person.appointments if held.in_force(current.today())]

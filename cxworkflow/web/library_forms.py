"""What the forms of the guidance library bring, and what its pages are made of."""

from datetime import date
from typing import Any

from flask import request

from cxworkflow.errors import Fault, InvalidInput, NotAllowed, NotFound
from cxworkflow.models import Component, Guidance, GuidanceKind, PolicyEdition
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import guidance as queries
from cxworkflow.queries.clocks import editions
from cxworkflow.services import guidance, library
from cxworkflow.web import current, filters, sent_files

KINDS = {GuidanceKind.GUIDANCE: "Guidance", GuidanceKind.PLAYBOOK: "Playbook", GuidanceKind.LESSON: "Lesson"}
STATES = {
    "published": "In force",
    "draft": "Being written",
    "offered": "Offered",
    "superseded": "Superseded",
    "withdrawn": "Withdrawn",
}


def words() -> guidance.Words:
    """The text that a form brings, and its file."""
    typed = request.form
    file = sent_files.examined_if_any()
    return guidance.Words(typed.get("title", ""), typed.get("tags", ""), typed.get("text", ""), file)


def kind() -> GuidanceKind:
    """The kind that was chosen; raises InvalidInput."""
    try:
        return GuidanceKind(request.form.get("kind", ""))
    except ValueError:
        raise InvalidInput(None, [Fault("kind", "Choose what it is.")]) from None


def chosen(piece: Guidance) -> list[Component] | None:
    """The Components that were ticked; None for all."""
    match request.form.get("whom", ""):
        case "all":
            return None
        case "some":
            ticked = set(request.form.getlist("components"))
            return [each for each in offered_to(piece) if each.code in ticked]
    raise InvalidInput(None, [Fault("whom", "Choose for whom it is.")])


def day() -> date | None:
    """The day until which it is to be acknowledged, if one was given; raises InvalidInput."""
    return filters.posted_day("acknowledge") if any(filters.boxes("acknowledge")) else None


def edition() -> PolicyEdition:
    """The policy under which a new piece stands: the latest; raises NotFound where there is none."""
    in_force = editions()
    if not in_force:
        raise NotFound("No policy is in force yet, so there is nothing to give guidance on.")
    return in_force[0]


def held() -> list[Component]:
    """The Components for which the person holds a role today."""
    found = [each.component for each in current.person().appointments if each.in_force(current.today())]
    return list({each.id: each for each in found if each is not None}.values())


def offering() -> list[Component]:
    """The Components for which the person may offer a lesson."""
    return [each for each in held() if may(current.person(), Permission.OFFER_LESSON, each, at=current.now())]


def require_a_writer() -> None:
    """Raise NotAllowed for whoever neither writes guidance nor may offer a lesson."""
    if not (may(current.person(), Permission.PUBLISH_GUIDANCE, at=current.now()) or offering()):
        raise NotAllowed("Guidance is written by the CX Directorate, and lessons are offered by Component leads.")


def acknowledge(piece: Guidance) -> list[Component]:
    """Acknowledge it for each of one's own Components that has not; returns those it was published to.

    Raises NotAllowed, NotFound, NotNow.
    """
    person, at = current.person(), current.now()
    told = queries.told(person, piece, at=at)
    own = [each for each in told if may(person, Permission.ACKNOWLEDGE, each.component, at=at)]
    may_for = [each for each in held() if may(person, Permission.ACKNOWLEDGE, each, at=at)]
    require(person, Permission.ACKNOWLEDGE, may_for[0] if may_for else None, at=at)
    guidance.refuse_unpublished(piece)
    waiting = [each.component for each in own if each.acknowledged is None]
    for component in waiting or [each.component for each in own] or may_for[:1]:
        guidance.acknowledge(piece, component, by=person, at=at)
    return [each.component for each in own]


def offered_to(piece: Guidance) -> list[Component]:
    """The Components to which a piece can be published."""
    return library.audience_of_all(piece.edition, on=current.today())


def writing() -> dict[str, Any]:
    """What the form for a new piece shows."""
    return {"kinds": [(each.value, label) for each, label in KINDS.items()], "typed": request.form}


def shown(guidance_id: int) -> dict[str, Any]:
    """What the page of a piece is made of."""
    person, at = current.person(), current.now()
    piece = queries.one(person, guidance_id, at=at)
    told = queries.told(person, piece, at=at)
    own = [each for each in told if may(person, Permission.ACKNOWLEDGE, each.component, at=at)]
    return {
        "piece": piece,
        "kind": KINDS[piece.kind],
        "states": STATES,
        "told": told,
        "own": [each.component for each in own],
        "to_acknowledge": [each.component for each in own if each.acknowledged is None],
        "versions": queries.versions(person, piece, at=at),
        "offered": offered_to(piece),
        "form": "",
        "typed": request.form,
        "chosen": request.form.getlist("components"),
        "boxes": filters.boxes("acknowledge"),
    }

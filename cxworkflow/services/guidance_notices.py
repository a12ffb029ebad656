"""Who is told of the library: Components of what is published, due or withdrawn; the Directorate of lessons."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Acknowledgement, Component, Event, Guidance, GuidanceAudience
from cxworkflow.services import notices
from cxworkflow.services.coordination_notices import named, reached


def offered(piece: Guidance, component: Component, event: Event, *, at: datetime) -> None:
    """Tell the Directorate that a Component offers a lesson."""
    facts = {**facts_of(piece), "of_component": {"code": component.code, "name": component.name}}
    notices.owe("lesson-offered", event, edition=piece.edition, facts=facts, at=at)


def published(piece: Guidance, components: Sequence[Component], event: Event, *, at: datetime) -> None:
    """Tell each Component of what is published to it."""
    for component in components:
        notices.owe(
            "guidance-published", event, edition=piece.edition, component=component, facts=facts_of(piece), at=at
        )


def withdrawn(piece: Guidance, event: Event, *, at: datetime) -> None:
    """Tell each Component that was told of a piece that it counts no more."""
    told = select(Component).join(GuidanceAudience).where(GuidanceAudience.guidance_id == piece.id)
    facts = {**facts_of(piece), "reason": piece.withdrawn_reason}
    for component in session().scalars(told.order_by(Component.code)):
        notices.owe("guidance-withdrawn", event, edition=piece.edition, component=component, facts=facts, at=at)


def remind_all(on: date, at: datetime) -> None:
    """Owe the reminders of a day to Components that have not acknowledged what they were asked to."""
    said = exists().where(
        Acknowledgement.guidance_id == Guidance.id, Acknowledgement.component_id == GuidanceAudience.component_id
    )
    silent = (
        select(Guidance, Component)
        .join(GuidanceAudience, GuidanceAudience.guidance_id == Guidance.id)
        .join(Component, Component.id == GuidanceAudience.component_id)
        .where(
            Guidance.acknowledge_by.is_not(None),
            Guidance.withdrawn_at.is_(None),
            Guidance.superseded_at.is_(None),
            ~said,
        )
        .options(joinedload(Guidance.edition))
        .order_by(Guidance.id, Component.code)
    )
    for piece, component in session().execute(silent):
        assert piece.acknowledge_by is not None
        assert piece.published_at is not None
        since, edition = day_of(piece.published_at), piece.edition
        for rung, ladder in reached(edition, "guidance", due_on=piece.acknowledge_by, since=since, on=on):
            notices.owe_to_roles(
                "guidance-due",
                ladder.roles_at(rung),
                key=f"{piece.id}/{component.id}/{rung}",
                department=edition.policy.department,
                component_id=component.id,
                of_component=True,
                facts={**named(edition, component), **facts_of(piece)},
                at=at,
            )


def facts_of(piece: Guidance) -> dict[str, Any]:
    """What an e-mail says of a piece of the library."""
    return {
        "guidance": piece.id,
        "guidance_kind": piece.kind.value,
        "title": piece.title,
        "number": piece.number,
        "until_on": piece.acknowledge_by.isoformat() if piece.acknowledge_by else None,
    }

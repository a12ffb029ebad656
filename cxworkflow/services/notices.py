"""Owing e-mails: rows written in the transaction of what caused them, their facts frozen."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, Component, Event, Notice, Person, PolicyEdition, Strategy
from cxworkflow.services.recipients import Recipient, holders


def owe(
    kind: str,
    event: Event,
    *,
    edition: PolicyEdition,
    component: Component | None = None,
    strategy: Strategy | None = None,
    clock: Clock | None = None,
    facts: dict[str, Any],
    also: Iterable[tuple[Person, str]] = (),
    at: datetime,
) -> None:
    """Owe one e-mail about an event to everybody whom the policy names for it, and to those in `also`.

    The key is the event and the person, so a repetition owes nothing more.
    """
    told = holders(
        edition.policy.told_of(kind),
        component_id=component.id if component else None,
        on=day_of(at),
    )
    named = [Recipient(person.id, person.email, role, role) for person, role in also]
    frozen = {
        "policy": edition.policy.short_title,
        "paper": edition.policy.paper,
        "component": component.code if component else None,
        "component_name": component.name if component else None,
        "strategy_title": strategy.title if strategy else None,
        "by": event.by_name,
        **facts,
    }
    rows = [
        {
            "key": f"{kind}/{event.id}/{recipient.person_id}",
            "kind": kind,
            "person_id": recipient.person_id,
            "to_role": recipient.role,
            "to_address": recipient.email,
            "component_id": component.id if component else None,
            "strategy_id": strategy.id if strategy else None,
            "clock_id": clock.id if clock else None,
            "owed_on": day_of(at),
            "owed_at": at,
            "facts": {**frozen, "held_role": recipient.held_role},
        }
        for recipient in [*named, *told]
    ]
    if rows:
        session().execute(insert(Notice).on_conflict_do_nothing(index_elements=["key"]), rows)
        session().info["owes"] = True  # rings the bell after the commit

"""Owing e-mails: rows written in the transaction of what caused them, their facts frozen."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, Component, Event, Notice, Person, PolicyEdition, Role, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.scope import SYSTEM, present, within
from cxworkflow.services import preferences
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
    like: str = "",
    at: datetime,
) -> None:
    """Owe one e-mail about an event to everybody whom the policy names for it, and to those in `also`.

    `like` is another kind, of which the same people are told: the policy says who for that one. The key is the event
    and the person, so a repetition owes nothing more.
    """
    # What concerns no Component has no lead or executive for whom anybody could stand in.
    roles = [
        role for role in edition.policy.told_of(like or kind) if component is not None or role not in COMPONENT_ROLES
    ]
    told = holders(
        roles,
        department=edition.policy.department,
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
        **edition.policy.names.told,
        **facts,
    }
    _insert(
        kind,
        str(event.id),
        [*named, *told],
        department=edition.policy.department,
        component_id=component.id if component else None,
        strategy_id=strategy.id if strategy else None,
        clock_id=clock.id if clock else None,
        facts=frozen,
        may_wait=edition.policy.lets_wait(kind),
        at=at,
    )


def owe_to_roles(
    kind: str,
    roles: Sequence[str],
    *,
    key: str,
    department: str | None,
    component_id: int | None = None,
    of_component: bool = False,
    strategy: Strategy | None = None,
    clock_id: int | None = None,
    facts: dict[str, Any],
    at: datetime,
) -> None:
    """Owe one e-mail that no event caused to everybody in some roles of a department; `key` tells it apart.

    `department`: None where it is about the whole installation; `of_component`: to those of the Component that it is
    about.
    """
    _insert(
        kind,
        key,
        holders(roles, department=department, component_id=component_id if of_component else None, on=day_of(at)),
        department=department,
        component_id=component_id,
        strategy_id=strategy.id if strategy else None,
        clock_id=clock_id,
        facts=facts,
        may_wait=_may_wait(kind, strategy),
        at=at,
    )


def owe_to_person(
    kind: str,
    person: Person,
    role: Role,
    *,
    key: str,
    component: Component | None = None,
    strategy: Strategy | None = None,
    facts: dict[str, Any],
    at: datetime,
) -> None:
    """Owe one person an e-mail about what was done to them, in the role that it is about; `key` tells it apart."""
    named = {
        "component": component.code if component else None,
        "component_name": component.name if component else None,
    }
    _insert(
        kind,
        key,
        [Recipient(person.id, person.email, role.value, role.value)],
        department=component.department if component else present().department or None,
        component_id=component.id if component else None,
        strategy_id=strategy.id if strategy else None,
        clock_id=None,
        facts={**named, **facts},
        may_wait=_may_wait(kind, strategy),
        at=at,
    )


def _may_wait(kind: str, strategy: Strategy | None) -> bool:
    # What is of no policy is about accounts, or about how the system runs.
    return strategy is not None and strategy.edition.policy.lets_wait(kind)


def _insert(
    kind: str,
    key: str,
    recipients: Iterable[Recipient],
    *,
    department: str | None,
    component_id: int | None,
    strategy_id: int | None,
    clock_id: int | None,
    facts: dict[str, Any],
    may_wait: bool,
    at: datetime,
) -> None:
    told = list(recipients)
    if not told:
        return
    with within(SYSTEM):  # nobody may read the e-mails of others, nor say that there is one
        waiting = preferences.with_daily_digest(each.person_id for each in told) if may_wait else set()
        rows = [
            {
                "key": f"{kind}/{key}/{each.person_id}",
                "kind": kind,
                "person_id": each.person_id,
                "to_role": each.role,
                "to_address": each.email,
                "department": department,
                "component_id": component_id,
                "strategy_id": strategy_id,
                "clock_id": clock_id,
                "owed_on": day_of(at),
                "owed_at": at,
                "facts": {**facts, "held_role": each.held_role},
                "state": NoticeState.WAITING if each.person_id in waiting else NoticeState.OWED,
            }
            for each in told
        ]
        once = insert(Notice).on_conflict_do_nothing(index_elements=["key"], index_where=Notice.key.is_not(None))
        session().execute(once, rows)
    session().info["owes"] = True  # rings the bell after the commit


def carry(kind: str, joined: Sequence[Notice], *, facts: dict[str, Any], reason: str, on: date, at: datetime) -> None:
    """Owe one e-mail that carries several notices to one person; they are closed as joined, for this reason.

    It takes the role and the standing of the first, whose number is its key: carried again, it would be the same one.
    """
    first = joined[0]
    session().add(
        Notice(
            key=f"{kind}/{first.id}",
            kind=kind,
            person_id=first.person_id,
            to_role=first.to_role,
            to_address=first.person.email,
            owed_on=on,
            owed_at=at,
            facts={"held_role": first.facts["held_role"], **facts},
        )
    )
    for notice in joined:
        notice.state, notice.closed_reason = NoticeState.JOINED, reason
    session().info["owes"] = True  # rings the bell after the commit

"""What the Directorate itself has to deliver, and the clocks that no single Component holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Clock, Deliverable, Person, PolicyEdition
from cxworkflow.policies import DeliverableRule


@dataclass(frozen=True)
class Delivery:
    """Something the Directorate itself delivers, and whether it has."""

    rule: DeliverableRule
    done: Deliverable | None
    by: str | None


def own_clocks(edition: PolicyEdition) -> list[Clock]:
    """The clocks that no single Component holds: the Directorate's and the Department's."""
    wanted = select(Clock).where(Clock.edition_id == edition.id, Clock.component_id.is_(None))
    return list(session().scalars(wanted.order_by(Clock.due_on, Clock.id)))


def deliveries(edition: PolicyEdition) -> list[Delivery]:
    """What the policy asks the Directorate to deliver, in the order of the policy."""
    rows = session().execute(
        select(Deliverable, Person.name)
        .join(Person, Person.id == Deliverable.by_id)
        .join(PolicyEdition, PolicyEdition.id == Deliverable.edition_id)
        .where(PolicyEdition.code == edition.code, Deliverable.component_id.is_(None))
    )
    done = {deliverable.what: (deliverable, name) for deliverable, name in rows}
    return [Delivery(rule, *done.get(rule.id, (None, None))) for rule in edition.policy.delivered_by("directorate")]


def to_deliver(
    in_force: Iterable[PolicyEdition], running: Iterable[Clock]
) -> list[tuple[PolicyEdition, DeliverableRule, Clock | None]]:
    """What the Directorate has not delivered yet, each with the clock that waits for it, of those that run."""
    done = {
        tuple(row)
        for row in session().execute(
            select(PolicyEdition.code, Deliverable.what)
            .join(PolicyEdition, PolicyEdition.id == Deliverable.edition_id)
            .where(Deliverable.component_id.is_(None))
        )
    }
    waiting = {(clock.edition_id, clock.kind): clock for clock in running}
    return [
        (edition, rule, waiting.get((edition.id, rule.stops or "")))
        for edition in in_force
        for rule in edition.policy.delivered_by("directorate")
        if (edition.code, rule.id) not in done
    ]

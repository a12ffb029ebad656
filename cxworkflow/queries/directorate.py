"""The Directorate's overview: its own deliverables, and how every Component stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select

from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, Deliverable, Person, PolicyEdition, Strategy
from cxworkflow.policies import DeliverableRule


@dataclass(frozen=True)
class Standing:
    """A Component, its strategy if it has begun one, and the clock that counts for it now."""

    component: Component
    strategy: Strategy | None
    clock: Clock | None

    @property
    def status(self) -> Status | None:
        """The strategy's status; None while nothing is begun."""
        return self.strategy.status if self.strategy else None


@dataclass(frozen=True)
class Delivery:
    """Something the Directorate itself delivers, and whether it has."""

    rule: DeliverableRule
    done: Deliverable | None
    by: str | None


def standings(edition: PolicyEdition, on: date) -> list[Standing]:
    """Every Component of the policy's department on a day, by three statements."""
    present = select(Component).where(
        Component.department == edition.policy.department,
        Component.from_on <= on,
        Component.until_on.is_(None) | (Component.until_on > on),
    )
    filers_first = case((Component.files == "self", 0), (Component.files == "invited", 1), else_=2)
    components = session().scalars(present.order_by(filers_first, Component.code)).all()
    strategies = {
        strategy.component_id: strategy
        for strategy in session().scalars(select(Strategy).where(Strategy.edition_id == edition.id))
    }
    clocks = {clock.component_id: clock for clock in _present_clocks(edition)}
    return [Standing(each, strategies.get(each.id), clocks.get(each.id)) for each in components]


def _present_clocks(edition: PolicyEdition) -> Sequence[Clock]:
    """For each Component the open clock that is due first, or else the one that stopped last."""
    ranked = (
        select(Clock)
        .distinct(Clock.component_id)
        .where(Clock.edition_id == edition.id, Clock.component_id.is_not(None))
        .order_by(
            Clock.component_id,
            Clock.stopped_on.is_not(None),
            case((Clock.stopped_on.is_(None), Clock.due_on)),
            Clock.stopped_on.desc(),
            Clock.id.desc(),
        )
    )
    return session().scalars(ranked).all()


def own_clocks(edition: PolicyEdition) -> list[Clock]:
    """The clocks that no single Component holds: the Directorate's and the Department's."""
    wanted = select(Clock).where(Clock.edition_id == edition.id, Clock.component_id.is_(None))
    return list(session().scalars(wanted.order_by(Clock.due_on, Clock.id)))


def deliveries(edition: PolicyEdition) -> list[Delivery]:
    """What the policy asks the Directorate to deliver, in the order of the policy."""
    rows = session().execute(
        select(Deliverable, Person.name)
        .join(Person, Person.id == Deliverable.by_id)
        .where(Deliverable.edition_id == edition.id)
    )
    done = {deliverable.what: (deliverable, name) for deliverable, name in rows}
    return [Delivery(rule, *done.get(rule.id, (None, None))) for rule in edition.policy.deliverables]

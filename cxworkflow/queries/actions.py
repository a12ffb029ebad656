"""The Department-wide actions with all that is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, Select, String, and_, column, func, literal_column, select, values
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import ActionLink, ActionStanding, ActionState, ActionStep, Component, PolicyEdition, Strategy
from cxworkflow.policies import ActionRule
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import both_ways

OPEN = (ActionState.PLANNED, ActionState.UNDER_WAY)
PLACE: ColumnElement[int] = literal_column("rule.place")
TITLE: ColumnElement[str] = literal_column("rule.title")
NEXT: ColumnElement[date] = literal_column("coming.next_on")
NOT_SAID = "not-said"  # how an action stands of which nobody has said anything
ORDERS = {
    **both_ways("policy", "In the order of the policy", "From the policy’s end", PLACE),
    **both_ways("title", "By title", "By title, from Z to A", TITLE, PLACE),
    **both_ways("next", "The next step first", "The next step last", NEXT, PLACE),
}


@dataclass(frozen=True)
class Action:
    """An action: its rule, how it stands, its steps, and what serves it."""

    edition: PolicyEdition
    rule: ActionRule
    standing: ActionStanding | None
    steps: Sequence[ActionStep]
    every_link: Sequence[ActionLink]

    @property
    def links(self) -> list[ActionLink]:
        """The strategies that serve it, without those that were taken off."""
        return [each for each in self.every_link if each.removed_at is None]

    @property
    def steps_done(self) -> int:
        """How many steps are done."""
        return sum(each.progress is ActionState.DONE for each in self.steps)

    @property
    def served_by(self) -> list[str]:
        """The codes of the Components whose strategies serve it, each once."""
        return sorted({each.strategy.component.code for each in self.links})

    @property
    def next_step(self) -> ActionStep | None:
        """The step that is due next."""
        return next((each for each in self.steps if each.progress in OPEN), None)


def overview(edition: PolicyEdition) -> list[Action]:
    """Every action that the policy directs, in its order."""
    standings = select(ActionStanding).filter_by(edition_id=edition.id).options(with_person(ActionStanding.by))
    known = {each.clause: each for each in session().scalars(standings)}
    in_order = select(ActionStep).filter_by(edition_id=edition.id).order_by(ActionStep.due_on, ActionStep.id)
    steps = session().scalars(in_order).all()
    linked = select(ActionLink).filter_by(edition_id=edition.id).order_by(ActionLink.id)
    links = session().scalars(linked.options(joinedload(ActionLink.strategy))).all()
    return [
        Action(
            edition,
            rule,
            known.get(rule.clause),
            [each for each in steps if each.clause == rule.clause],
            [each for each in links if each.clause == rule.clause],
        )
        for rule in edition.policy.actions
    ]


def find(edition: PolicyEdition, *, state: str | None = None, component: str | None = None) -> Select[tuple[str]]:
    """The clauses of the actions that are wanted: the policy's file names them, the tables say how they stand."""
    named = [(place, each.clause, each.title) for place, each in enumerate(edition.policy.actions)]
    rule = values(column("place", Integer), column("clause", String), column("title", String), name="rule").data(named)
    coming = (
        select(ActionStep.clause, func.min(ActionStep.due_on).label("next_on"))
        .where(ActionStep.edition_id == edition.id, ActionStep.progress.in_(OPEN))
        .group_by(ActionStep.clause)
        .subquery("coming")
    )
    of_it = and_(ActionStanding.clause == rule.c.clause, ActionStanding.edition_id == edition.id)
    found = select(rule.c.clause).outerjoin(ActionStanding, of_it).outerjoin(coming, coming.c.clause == rule.c.clause)
    if state is not None:
        found = found.where(
            ActionStanding.id.is_(None) if state == NOT_SAID else ActionStanding.progress == ActionState(state)
        )
    if component is not None:
        serves = select(ActionLink.clause).join(Strategy, Strategy.id == ActionLink.strategy_id)
        theirs = serves.where(Strategy.component.has(code=component), ActionLink.removed_at.is_(None))
        found = found.where(rule.c.clause.in_(theirs.where(ActionLink.edition_id == edition.id)))
    return found


def one(code: str, clause: str) -> Action:
    """An action; raises NotFound."""
    edition = session().scalar(select(PolicyEdition).where(PolicyEdition.code == code))
    found = [each for each in overview(edition) if each.rule.clause == clause] if edition else []
    if not found:
        raise NotFound
    return found[0]


def begun(edition: PolicyEdition) -> list[tuple[str, str]]:
    """The Components whose strategy is begun: codes and labels."""
    wanted = select(Component).join(Strategy, Strategy.component_id == Component.id)
    found = session().scalars(wanted.where(Strategy.edition_id == edition.id).order_by(Component.code))
    return [(each.code, f"{each.code}: {each.name}") for each in found]


def strategy_of(edition: PolicyEdition, code: str) -> Strategy | None:
    """The strategy of a Component, if it has begun one."""
    wanted = select(Strategy).join(Component, Component.id == Strategy.component_id)
    return session().scalar(wanted.where(Strategy.edition_id == edition.id, Component.code == code))

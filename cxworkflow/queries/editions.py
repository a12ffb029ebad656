"""Which running strategies a new edition of a policy would concern, and what a move to one has left behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import AnswerRevision, Clock, Event, PolicyEdition, Strategy
from cxworkflow.policies import Policy, Section
from cxworkflow.policies.comparison import Change
from cxworkflow.wording import long_date


def concerned(after: Policy, found: Sequence[Change], *, at: datetime) -> Iterator[str]:
    """A line for each strategy that is not implemented: what it would be asked anew, and where its clocks would end."""
    of_it = select(PolicyEdition.id).where(PolicyEdition.code == after.id)
    running = select(Strategy).where(Strategy.edition_id.in_(of_it), Strategy.status != Status.IMPLEMENTED)
    sections = {change.name for change in found if change.part == "section"}
    clocks = {change.name for change in found if change.part == "clock"}
    for strategy in session().scalars(running.order_by(Strategy.id)):
        asked = {each.clause for each in after.sections_for(hisp=strategy.component.hisp)} | strategy.contents.keys()
        told = [f"section {clause}" for clause in sorted(sections & asked)]
        told += [_ends(clock, after, at) for clock in _open(strategy) if clock.kind in clocks]
        about = "; ".join(told) or "nothing"
        yield f"{strategy.component.code} ({strategy.status.value}), begun under {_edition(strategy)}: {about}."


def _edition(strategy: Strategy) -> str:
    return f"the edition in force since {long_date(strategy.edition.loaded_at)}"


def _open(strategy: Strategy) -> Sequence[Clock]:
    running = select(Clock).where(
        Clock.edition_id == strategy.edition_id,
        Clock.component_id == strategy.component_id,
        Clock.stopped_on.is_(None),
        Clock.commitment_id.is_(None),
    )
    return session().scalars(running.order_by(Clock.due_on, Clock.id)).all()


def _ends(clock: Clock, after: Policy, at: datetime) -> str:
    rule = next((each for each in after.clocks if each.kind == clock.kind), None)
    if rule is None:
        return f"clock {clock.kind} would be lifted on {long_date(day_of(at))}"
    return (
        f"clock {clock.kind}, due {long_date(clock.due_on)}, would be {long_date(rule.term.due_on(clock.started_on))}"
    )


@dataclass(frozen=True)
class Kept:
    """A section of an earlier edition as it stood when the strategy was moved on, where something is asked no more."""

    section: Section
    content: dict[str, Any]
    moved_at: datetime


def kept(strategy: Strategy) -> list[Kept]:
    """What stood in the draft under earlier editions and is no longer asked, the last move first."""
    moves = select(Event).where(Event.strategy_id == strategy.id, Event.verb == "moved").order_by(Event.id.desc())
    found = []
    for move in session().scalars(moves):
        for clause, revision in move.details.get("kept", {}).items():
            state = (
                session()
                .scalars(select(AnswerRevision).filter_by(strategy_id=strategy.id, clause=clause, revision=revision))
                .one()
            )
            edition = (
                session()
                .scalars(select(PolicyEdition).filter_by(code=strategy.edition.code, sha256=move.details["from"]))
                .one()
            )
            found.append(Kept(edition.policy.section(clause), state.content, move.at))
    return found

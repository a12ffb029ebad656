"""The clause map: of each clause of a policy its homes, the tests that prove it, and how it stands today.

How it stands is told of each Component that the reader may know of, and of what the Directorate and the Department do
themselves. What is a target of the Directorate makes nobody overdue.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, Text, column, false, select, values

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Appointment, Clock, Component, Person, PolicyEdition, Role, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Clause, Home, Policy, homes_of
from cxworkflow.policies.proofs import proofs_of
from cxworkflow.queries import actions, directorate
from cxworkflow.queries.clause_states import ClauseState, Known, State, clock_stands, stands
from cxworkflow.queries.clocks import in_sight, own_components, sees_every_clock
from cxworkflow.queries.paging import both_ways


@dataclass(frozen=True)
class Mapped:
    """A clause with all that is known of it."""

    clause: Clause
    homes: tuple[Home, ...]
    tests: tuple[str, ...]
    department: tuple[ClauseState, ...]
    components: tuple[ClauseState, ...]

    @property
    def counted(self) -> dict[State, int]:
        """How many Components stand in which state, the most pressing state first; those without are left out."""
        counted = Counter(each.state for each in self.components)
        return {state: counted[state] for state in State if counted[state]}


def clause_map(edition: PolicyEdition, reader: Person | None, *, at: datetime) -> list[Mapped]:
    """Every clause of a policy in its order, as a reader may know of it; None reads for the system."""
    policy, known = edition.policy, _known(edition, reader, at=at)
    own = _own_doings(edition, known, reader, at=at)
    return [
        Mapped(
            clause,
            homes_of(policy, clause),
            proofs_of(policy.id, clause.id),
            tuple(said for of, said in own if of in (clause.id, *clause.through)),
            tuple(stands(policy, clause, component, known) for component in known.components),
        )
        for clause in policy.clauses
    ]


# How a clause stands for Components is worked out here and not in the database, which is only asked to order it.
_STANDS = values(
    column("code", Text), column("state", Text), column("place", Integer), column("says", Text), name="stands"
)
ORDERS = {
    **both_ways("code", "By Component, A to Z", "By Component, Z to A", _STANDS.c.code),
    **both_ways("state", "The most pressing first", "The least pressing first", _STANDS.c.place, _STANDS.c.code),
}


def listed(mapped: Mapped, state: str | None) -> Select[Any]:
    """How the clause stands for each Component, of all or of those that stand so: code, state, its place, and why."""
    places = {each: place for place, each in enumerate(State)}
    rows = [(each.of, each.state.value, places[each.state], each.says) for each in mapped.components]
    found = [row for row in rows if state in (None, row[1])]
    told = _STANDS.data(found or [("", "", 0, "")])
    return select(told) if found else select(told).where(false())


def told(edition: PolicyEdition, mapped: Sequence[Mapped]) -> dict[str, Any]:
    """The map as JSON values."""
    return {
        "policy": edition.code,
        "title": edition.policy.short_title,
        "sha256": edition.sha256,
        "clauses": [
            {
                "clause": each.clause.id,
                "who": each.clause.who,
                "title": each.clause.title,
                "asks": each.clause.summary,
                "lives_in": each.clause.lives_in,
                "homes": [{"kind": home.kind, "name": home.name, "title": home.title} for home in each.homes],
                "tests": list(each.tests),
                "department": [_told(said, "what") for said in each.department],
                "components": [_told(said, "component") for said in each.components],
            }
            for each in mapped
        ],
    }


def _told(said: ClauseState, whose: str) -> dict[str, str]:
    return {whose: said.of, "state": said.state.value, "says": said.says}


def _known(edition: PolicyEdition, reader: Person | None, *, at: datetime) -> Known:
    """What the reader may know of: row-level security asks the same of each row.

    A Component counts under the edition under which it began, so those of all editions of the policy are read.
    """
    on, policy = day_of(at), edition.policy
    components = select(Component).where(Component.department == policy.department, Component.from_on <= on)
    of_all = reader is None or sees_every_clock(reader, at=at)
    own = frozenset(own_components(reader, at=at)) if reader is not None else frozenset()
    if not of_all:
        components = components.where(Component.id.in_(own))
    papers = reader is None or may(reader, Permission.SEE_ALL, at=at)
    of_it = select(PolicyEdition.id).where(PolicyEdition.code == edition.code)
    strategies = select(Strategy).where(Strategy.edition_id.in_(of_it)).order_by(Strategy.edition_id)
    if not papers:
        strategies = strategies.where(Strategy.component_id.in_(own))
    clocks = select(Clock).where(Clock.edition_id.in_(of_it), Clock.commitment_id.is_(None)).order_by(Clock.id)
    if reader is not None:
        clocks = clocks.where(in_sight(reader, at=at))
    held = defaultdict[int, set[Role]](set)
    for given in session().scalars(select(Appointment).where(Appointment.component_id.is_not(None))):
        if given.in_force(on) and given.component_id is not None:
            held[given.component_id].add(given.role)
    return Known(
        on=on,
        components=[each for each in session().scalars(components.order_by(Component.code)) if each.in_force(on)],
        clocks=list(session().scalars(clocks)),
        strategies={each.component_id: each for each in session().scalars(strategies)},
        held=held,
        own=own,
        papers=papers,
    )


def _own_doings(
    edition: PolicyEdition, known: Known, reader: Person | None, *, at: datetime
) -> list[tuple[str, ClauseState]]:
    """What the Directorate and the Department do themselves, by clause; for who sees all of it."""
    if reader is not None and not may(reader, Permission.SEE_ALL, at=at):
        return []
    return [*_department_clocks(edition.policy, known), *_deliveries(edition), *_actions(edition)]


def _department_clocks(policy: Policy, known: Known) -> Iterator[tuple[str, ClauseState]]:
    for rule in policy.clocks:
        for clock in known.clocks:
            if clock.component_id is None and clock.kind == rule.kind:
                state, says = clock_stands(rule, clock, known.on)
                yield rule.clause, ClauseState(rule.title, state, f"{says[:1].upper()}{says[1:]}")


def _deliveries(edition: PolicyEdition) -> Iterator[tuple[str, ClauseState]]:
    for each in directorate.deliveries(edition):
        state, says = (State.DONE, "Recorded as done.") if each.done else (State.OPEN, "Not done yet.")
        yield each.rule.clause, ClauseState(each.rule.title, state, says)


def _actions(edition: PolicyEdition) -> Iterator[tuple[str, ClauseState]]:
    for each in actions.overview(edition):
        stands_so = each.standing.progress.value if each.standing else "not said yet"
        state = State.DONE if stands_so == "done" else State.OPEN
        yield each.rule.clause, ClauseState(each.rule.title, state, f"{stands_so.replace('-', ' ').capitalize()}.")

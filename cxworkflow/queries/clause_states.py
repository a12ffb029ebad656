"""How a clause stands for one Component: by the clocks and sections that keep it, or by what the register says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cxworkflow.calendar import ClockState
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, Role, Strategy
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.policies import Clause, ClockRule, Policy, Section
from cxworkflow.policies.answers import missing_in
from cxworkflow.wording import days, long_date


class State(StrEnum):
    """How a clause stands, the most pressing first."""

    OVERDUE = "overdue"
    OPEN = "open"
    UNKNOWN = "unknown"
    DONE_LATE = "done-late"
    DONE = "done"
    HOLDS = "holds"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True)
class ClauseState:
    """How a clause stands for a Component, or for something that the Department does itself, in a sentence."""

    of: str
    state: State
    says: str


@dataclass(frozen=True)
class Known:
    """What a reader may know of on a day. `papers`: of all strategies; else of those of the reader's `own` Components.

    `strategies` and the roles that somebody holds (`held`) by the Component's number.
    """

    on: date
    components: Sequence[Component]
    clocks: Sequence[Clock]
    strategies: dict[int, Strategy]
    held: dict[int, set[Role]]
    own: frozenset[int]
    papers: bool


Said = tuple[State, str]


def stands(policy: Policy, clause: Clause, component: Component, known: Known) -> ClauseState:
    """How a clause stands for a Component: what presses most among what binds it, and all of it in sentences."""
    kept_here = (clause.id, *clause.through)
    rules = [rule for rule in policy.clocks if rule.clause in kept_here and rule.holder == "component"]
    sections = _sections(policy, kept_here)
    if not rules and not sections:
        return ClauseState(component.code, *_by_the_register(policy, clause, component, known))
    bound = [rule for rule in rules if component.has(rule)]
    binding = [*_by_clocks(bound, component, known), *_by_sections(policy, sections, component, known)]
    targets = list(_by_targets(bound, component, known))
    if not binding and not targets:
        return ClauseState(component.code, State.NOT_ASKED, _why_not(component))
    state = min((state for state, _ in binding or targets), key=list(State).index)
    says = dict.fromkeys(says for _, says in (*binding, *targets))
    return ClauseState(component.code, state, " ".join(says))


def clock_stands(rule: ClockRule, clock: Clock, on: date) -> Said:
    """How a clock stands on a day, as it follows the clock's title; what is only a target is never overdue."""
    state, due, required = clock.state(on), long_date(clock.due_on), rule.set_by == "policy"
    match state:
        case ClockState.LIFTED:
            return State.NOT_ASKED, "no longer asked for."
        case ClockState.MET | ClockState.LATE:
            done = f"done on {long_date(clock.stopped_on or on)}"
            if state is ClockState.LATE and required:
                return State.DONE_LATE, f"{done}, {days(clock.days_late(on))} late."
            return State.DONE, f"{done}."
        case ClockState.PAUSED:
            return State.OPEN, f"paused, due {due}."
        case ClockState.OVERDUE if required:
            return State.OVERDUE, f"{days(clock.days_late(on))} overdue, was due {due}."
        case _:
            return State.OPEN, f"due {due}."


def _sections(policy: Policy, kept_here: tuple[str, ...]) -> list[Section]:
    """The sections that keep a clause; a principle is kept where rows name the principles that they serve."""
    principles = any(each.clause in kept_here for each in policy.principles)
    return [
        section
        for section in policy.sections
        if section.clause in kept_here
        or (principles and any("principles" in (column.type for column in field.columns) for field in section.fields))
    ]


def _by_clocks(rules: Sequence[ClockRule], component: Component, known: Known) -> Iterator[Said]:
    for rule in rules:
        if rule.set_by == "policy":
            clock = _latest(rule, component, known)
            state, says = clock_stands(rule, clock, known.on) if clock else (State.OPEN, "not started.")
            yield state, f"{rule.title}: {says}"


def _by_targets(rules: Sequence[ClockRule], component: Component, known: Known) -> Iterator[Said]:
    for rule in rules:
        clock = _latest(rule, component, known) if rule.set_by != "policy" else None
        if clock is not None and clock.stopped_on is None:
            state, says = clock_stands(rule, clock, known.on)
            yield state, f"{rule.title}: {says}"


def _latest(rule: ClockRule, component: Component, known: Known) -> Clock | None:
    """The clock that counts now: of those that are open the one due first, else the last there was."""
    found = [each for each in known.clocks if each.component_id == component.id and each.kind == rule.kind]
    still_open = [each for each in found if each.stopped_on is None]
    return min(still_open, key=lambda each: each.due_on) if still_open else next(reversed(found), None)


def _by_sections(policy: Policy, sections: Sequence[Section], component: Component, known: Known) -> Iterator[Said]:
    strategy, own = known.strategies.get(component.id), component.id in known.own
    asked = [section for section in sections if component.hisp or section.applies == "all"]
    if not asked or (component.files == "covered" and strategy is None):
        return
    if not known.papers and not own:
        yield State.UNKNOWN, f"What is in the {policy.paper} is not yours to know."
    elif strategy is None:
        if component.files == "self":
            yield State.OPEN, f"No {policy.paper} is begun."
    elif strategy.status in (Status.DRAFT, Status.RETURNED):
        was = "was returned" if strategy.status is Status.RETURNED else "is being drafted"
        yield State.OPEN, f"The {policy.paper} {was}."
        if own:
            yield from _in_the_draft(asked, strategy)
    elif strategy.status in (Status.SUBMITTED, Status.RECOMMENDED):
        yield State.DONE, f"Answered in the {policy.paper}, which is under review."
    else:
        yield State.DONE, f"Answered in the approved {policy.paper}."


def _in_the_draft(sections: Sequence[Section], strategy: Strategy) -> Iterator[Said]:
    for section in sections:
        missing = len(missing_in(section, strategy.contents.get(section.clause)))
        lacks = f"lacks {missing} thing{'s' * (missing != 1)}" if missing else "is complete"
        yield State.OPEN, f"{section.clause} {lacks} in the draft."


def _why_not(component: Component) -> str:
    if component.files == "covered":
        return f"Covered by the filing of {component.covered_by}."
    return "Not asked of this Component."


def _who_files(component: Component) -> str:
    if component.covered_by is not None:
        return f"Covered by the filing of {component.covered_by}."
    return "Files itself." if component.files == "self" else "Invited to file, not bound."


def _by_the_register(policy: Policy, clause: Clause, component: Component, known: Known) -> Said:
    """What is kept by pages and notices, or by the Department itself, asks nothing of a single Component."""
    if "hisps" in clause.pages:
        if not component.hisp:
            return State.NOT_ASKED, "Not a High Impact Service Provider."
        return State.HOLDS, "A High Impact Service Provider."
    if "components" in clause.pages:
        return State.HOLDS, f"In the register. {_who_files(component)}"
    if "people" in clause.pages and component.files == "self":
        told = {Role(role) for kind in clause.notices for role in policy.told_of(kind)} & COMPONENT_ROLES
        if vacant := sorted(role.title for role in told - known.held.get(component.id, set())):
            return State.OPEN, f"Nobody is {', nor '.join(vacant)}."
        return State.HOLDS, f"Told: {', '.join(sorted(role.title for role in told))}."
    return State.HOLDS, "Holds for every Component; none does anything of its own for it."

"""Shapes that several nouns share: people, clocks, and what a list of one Component or policy is narrowed down to."""

from datetime import date

from pydantic import Field

from cxworkflow.api.endpoint import Paged, Sent, Shape, Text, Word
from cxworkflow.calendar import ClockState
from cxworkflow.models import Clock, Person


class Somebody(Shape):
    """A person, by number and name."""

    id: int
    name: str

    @classmethod
    def of(cls, person: Person) -> "Somebody":
        """This person."""
        return cls(id=person.id, name=person.name)

    @classmethod
    def or_none(cls, person: Person | None) -> "Somebody | None":
        """This person, if there is one."""
        return cls.of(person) if person is not None else None


class ClockTold(Shape):
    """A clock: what is due, when, and how it stands today. `required`: by the policy, and not a target."""

    id: int
    policy: str
    kind: str
    title: str
    component: str | None = Field(description="The Component's code; null for a clock of the Department.")
    cycle: str = Field(description="Of a clock that recurs, which turn; empty otherwise.")
    commitment_id: int | None
    state: ClockState
    required: bool
    started_on: date
    original_due_on: date
    due_on: date
    paused_on: date | None
    stopped_on: date | None
    days_late: int

    @classmethod
    def of(cls, clock: Clock, on: date) -> "ClockTold":
        """How this clock stands on a day."""
        return cls(
            id=clock.id,
            policy=clock.edition.code,
            kind=clock.kind,
            title=clock.edition.policy.clock(clock.kind).title,
            component=clock.component.code if clock.component else None,
            cycle=clock.cycle,
            commitment_id=clock.commitment_id,
            state=clock.state(on),
            required=clock.required,
            started_on=clock.started_on,
            original_due_on=clock.original_due_on,
            due_on=clock.due_on,
            paused_on=clock.paused_on,
            stopped_on=clock.stopped_on,
            days_late=clock.days_late(on),
        )


class OfComponent(Paged):
    """A list, of all Components or of one."""

    component: Word | None = Field(None, description="The code of a Component.")


class OfPolicyAndComponent(OfComponent):
    """A list, of all policies and Components or of one."""

    policy: Word | None = Field(None, description="The id of a policy.")


class Reason(Sent):
    """Why it is done."""

    reason: Text


class Answer(Sent):
    """What is said to it, which may be nothing."""

    answer: Text = ""

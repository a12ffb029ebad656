"""What can happen in a scenario: one shape for each verb."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class _Event(BaseModel):
    """`line` is where the event begins in its file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    at: AwareDatetime
    by: str
    line: int
    component: str | None = None


class _OfComponent(_Event):
    component: str


class Deliver(_Event):
    """The Directorate delivers something (IV.a); with `component`, that Component does, and states what."""

    do: Literal["deliver"]
    what: str
    statement: str = "It was delivered."


class Import(_OfComponent):
    """A Component's draft is filled from a strategy file beside the scenario."""

    do: Literal["import"]
    file: str
    as_component: Annotated[str | None, Field(alias="as")] = None


class Submit(_OfComponent):
    """The Component certifies and submits."""

    do: Literal["submit"]
    reason: str | None = None


class Withdraw(_OfComponent):
    """The Component takes its submission back."""

    do: Literal["withdraw"]
    reason: str = "Withdrawn in the rehearsal."


class Assign(_OfComponent):
    """The Directorate names a reviewer by role or address."""

    do: Literal["assign"]
    to: str


class Return(_OfComponent):
    """The paper goes back to the Component."""

    do: Literal["return"]
    reason: str


class Recommend(_OfComponent):
    """The Directorate advises the CIO."""

    do: Literal["recommend"]
    recommendation: Literal["approve", "return"]
    text: str = ""


class Approve(_OfComponent):
    """The CIO approves the version submitted last."""

    do: Literal["approve"]


class Implemented(_OfComponent):
    """The lead reports the strategy as implemented, and the Directorate accepts the report at once."""

    do: Literal["implemented"]
    statement: str = "Every part of the strategy is in place."


class Report(_OfComponent):
    """A commitment, which `commitment` names by its title, is reported as done; without one, the whole strategy is."""

    do: Literal["report"]
    commitment: str | None = None
    statement: str = "It is done."


class Reading(_OfComponent):
    """The value of a metric on a day (without one: the day of the event)."""

    do: Literal["reading"]
    metric: str
    value: float
    as_of: date | None = None
    note: str = ""


class Evidence(_OfComponent):
    """A file beside the scenario is attached to a commitment."""

    do: Literal["evidence"]
    commitment: str
    file: str
    note: str = ""


class Accept(_OfComponent):
    """The Directorate accepts what was reported: a commitment, or without one, the whole strategy."""

    do: Literal["accept"]
    commitment: str | None = None
    text: str = "Checked."


class Extend(_Event):
    """The CIO moves the due date of a Component's clock, or of the Department's, later."""

    do: Literal["extend"]
    clock: str
    to: date
    reason: str
    authority: str | None = None


class Pause(_Event):
    """The CIO stops a clock from counting."""

    do: Literal["pause"]
    clock: str
    reason: str


class Resume(_Event):
    """The CIO lets a paused clock count on."""

    do: Literal["resume"]
    clock: str
    reason: str | None = None


class Withheld(BaseModel):
    """What is withheld: an answer, words that stand in it, or of a table a row (from 1) or a column of that row."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    clause: str
    field: str
    basis: str
    row: Annotated[int, Field(ge=1)] | None = None
    column: str = ""
    passage: str = ""


class Publish(_OfComponent):
    """The Directorate publishes the approved strategy, or some of its sections; `released_by` is the second person."""

    do: Literal["publish"]
    released_by: str = "cio"
    sections: list[str] | None = None
    withhold: list[Withheld] = []


class Quarter(_OfComponent):
    """A step of a HISP's quarter; `enter` takes a CSV file beside the scenario, and registers its services."""

    do: Literal["quarter"]
    quarter: Annotated[str, Field(pattern=r"^20[0-9]{2}-Q[1-4]$")]
    step: Literal["enter", "submit", "clear", "return", "send", "correct"]
    file: str | None = None
    reason: str = ""


Event = (
    Deliver
    | Import
    | Submit
    | Withdraw
    | Assign
    | Return
    | Recommend
    | Approve
    | Implemented
    | Report
    | Reading
    | Evidence
    | Accept
    | Extend
    | Pause
    | Resume
    | Publish
    | Quarter
)
EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="do")])
VERBS = (
    "deliver, import, submit, withdraw, assign, return, recommend, approve, implemented, report, reading, evidence, "
    "accept, extend, pause, resume, publish, quarter"
)

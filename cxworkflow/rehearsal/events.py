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
    """The Directorate delivers something (IV.a)."""

    do: Literal["deliver"]
    component: None = None
    what: str


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
    """The lead reports the strategy as implemented."""

    do: Literal["implemented"]
    statement: str = "Every part of the strategy is in place."


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


Event = (
    Deliver | Import | Submit | Withdraw | Assign | Return | Recommend | Approve | Implemented | Extend | Pause | Resume
)
EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="do")])
VERBS = "deliver, import, submit, withdraw, assign, return, recommend, approve, implemented, extend, pause, resume"

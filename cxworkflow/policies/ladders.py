"""Ladders: when reminders go out, and to whom."""

from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import Strict

from cxworkflow.policies.parts import Part, RoleName


class Recipient(Part):
    """Who is reminded, from which rung on (None: from the first): a role, or the owner of a commitment."""

    role: Literal[RoleName, "owner"]
    from_rung: Annotated[int, Limits(ge=-3660, le=3660)] | None = None


class Ladder(Part):
    """When reminders go out, in days relative to the due date, and to whom.

    After the last rung the ladder goes on every `repeat_every` days until the clock stops.
    """

    rungs: Annotated[
        tuple[Annotated[int, Limits(ge=-3660, le=3660)], ...], Strict(False), Limits(min_length=1, max_length=100)
    ]
    repeat_every: Annotated[int, Limits(ge=1, le=3660)] | None = None
    to: Annotated[tuple[Recipient, ...], Strict(False), Limits(min_length=1)]

    def roles_at(self, rung: int) -> tuple[str, ...]:
        """The roles that a rung is sent to, in the order of the file."""
        return tuple(each.role for each in self.to if each.from_rung is None or each.from_rung <= rung)

"""Whether anything of some kinds waits on a person, asked at once: most days there is little to read after that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal_column, select

from cxworkflow.db import session
from cxworkflow.models import Person
from cxworkflow.queries import coordination, desk_commitments, guidance


@dataclass(frozen=True)
class AtHand:
    """Of each kind, whether there may be anything: rounds to answer, guidance to acknowledge, commitments to keep."""

    rounds: bool = False
    guidance: bool = False
    commitments: bool = False


def _any_of(wanted: Select[Any]) -> Select[tuple[bool]]:
    return wanted.with_only_columns(literal_column("1"))


_AT_HAND = select(
    _any_of(coordination.WAITING).exists(),
    _any_of(guidance.WAITING).exists(),
    _any_of(desk_commitments.TO_KEEP).exists(),
)


def at_hand(person: Person, *, at: datetime) -> AtHand:
    """What to look for, for somebody with a role in a Component."""
    return AtHand(*session().execute(_AT_HAND, desk_commitments.asked_of(person, at=at)).one())

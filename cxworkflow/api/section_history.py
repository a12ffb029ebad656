"""Every saved state of a section of a draft, and the way back to one of them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Sent, Shape, Told
from cxworkflow.api.paging import page
from cxworkflow.api.sections import Content, SectionTold, drafted, one, to_write
from cxworkflow.api.shapes import Somebody
from cxworkflow.db import session
from cxworkflow.models import AnswerRevision, Area
from cxworkflow.queries import section_history as queries
from cxworkflow.services import drafting


class StateRow(Shape):
    """The last saved state of a sitting."""

    revision: int
    saved_at: datetime
    saved_by: Somebody

    @classmethod
    def of(cls, state: AnswerRevision) -> "StateRow":
        """This state."""
        return cls(**_told(state))


class StateTold(StateRow):
    """A saved state as it stood."""

    content: Content
    rows: dict[str, list[str]] = Field(description="Of each field with rows, the name that each row kept.")


class Restored(Sent):
    """The state that the section is to read as again."""

    revision: int = Field(ge=1, lt=2**31)


def index(asked: Asked, strategy_id: int, clause: str) -> Page[StateRow]:
    """The states of the section, one for each sitting, the first one first."""
    strategy = drafted(asked, strategy_id)
    drafting.asked(strategy, clause)
    assert isinstance(asked.query, Paged)
    wanted = queries.sittings(strategy, clause, queries.Wanted())
    rows, further = page(wanted, queries.Kept.revision, asked.query)
    return Page[StateRow](items=[StateRow.of(each) for each in rows], next=further)


def state(asked: Asked, strategy_id: int, clause: str, revision: int) -> StateTold:
    """One state as it stood."""
    strategy = drafted(asked, strategy_id)
    drafting.asked(strategy, clause)
    found = queries.state(strategy, clause, revision).shown
    return StateTold(**_told(found), content=found.content, rows=found.row_names)


def restore(asked: Asked, strategy_id: int, clause: str) -> Told:
    """Save the section as it stood then, as its newest state, in place of the one that was read."""
    strategy, base = to_write(asked, strategy_id, clause)
    revision = asked.body(Restored).revision
    drafting.restore(strategy, clause, revision, base_revision=base, by=asked.by, at=asked.at)
    session().expire_all()
    return one(asked, strategy_id, clause)


def _told(state: AnswerRevision) -> dict[str, Any]:
    return {"revision": state.revision, "saved_at": state.saved_at, "saved_by": Somebody.of(state.by)}


_SECTION = "/strategies/<int:strategy_id>/sections/<clause>"
_AREA = Area.STRATEGIES
ENDPOINTS = (
    Endpoint("GET", f"{_SECTION}/history", _AREA, "List a section’s states", index, Page[StateRow], asks=Paged),
    Endpoint("GET", f"{_SECTION}/history/<int:revision>", _AREA, "Read a state", state, StateTold),
    Endpoint("PUT", f"{_SECTION}/restored", _AREA, "Restore a state", restore, SectionTold, Restored, edits=True),
)

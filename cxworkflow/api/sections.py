"""Sections of a draft: read, and saved on top of the very state that was read; given to contributors, taken back."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Number, Sent, Shape, Told
from cxworkflow.api.shapes import Somebody
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.lifecycle import Action
from cxworkflow.models import Area, Person, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.answers import missing_in
from cxworkflow.queries import strategies as queries
from cxworkflow.services import assignments, drafting

Content = dict[str, Any]


class Writer(Shape):
    """A contributor to whom a section is assigned, and until when."""

    person: Somebody
    due_on: date | None


class SectionTold(Shape):
    """A section of a draft. Its ETag names the saved state, "0" before the first."""

    clause: str
    title: str
    content: Content = Field(description="The answers by field, as the policy asks them: see the policy's sections.")
    rows: dict[str, list[str]] = Field(description="Of each field with rows, the name that each row keeps.")
    revision: int
    saved_at: datetime | None
    saved_by: Somebody | None
    missing: list[str]
    writers: list[Writer]


class Saved(Sent):
    """A section to be saved: all of it, in place of what is there."""

    content: Content
    rows: dict[str, list[str]] = Field({}, description="The rows' names as they were read, empty for a new row.")


class Given(Sent):
    """To whom a section is given, until when."""

    person: Number
    due_on: date | None = None


class Taken(Sent):
    """From whom a section is taken back."""

    person: Number


def one(asked: Asked, strategy_id: int, clause: str) -> Told:
    """A section of the draft, for who may see the draft."""
    strategy = queries.visible(asked.by, strategy_id, at=asked.at)
    if not may(asked.by, Permission.SEE_DRAFT, strategy, at=asked.at):
        raise NotFound
    section = drafting.asked(strategy, clause)
    answer = next((each for each in strategy.answers if each.clause == clause), None)
    content = answer.content if answer else {}
    told = SectionTold(
        clause=clause,
        title=section.title,
        content=content,
        rows=answer.row_names if answer else {},
        revision=answer.revision if answer else 0,
        saved_at=answer.saved_at if answer else None,
        saved_by=Somebody.of(answer.by) if answer else None,
        missing=[str(each) for each in missing_in(section, content)],
        writers=[
            Writer(person=Somebody.of(each.person), due_on=each.due_on)
            for each in strategy.assignments
            if each.clause == clause
        ],
    )
    return Told(told, str(told.revision))


def drafted(asked: Asked, strategy_id: int) -> Strategy:
    """The strategy, for who may see its draft; raises NotFound for everybody else."""
    strategy = queries.known(asked.by, strategy_id, at=asked.at)
    if not may(asked.by, Permission.SEE_DRAFT, strategy, at=asked.at):
        raise NotFound
    return strategy


def to_write(asked: Asked, strategy_id: int, clause: str) -> tuple[Strategy, int]:
    """The strategy, for who may write the section now, and the section's revision, which If-Match has to name."""
    drafted(asked, strategy_id)
    strategy = asked.strategy(strategy_id, Permission.EDIT, Action.EDIT, clause=clause)
    drafting.asked(strategy, clause)
    present = next((each.revision for each in strategy.answers if each.clause == clause), 0)
    return strategy, asked.builds_on(present)


def save(asked: Asked, strategy_id: int, clause: str) -> Told:
    """Save the section in place of the very state that was read."""
    strategy, base = to_write(asked, strategy_id, clause)
    given = asked.body(Saved)
    drafting.save_section(
        strategy, clause, given.content, base_revision=base, row_names=given.rows, by=asked.by, at=asked.at
    )
    session().expire_all()
    return one(asked, strategy_id, clause)


def assign(asked: Asked, strategy_id: int, clause: str) -> Told:
    """Give the section to a contributor, who is told."""
    strategy = asked.strategy(strategy_id, Permission.ASSIGN_SECTION, Action.EDIT)
    given = asked.body(Given)
    assignments.assign(strategy, clause, person_of(given.person), due_on=given.due_on, by=asked.by, at=asked.at)
    session().expire_all()
    return one(asked, strategy_id, clause)


def take_back(asked: Asked, strategy_id: int, clause: str) -> Told:
    """Take the section back from a contributor, who is told."""
    strategy = asked.strategy(strategy_id, Permission.ASSIGN_SECTION, Action.EDIT)
    assignments.take_back(strategy, clause, person_of(asked.body(Taken).person), by=asked.by, at=asked.at)
    session().expire_all()
    return one(asked, strategy_id, clause)


def person_of(number: int) -> Person:
    """The person of this number; raises NotFound."""
    person = session().get(Person, number)
    if person is None:
        raise NotFound("There is no such person.")
    return person


_ONE = "/strategies/<int:strategy_id>/sections/<clause>"
ENDPOINTS = (
    Endpoint("GET", _ONE, Area.STRATEGIES, "Read a section of the draft", one, SectionTold, edits=True),
    Endpoint("PUT", _ONE, Area.STRATEGIES, "Save a section of the draft", save, SectionTold, Saved, edits=True),
    Endpoint("POST", f"{_ONE}/writers", Area.STRATEGIES, "Assign a section", assign, SectionTold, Given),
    Endpoint("POST", f"{_ONE}/writers/end", Area.STRATEGIES, "Take a section back", take_back, SectionTold, Taken),
)

"""The Directorate's papers as one person may know of them: drafts, rounds, answers, the signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, true
from sqlalchemy.orm import contains_eager, joinedload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import (
    Component,
    Concurrence,
    ConcurrenceComment,
    DutyDraft,
    Person,
    PolicyEdition,
    Round,
    RoundAsked,
    Signature,
)
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import DeliverableRule
from cxworkflow.queries.clocks import OWN, own_components
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order, both_ways
from cxworkflow.services import coordination, duty_drafts, signatures

# What can still be answered first, the soonest due on top; then what is closed, the latest on top.
_OPEN_FIRST = (
    Round.closed_at.is_not(None),
    case((Round.closed_at.is_(None), Round.until_on)),
    Round.until_on.desc(),
    Round.id,
    Component.code,
)
ORDERS = {"open": Order("Open rounds first", _OPEN_FIRST)}
ORDERS |= both_ways("until", "The soonest due first", "The last due first", Round.until_on, Round.id, Component.code)
ORDERS |= both_ways("component", "By Component", "By Component, from Z to A", Component.code, Round.until_on, Round.id)


@dataclass(frozen=True)
class Dossier:
    """A paper: its drafts (of each the last state), its rounds, and whether it is signed."""

    edition: PolicyEdition
    rule: DeliverableRule
    drafts: Sequence[DutyDraft]
    rounds: Sequence[Round]
    signature: Signature | None
    oversees: bool

    @property
    def last(self) -> DutyDraft | None:
        """The draft that was saved last, of those that may be read."""
        return self.drafts[0] if self.drafts else None

    @property
    def open_round(self) -> Round | None:
        """The round that is under way."""
        return next((each for each in self.rounds if each.closed_at is None), None)

    @property
    def circulated(self) -> bool:
        """Whether the last draft was put to Components, and so is frozen."""
        return any(each.draft_id == self.last.id for each in self.rounds) if self.last else False


def dossier(person: Person, code: str, what: str, *, at: datetime) -> Dossier:
    """A paper as far as a person may know of it; raises NotFound."""
    edition = session().scalar(select(PolicyEdition).where(PolicyEdition.code == code))
    if edition is None:
        raise NotFound
    rule = duty_drafts.paper(edition, what)
    oversees = may(person, Permission.SEE_ALL, at=at)
    signature = signatures.find(edition, what)
    rounds = session().scalars(_rounds(edition, what, _asked_of(person, at=at))).all()
    if not (oversees or rounds or signature):
        raise NotFound
    drafts = session().scalars(_drafts(edition, what)).unique().all()
    if not oversees:
        shown = {each.draft_id for each in rounds} | ({signature.draft_id} if signature else set())
        drafts = [each for each in drafts if each.id in shown]
    latest = {draft.number: draft for draft in reversed(drafts)}
    return Dossier(edition, rule, list(reversed(latest.values())), rounds, signature, oversees)


def draft_of(paper: Dossier, number: int) -> DutyDraft:
    """A draft by its number; raises NotFound."""
    found = next((each for each in paper.drafts if each.number == number), None)
    if found is None:
        raise NotFound("There is no such draft, or it was not put to you.")
    return found


def round_of(person: Person, round_id: int, *, at: datetime) -> Round:
    """A round of which a person may know; raises NotFound."""
    found = session().scalar(
        select(Round)
        .where(Round.id == round_id, _asked_of(person, at=at))
        .options(joinedload(Round.draft), with_person(Round.by))
    )
    if found is None:
        raise NotFound
    return found


def rounds(person: Person, *, state: str | None, at: datetime) -> Select[tuple[Round]]:
    """The rounds of which a person may know: all, the open or the closed ones."""
    found = select(Round).where(_asked_of(person, at=at))
    if state:
        found = found.where(Round.closed_at.is_(None) if state == "open" else Round.closed_at.is_not(None))
    return found.options(joinedload(Round.draft), joinedload(Round.edition), with_person(Round.by))


def comment_of(asked: Round, comment_id: int) -> ConcurrenceComment:
    """A comment of a round; raises NotFound."""
    found = session().get(ConcurrenceComment, comment_id)
    if found is None or found.concurrence.round_id != asked.id:
        raise NotFound
    return found


def answers(asked: Round, person: Person, *, at: datetime) -> list[tuple[Component, Concurrence | None]]:
    """Who was asked in a round, each with the answer that counts, as far as a person may know."""
    wanted = select(Component).join(RoundAsked, RoundAsked.component_id == Component.id)
    wanted = wanted.where(RoundAsked.round_id == asked.id, _own(person, at=at)).order_by(Component.code)
    counting = coordination.counting(asked)
    return [(each, counting.get(each.id)) for each in session().scalars(wanted)]


def tallies(rounds: Sequence[Round]) -> Mapping[int, tuple[int, int]]:
    """Of each round, how many were asked and how many of them have answered."""
    of_them = [each.id for each in rounds]
    asked = select(RoundAsked.round_id, func.count()).where(RoundAsked.round_id.in_(of_them))
    given = select(Concurrence.round_id, func.count(Concurrence.component_id.distinct()))
    told = dict(session().execute(asked.group_by(RoundAsked.round_id)).tuples().all())
    came = given.where(Concurrence.round_id.in_(of_them)).group_by(Concurrence.round_id)
    answered = dict(session().execute(came).tuples().all())
    return {each: (told.get(each, 0), answered.get(each, 0)) for each in of_them}


def find(person: Person, *, at: datetime, **narrowed: Any) -> Select[Any]:
    """Every Component asked in a round that a person may know of, with its answer."""
    last = (
        select(func.max(Concurrence.id))
        .where(Concurrence.round_id == RoundAsked.round_id, Concurrence.component_id == RoundAsked.component_id)
        .correlate(RoundAsked)
        .scalar_subquery()
    )
    found = (
        select(Round, Component, Concurrence)
        .join(RoundAsked, RoundAsked.round_id == Round.id)
        .join(Component, Component.id == RoundAsked.component_id)
        .join(Round.draft)
        .outerjoin(Concurrence, Concurrence.id == last)
        .where(_own(person, at=at))
        .options(contains_eager(Round.draft), joinedload(Round.edition))
    )
    if narrowed.get("component"):
        found = found.where(Component.code == narrowed["component"])
    if narrowed.get("state"):
        found = found.where(Round.closed_at.is_(None) if narrowed["state"] == "open" else Round.closed_at.is_not(None))
    if narrowed.get("answer") == "none":
        found = found.where(Concurrence.id.is_(None))
    elif narrowed.get("answer"):
        found = found.where(Concurrence.position == narrowed["answer"])
    return found


_ANSWERED = select(Concurrence.id).where(
    Concurrence.round_id == RoundAsked.round_id, Concurrence.component_id == RoundAsked.component_id
)
# Open rounds that Components of one's own have not answered; takes `own`.
WAITING = (
    select(Round, Component)
    .join(RoundAsked, RoundAsked.round_id == Round.id)
    .join(Component, Component.id == RoundAsked.component_id)
    .where(Round.closed_at.is_(None), RoundAsked.component_id.in_(OWN), ~_ANSWERED.exists())
)


def waiting(person: Person, *, at: datetime) -> list[tuple[Round, Component]]:
    """The rounds that wait for the answer of a Component for which a person may answer."""
    loaded = WAITING.join(Round.draft).options(contains_eager(Round.draft), joinedload(Round.edition))
    rows = session().execute(loaded.order_by(Round.until_on, Round.id), {"own": own_components(person, at=at)})
    return [(asked, each) for asked, each in rows if may(person, Permission.CONCUR, each, at=at)]


def _own(person: Person, *, at: datetime) -> ColumnElement[bool]:
    if may(person, Permission.SEE_ALL, at=at):
        return true()
    return RoundAsked.component_id.in_(own_components(person, at=at))


def _asked_of(person: Person, *, at: datetime) -> ColumnElement[bool]:
    if may(person, Permission.SEE_ALL, at=at):
        return true()
    return Round.id.in_(select(RoundAsked.round_id).where(_own(person, at=at)))


def _rounds(edition: PolicyEdition, what: str, within: ColumnElement[bool]) -> Select[tuple[Round]]:
    of_it = select(Round).where(Round.edition_id == edition.id, Round.what == what, within)
    return of_it.options(joinedload(Round.draft)).order_by(Round.number.desc())


def _drafts(edition: PolicyEdition, what: str) -> Select[tuple[DutyDraft]]:
    of_it = select(DutyDraft).where(DutyDraft.edition_id == edition.id, DutyDraft.what == what)
    loaded = of_it.options(joinedload(DutyDraft.file), with_person(DutyDraft.by))
    return loaded.order_by(DutyDraft.number.desc(), DutyDraft.revision.desc())

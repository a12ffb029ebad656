"""Publishing an approved strategy, whole or in part: one person prepares it, another releases it, for all to read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Clock, Event, Person, Publication, Published, Role, Strategy, Withholding
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.publication import our_bases
from cxworkflow.services import clocks, publication_notices, record
from cxworkflow.services.public_texts import Place, as_published, hash_of, words_at
from cxworkflow.services.words import said


def prepare(strategy: Strategy, clauses: Sequence[str], *, by: Person, at: datetime) -> Publication:
    """Begin to publish these sections of the approved version; raises InvalidInput, NotAllowed, NotNow."""
    role = require(by, Permission.PREPARE_PUBLICATION, strategy, at=at)
    strategy = held(strategy)
    version = strategy.approved_version
    if version is None:
        raise NotNow("Only an approved strategy is published, and this one is not approved.")
    if session().query(Publication.id).filter_by(strategy_id=strategy.id, released_at=None, dropped_at=None).first():
        raise NotNow("A publication of this strategy is being prepared already. Go on with that one, or drop it.")
    publication = Publication(
        strategy_id=strategy.id,
        version_id=version.id,
        clauses=_chosen(list(version.content), clauses),
        prepared_at=at,
        by_id=by.id,
        changed_by_id=by.id,
    )
    session().add(publication)
    session().flush()
    _record("publication-prepared", publication, by, role, at, clauses=publication.clauses)
    return publication


def mark_of(publication: Publication) -> str:
    """What tells one choice of sections from another."""
    return hash_of("\n".join(publication.clauses))


def choose(publication: Publication, clauses: Sequence[str], *, base: str, by: Person, at: datetime) -> None:
    """Publish these sections and no others, in place of those that were read (`base` is their mark).

    Raises InvalidInput, NotAllowed, NotNow; Conflict where others are chosen by now.
    """
    role, publication = _to_prepare(publication, by, at)
    if mark_of(publication) != base:
        raise Conflict("Somebody else chose other sections meanwhile. Nothing was changed: look at them, then choose.")
    publication.clauses = _chosen(list(publication.version.content), clauses)
    _note_change(publication, by)
    _record("publication-changed", publication, by, role, at, clauses=publication.clauses)


def withhold(
    publication: Publication, place: Place, basis_id: str, *, passage: str = "", by: Person, at: datetime
) -> list[Withholding]:
    """Withhold a passage wherever it stands in an answer, or without one all that stands at a place.

    Raises InvalidInput where the passage does not stand there, NotAllowed, NotFound, NotNow.
    """
    role, publication = _to_prepare(publication, by, at)
    words, passage = words_at(publication, place), passage.replace("\r\n", "\n").strip()
    basis = our_bases().get(basis_id)
    if basis is None:
        raise InvalidInput(None, [Fault("basis", "Choose the basis on which it is withheld.")])
    if passage and (words is None or passage not in words):
        reason = "These words do not stand there like this. Copy them from the text as it is, or leave the box empty."
        raise InvalidInput(None, [Fault("passage", reason)])
    stretches = _stretches(words or "", passage) if passage else [(None, None)]
    known = {_key(each) for each in publication.withholdings}
    made = []
    for begins, ends in stretches:
        each = Withholding(
            clause=place.clause,
            field=place.field,
            row_number=place.row,
            column_key=place.column,
            begins=begins,
            ends=ends,
            basis=basis.id,
            made_at=at,
            by_id=by.id,
        )
        if _key(each) not in known:
            publication.withholdings.append(each)
            made.append(each)
    _note_change(publication, by)
    details = {"clause": place.clause, "field": place.field, "basis": basis.id, "passages": len(made)}
    _record("withheld", publication, by, role, at, **details)
    return made


def show_again(publication: Publication, withholding_id: int, *, by: Person, at: datetime) -> None:
    """Withhold something no longer; raises NotAllowed, NotFound, NotNow."""
    role, publication = _to_prepare(publication, by, at)
    found = next((each for each in publication.withholdings if each.id == withholding_id), None)
    if found is None:
        raise NotFound("This is not withheld any more.")
    publication.withholdings.remove(found)
    _note_change(publication, by)
    details = {"clause": found.clause, "field": found.field, "basis": found.basis}
    _record("shown-again", publication, by, role, at, **details)


def drop(publication: Publication, *, by: Person, at: datetime) -> None:
    """Give up preparing it; raises NotAllowed, NotNow."""
    role, publication = _to_prepare(publication, by, at)
    publication.dropped_at = at
    _record("publication-dropped", publication, by, role, at)


def release(publication: Publication, *, sha256: str, by: Person, at: datetime) -> None:
    """Let everybody read it, exactly as it was previewed (`sha256`).

    Raises NotAllowed, also for who prepared it or withheld something of it; NotNow; Conflict where it has changed.
    """
    role = require(by, Permission.RELEASE_PUBLICATION, publication.strategy, at=at)
    publication = still_prepared(publication)
    hands = {publication.by_id, publication.changed_by_id, *(each.by_id for each in publication.withholdings)}
    if by.id in hands:
        raise NotAllowed("You prepared this. Another person has to release it. Nothing was changed.")
    _still_approved(publication)
    text = as_published(publication)
    if hash_of(text) != sha256:
        raise Conflict("What would be published is not what you read. Nothing was released: read it once more.")
    publication.document, publication.sha256 = text, sha256
    publication.released_at, publication.released_by_id = at, by.id
    session().flush()
    strategy = publication.strategy
    stopped = clocks.happened(
        "published", strategy.edition, component=strategy.component, strategy=strategy, by=by, at=at
    )
    counted = {"clauses": publication.clauses, "withheld": len(publication.withholdings), "sha256": sha256}
    ended = {"stopped_clocks": [clock.id for clock in stopped]} if stopped else {}
    event = _record("published", publication, by, role, at, **counted, **ended)
    publication_notices.released(publication, event, at=at)


def withdraw(publication: Publication, *, reason: str, by: Person, at: datetime) -> None:
    """Take from the public what it reads of a strategy; raises InvalidInput, NotAllowed, NotNow."""
    role = require(by, Permission.RELEASE_PUBLICATION, publication.strategy, at=at)
    publication = held(publication)
    public = session().get(Published, publication.strategy_id, populate_existing=True)
    if publication.state != "released" or public is None or public.publication_id != publication.id:
        raise NotNow("This is not what the public reads, so there is nothing to withdraw.")
    reason = said(reason, "reason", needed="Say why it is withdrawn. The public does not read this.")
    publication.withdrawn_at, publication.withdrawn_by_id = at, by.id
    publication.withdrawn_because = reason
    session().flush()
    session().expire(public)
    for clock in _stopped_by_publishing(publication.strategy):
        clocks.restart(clock, by=by, at=at, reason=reason)
    event = _record("publication-withdrawn", publication, by, role, at, reason=publication.withdrawn_because)
    publication_notices.withdrawn(publication, event, at=at)


def _stopped_by_publishing(strategy: Strategy) -> list[Clock]:
    """The clocks that publishing the strategy has stopped: each runs on to its own date once nothing is public."""
    lines = session().scalars(select(Event).where(Event.strategy_id == strategy.id, Event.verb == "published"))
    stopped = {clock_id for line in lines for clock_id in line.details.get("stopped_clocks", ())}
    found = select(Clock).where(Clock.id.in_(stopped), Clock.stopped_on.is_not(None))
    return list(session().scalars(found.order_by(Clock.id)))


def _to_prepare(publication: Publication, by: Person, at: datetime) -> tuple[Role, Publication]:
    role = require(by, Permission.PREPARE_PUBLICATION, publication.strategy, at=at)
    return role, _still_approved(still_prepared(publication))


def still_prepared(publication: Publication) -> Publication:
    """The publication, held, if it is still being prepared; raises NotNow."""
    publication = held(publication)
    if publication.state != "prepared":
        raise NotNow(f"This publication is {publication.state}, so it is not changed any more.")
    return publication


def _still_approved(publication: Publication) -> Publication:
    if publication.strategy.approved_version_id != publication.version_id:
        raise NotNow("Another version is approved by now. Drop this publication, and prepare one of that version.")
    return publication


def _note_change(publication: Publication, by: Person) -> None:
    publication.changed_by_id = by.id
    session().flush()


def _chosen(known: Sequence[str], clauses: Sequence[str]) -> list[str]:
    chosen = [clause for clause in known if clause in clauses]
    if not chosen or len(chosen) < len(set(clauses)):
        raise InvalidInput(None, [Fault("clauses", "Choose at least one of the sections that this version has.")])
    return chosen


def _stretches(words: str, passage: str) -> list[tuple[int | None, int | None]]:
    """Every place where a passage stands, also where it overlaps itself."""
    starts = [at for at in range(len(words) - len(passage) + 1) if words.startswith(passage, at)]
    return [(at, at + len(passage)) for at in starts]


def _key(each: Withholding) -> tuple[object, ...]:
    return each.clause, each.field, each.row_number, each.column_key, each.begins, each.ends, each.basis


def _record(verb: str, publication: Publication, by: Person, role: Role, at: datetime, **details: object) -> Event:
    told = {"publication": publication.id, **details}
    return record.write(verb, by=by, as_role=role, at=at, strategy=publication.strategy, version=publication.version,
                 details=told)  # fmt: skip

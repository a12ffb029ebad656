"""The whole record checked: each line against the one before, its columns and texts against what was hashed."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.models import Anchor, Event, RecordCheck, Strategy, Version
from cxworkflow.policies.answers import sha256_of
from cxworkflow.services.record import moment_text
from cxworkflow.verify_record import Anchor as ToldAnchor
from cxworkflow.verify_record import Head, Line, check_lines, sha256, shortened

AT_ONCE = 5_000  # lines in memory

_LINES = text(
    """
    select seq, to_char(written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), body, hash
      from event order by seq
    """
)

_CHAIN = text(
    """
    select line.seq, line.written, event.body, line.body_sha256, line.hash
      from record_chain() as line
      left join event on event.seq = line.seq and event.seq = any (cast(:disclosed as bigint[]))
     order by line.seq
    """
)

# Only asked once the bodies are known to be what was written, and so to be JSON.
_OTHERWISE = text(
    """
    select event.seq
      from event
      cross join lateral jsonb_to_record(cast(event.body as jsonb))
           as told("event" bigint, "at" timestamptz, "what" text, "by" bigint, "as" text, "request" text,
                   "component" bigint, "strategy" bigint, "clock" bigint, "version" bigint, "details" jsonb)
     where row(event.id, event.at, event.verb, event.by_id, event.by_role, event.request_id, event.component_id,
               event.strategy_id, event.clock_id, event.version_id, event.details) is distinct from row(told.*)
     order by event.seq
    """
)


class Checked(NamedTuple):
    """Where the record ends, and what is wrong with it in plain sentences, none if all is well."""

    head: Head
    faults: list[str]


def check(kept_elsewhere: Iterable[ToldAnchor] = ()) -> Checked:
    """Check the record from its first line to its last, against our own anchors and those that were kept elsewhere."""
    faults, head = check_lines(lines(), [*our_anchors(), *kept_elsewhere])
    if not faults:
        faults += shortened(
            [
                f"Line {seq}: its columns say something else than what was hashed."
                for seq in session().scalars(_OTHERWISE)
            ]
        )
    return Checked(head, [*faults, *_other_texts()])


def check_all(_on: date, _at: datetime) -> None:
    """Check the record and note how it went, for the status page and the watchdog."""
    head, faults = check()
    found = {"checked_at": func.clock_timestamp(), "lines": head.seq, "hash": head.hash, "faults": faults}
    noted = insert(RecordCheck).values(id=1, **found)
    session().execute(noted.on_conflict_do_update(index_elements=["id"], set_=found))


def lines() -> Iterator[Line]:
    """Every line of the record in its order, with its body."""
    for seq, time, body, its_hash in session().execute(_LINES, execution_options={"yield_per": AT_ONCE}):
        yield Line(seq, time, body, sha256(body.encode()), its_hash)


def chain(disclosed: Iterable[int]) -> Iterator[Line]:
    """Every line with its hashes, of whichever department; bodies only of these, as far as whoever asks sees them."""
    asked = {"disclosed": list(disclosed)}
    for found in session().execute(_CHAIN, asked, execution_options={"yield_per": AT_ONCE}):
        yield Line(*found)


def our_anchors() -> list[ToldAnchor]:
    """The anchors that the database holds, the first one first."""
    return [
        ToldAnchor(each.seq, moment_text(each.written_at), each.hash, each.anchored_on.isoformat())
        for each in session().scalars(select(Anchor).order_by(Anchor.anchored_on))
    ]


def _other_texts() -> Iterator[str]:
    """Submitted versions whose text is not the one that was hashed when it was submitted."""
    paper = joinedload(Version.strategy)
    found = select(Version).options(joinedload(Version.edition), paper.joinedload(Strategy.component))
    told = Event.details["sha256"].astext, Event.details["edition"].astext
    hashed = select(Event.version_id, *told).where(Event.verb == "submit")
    submitted = {number: tuple(hashes) for number, *hashes in session().execute(hashed)}
    for version in session().scalars(found.order_by(Version.id), execution_options={"populate_existing": True}):
        policy, component = version.edition.code, version.strategy.component.code
        its_hash = sha256_of(policy, component, version.title, version.content, version.attachments)
        text, edition = submitted.get(version.id, (its_hash, None))
        if edition not in (None, version.edition.sha256):
            yield f"Version {version.number} of {component} ({policy}) was submitted under another edition."
        if not its_hash == version.sha256 == text:
            yield f"Version {version.number} of {component} ({policy}) is not the text that was submitted."

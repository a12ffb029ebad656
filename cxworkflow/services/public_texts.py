"""What the public reads of a publication: the chosen sections without what is withheld, and nothing besides."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Commitment, CommitmentState, Decision, Outcome, Publication, Withholding
from cxworkflow.papers import Document, Fact, strategy_document
from cxworkflow.papers.metrics import Reading, ReadingsOf, metrics_in
from cxworkflow.papers.redaction import RANGED, TITLE, Gap, without
from cxworkflow.policies.publication import our_bases
from cxworkflow.services import readings
from cxworkflow.wording import long_date

FORMAT = "cxworkflow/published-strategy/1"
SHORTEST = 12  # characters of a withheld passage that is looked for elsewhere


@dataclass(frozen=True)
class Place:
    """Where something stands: the title (clause "" and field "title"), an answer, a row of a table, or a cell."""

    clause: str
    field: str
    row: int | None = None
    column: str = ""


@dataclass(frozen=True)
class Public:
    """A publication as it would be released: the document, its metrics, and where withheld words stand all the same."""

    text: str
    document: Document
    metrics: list[Any]
    strays: list[str]

    @property
    def sha256(self) -> str:
        """The hash of the text that is released."""
        return hash_of(self.text)


def public(publication: Publication) -> Public:
    """What is previewed, and what is released if nothing changes; of what was released, what it was."""
    text = publication.document or as_published(publication)
    whole = json.loads(text)
    document: Document = whole["document"]
    return Public(text, document, whole["metrics"], list(_strays(publication, document)))


def as_published(publication: Publication) -> str:
    """The text that leaves, as canonical JSON (RFC 8785)."""
    return rfc8785.dumps(_whole(publication)).decode()


def hash_of(text: str) -> str:
    """The SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()


def unabridged(publication: Publication) -> Document:
    """The chosen sections with all their words, for who prepares a publication. No names, hashes or files are in it."""
    strategy, version = publication.strategy, publication.version
    component = strategy.component
    return strategy_document(
        version.policy,
        title=version.title,
        subtitle=component.name,
        code=component.code,
        owner=component.name,
        contents={clause: version.content[clause] for clause in version.content if clause in publication.clauses},
        facts=_facts(publication),
    )


def words_at(publication: Publication, place: Place) -> str | None:
    """The words of an answer of which passages can be withheld, or None at other places; raises NotFound at none."""
    document = unabridged(publication)
    if (place.clause, place.field, place.row, place.column) == ("", TITLE, None, ""):
        return document["title"]
    for part in document["parts"]:
        for block in part["blocks"]:
            if (part["key"], block["key"]) != (place.clause, place.field):
                continue
            if block["kind"] == "text" and place.row is None and not place.column:
                return block["words"] if block["type"] in RANGED else None
            if block["kind"] == "table" and (place.row is None or place.row < len(block["rows"])):
                columns = ["", *(column["key"] for column in block["columns"])]
                if place.column in columns and (place.row is not None or not place.column):
                    return None
    raise NotFound("There is nothing at this place that could be withheld.")


def _whole(publication: Publication) -> dict[str, Any]:
    policy, component = publication.version.policy, publication.strategy.component
    document = without(unabridged(publication), [_gap(each) for each in publication.withholdings])
    return {
        "format": FORMAT,
        "policy": {"id": policy.id, "title": document["about"]},
        "component": {"code": component.code, "name": component.name, "slug": slug(component.code)},
        "document": {**document, "notes": _notes(publication)},
        "metrics": metrics_in(document, _readings_of(publication)),
    }


def _readings_of(publication: Publication) -> ReadingsOf:
    """The readings of each metric that was promised in this version and not dropped, by its place in it."""
    wanted = select(Commitment).where(
        Commitment.version_id == publication.version_id,
        Commitment.target.is_not(None),
        Commitment.state != CommitmentState.DROPPED,
    )
    promised = {(each.clause, each.field, each.position): each for each in session().scalars(wanted)}

    def readings_of(clause: str, field: str, row: int) -> list[Reading]:
        metric = promised.get((clause, field, row))
        return (
            []
            if metric is None
            else [{"on": each.as_of.isoformat(), "value": _number(each.value)} for each in readings.standing(metric)]
        )

    return readings_of


def _number(value: Decimal) -> float:
    return int(value) if value == value.to_integral_value() else float(value)


def slug(code: str) -> str:
    """A Component's code as addresses write it: "s-and-t"."""
    return code.lower().replace("&", "-and-")


def _gap(each: Withholding) -> Gap:
    words = our_bases()[each.basis].words
    return Gap(each.clause, each.field, words, each.row_number, each.column_key, each.begins, each.ends)


def _facts(publication: Publication) -> Iterator[Fact]:
    approval = select(Decision.decided_at).where(
        Decision.version_id == publication.version_id, Decision.outcome == Outcome.APPROVED
    )
    decided_at = session().scalar(approval)
    if decided_at is not None:
        yield {"label": "Approved", "words": long_date(decided_at)}
    asked = [section.clause for section in publication.version.policy.sections]
    if len(publication.clauses) < len(publication.version.content):
        shown = [clause for clause in asked if clause in publication.clauses]
        yield {"label": "Published in part", "words": f"Sections {', '.join(shown)}"}


def _notes(publication: Publication) -> list[str]:
    in_sight = [each for each in publication.withholdings if each.clause in ("", *publication.clauses)]
    used = [basis for basis in our_bases().values() if any(each.basis == basis.id for each in in_sight)]
    return [f"{basis.words} stands where something is withheld. {basis.explains}" for basis in used]


def _strays(publication: Publication, document: Document) -> Iterator[str]:
    """Where words that are withheld at one place still stand at another."""
    full = unabridged(publication)
    withheld = {words for each in publication.withholdings for words in _withheld_words(full, each)}
    for place, words in _all_words(document):
        if any(len(passage) >= SHORTEST and passage in words for passage in withheld):
            yield place


def _withheld_words(full: Document, each: Withholding) -> Iterator[str]:
    if (each.clause, each.field) == ("", TITLE):
        yield full["title"][each.begins : each.ends]
    for part in full["parts"]:
        for block in part["blocks"]:
            if (part["key"], block["key"]) != (each.clause, each.field):
                continue
            if block["kind"] == "text":
                yield block["words"][each.begins : each.ends].strip()
                continue
            for number, row in enumerate(block["rows"]):
                for column, cell in zip(block["columns"], row, strict=True):
                    inside = each.row_number in (None, number) and each.column_key in ("", column["key"])
                    if inside and column["type"] in RANGED:
                        yield cell["words"]


def _all_words(document: Document) -> Iterator[tuple[str, str]]:
    yield "the title", document["title"]
    for part in document["parts"]:
        for block in part["blocks"]:
            if block["kind"] == "text":
                yield f"{part['key']}, {block['label']}", block["words"]
            else:
                for number, row in enumerate(block["rows"], start=1):
                    for cell in row:
                        yield f"{part['key']}, {block['label']}, row {number}", cell["words"]

"""Papers of the Directorate: their drafts and rounds, and a draft put to Components."""

from datetime import date, datetime

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Number, Sent, Shape, Text, Word
from cxworkflow.api.rounds import RoundRow, RoundTold, again
from cxworkflow.api.shapes import Somebody
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Area, DutyDraft
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import coordination as queries
from cxworkflow.services import coordination
from cxworkflow.web import papers


class DraftTold(Shape):
    """A draft of a paper, as it was saved last."""

    id: int
    number: int
    revision: int
    text: str
    file: str | None = Field(description="The name of its file.")
    sha256: str
    saved_at: datetime
    by: Somebody


class PaperTold(Shape):
    """A paper of the Directorate: its drafts, the latest first, and whether it is signed."""

    policy: str
    what: str
    title: str
    drafts: list[DraftTold]
    rounds: list[RoundRow]
    signed_at: datetime | None


class Circulated(Sent):
    """To whom a draft is put, and until when."""

    components: list[Word] = Field(max_length=500, description="Their codes.")
    until_on: date
    base: Number = Field(description="The id of the draft that was read.")
    note: Text = ""


def one(asked: Asked, policy: str, what: str) -> PaperTold:
    """A paper, as far as the person may know of it."""
    found = queries.dossier(asked.by, policy, what, at=asked.at)
    return PaperTold(
        policy=policy,
        what=what,
        title=found.rule.title,
        drafts=[_draft(each) for each in found.drafts],
        rounds=[RoundRow.of(each) for each in found.rounds],
        signed_at=found.signature.signed_at if found.signature else None,
    )


def circulate(asked: Asked, policy: str, what: str) -> RoundTold:
    """Put the last draft of a paper to Components, who are told."""
    found = queries.dossier(asked.by, policy, what, at=asked.at)
    require(asked.by, Permission.COORDINATE, at=asked.at)
    coordination.circulable(found.edition, what)
    given = asked.body(Circulated)
    offered = {each.code: each for each in papers.offered(found)}
    if unknown := [code for code in given.components if code not in offered]:
        raise InvalidInput(None, [Fault("components", f"It can't be put to {', '.join(unknown)}.")])
    made = coordination.circulate(
        found.edition,
        what,
        [offered[code] for code in dict.fromkeys(given.components)],
        until_on=given.until_on,
        note=given.note,
        base=given.base,
        by=asked.by,
        at=asked.at,
    )
    return again(asked, made.id)


def _draft(draft: DutyDraft) -> DraftTold:
    names = ("id", "number", "revision", "text", "sha256", "saved_at")
    told = {name: getattr(draft, name) for name in names}
    return DraftTold(**told, file=draft.file.name if draft.file else None, by=Somebody.of(draft.by))


_ONE = "/papers/<policy>/<what>"
_AREA = Area.COORDINATION
ENDPOINTS = (
    Endpoint("GET", _ONE, _AREA, "Read a paper of the Directorate", one, PaperTold),
    Endpoint("POST", f"{_ONE}/rounds", _AREA, "Put its draft to Components", circulate, RoundTold, Circulated),
)

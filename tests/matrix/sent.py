"""What a program sends to each address of the API: complete, so that only who asks and when decide what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxworkflow.db import session
from cxworkflow.models import Publication, Strategy
from cxworkflow.services import duty_drafts, policies, strategies
from cxworkflow.services.public_texts import public
from tests import hisps
from tests.matrix.premises import CLAUSE, Matter, Premises
from tests.uploads.samples import png

JSON = dict[str, Any]


@dataclass(frozen=True)
class Brought:
    """A file that is sent as it is; its name stands in the query."""

    content: bytes
    media_type: str
    name: str = ""


Sent = Callable[[Premises, Matter], JSON | Brought]

WHY = {"reason": "It has to be."}
LATER = {"to": "2024-12-02", "reason": "It has to be."}
NUMBERS = {column: int(number) for column, number in hisps.typed(hisps.COUNTS, volume_of_customers="2000").items()}
_SECTION = "/strategies/…/sections/…"


def _always(sent: JSON | Brought) -> Sent:
    return lambda _, __: sent


def _paper(matter: Matter) -> Strategy:
    return session().get_one(Strategy, matter.strategy_id)


def _on_version(**more: Any) -> Sent:
    def sent(_: Premises, matter: Matter) -> JSON:
        version = _paper(matter).current_version
        return {"version": version.number if version else 1, **more}

    return sent


def _on_hash(**more: Any) -> Sent:
    def sent(_: Premises, matter: Matter) -> JSON:
        version = _paper(matter).current_version
        return {"version": version.number if version else 1, "sha256": version.sha256 if version else "", **more}

    return sent


def _certified(_: Premises, matter: Matter) -> JSON:
    return {"certified": True, "sha256": strategies.draft_sha256(_paper(matter))}


def _person(name: str, *, own: bool = True) -> Sent:
    return lambda premises, matter: {"person": premises.person(name, matter.component if own else None).id}


def _releasing(_: Premises, matter: Matter) -> JSON:
    return {"sha256": public(session().get_one(Publication, matter.publication_id)).sha256}


def _importing(_: Premises, matter: Matter) -> Brought:
    year, _q, quarter = matter.cycle.partition("-Q")
    told = {"year": year, "quarter": quarter, "service_name": "Trusted traveler enrollment", "channel": "website"}
    cells = {**told, **hisps.typed(hisps.COUNTS, volume_of_customers="3000")}
    return Brought("\n".join([",".join(cells), ",".join(cells.values())]).encode(), "text/csv")


def _circulating(_: Premises, matter: Matter) -> JSON:
    draft = duty_drafts.latest(policies.edition_of("dhs-076-02"), matter.what)
    return {"components": ["CBP"], "until_on": "2024-02-08", "base": draft.id if draft else 1}


PICTURE = Brought(png(), "image/png", "visitors.png")
SERVICE = {"channels": ["website"], "omb_control_number": "1651-0136", "from_on": "2020-01-01"}
CLOSING = {"day": "2024-07-05", "reason": "A day of mourning.", "authority": "Executive Order 1."}
SENT: dict[str, Sent] = {
    "/closures": _always(CLOSING),
    "/closures/preview": _always(CLOSING),
    f"{_SECTION}/attachments": _always(PICTURE),
    "/commitments/…/evidence": _always(PICTURE),
    "/quarters/…/file": _importing,
    "/guidance": _always({"title": "Call back", "text": "Sooner."}),
    "/guidance/…": _always({"title": "Call back", "text": "Sooner."}),
    "/guidance/…/file": _always(PICTURE),
    "/guidance/…/publication": _always({}),
    "/guidance/…/withdrawal": _always(WHY),
    "/papers/…/…/rounds": _circulating,
    "/rounds/…/answers": _always({"position": "concur"}),
    "/rounds/…/comments/…/disposition": _always({"disposition": "declined", "reason": "It is said elsewhere."}),
    "/components/…/deliverables/…/…": _always({"statement": "Sent."}),
    "/components/…/strategies": _always({"policy": "dhs-076-02"}),
    "/strategies/…/title": _always({"title": "Another title"}),
    "/strategies/…/submission": _certified,
    "/strategies/…/withdrawal": _always(WHY),
    "/strategies/…/implementation": _always({"statement": "All of it."}),
    "/strategies/…/implementation/acceptance": _always({"answer": "As far as it goes."}),
    "/strategies/…/implementation/return": _always(WHY),
    _SECTION: _always({"content": {}}),
    f"{_SECTION}/restored": _always({"revision": 1}),
    f"{_SECTION}/writers": _person("own contributor"),
    f"{_SECTION}/writers/end": _person("own writer"),
    "/strategies/…/review/reviewers": _person("reviewer", own=False),
    "/strategies/…/review/reviewers/…/off": _always(WHY),
    "/strategies/…/review/declined": _always({"reason": "On leave."}),
    "/strategies/…/review/recusal": _always(WHY),
    "/strategies/…/review/marks": _on_version(marks=[{"clause": CLAUSE, "mark": "meets"}]),
    "/strategies/…/review/recommendation": _on_version(advice="approved", text="Complete."),
    "/strategies/…/review/comments": _on_version(clause=CLAUSE, text="Since when?"),
    "/strategies/…/review/comments/…/answers": _always({"text": "Since March."}),
    "/strategies/…/review/comments/…/kind": _always({"kind": "must-change"}),
    "/strategies/…/review/comments/…/settled": _on_version(settled=True),
    "/clocks/…/extension": _always(LATER | {"authority": "A memorandum."}),
    "/clocks/…/pause": _always(WHY),
    "/clocks/…/requests": _always(LATER),
    "/clocks/…/requests/…/grant": _always({"authority": "A memorandum."}),
    "/clocks/…/requests/…/refusal": _always(WHY),
    "/inbox/read": _always({"notices": []}),
    "/commitments/…/progress": _always({"text": "Half of it.", "percent": 50}),
    "/commitments/…/done": _always({"statement": "All of it."}),
    "/commitments/…/acceptance": _always({}),
    "/commitments/…/return": _always(WHY),
    "/commitments/…/changes": _always(WHY | {"title": "Less of it"}),
    "/commitments/…/changes/…/acceptance": _always({}),
    "/commitments/…/changes/…/refusal": _always(WHY),
    "/commitments/…/readings": _always({"value": "65", "as_of": "2023-12-18"}),
    "/commitments/…/readings/…/correction": _always(WHY | {"value": "65"}),
    "/services/…": _always(SERVICE | {"name": "Another name"}),
    "/components/…/services": _always(SERVICE | {"name": "Another service"}),
    "/quarters/…/…/services/…/…": _always({"form": hisps.COUNTS, "numbers": NUMBERS}),
    "/quarters/…/…/return": _always(WHY),
    "/quarters/…/…/correction": _always(WHY),
    "/strategies/…/publications": _always({}),
    "/publications/…/sections": _always({"clauses": [CLAUSE]}),
    "/publications/…/withholdings": _always({"clause": CLAUSE, "field": "metrics", "row": 1, "basis": "privileged"}),
    "/publications/…/release": _releasing,
    "/publications/…/withdrawal": _always({"reason": "A wrong figure."}),
    "/strategies/…/decisions/approval": _on_hash(),
    "/strategies/…/decisions/return": _on_hash(**WHY, listed=[]),
}

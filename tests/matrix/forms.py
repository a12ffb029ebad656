"""What is typed into each form of the matrix: complete, so that only who asks and when decide what is answered."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.documents.word import word_file
from cxworkflow.models import Answer, FiscalClose, Publication, Strategy
from cxworkflow.policies.answers import Content
from cxworkflow.services import account_reviews, closes, duty_drafts, policies, publications, strategies
from cxworkflow.services.public_texts import public
from cxworkflow.web.reading import field_id
from tests import hisps
from tests.boxes import boxes
from tests.matrix.premises import CLAUSE, NOW, Matter, Premises
from tests.uploads.samples import png

Form = dict[str, Any]
Typed = Callable[[Premises, Matter], Form]


def _day(name: str, on: str) -> Form:
    year, month, day = on.split("-")
    return {f"{name}-year": year, f"{name}-month": month, f"{name}-day": day}


def _paper(matter: Matter) -> Strategy:
    return session().get_one(Strategy, matter.strategy_id)


def _answer(paper: Strategy) -> Answer:
    return next(each for each in paper.answers if each.clause == CLAUSE)


def _version(_: Premises, matter: Matter) -> Form:
    version = _paper(matter).current_version
    return {"version_number": str(version.number), "sha256": version.sha256} if version else {}


def _submitting(_: Premises, matter: Matter) -> Form:
    return {"certified": "yes", "sha256": strategies.draft_sha256(_paper(matter))}


def _renaming(_: Premises, matter: Matter) -> Form:
    return {"title": "Another title", "title_revision": str(_paper(matter).title_revision)}


def _assigning(premises: Premises, matter: Matter) -> Form:
    return {"clause": CLAUSE, "person": str(premises.person("own contributor", matter.component).id)}


def _taking_back(premises: Premises, matter: Matter) -> Form:
    return {"clause": CLAUSE, "person": str(premises.person("own writer", matter.component).id)}


def _reviewer(premises: Premises, _: Matter) -> Form:
    return {"reviewer": str(premises.person("reviewer", None).id)}


def _person(name: str) -> Typed:
    return lambda premises, _: {name: str(premises.person("own contributor", "CBP").id)}


def _confirming(_: Premises, __: Matter) -> Form:
    return {"mark": account_reviews.mark_of(account_reviews.statement(on=day_of(NOW)))}


def _section(_: Premises, matter: Matter) -> Form:
    """Every box of the section, as it stands."""
    paper = _paper(matter)
    answer, section = _answer(paper), paper.edition.policy.section(CLAUSE)
    return {**boxes(section, answer.content, answer.row_names), "base_revision": "1"}


ANOTHER = {"metrics-0-name": "Another name"}


def _uploading(_: Premises, matter: Matter) -> Form:
    """A file in which one section reads otherwise than in the draft."""
    paper = _paper(matter)
    sections = paper.edition.policy.sections_for(hisp=paper.component.hisp)
    with session().no_autoflush:
        answer = _answer(paper)
        answer.content = renamed(answer.content)
        file = word_file(paper, sections)
        session().expire(answer)
    return {"file": (BytesIO(file), "strategy.docx")}


def renamed(content: Content) -> Content:
    """The same with another name of its first metric."""
    first, *others = content["metrics"]
    return {**content, "metrics": [{**first, "name": "Another name"}, *others]}


def _attaching(_: Premises, __: Matter) -> Form:
    return {"file": (BytesIO(png()), "visitors.png")}


def _holding(_: Premises, __: Matter) -> Form:
    return {
        "policy": str(policies.edition_of("dhs-076-02").id),
        "citation": "OIG 24-17",
        **WHY,
        **_day("from", "2024-01-02"),
    }


def _choosing(_: Premises, matter: Matter) -> Form:
    return {"clauses": CLAUSE, "base": publications.mark_of(session().get_one(Publication, matter.publication_id))}


def _releasing(_: Premises, matter: Matter) -> Form:
    return {"sha256": public(session().get_one(Publication, matter.publication_id)).sha256}


def _importing(_: Premises, matter: Matter) -> Form:
    year, _q, quarter = matter.cycle.partition("-Q")
    told = {"year": year, "quarter": quarter, "service_name": "Trusted traveler enrollment", "channel": "website"}
    cells = {**told, **hisps.typed(hisps.COUNTS, volume_of_customers="3000")}
    return {"file": (BytesIO("\n".join([",".join(cells), ",".join(cells.values())]).encode()), "quarter.csv")}


def _of(*parts: Form | Typed) -> Typed:
    """All of these together."""
    return lambda premises, matter: {
        name: value for part in parts for name, value in (part(premises, matter) if callable(part) else part).items()
    }


def _about(name: str, number: str) -> Typed:
    """The hidden field that says which of several forms it is."""
    return lambda _, matter: {name: str(getattr(matter, number))}


def _signing(_: Premises, matter: Matter) -> Form:
    return {"sha256": closes.sha256_of(closes.text_of(session().get_one(FiscalClose, matter.close_id)))}


THREAD = _about("thread", "comment_id")
LATER, WHY = _day("to", "2024-12-02"), {"reason": "It has to be.", "why": "It has to be.", "authority": "A memorandum."}
REMARK = {"clause": CLAUSE, "text": "Since when?", "kind": "comment", "audience": "component"}
PIECE = {"kind": "playbook", "title": "Plain forms", "tags": "forms", "text": "Ask less."}


def _last_draft(_: Premises, matter: Matter) -> Form:
    draft = duty_drafts.latest(policies.edition_of("dhs-076-02"), matter.what)
    assert draft is not None
    return {"base": str(draft.id), "sha256": draft.sha256}


SERVICE = {"channels": "website", "omb_control_number": "1651-0136", **_day("from", "2020-01-01")}
NUMBERS = hisps.typed(hisps.COUNTS, volume_of_customers="2000")

FORMS: dict[str, Typed] = {
    "/webhooks": _of({"url": "http://127.0.0.1:9/hook", "component": "CBP", "kinds": "submit"}),
    "/directorate/actions/…/…/standing": _of({"owner": "OCIO", "progress": "under-way", "note": "It begins well."}),
    "/directorate/actions/…/…/steps": _of({"title": "Another course."}, _day("due", "2024-01-09")),
    "/directorate/actions/…/…/steps/…": _of({"progress": "done"}),
    "/directorate/actions/…/…/links": _of({"component": "CISA", "section": "IV.c.4", "why": "It trains its people."}),
    "/guidance/new": _of(PIECE),
    "/guidance/…/text": _of(PIECE, {"revision": "1"}),
    "/guidance/…/publication": _of({"whom": "all"}, _day("acknowledge", "2024-01-09")),
    "/guidance/…/withdrawal": _of(WHY),
    "/papers/…/…/drafts": _of(_last_draft, {"text": "Another text."}),
    "/papers/…/…/rounds": _of(
        _last_draft, _day("until", "2024-01-09"), {"components": ["CBP"], "note": "Please read."}
    ),
    "/papers/…/…/signature": _last_draft,
    "/rounds/…/answers": _of(
        {"position": "non-concur", "reason": "It costs.", "place-0": "1", "comment-0": "Who pays?"}
    ),
    "/rounds/…/comments/…/disposition": _of({"disposition": "declined"}, WHY),
    "/hisps/services/…": _of(SERVICE, {"name": "Another name", "base_revision": "1"}),
    "/hisps/…/services/new": _of(SERVICE, {"name": "Another service"}),
    "/hisps/…/import": _importing,
    "/hisps/…/…/services/…/…": _of(NUMBERS, {"form": hisps.COUNTS, "base_revision": "1"}),
    "/hisps/…/…/return": _of(WHY),
    "/hisps/…/…/correction": _of(WHY),
    "/demo/clock": _of({"how": "day"}),
    "/sign-in": _person("person"),
    "/sign-in/link": _of({"address": "somebody@stage.example"}),
    "/what-if": _of({"slip": "many"}),
    "/closures": _of(_day("day", "2024-01-17"), WHY),
    "/closures/preview": _of(_day("day", "2024-01-17"), WHY),
    "/me/department": _of({"department": "dhs"}),
    "/me/tokens": _of({"name": "Export", "strategies": "strategies:read", "days": "30"}),
    "/inbox/preferences": _of({"e_mails": "daily"}),
    "/people/new": _of({"name": "Nia New", "email": "nia.new@stage.example"}),
    "/people/acting": _of(_person("person"), _day("from", "2024-01-02"), _day("until", "2024-01-09")),
    "/people/review": _confirming,
    "/people/…/roles": _of({"role": "lead", "component": "CBP"}, _day("from", "2024-01-02")),
    "/people/…/roles/…/end": _of(_day("on", "2024-01-02")),
    "/people/…/roles/…/handover": _of(_person("to"), _day("on", "2024-01-02")),
    "/people/…/unlinked": lambda _, matter: {"identity": str(matter.identity_id)},
    "/me/sign-ins/unlinked": _of({"identity": "999999999"}),
    "/people/…/address": _of({"email": "another.address@stage.example"}),
    "/people/…/deactivation": _of(WHY),
    "/publications/…/sections": _choosing,
    "/publications/…/withholdings": _of({"clause": CLAUSE, "field": "metrics", "row": "1", "basis": "privileged"}),
    "/publications/…/release": _releasing,
    "/publications/…/withdrawal": _of({"reason": "A wrong figure."}),
    "/retention/holds": _holding,
    "/retention/holds/…/lifting": _of(WHY, _about("hold", "hold_id")),
    "/strategies/…/edition": _of(WHY),
    "/components/…/deliverables/…/…": _of({"statement": "Sent."}),
    "/components/…/strategies": _of({"policy": "dhs-076-02"}),
    "/clocks/…/extension": _of(LATER, WHY, {"form": "extend"}),
    "/clocks/…/pause": _of(WHY, {"form": "pause"}),
    "/clocks/…/requests": _of(LATER, WHY, {"form": "ask"}),
    "/clocks/…/requests/…/grant": _of(WHY, {"form": "grant"}),
    "/clocks/…/requests/…/refuse": _of(WHY, {"form": "refuse"}),
    "/strategies/…/title": _renaming,
    "/strategies/…/assignments": _assigning,
    "/strategies/…/assignments/end": _taking_back,
    "/strategies/…/submit": _submitting,
    "/strategies/…/withdraw": _of(WHY),
    "/strategies/…/implemented": _of({"statement": "All of it."}),
    "/strategies/…/implementation/acceptance": _of({"answer": "As far as it goes."}),
    "/strategies/…/implementation/return": _of(WHY),
    "/closes/…/signature": _signing,
    "/closes/statements/…": _of({"statement": "In November."}),
    "/commitments/…/progress": _of({"text": "Half of it.", "percent": "50"}),
    "/commitments/…/evidence": _attaching,
    "/commitments/…/evidence/removal": _about("address", "address"),
    "/commitments/…/done": _of({"statement": "All of it."}),
    "/commitments/…/return": _of(WHY),
    "/commitments/…/changes": _of({"title": "Less of it"}, WHY),
    "/commitments/…/changes/…/refusal": _of(WHY),
    "/commitments/…/readings": _of({"value": "65"}, _day("as_of", "2023-12-18")),
    "/commitments/…/readings/…/correction": _of({"value": "65"}, WHY),
    "/strategies/…/review/reviewers": _reviewer,
    "/strategies/…/review/reviewers/…/off": _of(WHY),
    "/strategies/…/review/comments": _of(_version, REMARK),
    "/strategies/…/review/comments/…/answers": _of({"answer": "Since March."}, THREAD),
    "/strategies/…/review/comments/…/kind": _of({"kind": "must-change"}, THREAD),
    "/strategies/…/review/comments/…/settled": _of(_version, THREAD),
    "/strategies/…/review/declined": _of({"declining": "On leave."}),
    "/strategies/…/review/rubric": _of(_version, {f"{field_id(CLAUSE)}-mark": "meets"}),
    "/strategies/…/review/recommendation": _of(_version, {"advice": "approved", "recommendation": "Complete."}),
    "/strategies/…/review/return": _of(_version, WHY),
    "/strategies/…/review/recusal": _of(WHY),
    "/strategies/…/decision/return": _of(_version, WHY),
    "/strategies/…/decision/approval": _version,
    "/strategies/…/sections/…": _of(_section, ANOTHER),
    "/strategies/…/sections/…/live": _of(_section, ANOTHER),
    "/strategies/…/sections/…/here": _of({"base_revision": "1"}),
    "/strategies/…/offline": _uploading,
    "/strategies/…/sections/…/history/…/restore": _of({"base_revision": "1"}),
    "/strategies/…/sections/…/attachments": _of(_section, _attaching),
    "/strategies/…/sections/…/attachments/removal": _of(_section, _about("detach", "address")),
}

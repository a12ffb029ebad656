"""What is typed into each form of the matrix: complete, so that only who asks and when decide what is answered."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.documents.word import word_file
from cxworkflow.models import Strategy
from cxworkflow.services import account_reviews, policies, strategies
from tests.matrix.premises import CLAUSE, NOW, Matter, Premises
from tests.uploads.samples import png

Form = dict[str, Any]
Typed = Callable[[Premises, Matter], Form]


def _day(name: str, on: str) -> Form:
    year, month, day = on.split("-")
    return {f"{name}-year": year, f"{name}-month": month, f"{name}-day": day}


def _paper(matter: Matter) -> Strategy:
    return session().get_one(Strategy, matter.strategy_id)


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


def _attaching(_: Premises, __: Matter) -> Form:
    return {"base_revision": "1", "file": (BytesIO(png()), "visitors.png")}


def _uploading(_: Premises, matter: Matter) -> Form:
    strategy = _paper(matter)
    sections = strategy.edition.policy.sections_for(hisp=strategy.component.hisp)
    return {"file": (BytesIO(word_file(strategy, sections)), "strategy.docx")}


def _detaching(_: Premises, matter: Matter) -> Form:
    return {"base_revision": "1", "detach": str(matter.address)}


def _holding(_: Premises, __: Matter) -> Form:
    return {
        "policy": str(policies.edition_of("dhs-076-02").id),
        "citation": "OIG 24-17",
        **WHY,
        **_day("from", "2024-01-02"),
    }


def _of(*parts: Form | Typed) -> Typed:
    """All of these together."""
    return lambda premises, matter: {
        name: value for part in parts for name, value in (part(premises, matter) if callable(part) else part).items()
    }


def _about(name: str, number: str) -> Typed:
    """The hidden field that says which of several forms it is."""
    return lambda _, matter: {name: str(getattr(matter, number))}


THREAD = _about("thread", "comment_id")
LATER, WHY = _day("to", "2024-12-02"), {"reason": "It has to be.", "why": "It has to be.", "authority": "A memorandum."}

REMARK = {"clause": CLAUSE, "text": "Since when?", "kind": "comment", "audience": "component"}

FORMS: dict[str, Typed] = {
    "/demo/clock": _of({"how": "day"}),
    "/sign-in": _person("person"),
    "/sign-in/link": _of({"address": "somebody@stage.example"}),
    "/what-if": _of({"slip": "many"}),
    "/closures": _of(_day("day", "2024-01-17"), WHY),
    "/closures/preview": _of(_day("day", "2024-01-17"), WHY),
    "/inbox/preferences": _of({"e_mails": "daily"}),
    "/people/new": _of({"name": "Nia New", "email": "nia.new@stage.example"}),
    "/people/acting": _of(_person("person"), _day("from", "2024-01-02"), _day("until", "2024-01-09")),
    "/people/review": _confirming,
    "/people/…/roles": _of({"role": "lead", "component": "CBP"}, _day("from", "2024-01-02")),
    "/people/…/roles/…/end": _of(_day("on", "2024-01-02")),
    "/people/…/roles/…/handover": _of(_person("to"), _day("on", "2024-01-02")),
    "/people/…/address": _of({"email": "another.address@stage.example"}),
    "/people/…/deactivation": _of(WHY),
    "/retention/holds": _holding,
    "/retention/holds/…/lifting": _of(WHY, _about("hold", "hold_id")),
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
    "/strategies/…/review/reviewers": _reviewer,
    "/strategies/…/review/reviewers/…/off": _of(WHY),
    "/strategies/…/review/comments": _of(_version, REMARK),
    "/strategies/…/review/comments/…/answers": _of({"answer": "Since March."}, THREAD),
    "/strategies/…/review/comments/…/kind": _of({"kind": "must-change"}, THREAD),
    "/strategies/…/review/comments/…/settled": _of(_version, THREAD),
    "/strategies/…/review/declined": _of({"declining": "On leave."}),
    "/strategies/…/review/rubric": _version,
    "/strategies/…/review/recommendation": _of(_version, {"advice": "approved", "recommendation": "Complete."}),
    "/strategies/…/review/return": _of(_version, WHY),
    "/strategies/…/review/recusal": _of(WHY),
    "/strategies/…/decision/return": _of(_version, WHY),
    "/strategies/…/decision/approval": _version,
    "/strategies/…/sections/…": _of({"base_revision": "1"}),
    "/strategies/…/sections/…/live": _of({"base_revision": "1"}),
    "/strategies/…/sections/…/here": _of({"base_revision": "1"}),
    "/strategies/…/offline": _uploading,
    "/strategies/…/sections/…/history/…/restore": _of({"base_revision": "1"}),
    "/strategies/…/sections/…/attachments": _attaching,
    "/strategies/…/sections/…/attachments/removal": _detaching,
}

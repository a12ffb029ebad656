"""Several Components whose every text carries a mark of theirs, so that a byte that strays is seen for what it is."""

import random
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.models import Audience, Clock, Kind, Outcome, Person, Role, Strategy
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.services import (
    assignments,
    attachments,
    clocks,
    comments,
    drafting,
    extensions,
    implementation,
    recusals,
    reviews,
)
from cxworkflow.services import strategies as papers
from cxworkflow.uploads.examining import examine
from tests.stage import Stage, answers, eastern
from tests.uploads.samples import chunk, png

MARK = re.compile(rb"zq([A-Z]+)zq(\w+?)zq\d+")
STATES = {"CBP": "returned", "ICE": "draft", "TSA": "recommended", "USCG": "implemented", "FEMA": "withdrawn"}
ASKING = ("CBP", "ICE")  # whose people ask for everything
DRAFTED, SUBMITTED, DONE = eastern("2023-12-01 09:00"), eastern("2023-12-18 15:00"), eastern("2023-12-19 15:00")


class Marks:
    """Marks of one Component, each another one: what is marked, and a number."""

    def __init__(self, code: str, offered: set[str]) -> None:
        self._code, self._offered, self._numbers = code, offered, count(1)

    def on(self, what: str) -> str:
        """A text of this kind that carries a mark."""
        return f"Said of {what}: zq{self._code}zq{what}zq{next(self._numbers)}."

    def throughout(self, value: Any) -> Any:
        """An answer whose every sentence carries a mark."""
        if isinstance(value, dict):
            return {key: each if key == "needed" else self.throughout(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.throughout(each) for each in value]
        return f"{value} {self.on('answer')}" if self._is_free(value) else value

    def _is_free(self, value: Any) -> bool:
        return isinstance(value, str) and " " in value and value not in self._offered


def fill(stage: Stage, of: str = "") -> None:
    """Play each Component's story, all texts marked; `of` begins the marks, where there are several departments."""
    fields = [field for section in stage.edition.policy.sections for field in section.fields]
    offered = {each.value for field in fields for asked in (field, *field.columns) for each in asked.choices}
    for code, state in STATES.items():
        _play(stage, code, state, Marks(f"{of}{code}", offered))
    for person in session().scalars(select(Person)):
        own = next((held.component.code for held in person.appointments if held.component), None)
        if own in STATES:
            person.email = f"zq{own.lower()}zq.{person.id}@stage.example"
    session().commit()


def _play(stage: Stage, code: str, state: str, marks: Marks) -> None:
    own, component = stage.person(Role.LEAD, code), stage.component(code)
    lead, reviewer, cio = (stage.person(role) for role in (Role.DIRECTORATE_LEAD, Role.REVIEWER, Role.CIO))
    content = marks.throughout(answers(hisp=component.hisp))
    file = StrategyFile(stage.edition.code, code, marks.on("title"), content)
    drafting.fill(stage.edition, component, file, by=own, at=DRAFTED)
    paper = papers.find(stage.edition, component)
    assert paper is not None
    assignments.assign(paper, "IV.c.3", stage.person(Role.CONTRIBUTOR, code), by=own, at=DRAFTED)
    inside = chunk(b"tEXt", f"Comment\0{marks.on('picture')}".encode())
    picture = examine(f"{marks.on('file')}png", png(inside=inside), largest=10_000, clamd_url=None)
    attachments.attach(paper, "IV.c.3", picture, most=100_000, by=own, at=DRAFTED)
    clock = session().scalars(select(Clock).where(Clock.component_id == component.id, Clock.kind == "strategy")).one()
    request = extensions.ask(clock, to=clock.due_on.replace(month=2), reason=marks.on("asking"), by=own, at=DRAFTED)
    extensions.refuse(request, reason=marks.on("refusal"), by=cio, at=DRAFTED)
    clocks.pause(clock, reason=marks.on("pause"), by=cio, at=DRAFTED)
    clocks.resume(clock, reason=marks.on("resumption"), by=cio, at=DRAFTED)
    if state == "draft":
        return
    papers.submit(paper, by=own, at=SUBMITTED)
    reviews.assign(paper, reviewer, by=lead, at=SUBMITTED)
    for audience in Audience:
        remark = comments.comment(
            paper, "IV.c.3", marks.on("comment"), kind=Kind.COMMENT, audience=audience, by=lead, at=SUBMITTED
        )
        session().flush()
        if audience is Audience.COMPONENT:
            comments.answer(remark, marks.on("reply"), by=own, at=SUBMITTED)
    if state == "withdrawn":
        papers.withdraw(paper, reason=marks.on("withdrawal"), by=own, at=DONE)
        return
    reviews.recommend(paper, Outcome.APPROVED, text=marks.on("advice"), by=lead, at=SUBMITTED)
    recusals.recuse(paper, reason=marks.on("recusal"), by=reviewer, at=SUBMITTED)
    _decide(stage, paper, state, marks)


def _decide(stage: Stage, paper: Strategy, state: str, marks: Marks) -> None:
    own, cio = stage.person(Role.LEAD, paper.component.code), stage.person(Role.CIO)
    if state == "returned":
        reviews.send_back(paper, reason=marks.on("return"), by=stage.person(Role.DIRECTORATE_LEAD), at=DONE)
    if state == "implemented":
        version = papers.under_review(paper)
        number, sha256 = version.number, version.sha256
        reviews.approve(paper, version_number=number, sha256=sha256, reason=marks.on("remark"), by=cio, at=DONE)
        implementation.report(paper, statement=marks.on("statement"), by=own, at=DONE)
        lead = stage.person(Role.DIRECTORATE_LEAD)
        implementation.accept(paper, answer=marks.on("remark"), by=lead, at=DONE)


def known_values() -> dict[str, list[Any]]:
    """What an address or a filter can name, as it stands in the database."""
    ids = {
        "strategy_id": "select id from strategy",
        "clock_id": "select id from clock",
        "request_id": "select id from extension_request",
        "notice_id": "select id from notice",
        "comment_id": "select id from comment",
        "person_id": "select id from person",
        "appointment_id": "select id from appointment",
        "address": "select address from attachment",
        "sha256": "select sha256 from version",
    }
    found: dict[str, list[Any]] = {
        name: [*session().scalars(text(statement)), 999_999] for name, statement in ids.items()
    }
    found["address"].pop()
    return found | {
        "code": [*STATES, "OCIO", "PRIV", "dhs-076-02"],
        "clause": ["IV.c.3", "IV.c.1", "IV.c.5.a", "IV.g.1", "none"],
        "number": [1, 2],
        "what": ["cx-directorate", "nothing"],
        "version": ["x"],
        "filename": ["app.css"],
        "link_id": [1],
        "review_id": [1],
    }


def strings(rng: random.Random, known: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Some fields of a query string or a form: filters that pages have, and forms' boxes, with values that exist."""
    offered: dict[str, list[Any]] = {
        "component": [*STATES, ""],
        "state": ["running", "overdue", "paused", "met", "owed", "sent", "lost"],
        "kind": ["strategy", "review", "deadline", "submitted", "returned", "must-change"],
        "sort": ["due", "component", "kind", "started"],
        "page": [1, 2, 3, "x"],
        "q": ["said", "said -nothing", "comment or answer", "customers", "-said"],
        "clock": known["clock_id"],
        "policy": ["dhs-076-02", "none"],
        "from": ["2023-01-01", "x"],
        "next": [f"/strategies/{rng.choice(known['strategy_id'])}", "//evil.example"],
        "clause": known["clause"],
        "person": known["person_id"],
        "reviewer": known["person_id"],
        "to": known["person_id"],
        "detach": known["address"],
        "version_number": [1, 2],
        "base_revision": [0, 1, 2],
        "title_revision": [1],
        "sha256": known["sha256"],
        "reason": ["Why not."],
        "why": ["Why not."],
        "answer": ["Because."],
        "text": ["Because."],
        "audience": ["component", "team"],
        "advice": ["approved", "returned"],
        "title": ["Another"],
        "certified": ["yes"],
        "statement": ["Done."],
        "to-year": [2024],
        "to-month": [2],
        "to-day": [9],
    }
    for name in rng.sample(sorted(offered), rng.randint(0, 12)):
        yield name, str(rng.choice(offered[name]))

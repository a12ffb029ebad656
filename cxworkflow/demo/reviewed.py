"""The demo's reviews: one that came back and was sent in again, and what reviewers said of the others."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from config.settings import FOLDER
from cxworkflow.calendar import EASTERN
from cxworkflow.models import Audience, Kind, Mark, Person, Strategy
from cxworkflow.services import comments, drafting, reviews, rubrics, strategies

REVISED = FOLDER / "demo" / "fletc-revised.json"
MET = (Mark.MEETS, "")


def on(month: int, day: int, hour: int) -> datetime:
    """An hour of a day in 2023, Eastern time."""
    return datetime(2023, month, day, hour, 0, tzinfo=EASTERN)


def returned_and_revised(strategy: Strategy, *, by: Person, executive: Person, lead: Person, reviewer: Person) -> None:
    """FLETC: three must-changes, a letter, and a second version that makes two of them; its review has begun."""
    reviews.assign(strategy, reviewer, by=lead, at=on(11, 20, 9))
    say = _saying(strategy, reviewer, at=on(11, 22, 14))
    metrics = strategies.under_review(strategy).row_names["IV.c.3"]["metrics"]
    must = Kind.MUST_CHANGE
    first = say("IV.c.3", "Of which months is 21 the median? Say so beside the source.", must, metrics[0])
    say("IV.c.3", "What do students themselves say? One metric should ask them.", must)
    say("IV.c.5.a", "Say who reviews the forms, and with which students.", must)
    say("IV.c.5.c", "Let somebody with a screen reader try the letter, too.", Kind.SUGGESTION)
    _among_us(strategy, "IV.c.1", "Thin, but honest. I would not press them on it.", reviewer, at=on(11, 22, 14))
    ratings = {"IV.c.1": MET, "IV.c.2": MET, "IV.c.3": (Mark.PARTLY, "No student is asked."), "IV.c.4": MET}
    rubrics.mark(strategy, {**ratings, "IV.c.5.a": (Mark.NOT, "Nobody is named.")}, by=reviewer, at=on(11, 24, 10))
    reason = "A clear plan for a small team. Please make the changes listed below, then submit the strategy again."
    reviews.send_back(strategy, reason=reason, by=lead, at=on(11, 27, 11))
    comments.answer(first, "July to September 2023; it was 24, not 21.", by=by, at=on(12, 4, 9))
    _revise(strategy, by=by, at=on(12, 4, 10))
    strategies.submit(strategy, by=executive, at=on(12, 6, 13))


def _revise(strategy: Strategy, *, by: Person, at: datetime) -> None:
    told: dict[str, Any] = json.loads(REVISED.read_text(encoding="utf-8"))
    revisions = {answer.clause: answer.revision for answer in strategy.answers}
    for clause, content in told.items():
        drafting.save_section(strategy, clause, content, base_revision=revisions[clause], by=by, at=at)


def rated(strategy: Strategy, *, but: dict[str, str], by: Person, at: datetime) -> None:
    """Every section meets the rubric, but for those that do so partly, each with its reason."""
    asked = strategies.under_review(strategy).content
    marks = {clause: (Mark.PARTLY, but[clause]) if clause in but else MET for clause in asked}
    rubrics.mark(strategy, marks, by=by, at=at)


def asked_of_uscg(strategy: Strategy, *, by: Person, at: datetime) -> None:
    """USCG: something to change, a question, and a word among the team; half of the rubric is filled in."""
    (metric,) = strategies.under_review(strategy).row_names["IV.c.3"]["metrics"]
    say = _saying(strategy, by, at=at)
    say("IV.c.3", "Say from which months the 45 days are counted.", Kind.MUST_CHANGE, metric)
    say("IV.c.4", "Who follows up after the twelve walk-throughs?")
    _among_us(strategy, "IV.c.4", "Twelve is few for a national office. Is it worth asking for more?", by, at=at)
    rubrics.mark(strategy, {"IV.c.1": MET, "IV.c.2": MET, "IV.c.3": (Mark.PARTLY, "One metric only.")}, by=by, at=at)


def _saying(strategy: Strategy, by: Person, *, at: datetime) -> Callable[..., Any]:
    def say(clause: str, text: str, kind: Kind = Kind.COMMENT, metric: str | None = None) -> Any:
        row = ("metrics", metric) if metric else None
        return comments.comment(strategy, clause, text, kind=kind, row=row, by=by, at=at)

    return say


def _among_us(strategy: Strategy, clause: str, text: str, by: Person, *, at: datetime) -> None:
    comments.comment(strategy, clause, text, audience=Audience.TEAM, by=by, at=at)

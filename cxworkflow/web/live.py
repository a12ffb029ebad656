"""What an open section page asks by itself: to save what is being written, and who else is here."""

from dataclasses import dataclass, field

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cxworkflow.db import session as database
from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, NotFound, WorkflowError
from cxworkflow.models import Answer, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Section
from cxworkflow.policies.answers import (
    NAME,
    FormReading,
    faults_of_boxes,
    form_places,
    from_form,
    missing_in,
    weak_in,
)
from cxworkflow.queries import presence as queries
from cxworkflow.queries import strategies
from cxworkflow.services import drafting, presence
from cxworkflow.services.drafting import SectionChanged
from cxworkflow.web import current, filters
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reading import label_words
from cxworkflow.web.sections import differing

pages = Blueprint("live", __name__, url_prefix="/strategies/<int:strategy_id>/sections/<clause>")


@dataclass(frozen=True)
class Told:
    """How a live saving went: `saved`, `faulty` (something can't be read), `changed` by somebody, or `refused`.

    `names` gives the rows that were new their names: by the boxes that carry them, such as `funds-3-row-id`.
    """

    state: str
    revision: int
    words: str = ""
    theirs: Answer | None = None
    differing: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)


@pages.post("/live")
@signed_in
def save(strategy_id: int, clause: str) -> ResponseReturnValue:
    """Save what stands in the boxes, if all of it can be read; the answer fits into the page that asked."""
    strategy, section = _section(strategy_id, clause)
    read = from_form(section, request.form)
    told = _tried(strategy, section, read)
    unread = [Fault(each.key, label_words(each, section) + each.reason) for each in faults_of_boxes(section, read)]
    return render_template(
        "sections/live.html",
        strategy=strategy,
        section=section,
        told=told,
        missing=_once([*unread, *missing_in(section, read.content)]),
        weak=weak_in(strategy.edition.policy, section, {**strategy.contents, section.clause: read.content}),
        content=read.content,
        places=form_places(section, request.form),
    )


@pages.post("/here")
@signed_in
def here(strategy_id: int, clause: str) -> ResponseReturnValue:
    """Note that this page is open; answers who else is here, and whether somebody has saved a newer text."""
    strategy, section = _section(strategy_id, clause)
    with unit_of_work():
        presence.note(strategy, clause, by=current.person(), at=current.now())
    answer = next((answer for answer in strategy.answers if answer.clause == section.clause), None)
    overtaken = (
        answer is not None
        and answer.revision > filters.posted_number("base_revision")
        and answer.page_key != request.form.get("page_key")
    )
    return render_template(
        "sections/here.html",
        others=queries.others(strategy, current.person(), at=current.now()),
        clause=clause,
        newer=answer if overtaken else None,
    )


def _section(strategy_id: int, clause: str) -> tuple[Strategy, Section]:
    strategy = strategies.visible(current.person(), strategy_id, at=current.now())
    if not may(current.person(), Permission.SEE_DRAFT, strategy, at=current.now()):
        raise NotFound
    return strategy, drafting.asked(strategy, clause)


def _tried(strategy: Strategy, section: Section, read: FormReading) -> Told:
    base = filters.posted_number("base_revision")
    if read.faults:
        return Told("faulty", base)
    try:
        with unit_of_work():
            answer = drafting.save_section(
                strategy,
                section.clause,
                read.content,
                base_revision=base,
                row_names=read.row_names,
                page_key=request.form.get("page_key", ""),
                live=True,
                by=current.person(),
                at=current.now(),
            )
            presence.note(strategy, section.clause, by=current.person(), at=current.now())
            return Told("saved", answer.revision, names=_new_names(section, read, answer))
    except SectionChanged as refusal:
        theirs = database().get_one(Answer, refusal.answer.id)
        return Told("changed", theirs.revision, "", theirs, differing(section, read.content, theirs.content))
    except WorkflowError as refusal:
        return Told("refused", base, str(refusal))


def _new_names(section: Section, read: FormReading, answer: Answer) -> dict[str, str]:
    places = form_places(section, request.form)
    return {
        f"{key}-{place}-{NAME}": name
        for key, names in answer.row_names.items()
        for place, told, name in zip(places[key], read.row_names.get(key, ()), names, strict=True)
        if told != name
    }


def _once(faults: list[Fault]) -> list[Fault]:
    """What can't be read is not also told to be missing."""
    return list({fault.key: fault for fault in reversed(faults)}.values())[::-1]

"""Writing one section: typed fields and rows, checked while one writes, never saved over somebody else's text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.lifecycle import Action, can
from cxworkflow.models import Answer, Presence, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Section
from cxworkflow.policies.answers import (
    ChecklistItem,
    Content,
    FormReading,
    Typed,
    faults_of_boxes,
    from_form,
    missing_in,
    to_form,
)
from cxworkflow.queries import presence
from cxworkflow.queries import strategies as queries
from cxworkflow.services import drafting
from cxworkflow.services.drafting import SectionChanged
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reading import field_id, label_words, place_words
from cxworkflow.web.steps import ask_who_then_when

pages = Blueprint("sections", __name__, url_prefix="/strategies/<int:strategy_id>/sections/<clause>")


@dataclass(frozen=True)
class Sheet:
    """A section of a strategy's draft, with its place among the others."""

    paper: queries.Paper
    section: Section
    answer: Answer | None
    item: ChecklistItem

    @property
    def revision(self) -> int:
        """The saved state that is shown; 0 before the first."""
        return self.answer.revision if self.answer else 0

    @property
    def stored(self) -> Typed:
        """What is saved, as it stands in the boxes."""
        return (
            to_form(self.section, self.answer.content, self.answer.row_names)
            if self.answer
            else to_form(self.section, {})
        )

    @property
    def before(self) -> Section | None:
        """The section before this one."""
        place = self.paper.sections.index(self.section)
        return self.paper.sections[place - 1] if place else None

    @property
    def after(self) -> Section | None:
        """The section after this one."""
        return next(iter(self.paper.sections[self.paper.sections.index(self.section) + 1 :]), None)

    @property
    def editable(self) -> bool:
        """Whether this person may write here now."""
        strategy = self.paper.strategy
        return can(strategy.status, Action.EDIT) and may(
            current.person(), Permission.EDIT, strategy, at=current.now(), clause=self.section.clause
        )

    @property
    def others(self) -> Sequence[Presence]:
        """Who else has a section of this strategy open for writing."""
        return presence.others(self.paper.strategy, current.person(), at=current.now())


@dataclass
class Writing:
    """What stands in the boxes, on which saved state it builds, and what is wrong with it."""

    typed: Typed
    base_revision: int
    content: Content
    page_key: str = field(default_factory=lambda: request.form.get("page_key") or token_urlsafe(9))
    faults: dict[str, str] = field(default_factory=dict)
    unsaved: bool = False
    theirs: Answer | None = None
    file_fault: str = ""
    differing: frozenset[str] = frozenset()


@pages.get("")
@signed_in
def one(strategy_id: int, clause: str) -> ResponseReturnValue:
    """The section's boxes for those who may write it now, its text for the others."""
    sheet = opened(strategy_id, clause)
    content = sheet.answer.content if sheet.answer else {}
    writing = Writing(sheet.stored, sheet.revision, content)
    return render_template("sections/section.html", sheet=sheet, writing=writing)


@pages.post("")
@signed_in
def write(strategy_id: int, clause: str) -> ResponseReturnValue:
    """Save the section; or, without JavaScript, add, move or remove a row of it and save nothing yet.

    All that only a page shows is read only where one is shown.
    """
    strategy = _drafted(strategy_id, hold=True)
    ask_who_then_when(strategy, Permission.EDIT, Action.EDIT, clause=clause)
    section = drafting.asked(strategy, clause)
    read = from_form(section, request.form)
    writing = Writing(read.typed, filters.posted_number("base_revision"), read.content, unsaved=True)
    if {"add", "remove", "move"} & request.form.keys():
        _change_rows(section, writing.typed)
        return render_template("sections/section.html", sheet=opened(strategy_id, clause), writing=writing)
    if read.faults:
        return _with_faults(opened(strategy_id, clause), writing, faults_of_boxes(section, read))
    try:
        with unit_of_work():
            drafting.save_section(
                strategy,
                clause,
                read.content,
                base_revision=writing.base_revision,
                row_names=read.row_names,
                page_key=writing.page_key,
                by=current.person(),
                at=current.now(),
            )
    except SectionChanged as refusal:
        return _with_theirs(opened(strategy_id, clause), writing, read, refusal)
    return _saved(strategy, section, read)


def opened(strategy_id: int, clause: str) -> Sheet:
    """The section for who may see the draft; raises NotFound for everybody else."""
    _drafted(strategy_id)
    paper = queries.paper(current.person(), strategy_id, at=current.now())
    for item in paper.checklist:
        if item.section.clause == clause:
            return Sheet(paper, item.section, paper.answer_to(clause), item)
    raise NotFound(f"{clause} is not a section that {paper.strategy.component.code} is asked for.")


def opened_to_write(strategy_id: int, clause: str) -> Sheet:
    """The section for who may write it now; raises NotFound, NotAllowed, NotNow before what was typed is read."""
    ask_who_then_when(_drafted(strategy_id), Permission.EDIT, Action.EDIT, clause=clause)
    return opened(strategy_id, clause)


def _drafted(strategy_id: int, *, hold: bool = False) -> Strategy:
    strategy = queries.known(current.person(), strategy_id, hold=hold, at=current.now())
    if not may(current.person(), Permission.SEE_DRAFT, strategy, at=current.now()):
        raise NotFound
    return strategy


def _change_rows(section: Section, typed: Typed) -> None:
    """Add an empty row, or move or take out the one named. Blank rows were left out, so places are looked up again."""
    for asked in section.fields:
        if asked.type != "rows":
            continue
        rows: list[Typed] = typed[asked.key]
        if request.form.get("add") == asked.key:
            rows.append({column.key: [] if column.type == "principles" else "" for column in asked.columns})
        for action in ("remove", "move"):
            named = re.fullmatch(rf"{asked.key}-(\d{{1,6}})(-up|-down)?", request.form.get(action, ""), re.ASCII)
            if named is None:
                continue
            without = {
                name: request.form.getlist(name)
                for name in request.form
                if not name.startswith(f"{asked.key}-{named[1]}-")
            }
            left: list[Typed] = from_form(section, without).typed[asked.key]
            place = next((at for at, row in enumerate(rows) if left[at : at + 1] != [row]), len(left))
            moved = rows[place : place + 1] if action == "move" and len(left) < len(rows) else []
            place = max(0, place - 1) if named[2] == "-up" else place + 1
            typed[asked.key] = [*left[:place], *moved, *left[place:]]


def _with_faults(sheet: Sheet, writing: Writing, faults: list[Fault]) -> ResponseReturnValue:
    writing.faults = {field_id(fault.key): fault.reason for fault in reversed(faults)}
    placed = [
        Fault(fault.key, place_words(fault.key, sheet.section) + label_words(fault, sheet.section) + fault.reason)
        for fault in faults
    ]
    return refused("sections/section.html", InvalidInput(None, placed), sheet=sheet, writing=writing)


def _with_theirs(sheet: Sheet, writing: Writing, read: FormReading, refusal: WorkflowError) -> ResponseReturnValue:
    """Both texts side by side; saving again puts one's own over the newer one, which stays in the history."""
    theirs = sheet.answer
    if theirs is None:
        raise refusal
    writing.theirs, writing.base_revision = theirs, theirs.revision
    writing.differing = differing(sheet.section, read.content, theirs.content)
    return refused("sections/section.html", refusal, sheet=sheet, writing=writing)


def differing(section: Section, ours: Content, theirs: Content) -> frozenset[str]:
    """The keys of the fields in which two texts of a section differ."""
    keys = [asked.key for asked in section.fields] + ["needed", "reason"]
    return frozenset(key for key in keys if ours.get(key) != theirs.get(key))


def _saved(strategy: Strategy, section: Section, read: FormReading) -> ResponseReturnValue:
    lacking = len(missing_in(section, read.content))
    still = "It is complete." if not lacking else f"{lacking} thing{'s' * (lacking != 1)} still missing."
    flash(f"Section {section.clause} is saved. {still}", "info" if lacking else "success")
    if request.form.get("then") == "next":
        asked = strategy.edition.policy.sections_for(hisp=strategy.component.hisp)
        after = next(iter(asked[asked.index(section) + 1 :]), None)
        if after is None:
            return redirect(url_for("strategies.one", strategy_id=strategy.id), 303)
        section = after
    return redirect(url_for("sections.one", strategy_id=strategy.id, clause=section.clause), 303)

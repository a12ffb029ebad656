"""Away from the screen: a draft as a Word or Excel file, and what came back in one, section by section."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents.marks import Reading, Returned
from cxworkflow.documents.word import word_file
from cxworkflow.documents.word_reading import read_word
from cxworkflow.documents.workbook import workbook_file
from cxworkflow.documents.workbook_reading import read_workbook
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.lifecycle import Action, after, can
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.answers import Content, FormReading, check_section, from_form, to_form
from cxworkflow.queries import strategies as queries
from cxworkflow.services import drafting, offline
from cxworkflow.services.drafting import SectionChanged
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current, sent_files
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reading import place_words
from cxworkflow.web.steps import ask_who_then_when

pages = Blueprint("offline", __name__, url_prefix="/strategies/<int:strategy_id>/offline")
FILES = {"docx": word_file, "xlsx": workbook_file}
READERS = {"docx": read_word, "xlsx": read_workbook}


@dataclass(frozen=True)
class Outcome:
    """What became of a section that came back: saved, unchanged, changed (by somebody else), faulty or refused.

    `boxes` are the fields of a form that brings what the file says to the section's own page.
    """

    returned: Returned
    state: str
    said: list[str] = field(default_factory=list)
    boxes: list[tuple[str, str]] = field(default_factory=list)


@pages.get("")
@signed_in
def page(strategy_id: int) -> ResponseReturnValue:
    """What can be taken away, and where it is sent back."""
    return render_template("strategies/offline.html", **_shown(_paper(strategy_id)))


@pages.get("/strategy.<ending>")
@signed_in
def download(strategy_id: int, ending: str) -> Response:
    """The draft as a file to fill in."""
    paper = _paper(strategy_id)
    if ending not in FILES:
        raise NotFound
    kind = KINDS[ending]
    with unit_of_work():
        offline.take_out(paper.strategy, f"a file for {kind.title}", by=current.person(), at=current.now())
        content = FILES[ending](paper.strategy, paper.sections)
    answer = Response(content, mimetype=kind.media_type)
    called = paper.strategy.edition.policy.names.paper
    name = f"{paper.strategy.component.code} {called} draft {current.today().isoformat()}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@pages.post("")
@signed_in
def upload(strategy_id: int) -> ResponseReturnValue:
    """Save what came back, each section by itself; say what became of each, and what could not be placed."""
    paper = _paper(strategy_id)
    if not any(_writes(paper, section.clause) for section in paper.sections):
        ask_who_then_when(paper.strategy, Permission.DRAFT, None)
    after(paper.strategy.status, Action.EDIT)
    try:
        reading = _read(paper)
    except InvalidInput as refusal:
        return refused("strategies/offline.html", refusal, **_shown(paper))
    outcomes = [_saved(paper, returned) for returned in reading.in_order(paper.sections)]
    shown = {**_shown(paper), "outcomes": outcomes, "unplaced": reading.unplaced}
    return render_template("strategies/offline.html", **shown)


def _paper(strategy_id: int) -> queries.Paper:
    paper = queries.paper(current.person(), strategy_id, at=current.now())
    if not paper.sees_draft:
        raise NotFound
    return paper


def _shown(paper: queries.Paper) -> dict[str, Any]:
    editable = can(paper.strategy.status, Action.EDIT) and any(
        _writes(paper, section.clause) for section in paper.sections
    )
    return {"paper": paper, "strategy": paper.strategy, "editable": editable, "outcomes": None, "unplaced": ()}


def _writes(paper: queries.Paper, clause: str) -> bool:
    return may(current.person(), Permission.EDIT, paper.strategy, at=current.now(), clause=clause)


def _read(paper: queries.Paper) -> Reading:
    file = sent_files.examined()
    if file.kind.ending not in READERS:
        raise _unfit("Choose the Word (.docx) or Excel (.xlsx) file that you downloaded here.")
    try:
        reading = READERS[file.kind.ending](file.content, paper.strategy, paper.sections)
    # Parts that are not well-formed raise a SyntaxError, whichever library reads them.
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, SyntaxError):
        raise _unfit("This file can’t be read as a strategy. Download it here again, and fill that one in.") from None
    if reading.strategy_id not in (None, paper.strategy.id):
        raise _unfit("This file belongs to another strategy. Upload it where you downloaded it.")
    if not reading.sections and not reading.unplaced:
        raise _unfit("No section of this strategy was found in the file. Download it here first, and fill that one in.")
    return reading


def _saved(paper: queries.Paper, returned: Returned) -> Outcome:
    section = returned.section
    answer = paper.answer_to(section.clause)
    stored: Content = answer.content if answer else {}
    form = returned.form(to_form(section, stored, answer.row_names if answer else {}))
    read = from_form(section, form)
    said = [f"“{asked.label}” was not found in the file, and stays as it is." for asked in returned.not_found]
    base = returned.revision or 0
    if not read.faults and read.content == check_section(section, stored, at_key="")[0]:
        return Outcome(returned, "unchanged", said)
    boxes = [("base_revision", str(base)), *_flat(form)]
    if not _writes(paper, section.clause):
        return Outcome(returned, "refused", ["It is not assigned to you, so it stays as it is."])
    if read.faults:
        return Outcome(
            returned, "faulty", [place_words(each.key, section) + each.reason for each in read.faults], boxes
        )
    return _tried(paper, returned, read, said, boxes)


def _tried(
    paper: queries.Paper, returned: Returned, read: FormReading, said: list[str], boxes: list[tuple[str, str]]
) -> Outcome:
    try:
        with unit_of_work():
            drafting.save_section(
                paper.strategy,
                returned.section.clause,
                read.content,
                base_revision=returned.revision or 0,
                row_names=read.row_names,
                by=current.person(),
                at=current.now(),
            )
    except SectionChanged:
        return Outcome(returned, "changed", [*said, "Somebody saved it since the file was downloaded."], boxes)
    except WorkflowError as refusal:
        return Outcome(returned, "refused", [str(refusal)])
    return Outcome(returned, "saved", said)


def _flat(form: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, each) for name, value in form.items() for each in ([value] if isinstance(value, str) else value)]


def _unfit(reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault("file", reason)])

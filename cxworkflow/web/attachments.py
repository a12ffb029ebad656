"""Files attached to a section: sent with its form, so that nothing typed is lost; handed out for saving only."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.policies.answers import from_form
from cxworkflow.services import attachments
from cxworkflow.uploads.examining import said_size
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current, filters, sections, sent_files
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in

pages = Blueprint("attachments", __name__)
SECTION = "/strategies/<int:strategy_id>/sections/<clause>/attachments"
# What is handed out acts nowhere, even where a browser shows it.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


def register(app: Flask) -> None:
    """What templates say of files."""
    app.jinja_env.filters["said_size"] = said_size
    app.jinja_env.globals.update(KINDS=KINDS, largest_attachment=app.extensions["settings"].largest_attachment)


@pages.post(SECTION)
@signed_in
def attach(strategy_id: int, clause: str) -> ResponseReturnValue:
    """Attach a file; what was typed in the section's boxes is kept in them, and not saved yet."""
    sheet = sections.opened_to_write(strategy_id, clause)

    def verb() -> str:
        file = sent_files.examined()
        with unit_of_work():
            attachments.attach(
                sheet.paper.strategy,
                clause,
                file,
                most=current.settings().most_attached,
                by=current.person(),
                at=current.now(),
            )
        return f"“{file.name}” is attached to section {clause}."

    return _act(sheet, verb)


@pages.post(f"{SECTION}/removal")
@signed_in
def remove(strategy_id: int, clause: str) -> ResponseReturnValue:
    """Take a file off the draft; what was typed stays in its boxes here, too."""
    sheet = sections.opened_to_write(strategy_id, clause)

    def verb() -> str:
        with unit_of_work():
            address = _address(request.form.get("detach", ""))
            file = attachments.remove(sheet.paper.strategy, address, by=current.person(), at=current.now())
        return f"“{file.name}” is removed from section {file.clause}."

    return _act(sheet, verb)


@pages.get("/attachments/<uuid:address>")
@signed_in
def download(address: UUID) -> Response:
    """A file, to be saved."""
    with unit_of_work():
        file, content = attachments.take_out(address, by=current.person(), at=current.now())
        name, kind = file.name, KINDS[file.kind]
    answer = send_file(BytesIO(content), mimetype=kind.media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


def _act(sheet: sections.Sheet, verb: Callable[[], str]) -> ResponseReturnValue:
    strategy_id, clause = sheet.paper.strategy.id, sheet.section.clause
    read = from_form(sheet.section, request.form)
    unsaved = read.typed != sheet.stored
    writing = sections.Writing(read.typed, filters.posted_number("base_revision"), read.content, unsaved=unsaved)
    try:
        done = verb()
    except WorkflowError as refusal:
        if isinstance(refusal, InvalidInput):
            writing.file_fault = refusal.faults[0].reason
        elif not sheet.editable:
            raise
        else:
            writing.file_fault = str(refusal)
            refusal = InvalidInput(None, [Fault("file", str(refusal))])
        return refused("sections/section.html", refusal, sheet=sheet, writing=writing)
    if not unsaved:
        flash(done, "success")
        return redirect(url_for("sections.one", strategy_id=strategy_id, clause=clause, _anchor="files"), 303)
    flash(f"{done} What you typed is not saved yet.", "info")
    return render_template("sections/section.html", sheet=sections.opened(strategy_id, clause), writing=writing)


def _address(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("This file is not attached any more.") from None

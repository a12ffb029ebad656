"""A CSV file of quarterly numbers: brought in, whole or not at all, and an empty one to begin with."""

import io
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents.csv_file import csv_bytes
from cxworkflow.errors import WorkflowError
from cxworkflow.models import QuarterReport
from cxworkflow.policies.collection import our_collection
from cxworkflow.queries import hisps as queries
from cxworkflow.services import quarter_files, quarter_lights
from cxworkflow.web import current, sent_files
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.hisps import of_code
from cxworkflow.web.quarters import reported
from cxworkflow.wording import quarter_words

pages = Blueprint("quarter_files", __name__, url_prefix="/hisps")


def register(app: Flask) -> None:
    """What templates call quarters."""
    app.jinja_env.filters["quarter_words"] = quarter_words


@pages.get("/<code>/import")
@signed_in
def file_form(code: str) -> ResponseReturnValue:
    """The form that brings in a CSV file."""
    return render_template("hisps/import.html", component=reported(of_code(code)), **_limits())


@pages.post("/<code>/import")
@signed_in
def bring_in(code: str) -> ResponseReturnValue:
    """Take in a CSV file, whole or not at all."""
    component = reported(of_code(code))
    try:
        file = sent_files.scanned(missing="Choose a CSV file.")
        with unit_of_work():
            text = io.TextIOWrapper(file, "utf-8-sig", newline="")
            brought = quarter_files.bring_in(component, text, by=current.person(), at=current.now())
            text.detach()
    except WorkflowError as refusal:
        return refused("hisps/import.html", refusal, component=component, **_limits())
    flash(f"{brought.lines:,} lines came in, {brought.changed:,} of them new or changed.", "success")
    if len(brought.cycles) == 1:
        return redirect(url_for("quarters.one", code=code, cycle=brought.cycles[0]), 303)
    return redirect(url_for("hisps.quarters", component=code), 303)


@pages.get("/<code>/import/empty.csv")
@signed_in
def empty_file(code: str) -> Response:
    """The heading of a file to bring in, with a line for each service and channel of the last quarter."""
    component = reported(of_code(code))
    cycle = queries.cycles(1, on=current.today())[0]
    year, _, quarter = cycle.partition("-Q")
    columns = our_collection().columns_of(our_collection().forms_for(cycle)[0])
    lines = [[*quarter_files.KEYS, *columns]]
    report = QuarterReport(component_id=component.id, fiscal_year=int(year), fiscal_quarter=int(quarter))
    for service in quarter_lights.services_in(report):
        lines += [[year, quarter, service.name, channel, *([""] * len(columns))] for channel in service.channels]
    answer = Response(csv_bytes(lines), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{component.code.lower()}-{cycle.lower()}.csv")
    return answer


def _limits() -> dict[str, Any]:
    return {"most_lines": quarter_files.MOST_LINES, "largest": quarter_files.LARGEST // (1024 * 1024)}

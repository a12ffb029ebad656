"""What is reported: the record of one strategy, and the Department's report to the Secretary at any date."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import moment
from cxworkflow.db import unit_of_work
from cxworkflow.documents import department_files as files
from cxworkflow.documents import department_report as documents
from cxworkflow.documents import taken
from cxworkflow.documents.files import FILE_KINDS, kind_of
from cxworkflow.documents.taken import Taken
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.models import PolicyEdition
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments_then
from cxworkflow.queries import department_report as rows
from cxworkflow.services import taking_out
from cxworkflow.web import current, filters, mandates
from cxworkflow.web.guard import needs, signed_in
from cxworkflow.web.versions import as_file, as_large_file
from cxworkflow.wording import long_date

pages = Blueprint("reports", __name__)


@pages.get("/strategies/<int:strategy_id>/record.<ending>")
@signed_in
def record(strategy_id: int, ending: str) -> Response:
    """The record of one strategy from draft to implementation, as a file."""
    with unit_of_work():
        file = taken.record(strategy_id, ending, by=current.person(), at=current.now())
    return as_file(file)


@pages.get("/department/report")
@needs(Permission.SEE_ALL)
def department() -> ResponseReturnValue:
    """The report on a page, at the end of a day."""
    edition, editions = mandates.chosen_policy()
    if edition is None:
        raise NotFound("No policy is in force yet, so there is nothing to report.")
    told = _counted(edition)
    return render_template(
        "reports/department.html",
        report=told,
        document=told.document,
        edition=edition,
        policies=mandates.policy_filter(editions),
        file_kinds=FILE_KINDS.values(),
    )


@pages.get("/department/report.<ending>")
@needs(Permission.SEE_ALL)
def department_file(ending: str) -> Response:
    """The report as a file; those for programs list every Component, however many there are."""
    kind = kind_of(ending)
    edition, _ = mandates.chosen_policy()
    if edition is None:
        raise NotFound("No policy is in force yet, so there is nothing to report.")
    with unit_of_work():
        what = f"the Department’s report as a file for {kind.title}"
        taking_out.take_out_report(what, by=current.person(), at=current.now())
    at, on = moment(_on()), _on()
    name = f"{edition.code} report {on.isoformat()}.{ending}"
    if ending not in WRITERS:
        return as_file(Taken(name, kind.media_type, kind.make(_counted(edition).document, at=at)))
    begun, standings = _begun(edition), rows.standings(edition, on)
    return as_large_file(name, kind.media_type, lambda out: WRITERS[ending](begun, standings, out, at))


def _csv(report: documents.Report, standings: Any, out: IO[bytes], _at: datetime) -> None:
    files.write_csv(report, standings, out)


def _json(report: documents.Report, standings: Any, out: IO[bytes], _at: datetime) -> None:
    files.write_json(report, standings, out)


def _xlsx(report: documents.Report, standings: Any, out: IO[bytes], at: datetime) -> None:
    files.write_xlsx(report, standings, out, at=at)


WRITERS: dict[str, Callable[[documents.Report, Any, Any, datetime], None]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
}


def _begun(edition: PolicyEdition) -> documents.Report:
    on = _on()
    metrics = Counter(commitments_then.metrics_against_targets(edition, on))
    return documents.Report(
        rows.whole(edition), on, metrics=metrics, commitments=commitments_then.commitments_kept(edition, on)
    )


def _counted(edition: PolicyEdition) -> documents.Report:
    return _begun(edition).count(rows.standings(edition, _on()))


def _on() -> Any:
    """The day asked about, today if none is; raises InvalidInput for one that is still to come."""
    on = filters.day("on") or current.today()
    if on > current.today():
        raise InvalidInput(None, [Fault("on", f"{long_date(on)} is still to come. Choose today or an earlier day.")])
    return on

"""Metrics: readings and their corrections on a metric's page, and the roll-up by principle across Components."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cxworkflow.models import Commitment
from cxworkflow.permissions import Permission
from cxworkflow.queries import metrics as queries
from cxworkflow.services import readings
from cxworkflow.web import current, filters, mandates
from cxworkflow.web.commitments import act
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component
from cxworkflow.web.metric_chart import plain

pages = Blueprint("metrics", __name__)


@pages.get("/metrics")
@signed_in
def index() -> ResponseReturnValue:
    """Every metric with its target and last reading, and how many serve each principle."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    person, at = current.person(), current.now()
    principles = {str(each.number): each for each in edition.policy.principles}
    listing = Listing(
        "metrics",
        (
            Column("Metric", lambda row: row[0].title, "name"),
            Column("Component", lambda row: row[1].code, "component"),
            Column("Principles", lambda row: ", ".join(row[0].principles)),
            Column("Unit", lambda row: row[0].unit or "", only_csv=True),
            Column("Better", lambda row: row[0].better or "", only_csv=True),
            Column("Baseline", lambda row: plain(row[0].baseline)),
            Column("Last reading", lambda row: plain(row[2].value) if row[2] else ""),
            Column("As of", lambda row: iso(row[2].as_of) if row[2] else "", only_csv=True),
            Column("Target", lambda row: plain(row[0].target)),
            Column("By", lambda row: iso(row[0].due_on), "due"),
            Column("Result", lambda row: queries.RESULTS[row[3]]),
        ),
        queries.ORDERS,
        [
            mandates.policy_filter(editions),
            Choice(
                "principle", "Principle", [(number, f"{number}: {each.title}") for number, each in principles.items()]
            ),
            of_component(person, at=at),
            Choice("result", "Result", list(queries.RESULTS.items())),
        ],
    )
    return listing.answer(
        "commitments/metrics.html",
        queries.find(
            person, edition, queries.Wanted(listing["principle"], listing["component"], listing["result"]), at=at
        ),
        policy=edition.policy,
        principles=principles,
        by_principle=queries.by_principle(person, edition, at=at),
        results=queries.RESULTS,
        plain=plain,
    )


@pages.post("/commitments/<int:commitment_id>/readings")
@signed_in
def read(commitment_id: int) -> ResponseReturnValue:
    """Enter what the metric was on a day."""

    def verb(metric: Commitment) -> str:
        readings.is_read(metric)
        value, note = request.form.get("value", ""), request.form.get("note", "")
        as_of = filters.posted_day("as_of")
        readings.read(metric, value=value, as_of=as_of, note=note, by=current.person(), at=current.now())
        return "The reading is kept."

    return act(commitment_id, Permission.WORK_ON, verb)


@pages.post("/commitments/<int:commitment_id>/readings/<int:reading_id>/correction")
@signed_in
def correct(commitment_id: int, reading_id: int) -> ResponseReturnValue:
    """Put another value in the place of one, which stays to be seen."""

    def verb(metric: Commitment) -> str:
        reading, value = readings.one(metric, reading_id), request.form.get("value", "")
        as_of, reason = reading.as_of, request.form.get("reason", "")
        readings.correct(reading, value=value, as_of=as_of, reason=reason, by=current.person(), at=current.now())
        return "The reading is corrected. The former value stays to be seen."

    return act(commitment_id, Permission.WORK_ON, verb)

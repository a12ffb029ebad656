"""What if: the policy played on from today under stated suppositions, on a copy; nothing real is touched."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.models import Role
from cxworkflow.permissions import Permission
from cxworkflow.queries import clocks as clock_queries
from cxworkflow.rehearsal import Supposition, suppose
from cxworkflow.services import policies
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs
from cxworkflow.web.timeline import Bar, timeline
from cxworkflow.wording import long_date

pages = Blueprint("what_if", __name__)


@pages.get("/what-if")
@needs(Permission.SEE_ALL)
def ask() -> ResponseReturnValue:
    """The form."""
    return _page(played=None)


@pages.post("/what-if")
@needs(Permission.SEE_ALL)
def play() -> ResponseReturnValue:
    """Play it and show who would miss the cap, with every e-mail that would go out."""
    editions = clock_queries.latest_editions()
    if not editions:
        return _page(played=None)
    try:
        edition = policies.edition_of(request.form.get("policy") or editions[0].code)
        given = _supposition()
        url = current_app.extensions["settings"].database_url
        told = suppose(edition.code, given, source_url=url, at=current.now())
    except WorkflowError as refusal:
        return refused("what_if/page.html", refusal, **_values(played=None))
    return _page(played=_shown(told, edition.policy.extension_limit, current.today()))


def _supposition() -> Supposition:
    lapse_days = _number("lapse_days")
    return Supposition(
        slip_days=_number("slip"),
        lapse_from=filters.posted_day("lapse") if any(filters.boxes("lapse")) else None,
        lapse_days=lapse_days,
        closed_on=filters.posted_day("closed") if any(filters.boxes("closed")) else None,
    )


def _number(name: str) -> int:
    value = request.form.get(name, "").strip() or "0"
    if not value.isascii() or not value.isdigit() or len(value) > 4:
        raise InvalidInput(None, [Fault(name, "Write a number of days, such as 30.")])
    return int(value)


def _shown(told: dict[str, Any], limit: Any, today: date) -> dict[str, Any]:
    lines = told["components"]
    bars = [
        Bar(
            line["component"],
            tuple(
                (date.fromisoformat(line[key]), label)
                for key, label in (("submitted_on", "submitted"), ("approved_on", "approved"), ("done_on", "done"))
                if line[key]
            ),
            alarm=line["misses_cap"],
        )
        for line in lines
    ]
    cap = limit.on if limit else None
    sent = [notice for notice in told["notices"] if notice["sent_at"]]
    return {
        "lines": lines,
        "missing": [line["component"] for line in lines if line["misses_cap"]],
        "cap": cap,
        "chart": timeline(bars, first=today - timedelta(days=40), lines=[(cap, long_date(cap))] if cap else []),
        "notices": sent,
        "by_role": Counter(Role(notice["to_role"]).title for notice in sent).most_common(),
    }


def _page(*, played: dict[str, Any] | None) -> str:
    return render_template("what_if/page.html", **_values(played=played))


def _values(*, played: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "played": played,
        "policies": [(each.code, each.policy.short_title) for each in clock_queries.latest_editions()],
        "typed": request.form,
        "lapse": filters.boxes("lapse"),
        "closed": filters.boxes("closed"),
    }

"""The CIO's view of the Department: every Component on one time line, on time or not, and how that changed by week."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.fiscal import fiscal_year, quarter_end
from cxworkflow.models import PolicyEdition
from cxworkflow.permissions import Permission
from cxworkflow.policies import Policy
from cxworkflow.queries import components, milestones, standings, standings_then, tallies
from cxworkflow.queries.milestones import Milestones
from cxworkflow.queries.standings import Standing
from cxworkflow.web import current, filters, mandates
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import Choice, Column, Listing, iso
from cxworkflow.web.standing_words import STANDINGS, definitions
from cxworkflow.web.timeline import Bar, Chart, timeline
from cxworkflow.web.trend import trend
from cxworkflow.wording import long_date

pages = Blueprint("department", __name__, url_prefix="/department")

WEEKS = 12  # of the trend
ROWS = 25  # of one picture: no more can be taken in at a glance
ROOM = 80  # for the words beside the rows


@pages.get("")
@needs(Permission.SEE_ALL)
def overview() -> ResponseReturnValue:
    """All Components on one time line against the dates that the policy sets."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    at, policy = current.now(), edition.policy
    reached: dict[int, Milestones] = {}

    def when(row: Any, step: str) -> str:
        of_it = reached.get(row.id)
        return iso(getattr(of_it, step)) if of_it else ""

    listing = Listing(
        "Components",
        (
            Column("Component", lambda row: row.code, "code"),
            Column("Submitted", lambda row: when(row, "submitted_on")),
            Column("Approved", lambda row: when(row, "approved_on")),
            Column("Implemented", lambda row: when(row, "implemented_on")),
            Column("Next due", lambda row: iso(_due(row)), "due"),
            Column("Stands", lambda row: STANDINGS[Standing(row.stands)]),
        ),
        {name: standings.ORDERS[name] for name in ("code", "-code", "due", "-due")},
        [
            mandates.policy_filter(editions),
            Choice("standing", "Stands", [(each.value, said) for each, said in STANDINGS.items()]),
            Choice("kind", "Kind", [(kind, kind.capitalize()) for kind in components.kinds(policy.department)]),
        ],
        size=ROWS,
        plain=True,
    )
    standing = Standing(listing["standing"]) if listing["standing"] else None
    wanted = standings.Wanted(kind=listing["kind"], standing=standing)

    def read(rows: Sequence[Any]) -> None:
        reached.update(milestones.reached(edition, [row.id for row in rows]))

    others = mandates.beside(edition)
    tally = tallies.tally(edition, others, at=at)
    return listing.answer(
        "department/timeline.html",
        standings.drawn(edition, wanted, others, at=at),
        read=read,
        total=_total(tally, standing) if not listing["kind"] else None,
        policy=policy,
        chart=lambda rows: _chart(edition, rows, reached),
        reached=reached,
        nothing_yet=Milestones(),
        lines=lines_of(policy),
        tally=tally,
        standings=STANDINGS,
        definitions=definitions(policy, current.today()),
    )


@pages.get("/trend")
@needs(Permission.SEE_ALL)
def by_week() -> ResponseReturnValue:
    """How many Components stood on time, at risk and late at the end of each of the last weeks, and which they were."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    weeks = tallies.weeks(edition, WEEKS, on=(today := current.today()))
    past = [(week.on.isoformat(), long_date(week.on)) for week in reversed(weeks) if week.on != today]
    on = date.fromisoformat(filters.one_of("on", [day for day, _ in past]) or today.isoformat())
    listing = Listing(
        "Components",
        (
            Column("Component", lambda row: row[0].code, "code"),
            Column("Name", lambda row: row[0].name_on(on), "name"),
            Column("Stood", lambda row: STANDINGS[Standing(row[1])]),
        ),
        {name: standings.ORDERS[name] for name in ("code", "-code", "name", "-name")},
        [
            mandates.policy_filter(editions),
            Choice("on", "As of", past, every="Today"),
            Choice("standing", "Stood", [(each.value, said) for each, said in STANDINGS.items()]),
        ],
    )
    standing = Standing(listing["standing"]) if listing["standing"] else None
    return listing.answer(
        "department/trend.html",
        components.with_places(standings_then.then(edition, on, standing, today=today)),
        on=on,
        policy=edition.policy,
        weeks=weeks,
        chart=trend(weeks),
        standings=STANDINGS,
        definitions=definitions(edition.policy, current.today()),
    )


def _due(row: Any) -> date | None:
    """The day of the clock that counts now, while it has not stopped."""
    return row.due_on if row.stopped_on is None else None


def _total(tally: dict[Standing, int], standing: Standing | None) -> int:
    return tally[standing] if standing else sum(tally.values())


def lines_of(policy: Policy) -> list[tuple[date, str]]:
    """The dates that the policy sets for all: each a day and what the line there says."""
    rules = [rule for rule in policy.clocks if rule.set_by == "policy" and rule.starts == "signed"]
    days = sorted((rule.term.due_on(policy.signed_on), rule.days) for rule in rules)
    return [(on, f"{_called(on, term)}: {long_date(on)}") for on, term in days]


def _called(on: date, days: int | None) -> str:
    if days:
        return f"{days} days"
    return f"End of FY{fiscal_year(on)}" if on == quarter_end(fiscal_year(on), 4) else "Deadline"


def _chart(edition: PolicyEdition, rows: Sequence[Any], reached: dict[int, Milestones]) -> Chart:
    policy, today = edition.policy, current.today()
    bars = []
    for row in rows:
        steps = reached.get(row.id, Milestones())
        done = steps.implemented_on
        bars.append(
            Bar(
                row.code,
                steps.steps,
                alarm=row.stands == Standing.LATE,
                since=policy.signed_on,
                until=done or max(today, policy.signed_on),
                due_on=_due(row),
                words=STANDINGS[Standing(row.stands)],
            )
        )
    return timeline(bars, first=policy.signed_on, lines=lines_of(policy), today=today, right=ROOM)

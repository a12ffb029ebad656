"""The Directorate's work: the queue of papers that wait, who reviews how many, and how sections are rated."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import day_of
from cxworkflow.lifecycle import Status
from cxworkflow.models import Mark, Strategy
from cxworkflow.permissions import Permission
from cxworkflow.queries import queue as queries
from cxworkflow.queries import sections_to_rate, standings
from cxworkflow.web import current, mandates, words
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import Choice, Column, Listing, iso
from cxworkflow.web.standing_words import MARKS

pages = Blueprint("queue", __name__, url_prefix="/directorate")

STAGES = {Status.SUBMITTED: "Before the Directorate", Status.RECOMMENDED: "Before the CIO"}
ROWS = 25  # of the queue on a page
AGES = {"week": "Up to 7 days", "two-weeks": "8 to 14 days", "month": "15 to 30 days", "longer": "More than 30 days"}


def _days(row: Any) -> int:
    """How many days a paper has waited since it was submitted."""
    return (current.today() - day_of(row.submitted_at)).days


QUEUE = (
    Column("Component", lambda row: row.code, "code"),
    Column("Stage", lambda row: STAGES[row.status], "stage"),
    Column("Version", lambda row: str(row.number)),
    Column("Submitted", lambda row: iso(day_of(row.submitted_at)), "waits"),
    Column("Days waiting", lambda row: str(_days(row)), only_csv=True),
    Column("Reviewers", lambda row: "; ".join(row.reviewers)),
    Column("Review due", lambda row: iso(row.due_on), "due"),
)
WORKLOAD = (
    Column("Reviewer", lambda row: row[0].name, "name"),
    Column("Papers", lambda row: str(row[1]), "papers"),
    Column("Sections rated", lambda row: f"{row[3]} of {row[2]}"),
    Column("Waiting longest", lambda row: iso(day_of(row[4])), "oldest"),
)


@pages.get("/queue")
@needs(Permission.SEE_ALL)
def index() -> ResponseReturnValue:
    """The papers that wait for a review or a decision, the longest waiting first."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    at, stages = current.now(), words.each_in_words(STAGES)
    reviewers = [(str(number), name) for number, name in queries.reviewers(on=current.today())]
    listing = Listing(
        "papers",
        QUEUE,
        queries.ORDERS,
        [
            mandates.policy_filter(editions),
            Choice("stage", "Stage", [(each.value, said) for each, said in stages.items()]),
            Choice("age", "Waiting", list(AGES.items())),
            Choice("reviewer", "Reviewer", [(str(queries.NOBODY), "Nobody"), *reviewers], every="Anybody"),
        ],
        size=ROWS,
        plain=True,
    )
    wanted = queries.Wanted(
        stage=Status(listing["stage"]) if listing["stage"] else None,
        age=listing["age"],
        reviewer=int(listing["reviewer"]) if listing["reviewer"] else None,
    )
    ages = queries.ages(edition, at=at)
    return listing.answer(
        "directorate/queue.html",
        queries.find(edition, wanted, at=at),
        total=_total(ages, wanted) if wanted.reviewer is None else None,
        policy=edition.policy,
        stages=stages,
        words=AGES,
        ages=ages,
        days_waiting=_days,
    )


def _total(ages: dict[Status, dict[str, int]], wanted: queries.Wanted) -> int:
    stages = [wanted.stage] if wanted.stage else list(ages)
    return sum(number for stage in stages for age, number in ages[stage].items() if wanted.age in (None, age))


@pages.get("/workload")
@needs(Permission.SEE_ALL)
def workload() -> ResponseReturnValue:
    """Who reviews how many papers now, and how far each is."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    listing = Listing("reviewers", WORKLOAD, queries.WORK_ORDERS, [mandates.policy_filter(editions)])
    return listing.answer("directorate/workload.html", queries.workload(edition), edition=edition)


@pages.get("/workload/sections")
@needs(Permission.SEE_ALL)
def sections() -> ResponseReturnValue:
    """The sections that the workload counts, one by one, with their marks."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    reviewers = [(str(number), name) for number, name in queries.reviewers(on=current.today())]
    listing = Listing(
        "sections to rate",
        (
            Column("Component", lambda row: row.code, "code"),
            Column("Clause", lambda row: row.clause),
            Column("Section", lambda row: row.title),
            Column("Reviewer", lambda row: row.reviewer, "reviewer"),
            Column("Rated", lambda row: MARKS[row.mark] if row.mark else ""),
        ),
        sections_to_rate.ORDERS,
        [
            mandates.policy_filter(editions),
            Choice("reviewer", "Reviewer", reviewers, every="Anybody"),
            Choice("rated", "Rated", [("yes", "Rated"), ("no", "Not rated yet")]),
        ],
        plain=True,
    )
    found = sections_to_rate.find(
        edition,
        reviewer=int(listing["reviewer"]) if listing["reviewer"] else None,
        rated=listing["rated"] == "yes" if listing["rated"] else None,
    )
    return listing.answer("directorate/sections.html", found, words=MARKS)


@pages.get("/clauses")
@needs(Permission.SEE_ALL)
def clauses() -> ResponseReturnValue:
    """How reviewers rate each Component's current version, clause by clause, and each clause over all of them."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    person, at, sections = current.person(), current.now(), edition.policy.sections
    marks: dict[tuple[int, str], Mark] = {}

    def rated(row: Any, clause: str) -> str:
        mark = marks.get((row[1].current_version_id, clause))
        return MARKS[mark] if mark else ""

    listing = Listing(
        "Components",
        (
            Column("Component", lambda row: row[0].code, "code"),
            *(Column(each.clause, lambda row, clause=each.clause: rated(row, clause)) for each in sections),  # type: ignore[misc]
        ),
        {name: standings.ORDERS[name] for name in ("code", "-code")},
        [mandates.policy_filter(editions)],
    )
    found = standings.find(person, edition, standings.Wanted(), at=at).where(Strategy.current_version_id.is_not(None))

    def read(rows: Sequence[Any]) -> None:
        marks.update(standings.marks([row[1].current_version_id for row in rows]))

    return listing.answer(
        "directorate/clauses.html",
        found,
        read=read,
        edition=edition,
        sections=sections,
        marks=marks,
        words=MARKS,
        tally=standings.marks_tally(edition),
    )

"""The register of Components with how each stands, and each one's page."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotAllowed, NotFound, WorkflowError
from cxworkflow.models import Mark
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Policy
from cxworkflow.queries import components as queries
from cxworkflow.queries import published, standings
from cxworkflow.queries.standings import Standing
from cxworkflow.services import deliverables, policies
from cxworkflow.web import current, filters, mandates, words
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Day, Listing, iso
from cxworkflow.web.standing_words import FILES, MARKS, STANDINGS, STATUSES, counts_now, files_words, status_words

pages = Blueprint("components", __name__)


def columns(policy: Policy, on: date) -> tuple[Column, ...]:
    """What a list of Components says of each, with its name and place on a day: of rows as `standings.find` gives."""
    return (
        Column("Component", lambda row: row[0].code, "code"),
        Column("Name", lambda row: row[0].name_on(on), "name"),
        Column("Files", lambda row: files_words(row[0])),
        Column("Strategy", lambda row: status_words(row[0], row[1]), "status"),
        Column("What counts now", lambda row: counts_now(policy, row[1], row[2])),
        Column("Due", lambda row: iso(row[2].due_on) if row[2] else "", "due"),
        Column("Stands", lambda row: STANDINGS[Standing(row[3])] if row[3] else ""),
        Column("Part of", lambda row: row[0].part_of_on(on) or "", only_csv=True),
        Column("Kind", lambda row: row[0].kind, only_csv=True),
        Column("High Impact Service Provider", lambda row: "Yes" if row[0].hisp else "No", only_csv=True),
    )


@pages.get("/components/")
@signed_in
def register() -> ResponseReturnValue:
    """Every Component; how it stands only where the person may know."""
    person, at = current.person(), current.now()
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("components/empty.html")
    policy, statuses = edition.policy, words.each_in_words(STATUSES)
    offered: list[Choice | Day] = [
        mandates.policy_filter(editions),
        Choice("kind", "Kind", [(kind, kind.capitalize()) for kind in queries.kinds(policy.department)]),
        Choice("files", "Files", list(FILES.items())),
        Choice("status", "Strategy", list(statuses.items())),
        Choice("standing", "Stands", [(each.value, said) for each, said in STANDINGS.items()]),
    ]
    if may(person, Permission.SEE_ALL, at=at):
        rated = [
            (f"{each.clause}:{mark}", f"{each.clause}: {said}")
            for each in policy.sections
            for mark, said in MARKS.items()
        ]
        offered.append(Choice("rated", "Rated by reviewers", rated))
    offered.append(Day("on", "As of"))
    on = filters.day("on") or current.today()
    listing = Listing("Components", columns(policy, on), standings.ORDERS, offered)
    asked: dict[str, Any] = listing.values
    clause, _, mark = (asked.get("rated") or "").partition(":")
    wanted = standings.Wanted(
        kind=asked["kind"],
        files=asked["files"],
        status=asked["status"],
        standing=Standing(asked["standing"]) if asked["standing"] else None,
        clause=clause or None,
        mark=Mark(mark) if mark else None,
        as_of=asked["on"],
    )
    return listing.answer(
        "components/register.html",
        queries.with_places(standings.find(person, edition, wanted, at=at)),
        policy=policy,
        on=on,
        files=files_words,
        statuses=statuses,
        standings=STANDINGS,
        counts_now=counts_now,
    )


@pages.get("/components/<code>")
@signed_in
def one(code: str) -> ResponseReturnValue:
    """A Component with its people, clocks, strategies and history, as far as the person may know.

    With a day in the address: called as it was then, and where it belonged.
    """
    return render_template("components/component.html", **_shown(code, as_of=filters.day("on")))


@pages.post("/components/<code>/deliverables/<policy>/<what>")
@signed_in
def hand_in(code: str, policy: str, what: str) -> ResponseReturnValue:
    """Record what the Component delivered beside its paper."""
    component = policies.component_of(code)
    try:
        with unit_of_work():
            deliverables.hand_in(
                policies.edition_of(policy),
                what,
                component,
                statement=request.form.get("statement", ""),
                by=current.person(),
                at=current.now(),
            )
    except (NotAllowed, NotFound):
        raise
    except WorkflowError as refusal:
        return refused("components/component.html", refusal, typed={what: request.form}, **_shown(code))
    flash("Recorded. The clock that waited for it has stopped.", "success")
    return redirect(url_for("components.one", code=code), 303)


def _shown(code: str, *, as_of: date | None = None) -> dict[str, Any]:
    profile = queries.profile(current.person(), code, as_of=as_of, at=current.now())
    offered = published.by_component() if profile.to_begin else ()
    return {"profile": profile, "component": profile.component, "as_of": as_of, "published": offered}

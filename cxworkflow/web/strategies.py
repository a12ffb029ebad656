"""A strategy's own page: how it stands, what it lacks, who writes what, what comes next."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.errors import WorkflowError
from cxworkflow.lifecycle import Action, after, can
from cxworkflow.models import Strategy
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import editions, presence, publications, retention
from cxworkflow.queries import published as published_queries
from cxworkflow.queries import strategies as queries
from cxworkflow.services import drafting, earlier, policies, strategies
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.steps import asked_of, next_steps

pages = Blueprint("strategies", __name__)


@pages.post("/components/<code>/strategies")
@signed_in
def begin(code: str) -> ResponseReturnValue:
    """Begin the Component's strategy under the policy named in the form, empty or from an earlier one."""
    component = policies.component_of(code)
    require(current.person(), Permission.DRAFT, component, at=current.now())
    with unit_of_work():
        edition = policies.edition_of(request.form.get("policy", ""))
        strategy = strategies.begin(edition, component, by=current.person(), at=current.now())
        strategy_id, begun = strategy.id, _it(strategy)
        done = _taken_over(strategy) if request.form.get("from") else ""
        done = _from_published(strategy) if request.form.get("published") else done
    flash(done or f"{begun} is begun. Fill in its sections in any order.", "success")
    return redirect(url_for("strategies.one", strategy_id=strategy_id), 303)


def _it(strategy: Strategy) -> str:
    return f"The {strategy.edition.policy.names.paper}"


def _taken_over(strategy: Strategy) -> str:
    source = queries.visible(current.person(), filters.posted_number("from"), at=current.now())
    taken = earlier.take_over(strategy, source, by=current.person(), at=current.now())
    number = taken.version.number if taken.version else ""
    return _said(
        taken,
        f"{_it(strategy)} is begun with the text of version {number} of “{source.title}”.",
    )


def _from_published(strategy: Strategy) -> str:
    published = published_queries.of_number(filters.posted_number("published"))
    taken = earlier.take_over_published(strategy, published, by=current.person(), at=current.now())
    return _said(
        taken,
        f"{_it(strategy)} is begun with what {published.owner} has published. It is theirs: make it your own, "
        "figures and dates first. What is withheld there is empty here.",
    )


def _said(taken: earlier.Taken, said: str) -> str:
    if taken.not_whole:
        said += f" Not everything fits the new questions in {', '.join(taken.not_whole)}: look there first."
    if taken.left_out:
        said += f" No longer asked, and left out: {', '.join(taken.left_out)}."
    return f"{said} Files were not taken along."


@pages.get("/strategies/<int:strategy_id>")
@signed_in
def one(strategy_id: int) -> ResponseReturnValue:
    """The strategy as far as the person may know of it."""
    return render_template("strategies/strategy.html", **shown(strategy_id))


def shown(strategy_id: int) -> dict[str, object]:
    """What the strategy's page is made of."""
    paper = queries.paper(current.person(), strategy_id, at=current.now())
    editable = can(paper.strategy.status, Action.EDIT)
    leads = editable and may(current.person(), Permission.ASSIGN_SECTION, paper.strategy, at=current.now())
    return {
        "paper": paper,
        "strategy": paper.strategy,
        "editable": editable,
        "leads": leads,
        "kept": editions.kept(paper.strategy) if paper.sees_draft else (),
        "writing_now": presence.others(paper.strategy, current.person(), at=current.now()) if editable else (),
        "steps": next_steps(paper.strategy),
        "file_kinds": FILE_KINDS.values(),
        "published": publications.of_strategy(paper.strategy),
        "preparing": publications.being_prepared(paper.strategy),
        "holds": retention.holds_on(paper.strategy, on=current.today()),
        "typed": request.form,
        "due_boxes": filters.boxes("due"),
    }


@pages.post("/strategies/<int:strategy_id>/title")
@signed_in
def rename(strategy_id: int) -> ResponseReturnValue:
    """Give it another title."""
    strategy = asked_of(strategy_id, Permission.DRAFT)
    try:
        after(strategy.status, Action.EDIT)
        with unit_of_work():
            drafting.rename(
                strategy,
                request.form.get("title", ""),
                base_revision=filters.posted_number("title_revision"),
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return refused("strategies/strategy.html", refusal, **shown(strategy_id))
    flash("The title is saved.", "success")
    return redirect(url_for("strategies.one", strategy_id=strategy_id), 303)

"""Preparing what is published: sections, passages to withhold, a look at what the public will see, the release."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents import taken
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.errors import InvalidInput, NotFound, WorkflowError
from cxworkflow.models import Publication
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.publication import our_bases
from cxworkflow.queries import publications as queries
from cxworkflow.services import publications
from cxworkflow.services.public_texts import Place, public, unabridged, words_at
from cxworkflow.web import charts, current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs, signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component
from cxworkflow.web.steps import asked_of
from cxworkflow.web.versions import as_file
from cxworkflow.wording import long_date

pages = Blueprint("publications", __name__)
ONE = "/publications/<int:publication_id>"
COLUMNS = (
    Column("Component", lambda each: each.strategy.component.code, "component"),
    Column("Strategy", lambda each: each.strategy.title),
    Column("State", lambda each: each.state, "state"),
    Column("Prepared", lambda each: iso(each.prepared_at.date()), "latest"),
    Column("By", lambda each: each.by.name),
    Column("Released", lambda each: long_date(each.released_at) if each.released_at else ""),
    Column("Released by", lambda each: each.released_by.name if each.released_by else ""),
)


@pages.get("/publications")
@needs(Permission.SEE_PUBLICATIONS)
def index() -> ResponseReturnValue:
    """Everything that was prepared for the public."""
    states = Choice("state", "State", [(state, state.capitalize()) for state in queries.STATES])
    offered = (states, of_component(current.person(), at=current.now()))
    listing = Listing("publications", COLUMNS, queries.ORDERS, offered)
    found = queries.listed(listing["state"], listing["component"])
    return listing.answer("publications/index.html", found)


@pages.post("/strategies/<int:strategy_id>/publications")
@signed_in
def prepare(strategy_id: int) -> ResponseReturnValue:
    """Begin with all sections of the approved version."""
    strategy = asked_of(strategy_id, Permission.PREPARE_PUBLICATION)
    with unit_of_work():
        clauses = list(strategy.approved_version.content) if strategy.approved_version else []
        made = publications.prepare(strategy, clauses, by=current.person(), at=current.now())
    flash("A publication is begun. Choose its sections and mark what is withheld; another person releases it.")
    return redirect(url_for("publications.one", publication_id=made.id), 303)


@pages.get(ONE)
@signed_in
def one(publication_id: int) -> ResponseReturnValue:
    """The text with what is withheld of it, and the ways on."""
    return render_template("publications/one.html", **_shown(_found(publication_id)))


@pages.post(f"{ONE}/sections")
@signed_in
def choose(publication_id: int) -> ResponseReturnValue:
    """Publish the sections that are ticked."""

    def verb(publication: Publication) -> str:
        chosen, base = request.form.getlist("clauses"), request.form.get("base", "")
        publications.choose(publication, chosen, base=base, by=current.person(), at=current.now())
        return "The sections are chosen."

    return _act(publication_id, verb)


@pages.get(f"{ONE}/withholding")
@signed_in
def place(publication_id: int) -> ResponseReturnValue:
    """What stands at one place, to mark what of it is withheld."""
    publication = _found(publication_id)
    return render_template("publications/place.html", **_at(publication, _place(request.args)))


@pages.post(f"{ONE}/withholdings")
@signed_in
def withhold(publication_id: int) -> ResponseReturnValue:
    """Withhold a passage, an answer, a row or a cell."""
    publication = _found(publication_id)
    where = _place(request.form)
    try:
        with unit_of_work():
            made = publications.withhold(
                publication,
                where,
                request.form.get("basis", ""),
                passage=request.form.get("passage", ""),
                by=current.person(),
                at=current.now(),
            )
    except InvalidInput as refusal:
        return refused("publications/place.html", refusal, **_at(_found(publication_id), where))
    times = f" at {len(made)} places" if len(made) > 1 else ""
    flash(f"It is withheld{times}." if made else "It was withheld already.", "success")
    return redirect(url_for("publications.one", publication_id=publication_id, _anchor="withheld"), 303)


@pages.post(f"{ONE}/withholdings/<int:withholding_id>/removal")
@signed_in
def show_again(publication_id: int, withholding_id: int) -> ResponseReturnValue:
    """Withhold it no longer."""

    def verb(publication: Publication) -> str:
        publications.show_again(publication, withholding_id, by=current.person(), at=current.now())
        return "It is shown again."

    return _act(publication_id, verb)


@pages.post(f"{ONE}/drop")
@signed_in
def drop(publication_id: int) -> ResponseReturnValue:
    """Give it up."""

    def verb(publication: Publication) -> str:
        publications.drop(publication, by=current.person(), at=current.now())
        return "The publication is dropped. The public reads what it read before."

    return _act(publication_id, verb)


@pages.get(f"{ONE}/preview")
@signed_in
def preview(publication_id: int) -> ResponseReturnValue:
    """Exactly what the public will see; released ones, what it was given."""
    return render_template("publications/preview.html", **_previewed(_found(publication_id)))


@pages.get(f"{ONE}/preview.<ending>")
@signed_in
def preview_file(publication_id: int, ending: str) -> Response:
    """The same as a file."""
    with unit_of_work():
        file = taken.preview(publication_id, ending, by=current.person(), at=current.now())
    return as_file(file)


@pages.post(f"{ONE}/release")
@signed_in
def release(publication_id: int) -> ResponseReturnValue:
    """Let everybody read what was previewed."""
    publication = _found(publication_id)
    try:
        with unit_of_work():
            sha256 = request.form.get("sha256", "")
            publications.release(publication, sha256=sha256, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("publications/preview.html", refusal, **_previewed(_found(publication_id)))
    flash("It is published. Everybody can read it from now on.", "success")
    return redirect(url_for("publications.one", publication_id=publication_id), 303)


@pages.post(f"{ONE}/withdrawal")
@signed_in
def withdraw(publication_id: int) -> ResponseReturnValue:
    """Take it from the public, with a reason."""

    def verb(publication: Publication) -> str:
        reason = request.form.get("reason", "")
        publications.withdraw(publication, reason=reason, by=current.person(), at=current.now())
        return "It is withdrawn. The public can’t read it any more."

    return _act(publication_id, verb)


def _found(publication_id: int) -> Publication:
    return queries.one(current.person(), publication_id, at=current.now())


def _act(publication_id: int, verb: Callable[[Publication], str]) -> ResponseReturnValue:
    publication = _found(publication_id)
    try:
        with unit_of_work():
            done = verb(publication)
    except WorkflowError as refusal:
        return refused("publications/one.html", refusal, **_shown(_found(publication_id)))
    flash(done, "success")
    return redirect(url_for("publications.one", publication_id=publication_id), 303)


def _shown(publication: Publication) -> dict[str, Any]:
    prepares = may(current.person(), Permission.PREPARE_PUBLICATION, publication.strategy, at=current.now())
    releases = may(current.person(), Permission.RELEASE_PUBLICATION, publication.strategy, at=current.now())
    told = queries.of_strategy(publication.strategy)
    return {
        "publication": publication,
        "strategy": publication.strategy,
        "document": unabridged(publication),
        "bases": our_bases(),
        "sections": publication.version.sections,
        "mark": publications.mark_of(publication),
        "editable": publication.state == "prepared" and prepares,
        "may_withdraw": told is not None and told.publication_id == publication.id and releases,
        "published": told if told is not None and told.publication_id == publication.id else None,
        "typed": request.form,
    }


def _at(publication: Publication, where: Place) -> dict[str, Any]:
    words = words_at(publication, where)
    document = unabridged(publication)
    part = next((part for part in document["parts"] if part["key"] == where.clause), None)
    block = next((block for block in part["blocks"] if block["key"] == where.field), None) if part else None
    return {**_shown(publication), "place": where, "words": words, "part": part, "block": block}


def _previewed(publication: Publication) -> dict[str, Any]:
    told = public(publication)
    return {
        **_shown(publication),
        "document": told.document,
        "metrics": told.metrics,
        "chart_of": charts.metric_chart,
        "strays": told.strays if publication.state == "prepared" else [],
        "sha256": told.sha256,
        "file_kinds": FILE_KINDS.values(),
        "may_release": publication.state == "prepared"
        and may(current.person(), Permission.RELEASE_PUBLICATION, publication.strategy, at=current.now()),
        "prepared_by_me": current.person().id
        in {publication.by_id, publication.changed_by_id, *(each.by_id for each in publication.withholdings)},
    }


def _place(asked: Any) -> Place:
    row = asked.get("row", "")
    number = int(row) if row.isascii() and row.isdigit() and len(row) < 6 else None
    if row and number is None:
        raise NotFound("There is nothing at this place that could be withheld.")
    return Place(asked.get("clause", ""), asked.get("field", ""), number, asked.get("column", ""))

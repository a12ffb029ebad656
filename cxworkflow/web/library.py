"""The guidance library: the list, a piece with its versions, writing, publishing, acknowledging, withdrawing."""

from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotAllowed, NotFound, WorkflowError
from cxworkflow.models import Guidance
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import guidance as queries
from cxworkflow.services import guidance
from cxworkflow.services.library import take_out as hand_out
from cxworkflow.uploads.kinds import KINDS as FILE_KINDS
from cxworkflow.web import current, filters, library_forms
from cxworkflow.web.attachments import ALONE
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.library_forms import KINDS, STATES
from cxworkflow.web.lists import Choice, Column, Listing, iso

pages = Blueprint("library", __name__, url_prefix="/guidance")

COLUMNS = (
    Column("Title", lambda piece: str(piece.title), sort="title"),
    Column("Kind", lambda piece: KINDS[piece.kind]),
    Column("Version", lambda piece: str(piece.number)),
    Column("Tags", lambda piece: str(piece.tags)),
    Column("Published", lambda piece: iso(piece.published_at.date() if piece.published_at else None), sort="published"),
    Column("Stands", lambda piece: STATES[piece.state]),
    Column("Acknowledge by", lambda piece: iso(piece.acknowledge_by), only_csv=True),
)


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """What is in the library for whoever asks; at first what is in force."""
    person, at = current.person(), current.now()
    listing = Listing(
        "pieces of guidance",
        COLUMNS,
        queries.ORDERS,
        [
            Choice("kind", "Kind", [(each.value, label) for each, label in KINDS.items()]),
            Choice("state", "Stands", list(STATES.items())),
            Choice("tag", "Tag", [(each, each) for each in queries.tags(person, at=at)]),
        ],
    )
    tallies: dict[int, tuple[int, int]] = {}
    oversees = may(person, Permission.SEE_ALL, at=at)
    return listing.answer(
        "guidance/index.html",
        queries.find(person, at=at, **listing.values),
        read=lambda rows: tallies.update(queries.tallies(rows)) if oversees else None,
        kinds=KINDS,
        states=STATES,
        tallies=tallies,
        offers=bool(library_forms.offering()),
    )


@pages.get("/new")
@signed_in
def new() -> ResponseReturnValue:
    """The form for a new piece, or for a lesson that a Component offers."""
    library_forms.require_a_writer()
    return render_template("guidance/new.html", **library_forms.writing())


@pages.post("/new")
@signed_in
def begin() -> ResponseReturnValue:
    """Begin a piece, or offer a lesson."""
    library_forms.require_a_writer()
    person, at = current.person(), current.now()
    try:
        with unit_of_work():
            edition = library_forms.edition()
            if may(person, Permission.PUBLISH_GUIDANCE, at=at):
                piece = guidance.write(edition, library_forms.kind(), library_forms.words(), by=person, at=at)
                done = "Saved. Only the Directorate sees it until it is published."
            else:
                piece = guidance.offer(edition, library_forms.offering()[0], library_forms.words(), by=person, at=at)
                done = "Your lesson is offered. The Directorate is told, and publishes it when it is ready."
            guidance_id = piece.id
    except NotAllowed:
        raise
    except WorkflowError as refusal:
        return refused("guidance/new.html", refusal, **library_forms.writing())
    flash(done, "success")
    return redirect(url_for("library.one", guidance_id=guidance_id), 303)


@pages.get("/<int:guidance_id>")
@signed_in
def one(guidance_id: int) -> ResponseReturnValue:
    """A piece, and what can be done with it."""
    return render_template("guidance/one.html", **library_forms.shown(guidance_id))


@pages.get("/<int:guidance_id>/file")
@signed_in
def file(guidance_id: int) -> Response:
    """The file of a piece, to be saved."""
    with unit_of_work():
        piece = queries.one(current.person(), guidance_id, at=current.now())
        kept = hand_out(piece, by=current.person(), at=current.now())
        name, kind, content = kept.name, FILE_KINDS[kept.kind], kept.content
    answer = send_file(BytesIO(content), mimetype=kind.media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@pages.post("/<int:guidance_id>/text")
@signed_in
def revise(guidance_id: int) -> ResponseReturnValue:
    """Save another text of a piece that is not published."""

    def verb(piece: Guidance) -> str:
        guidance.refuse_published(piece)
        revision, without = filters.posted_number("revision"), request.form.get("without_file") == "yes"
        guidance.revise(
            piece, library_forms.words(), without_file=without, revision=revision, by=current.person(), at=current.now()
        )
        return "Saved."

    return _act(guidance_id, Permission.PUBLISH_GUIDANCE, "text", verb)


@pages.post("/<int:guidance_id>/publication")
@signed_in
def publish(guidance_id: int) -> ResponseReturnValue:
    """Publish it to all Components or to some."""

    def verb(piece: Guidance) -> str:
        guidance.refuse_published(piece)
        chosen = library_forms.chosen(piece)
        guidance.publish(piece, chosen, acknowledge_by=library_forms.day(), by=current.person(), at=current.now())
        return f"“{piece.title}” is published. Its Components are told by e-mail."

    return _act(guidance_id, Permission.PUBLISH_GUIDANCE, "publish", verb)


@pages.post("/<int:guidance_id>/version")
@signed_in
def renew(guidance_id: int) -> ResponseReturnValue:
    """Begin a new version."""
    began: list[int] = []

    def verb(piece: Guidance) -> str:
        began.append(guidance.renew(piece, by=current.person(), at=current.now()).id)
        return "A new version is begun with this text. The present one stays in force until you publish it."

    return _act(guidance_id, Permission.PUBLISH_GUIDANCE, "renew", verb, leads_to=began)


@pages.post("/<int:guidance_id>/withdrawal")
@signed_in
def withdraw(guidance_id: int) -> ResponseReturnValue:
    """Withdraw it with a reason."""

    def verb(piece: Guidance) -> str:
        guidance.withdraw(piece, reason=request.form.get("reason", ""), by=current.person(), at=current.now())
        return "Withdrawn. Everybody who was told of it is told by e-mail."

    return _act(guidance_id, Permission.PUBLISH_GUIDANCE, "withdraw", verb)


@pages.post("/<int:guidance_id>/acknowledgement")
@signed_in
def acknowledge(guidance_id: int) -> ResponseReturnValue:
    """Say that one's own Component has read it."""
    piece = queries.one(current.person(), guidance_id, at=current.now())
    try:
        with unit_of_work():
            codes = [each.code for each in library_forms.acknowledge(piece)]
    except (NotAllowed, NotFound):
        raise
    except WorkflowError as refusal:
        return refused("guidance/one.html", refusal, **library_forms.shown(guidance_id))
    flash(f"Acknowledged for {', '.join(codes)}.", "success")
    return redirect(url_for("library.one", guidance_id=guidance_id), 303)


def _act(
    guidance_id: int,
    permission: Permission,
    form: str,
    verb: Callable[[Guidance], str],
    leads_to: list[int] | None = None,
) -> ResponseReturnValue:
    piece = queries.one(current.person(), guidance_id, at=current.now())
    require(current.person(), permission, at=current.now())
    try:
        with unit_of_work():
            done = verb(piece)
    except NotAllowed:
        raise
    except WorkflowError as refusal:
        return refused("guidance/one.html", refusal, **{**library_forms.shown(guidance_id), "form": form})
    flash(done, "success")
    return redirect(url_for("library.one", guidance_id=leads_to[0] if leads_to else guidance_id), 303)

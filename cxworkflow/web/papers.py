"""The Directorate's own papers: a page for each, on which it is drafted, circulated, compared and signed."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotAllowed, WorkflowError
from cxworkflow.models import DutyDraft
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.answers import FieldChange
from cxworkflow.queries import coordination as queries
from cxworkflow.redline import Passage, redline
from cxworkflow.services import coordination, duty_drafts, policies, signatures
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current, filters, sent_files
from cxworkflow.web.attachments import ALONE
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in

pages = Blueprint("papers", __name__, url_prefix="/papers/<code>/<what>")


@pages.get("")
@signed_in
def one(code: str, what: str) -> ResponseReturnValue:
    """The paper, as far as the person may know of it."""
    return render_template("papers/one.html", **_shown(code, what))


@pages.post("/drafts")
@signed_in
def save(code: str, what: str) -> ResponseReturnValue:
    """Save the draft, in Markdown or as a file."""

    def verb(paper: queries.Dossier) -> str:
        duty_drafts.refuse_signed(paper.edition, paper.rule)
        saved = duty_drafts.save(
            paper.edition,
            what,
            request.form.get("text", ""),
            file=sent_files.examined_if_any(),
            without_file=request.form.get("without_file") == "yes",
            base=filters.posted_number("base"),
            by=current.person(),
            at=current.now(),
        )
        return f"Draft {saved.number} is saved."

    return _act(code, what, Permission.COORDINATE, "save", verb)


@pages.post("/rounds")
@signed_in
def circulate(code: str, what: str) -> ResponseReturnValue:
    """Put the draft to Components."""

    def verb(paper: queries.Dossier) -> str:
        coordination.circulable(paper.edition, what)
        chosen = set(request.form.getlist("components"))
        made = coordination.circulate(
            paper.edition,
            what,
            [each for each in offered(paper) if each.code in chosen],
            until_on=filters.posted_day("until"),
            note=request.form.get("note", ""),
            base=filters.posted_number("base"),
            by=current.person(),
            at=current.now(),
        )
        return f"Draft {made.draft.number} is circulated. The Components you chose are told by e-mail."

    return _act(code, what, Permission.COORDINATE, "circulate", verb)


@pages.post("/signature")
@signed_in
def sign(code: str, what: str) -> ResponseReturnValue:
    """Sign the draft whose hash the form carries."""

    def verb(paper: queries.Dossier) -> str:
        sha256 = request.form.get("sha256", "")
        signatures.sign(paper.edition, what, draft_sha256=sha256, by=current.person(), at=current.now())
        return f"{paper.rule.title} is signed, and recorded as done."

    return _act(code, what, Permission.SIGN, "sign", verb)


@pages.get("/drafts/<int:number>")
@signed_in
def draft(code: str, what: str, number: int) -> ResponseReturnValue:
    """One draft, as it was saved last."""
    paper = _dossier(code, what)
    return render_template("papers/draft.html", paper=paper, draft=queries.draft_of(paper, number))


@pages.get("/drafts/<int:number>/file")
@signed_in
def file(code: str, what: str, number: int) -> Response:
    """The file of a draft, to be saved."""
    with unit_of_work():
        found = queries.draft_of(_dossier(code, what), number)
        kept = duty_drafts.take_out(found, by=current.person(), at=current.now())
        name, kind, content = kept.name, KINDS[kept.kind], kept.content
    answer = send_file(BytesIO(content), mimetype=kind.media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@pages.get("/changes")
@signed_in
def changes(code: str, what: str) -> ResponseReturnValue:
    """What changed between two drafts, word by word; the last two where none are named."""
    paper = _dossier(code, what)
    before = after = file = None
    passages: list[Passage] = []
    if len(paper.drafts) > 1:
        after = queries.draft_of(paper, filters.number("to") or paper.drafts[0].number)
        earlier = [each.number for each in paper.drafts if each.number < after.number]
        before = queries.draft_of(paper, filters.number("from") or max(earlier, default=after.number))
        passages = redline(before.text, after.text)
        file = FieldChange("File", _file(before), _file(after))
    return render_template("papers/changes.html", paper=paper, before=before, after=after, passages=passages, file=file)


@pages.get("/signed.pdf")
@signed_in
def signed(code: str, what: str) -> ResponseReturnValue:
    """The signed paper, as it was set when it was signed."""
    paper = _dossier(code, what)
    with unit_of_work():
        pdf = signatures.take_out(paper.edition, what, by=current.person(), at=current.now())
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{what}.pdf")


def _file(of: DutyDraft) -> str:
    """A draft's file as it is compared with another's."""
    return f"{of.file.name} (SHA-256 {of.file.sha256[:12]}…)" if of.file else ""


def _act(
    code: str, what: str, permission: Permission, form: str, verb: Callable[[queries.Dossier], str]
) -> ResponseReturnValue:
    paper = _dossier(code, what)
    require(current.person(), permission, at=current.now())
    try:
        with unit_of_work():
            done = verb(paper)
    except NotAllowed:
        raise
    except WorkflowError as refusal:
        return refused("papers/one.html", refusal, **{**_shown(code, what), "form": form})
    flash(done, "success")
    return redirect(url_for("papers.one", code=code, what=what), 303)


def _dossier(code: str, what: str) -> queries.Dossier:
    return queries.dossier(current.person(), code, what, at=current.now())


def offered(paper: queries.Dossier) -> list[Any]:
    """The Components to which a paper can be put: an office that another covers is asked through that."""
    known = policies.components(paper.edition.policy.department)
    return [each for each in known if each.files != "covered" and each.in_force(current.today())]


def _shown(code: str, what: str) -> dict[str, Any]:
    paper = _dossier(code, what)
    return {
        "paper": paper,
        "tallies": queries.tallies(paper.rounds) if paper.oversees else {},
        "offered": offered(paper),
        "wrote": signatures.wrote(paper.edition, what, current.person()),
        "undisposed": signatures.undisposed(paper.edition, what) if paper.oversees else 0,
        "form": "",
        "typed": request.form,
        "chosen": request.form.getlist("components"),
        "boxes": filters.boxes("until"),
    }

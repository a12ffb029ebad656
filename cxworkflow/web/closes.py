"""The close of a fiscal year: read and signed by the CIO, stated on by Components that are not done."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound, WorkflowError
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import closes as queries
from cxworkflow.services import closes
from cxworkflow.services import record as lines_of_the_record
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs, signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso

pages = Blueprint("closes", __name__, url_prefix="/closes")

COLUMNS = (
    Column("As of", lambda row: iso(row[0].closed_on), "closed"),
    Column("Policy", lambda row: row[0].edition.policy.short_title),
    Column("Implemented", lambda row: str(row[1])),
    Column("Of", lambda row: str(row[2]), only_csv=True),
    Column("Signed", lambda row: iso(row[0].signed_at.date()) if row[0].signed_at else "", "signed"),
    Column("Signed by", lambda row: row[0].signed_by.name if row[0].signed_by else "", only_csv=True),
)
STANDS = {
    queries.DONE: "Implemented",
    queries.NOT_DONE: "Not implemented",
    queries.NOT_STATED: "Not implemented, and no statement yet",
}
LINES = (
    Column("Component", lambda line: line.component.code, "code"),
    Column("Implemented", lambda line: "Yes" if line.implemented else "No"),
    Column("What the close says", lambda line: " ".join(closes.said_of(line))),
)
WHOLE = 1_000  # lines on a page: the document is signed as it was read


@pages.get("/")
@needs(Permission.SEE_ALL)
def index() -> ResponseReturnValue:
    """Every close that was drawn up, and when the next one will be."""
    of = Choice("policy", "Policy", [(code, code) for code in queries.policies()])
    signed = Choice("signed", "Signed", [("yes", "Signed"), ("no", "Not signed yet")])
    listing = Listing("closes", COLUMNS, queries.ORDERS, [of, signed])
    found = queries.all_of_them(
        policy=listing["policy"], signed=listing["signed"] == "yes" if listing["signed"] else None
    )
    return listing.answer("closes/index.html", found, coming=closes.coming(), done=queries.DONE)


@pages.get("/<int:close_id>")
@needs(Permission.SEE_ALL)
def one(close_id: int) -> ResponseReturnValue:
    """Who had implemented by that day, who had not and why."""
    shown = _shown(close_id)
    listing = _lines()
    return listing.answer("closes/one.html", queries.lines(shown["close"], listing["stands"]), **shown)


@pages.post("/<int:close_id>/signature")
@needs(Permission.SEE_ALL)
def sign(close_id: int) -> ResponseReturnValue:
    """Sign it as it was read."""
    close = queries.one(close_id)
    require(current.person(), Permission.SIGN_CLOSE, at=current.now())
    try:
        with unit_of_work():
            closes.sign(close, read_sha256=request.form.get("sha256", ""), by=current.person(), at=current.now())
    except WorkflowError as refusal:
        listing = _lines()
        page = listing.turn(queries.lines(close, listing["stands"]))
        return refused("closes/one.html", refusal, listing=listing, page=page, **_shown(close_id))
    flash("The close is signed. Its text and its PDF are kept as they are now.", "success")
    return redirect(url_for("closes.one", close_id=close_id), 303)


@pages.get("/<int:close_id>/close.pdf")
@needs(Permission.SEE_ALL)
def document(close_id: int) -> ResponseReturnValue:
    """The signed document, as it was signed."""
    close = queries.one(close_id)
    if close.pdf is None:
        raise NotFound("This close is not signed yet, so there is no document.")
    with unit_of_work():
        details = {"what": f"the close as of {close.closed_on.isoformat()}", "sha256": close.pdf_sha256}
        lines_of_the_record.write("exported", by=current.person(), as_role=None, at=current.now(), details=details)
    name = f"close-{close.closed_on.isoformat()}.pdf"
    return send_file(BytesIO(close.pdf), mimetype="application/pdf", as_attachment=True, download_name=name)


@pages.get("/statements/<int:line_id>")
@signed_in
def line(line_id: int) -> ResponseReturnValue:
    """How a Component stood that day, and its own statement."""
    return render_template("closes/statement.html", **_line(line_id))


@pages.post("/statements/<int:line_id>")
@signed_in
def state(line_id: int) -> ResponseReturnValue:
    """Make the statement, or make it anew."""
    found = queries.line(current.person(), line_id, at=current.now())
    require(current.person(), Permission.STATE_CLOSE, found.component, at=current.now())
    try:
        with unit_of_work():
            closes.state(found, statement=request.form.get("statement", ""), by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("closes/statement.html", refusal, **_line(line_id))
    flash("Your statement is part of the close. You can change it until the close is signed.", "success")
    return redirect(url_for("closes.line", line_id=line_id), 303)


def _lines() -> Listing:
    stands = Choice("stands", "Show", list(STANDS.items()), every="All Components")
    return Listing("lines of the close", LINES, queries.LINE_ORDERS, [stands], size=WHOLE, endpoint="closes.one")


def _shown(close_id: int) -> dict[str, Any]:
    close = queries.one(close_id)
    said: Callable[..., list[str]] = closes.said_of
    text = close.text or closes.text_of(close)
    return {"close": close, "said_of": said, "sha256": closes.sha256_of(text), "policy": close.edition.policy}


def _line(line_id: int) -> dict[str, Any]:
    found = queries.line(current.person(), line_id, at=current.now())
    return {"line": found, "said_of": closes.said_of, "typed": request.form}

"""Commitments: the list of all, and the page of each with its progress, evidence, changes and check."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.models import Commitment, CommitmentState
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import commitments as queries
from cxworkflow.queries import metrics
from cxworkflow.services import commitments as promised
from cxworkflow.services import evidence, progress, readings
from cxworkflow.web import current, filters, mandates, sent_files, words
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component
from cxworkflow.web.metric_chart import chart, forecast, plain

pages = Blueprint("commitments", __name__, url_prefix="/commitments")

STATES = {
    CommitmentState.OPEN: "Open",
    CommitmentState.REPORTED: "Reported as done",
    CommitmentState.SENT_BACK: "Sent back",
    CommitmentState.ACCEPTED: "Accepted",
    CommitmentState.DROPPED: "Dropped",
}


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """All commitments that this person may know of, and what waits for the Directorate's check."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    person, at = current.person(), current.now()
    kinds = queries.kinds(edition)
    listing = Listing(
        "commitments",
        (
            Column("Commitment", lambda row: row[0].title),
            Column("Component", lambda row: row[1].code, "component"),
            Column("Kind", lambda row: kinds.get(row[0].kind, row[0].kind), "kind"),
            Column("Owner", lambda row: row[0].owner.name if row[0].owner else "Nobody"),
            Column("Due", lambda row: iso(row[0].due_on), "due"),
            Column("First due", lambda row: iso(row[0].original_due_on), only_csv=True),
            Column("Done", lambda row: f"{row[0].percent}%"),
            Column("State", lambda row: STATES[row[0].state], "state"),
            Column("Flags", lambda row: "; ".join(flags_of(row)), only_csv=True),
        ),
        queries.ORDERS,
        [
            mandates.policy_filter(editions),
            of_component(person, at=at),
            Choice("kind", "Kind", list(kinds.items())),
            Choice("state", "State", [(state.value, said) for state, said in STATES.items()]),
            Choice("flag", "Flag", list(words.each_in_words(queries.FLAGS).items())),
        ],
    )
    state = CommitmentState(listing["state"]) if listing["state"] else None
    wanted = queries.Wanted(listing["component"], listing["kind"], state, listing["flag"])
    return listing.answer(
        "commitments/index.html",
        queries.find(person, edition, wanted, at=at),
        policy=edition.policy,
        kinds=kinds,
        states=STATES,
        flags=words.each_in_words(queries.FLAGS),
        flags_of=flags_of,
        waiting=queries.waiting(person, edition, at=at),
    )


@pages.get("/<int:commitment_id>")
@signed_in
def one(commitment_id: int) -> ResponseReturnValue:
    """What was promised, how far it is, what shows it, and what can be done now."""
    return render_template("commitments/one.html", **shown(commitment_id))


@pages.post("/<int:commitment_id>/progress")
@signed_in
def note(commitment_id: int) -> ResponseReturnValue:
    """Report progress."""

    def verb(commitment: Commitment) -> str:
        typed = request.form.get("percent", "").strip().removesuffix("%")
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 4):
            raise InvalidInput(None, [Fault("percent", "Give a whole number from 0 to 100, or leave it empty.")])
        text, percent = request.form.get("text", ""), int(typed) if typed else None
        progress.note(commitment, text=text, percent=percent, by=current.person(), at=current.now())
        return "Your note on the progress is kept."

    return act(commitment_id, Permission.WORK_ON, verb)


@pages.post("/<int:commitment_id>/evidence")
@signed_in
def attach(commitment_id: int) -> ResponseReturnValue:
    """Attach a file that shows how far it is."""

    def verb(commitment: Commitment) -> str:
        progress.open_still(commitment)
        file, told, most = sent_files.examined(), request.form.get("note", ""), current.settings().most_attached
        evidence.attach(commitment, file, note=told, most=most, by=current.person(), at=current.now())
        return f"“{file.name}” is attached."

    return act(commitment_id, Permission.WORK_ON, verb)


@pages.post("/<int:commitment_id>/evidence/removal")
@signed_in
def remove(commitment_id: int) -> ResponseReturnValue:
    """Take a file off that no report cites."""

    def verb(commitment: Commitment) -> str:
        evidence.remove(commitment, _address(request.form.get("address", "")), by=current.person(), at=current.now())
        return "The file is removed."

    return act(commitment_id, Permission.WORK_ON, verb)


@pages.post("/<int:commitment_id>/done")
@signed_in
def report(commitment_id: int) -> ResponseReturnValue:
    """Report it as done, citing its evidence."""

    def verb(commitment: Commitment) -> str:
        statement = request.form.get("statement", "")
        progress.report(commitment, statement=statement, by=current.person(), at=current.now())
        return "It is reported as done. The CX Directorate checks it; accepted, it counts from today."

    return act(commitment_id, Permission.WORK_ON, verb)


@pages.post("/<int:commitment_id>/acceptance")
@signed_in
def accept(commitment_id: int) -> ResponseReturnValue:
    """Accept what was reported."""

    def verb(commitment: Commitment) -> str:
        progress.accept(commitment, answer=request.form.get("answer", ""), by=current.person(), at=current.now())
        return "The commitment is accepted as done. Its Component is told by e-mail."

    return act(commitment_id, Permission.CHECK, verb)


@pages.post("/<int:commitment_id>/return")
@signed_in
def send_back(commitment_id: int) -> ResponseReturnValue:
    """Send what was reported back."""

    def verb(commitment: Commitment) -> str:
        progress.send_back(commitment, reason=request.form.get("reason", ""), by=current.person(), at=current.now())
        return "The report is sent back, and the clock runs on. The Component is told by e-mail."

    return act(commitment_id, Permission.CHECK, verb)


def act(commitment_id: int, permission: Permission, verb: Callable[[Commitment], str]) -> ResponseReturnValue:
    """Do what the verb does, then show the commitment; a refusal leaves what was typed in its boxes.

    Who may not do it is told so before anything typed is read; the verb asks again.
    """
    commitment = queries.one(current.person(), commitment_id, at=current.now())
    require(current.person(), permission, commitment, at=current.now())
    try:
        with unit_of_work():
            done = verb(commitment)
    except WorkflowError as refusal:
        return refused("commitments/one.html", refusal, **shown(commitment_id))
    flash(done, "success")
    return redirect(url_for("commitments.one", commitment_id=commitment_id), 303)


def shown(commitment_id: int) -> dict[str, Any]:
    """All that the page of a commitment says."""
    commitment = queries.one(current.person(), commitment_id, at=current.now())
    strategy = commitment.strategy
    standing = readings.standing(commitment) if commitment.measured else []
    return {
        "commitment": commitment,
        "rule": promised.rule_of(commitment),
        "state_words": STATES,
        "strategy": strategy,
        "clock": queries.clock(commitment),
        "last_day": promised.last_day(strategy),
        "progress": queries.progress(commitment),
        "completions": queries.completions(commitment),
        "evidence": queries.evidence(commitment),
        "changes": queries.changes(commitment),
        "owners_choices": [(str(each.id), each.name) for each in queries.staff(strategy, on=current.today())],
        "readings": metrics.readings(commitment) if commitment.measured else [],
        "corrected": {each.id for each in metrics.readings(commitment)} - {each.id for each in standing},
        "chart": chart(commitment, standing),
        "forecast": forecast(commitment, standing),
        "plain": plain,
        "may_work": _may_work(commitment),
        "typed": request.form,
        "due_boxes": filters.boxes("due"),
        "as_of_boxes": filters.boxes("as_of"),
    }


def _may_work(commitment: Commitment) -> bool:
    return not commitment.settled and may(current.person(), Permission.WORK_ON, commitment, at=current.now())


def flags_of(row: Any) -> list[str]:
    """What is to be noticed about a commitment of the list, in words."""
    return [words.in_words(queries.FLAGS[name]) for name in row[2:] if name]


def _address(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("This file is not attached any more.") from None

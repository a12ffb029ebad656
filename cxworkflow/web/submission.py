"""Certifying and submitting, taking back, reporting as implemented: each on a page that says what it will do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Clock, Role, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import strategies as queries
from cxworkflow.services import implementation, strategies
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.wording import days

pages = Blueprint("submission", __name__, url_prefix="/strategies/<int:strategy_id>")


@dataclass(frozen=True)
class Asked:
    """A strategy before one of these steps, and the role in which the step may be taken."""

    paper: queries.Paper
    role: Role

    @property
    def clock(self) -> Clock | None:
        """The clock by which a submission now would be measured."""
        return queries.stopped_by_submitting(self.paper)

    @property
    def days_late(self) -> int:
        """How many days late a submission now would be."""
        return strategies.days_late_at(self.paper.strategy, current.now())

    @property
    def sha256(self) -> str:
        """The hash of the draft as it stands on this page."""
        return strategies.draft_sha256(self.paper.strategy)

    def values(self) -> dict[str, Any]:
        """What the step's page is made of."""
        return {"asked": self, "paper": self.paper, "strategy": self.paper.strategy, "typed": request.form}


@pages.get("/submit")
@signed_in
def submit(strategy_id: int) -> ResponseReturnValue:
    """What would be submitted, what is still missing, and the certification."""
    asked = _asked(strategy_id, Permission.SUBMIT, Action.SUBMIT)
    return render_template("strategies/submit.html", **asked.values())


@pages.post("/submit")
@signed_in
def certify(strategy_id: int) -> ResponseReturnValue:
    """Certify and submit."""
    asked = _asked(strategy_id, Permission.SUBMIT, Action.SUBMIT)

    def verb(strategy: Strategy) -> str:
        if request.form.get("certified") != "yes":
            raise InvalidInput(None, [Fault("certified", "Tick the box to certify the strategy before you submit it.")])
        if asked.days_late:
            _filled("reason", "Say why it is late: the reason becomes part of the record.")
        made = strategies.submit(
            strategy,
            read_sha256=request.form.get("sha256", ""),
            reason=request.form.get("reason"),
            by=current.person(),
            at=current.now(),
        )
        late = f", {days(made.days_late)} late" if made.days_late else ""
        return f"Version {made.number} is submitted{late}. The CX Directorate is told by e-mail."

    return _act("strategies/submit.html", asked, verb)


@pages.get("/withdraw")
@signed_in
def withdraw(strategy_id: int) -> ResponseReturnValue:
    """What withdrawing does, and why it is done."""
    asked = _asked(strategy_id, Permission.WITHDRAW, Action.WITHDRAW)
    return render_template("strategies/withdraw.html", **asked.values())


@pages.post("/withdraw")
@signed_in
def take_back(strategy_id: int) -> ResponseReturnValue:
    """Withdraw the submission."""

    def verb(strategy: Strategy) -> str:
        reason = _filled("reason", "Say why the submission is withdrawn: the reason becomes part of the record.")
        strategies.withdraw(strategy, reason=reason, by=current.person(), at=current.now())
        return "The submission is withdrawn. The strategy is a draft again, and its clock runs on."

    return _act("strategies/withdraw.html", _asked(strategy_id, Permission.WITHDRAW, Action.WITHDRAW), verb)


@pages.get("/implemented")
@signed_in
def implemented(strategy_id: int) -> ResponseReturnValue:
    """What the report does, and the statement it needs."""
    asked = _asked(strategy_id, Permission.REPORT_IMPLEMENTED, Action.REPORT)
    return render_template("strategies/implemented.html", **asked.values())


@pages.post("/implemented")
@signed_in
def report(strategy_id: int) -> ResponseReturnValue:
    """Report it as implemented."""

    def verb(strategy: Strategy) -> str:
        statement = _filled("statement", "Say what has been implemented: the statement becomes part of the record.")
        implementation.report(strategy, statement=statement, by=current.person(), at=current.now())
        return "The strategy is reported as implemented. The CX Directorate checks the report; its clock has stopped."

    asked = _asked(strategy_id, Permission.REPORT_IMPLEMENTED, Action.REPORT)
    return _act("strategies/implemented.html", asked, verb)


def _asked(strategy_id: int, permission: Permission, action: Action) -> Asked:
    """The strategy, for who may take this step now; the refusal otherwise, before anything is filled in."""
    strategy = queries.known(current.person(), strategy_id, at=current.now())
    role = require(current.person(), permission, strategy, at=current.now())
    after(strategy.status, action)
    return Asked(queries.paper(current.person(), strategy_id, at=current.now()), role)


def _filled(name: str, reason: str) -> str:
    typed = request.form.get(name, "")
    if not typed.strip():
        raise InvalidInput(None, [Fault(name, reason)])
    return typed


def _act(template: str, asked: Asked, verb: Callable[[Strategy], str]) -> ResponseReturnValue:
    strategy_id = asked.paper.strategy.id
    try:
        with unit_of_work():
            done = verb(asked.paper.strategy)
    except WorkflowError as refusal:
        return refused(template, refusal, **asked.values())
    flash(done, "success")
    return redirect(url_for("strategies.one", strategy_id=strategy_id), 303)

"""Home: one's own work first, the soonest due on top; then the clocks and what happened lately."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.models import Role
from cxworkflow.queries import desk_commitments, guidance
from cxworkflow.queries.at_hand import AtHand, at_hand
from cxworkflow.queries.coordination import waiting
from cxworkflow.queries.desk import Desk, desk
from cxworkflow.web import current
from cxworkflow.web.guard import signed_in
from cxworkflow.web.tasks import LEADS, Promised, tasks

pages = Blueprint("home", __name__)


@pages.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The desk of whoever is signed in."""
    own = desk(current.person(), at=current.now())
    person, at = current.person(), current.now()
    there = at_hand(person, at=at) if any(held.component for held in own.roles) else AtHand()
    to_answer = waiting(person, at=at) if there.rounds and own.holds(*LEADS) else []
    acknowledges = there.guidance and own.holds(*LEADS, Role.EXECUTIVE)
    to_acknowledge = guidance.waiting(person, at=at) if acknowledges else []
    promised = _promised(own, there)
    return render_template("home/home.html", desk=own, tasks=tasks(own, to_answer, to_acknowledge, promised))


def _promised(own: Desk, there: AtHand) -> Promised:
    """What waits of commitments on whoever is signed in."""
    person, at = current.person(), current.now()
    checks = own.holds(Role.DIRECTORATE_LEAD)
    return Promised(
        desk_commitments.to_keep(person, at=at) if there.commitments else (),
        desk_commitments.commitments_to_check(person, at=at) if checks else (),
        desk_commitments.reports_to_check(person, at=at) if checks else (),
        desk_commitments.changes_to_decide(person, at=at) if checks else (),
    )

"""More time: asked for by a Component's lead on the page of a clock, granted or refused there by the CIO."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from cxworkflow.errors import NotFound
from cxworkflow.models import Clock, ExtensionRequest
from cxworkflow.permissions import Permission
from cxworkflow.queries import clocks as queries
from cxworkflow.services import extensions
from cxworkflow.web import current, filters
from cxworkflow.web.clocks import act
from cxworkflow.web.guard import signed_in
from cxworkflow.wording import long_date

pages = Blueprint("extensions", __name__)


@pages.post("/clocks/<int:clock_id>/requests")
@signed_in
def ask(clock_id: int) -> ResponseReturnValue:
    """Ask for a later due date."""

    def verb(clock: Clock) -> str:
        extensions.can_be_asked(clock)
        to, reason = filters.posted_day("to"), request.form.get("reason", "")
        extensions.ask(clock, to=to, reason=reason, by=current.person(), at=current.now())
        return "Your request is with the Chief Information Officer, who is told by e-mail."

    return act(clock_id, Permission.ASK_EXTENSION, verb)


@pages.post("/clocks/<int:clock_id>/requests/<int:request_id>/grant")
@signed_in
def grant(clock_id: int, request_id: int) -> ResponseReturnValue:
    """Grant what was asked."""

    def verb(clock: Clock) -> str:
        authority = request.form.get("authority")
        extensions.grant(_asked(clock, request_id), authority=authority, by=current.person(), at=current.now())
        return f"The clock is extended to {long_date(clock.due_on)}. Everybody concerned is told by e-mail."

    return act(clock_id, Permission.SET_CLOCK, verb)


@pages.post("/clocks/<int:clock_id>/requests/<int:request_id>/refuse")
@signed_in
def refuse(clock_id: int, request_id: int) -> ResponseReturnValue:
    """Refuse what was asked; the due date stays."""

    def verb(clock: Clock) -> str:
        reason = request.form.get("reason", "")
        extensions.refuse(_asked(clock, request_id), reason=reason, by=current.person(), at=current.now())
        return "The request is refused, and the due date stays. The Component is told by e-mail."

    return act(clock_id, Permission.SET_CLOCK, verb)


def _asked(clock: Clock, request_id: int) -> ExtensionRequest:
    found = next((each for each in queries.requests(clock) if each.id == request_id), None)
    if found is None:
        raise NotFound("There is no such request for more time.")
    return found

"""How many clocks, notices and deliveries stand in each state: what programs that watch the system draw."""

from datetime import date

from sqlalchemy import case, func, literal, select

from cxworkflow.calendar import ClockState
from cxworkflow.db import session
from cxworkflow.models import Delivery, DeliveryState, Notice
from cxworkflow.models.notice import NoticeState
from cxworkflow.queries.clocks import in_state


def clocks(on: date) -> dict[ClockState, int]:
    """The clocks of all policies, commitments among them, by their state on a day: one statement."""
    which = case(*((in_state(each, on), literal(each.value)) for each in ClockState))
    grouped = select(which.label("state"), func.count()).group_by("state")
    found = dict(session().execute(grouped).tuples().all())
    return {each: found.get(each.value, 0) for each in ClockState}


def notices() -> dict[NoticeState, int]:
    """The notices by their state: one statement."""
    counted = select(Notice.state, func.count()).group_by(Notice.state)
    found = dict(session().execute(counted).tuples().all())
    return {each: found.get(each, 0) for each in NoticeState}


def deliveries() -> dict[DeliveryState, int]:
    """The deliveries to other programs by their state: one statement."""
    counted = select(Delivery.state, func.count()).group_by(Delivery.state)
    found = dict(session().execute(counted).tuples().all())
    return {each: found.get(each, 0) for each in DeliveryState}

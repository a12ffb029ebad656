"""Every quarter the administrator goes through the accounts and confirms them, or ends what should have ended."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import func, select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import Conflict
from cxworkflow.fiscal import fiscal_quarter, quarter_start
from cxworkflow.models import AccountReview, Event, Person, Role
from cxworkflow.permissions import Permission, require
from cxworkflow.services import notices, policies, record

Line = dict[str, Any]


def statement(*, on: date) -> list[Line]:
    """Every person with the roles of a day or later, since when, and the day they last signed in, by name."""
    signed_in = select(Event.by_id, func.max(Event.at)).where(Event.verb == "signed-in").group_by(Event.by_id)
    last = dict(session().execute(signed_in).tuples().all())
    people = session().scalars(select(Person).order_by(Person.name, Person.id))
    return [
        {
            "name": person.name,
            "email": person.email,
            "deactivated_on": _iso(person.deactivated_at),
            "last_signed_in_on": _iso(last.get(person.id)),
            "roles": [
                {
                    "title": held.title,
                    "component": held.component.code if held.component else None,
                    "from_on": held.from_on.isoformat(),
                    "until_on": held.until_on.isoformat() if held.until_on else None,
                }
                for held in person.appointments
                if held.until_on is None or held.until_on > max(on, held.from_on)
            ],
        }
        for person in people
    ]


def mark_of(lines: list[Line]) -> str:
    """What tells one state of the accounts from another; who signed in meanwhile makes no difference."""
    bare = [{name: value for name, value in line.items() if name != "last_signed_in_on"} for line in lines]
    return sha256(rfc8785.dumps(bare)).hexdigest()


def confirm(mark: str, *, by: Person, at: datetime) -> AccountReview:
    """Confirm the accounts as they were read. Raises NotAllowed, and Conflict where they have changed since."""
    role = require(by, Permission.CONFIRM_ACCOUNTS, at=at)
    lines = statement(on=day_of(at))
    if mark_of(lines) != mark:
        raise Conflict("Somebody's account has changed since you read this. Nothing was confirmed: read it once more.")
    review = AccountReview(quarter=quarter_of(day_of(at)), statement=lines, confirmed_at=at, by_id=by.id)
    session().add(review)
    session().flush()
    details = {"quarter": review.quarter, "people": len(lines), "sha256": mark}
    record.write("accounts-confirmed", by=by, as_role=role, at=at, details=details)
    return review


def take_out(review: AccountReview, *, by: Person, at: datetime) -> list[list[str]]:
    """The rows of a confirmed statement, its first lines saying who confirmed it when; who takes it is recorded."""
    role = require(by, Permission.SEE_PEOPLE, at=at)
    details = {"what": f"the account review of {review.quarter}", "review": review.id}
    record.write("exported", by=by, as_role=role, at=at, details=details)
    heading = [
        ["Account review", review.quarter],
        ["Confirmed by", review.by.name],
        ["Confirmed at", review.confirmed_at.isoformat()],
        [],
        ["Name", "E-mail", "Role", "Component", "From", "Until", "Last sign-in", "Deactivated"],
    ]
    nothing: Line = {"title": "", "component": None, "from_on": "", "until_on": None}
    return heading + [
        [
            line["name"],
            line["email"],
            held["title"],
            held["component"] or "",
            held["from_on"],
            held["until_on"] or "",
            line["last_signed_in_on"] or "",
            line["deactivated_on"] or "",
        ]
        for line in review.statement
        for held in line["roles"] or [nothing]
    ]


def quarter_of(on: date) -> str:
    """The federal fiscal quarter of a day: "2024-Q1"."""
    year, quarter = fiscal_quarter(on)
    return f"{year}-Q{quarter}"


def this_quarter(at: datetime) -> date:
    """The first day of the fiscal quarter of a moment."""
    return quarter_start(*fiscal_quarter(day_of(at)))


def owe_all(on: date, at: datetime) -> None:
    """Ask the administrators of each department for the review of the quarter that begins on a day."""
    for department in policies.departments():
        theirs = (Person.deactivated_at.is_(None), Person.departments.contains([department]))
        facts = {
            "policy": "the people of CX Workflow",
            "component": None,
            "quarter": quarter_of(on),
            "people": session().scalar(select(func.count(Person.id)).where(*theirs)),
        }
        key = f"{on.isoformat()}/{department}"
        told = (Role.ADMINISTRATOR.value,)
        notices.owe_to_roles("account-review", told, key=key, department=department, facts=facts, at=at)


def _iso(at: datetime | None) -> str | None:
    return day_of(at).isoformat() if at else None

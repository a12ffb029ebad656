"""What every template may use: who is signed in, when it is, where one can go, and how things are said."""

from datetime import date
from typing import Any

from flask import Flask, g, request

from cxworkflow import wording
from cxworkflow.calendar import ClockState
from cxworkflow.documents import sentences
from cxworkflow.models import Clock, Person
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.answers import as_read, date_boxes, totals
from cxworkflow.policies.parts import anchor
from cxworkflow.services import assignments, comments, policies
from cxworkflow.web import current, departments, navigation, reading, words


def register(app: Flask) -> None:
    """Add the values, the filters and the functions of the templates."""
    app.context_processor(_values)
    app.jinja_env.filters.update(
        long_date=wording.long_date,
        long_moment=wording.long_moment,
        time_of_day=wording.time_of_day,
        days=wording.days,
        counted=wording.counted,
        opening=wording.opening,
        days_left=wording.days_left,
        field_id=reading.field_id,
        anchor=anchor,
        as_read=as_read,
        date_boxes=date_boxes,
        example_read=reading.example_read,
        event_words=words.event_words,
        role_title=words.role_title,
        department_name=departments.name_of,
    )
    app.jinja_env.globals.update(
        may=_may,
        Permission=Permission,
        page_url=_page_url,
        here_is=lambda path: request.path == path,
        place_words=reading.place_words,
        answer_id=reading.answer_id,
        row_choices=reading.row_choices,
        about_row=comments.row_of,
        lacking_in=assignments.lacks,
        section_of=policies.section_of,
        lines_of=sentences.lines_of,
        totals=totals,
        days_until=_days_until,
        state_of=_state_of,
        days_late_of=_days_late_of,
    )


def _values() -> dict[str, Any]:
    person: Person | None = g.get("person")
    # The page that says that the database is out of reach must not ask it for the time.
    reachable = person is not None or "now" in g
    return {
        "current_person": person,
        "present": g.get("present"),
        "department": g.get("department", ""),
        "departments": g.get("departments", ()),
        "held": navigation.roles_of(person),
        "now": current.now() if reachable else None,
        "today": current.today() if reachable else None,
        "demo": current.settings().demo,
        "navigation": navigation.for_person(person),
        "here": request.path,
        "refusal": None,
        "lost": (),
        "crumbs": (),
        "for_all": False,
    }


def _may(permission: Permission, subject: Any = None, clause: str | None = None) -> bool:
    """Whether the person of this request may do it: decides what is shown; the verbs ask again."""
    return may(current.person(), permission, subject, at=current.now(), clause=clause)


def _days_until(on: date) -> int:
    """How many days from today to a day; negative if it has passed."""
    return (on - current.today()).days


def _state_of(clock: Clock) -> ClockState:
    """How a clock stands today."""
    return clock.state(current.today())


def _days_late_of(clock: Clock) -> int:
    """How many days late a clock is, or was when it stopped."""
    return clock.days_late(current.today())


def _page_url(number: int) -> str:
    """This list's address with another page number."""
    return current.address(request.endpoint or "", {**request.args.to_dict(), "page": number})

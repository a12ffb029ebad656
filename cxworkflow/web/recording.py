"""What the pages themselves put on the record: who was refused, who read a draft of others, what was asked for.

The verbs record what they do. This is the rest, in one place for all pages: it is written when the answer is decided,
in a short transaction of its own, and an answer that can't be recorded is not given.
"""

from typing import Any

from flask import Flask, Response, g, request

from cxworkflow.db import session, unit_of_work
from cxworkflow.lifecycle import Status
from cxworkflow.models import Person, Strategy
from cxworkflow.models.event import ASKED, READ_DRAFT, REFUSED
from cxworkflow.permissions import Permission, role_for
from cxworkflow.scope import present, system_of, within
from cxworkflow.services import record
from cxworkflow.web import current

# Whatever else shows a strategy that is being written shows its draft.
SHOWS_NO_DRAFT = frozenset(
    {
        "versions.one",
        "versions.download",
        "reviews.review",
        "rubric.one",
        "decisions.decision",
        "decisions.letter",
        "submission.withdraw",
        "submission.implemented",
        "api.versions-index",
        "api.versions-one",
        "api.reviews-one",
        "api.decisions-index",
        "api.events-of_strategy",
    }
)
# What is sent to these changes nothing that is kept, or goes on with what is on the record.
CHANGES_NOTHING = frozenset(
    {"live.save", "live.here", "closures.preview", "what_if.play", "signin.stay", "signin.leave"}
)
RECORDS_ITSELF = frozenset({"providers"})  # refuses sign-ins, and records why
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST = 100  # characters of what stood in an address


def register(app: Flask) -> None:
    """Look at every answer; comes first, so that it sees the answer as it leaves."""
    app.before_request(record.begin_counting)
    app.after_request(_record)


def _record(answer: Response) -> Response:
    if request.endpoint is None or request.blueprint in RECORDS_ITSELF:
        return answer
    person: Person | None = g.get("person")
    refused = answer.status_code == 403 or (answer.status_code == 404 and person is not None)
    if refused:
        _write(REFUSED if person else "sign-in-refused", person, status=answer.status_code)
    elif request.method not in SAFE:
        if answer.status_code < 400 and request.endpoint not in CHANGES_NOTHING and not record.counted():
            _write(ASKED, person)
    elif answer.status_code == 200 and person is not None:
        _note_reading(person)
    return answer


def _note_reading(person: Person) -> None:
    """Each draft of others that was shown, on a page of its own or as a search found it."""
    shown = [] if request.endpoint in SHOWS_NO_DRAFT else [_strategy(), *g.get("drafts_read", ())]
    read = dict.fromkeys(each for each in shown if each is not None)
    held = [each.component_id for each in person.appointments if each.in_force(current.today())] if read else []
    for strategy in read:
        being_written = strategy.status in (Status.DRAFT, Status.RETURNED)
        if (
            being_written
            and strategy.component_id not in held
            and role_for(person, Permission.SEE_DRAFT, strategy, at=current.now())
        ):
            _write(READ_DRAFT, person, strategy)


def _write(verb: str, person: Person | None, of: Strategy | None = None, **details: Any) -> None:
    # Never the address itself: those of sign-in links hold a secret.
    named = {name: str(value)[:LONGEST] for name, value in (request.view_args or {}).items() if name != "secret"}
    session().rollback()
    here = present().department
    # The line names the paper, which whoever was refused does not see; it stays in the department where they work.
    with within(system_of(here)), unit_of_work():
        strategy = of or _strategy()
        if strategy is not None and here not in ("", strategy.component.department):
            strategy = None
        role = role_for(person, Permission.SEE_DRAFT, strategy, at=current.now()) if person and strategy else None
        record.write(
            verb,
            by=person,
            as_role=role,
            at=current.now(),
            strategy=strategy,
            details={"page": request.endpoint, **details, **({"named": named} if named else {})},
        )


def _strategy() -> Strategy | None:
    strategy_id = (request.view_args or {}).get("strategy_id")
    return session().get(Strategy, strategy_id) if strategy_id is not None else None

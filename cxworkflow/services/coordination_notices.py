"""Who is told of a round: the Components asked, reminded by the policy's ladder until they answer; the Directorate."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.ladder import rungs_until
from cxworkflow.models import Component, Concurrence, Event, PolicyEdition, Round, RoundAsked, Signature
from cxworkflow.policies import Ladder
from cxworkflow.services import notices

Facts = dict[str, Any]


def circulated(asked: Round, components: Sequence[Component], event: Event, *, at: datetime) -> None:
    """Tell each Component that a draft is put to it."""
    for component in components:
        notices.owe("circulated", event, edition=asked.edition, component=component, facts=facts_of(asked), at=at)


def answered(asked: Round, component: Component, given: Concurrence, event: Event, *, at: datetime) -> None:
    """Tell the Directorate what a Component answered."""
    facts = {
        **facts_of(asked),
        "position": given.position.value,
        "late": given.late,
        "comments": len(given.comments),
        "of_component": {"code": component.code, "name": component.name},
    }
    notices.owe("answered-round", event, edition=asked.edition, facts=facts, at=at)


def signed(signature: Signature, title: str, components: Sequence[Component], event: Event, *, at: datetime) -> None:
    """Tell those whose coordination was asked that the paper is signed."""
    edition = signature.draft.edition
    facts = {"code": edition.code, "what": signature.what, "title": title, "sha256": signature.sha256}
    for component in components:
        notices.owe("paper-signed", event, edition=edition, component=component, facts=facts, at=at)


def remind_all(on: date, at: datetime) -> None:
    """Owe the reminders of a day to Components that have not answered, each once, also after days without a worker."""
    answered = exists().where(Concurrence.round_id == Round.id, Concurrence.component_id == RoundAsked.component_id)
    silent = (
        select(Round, Component)
        .join(RoundAsked, RoundAsked.round_id == Round.id)
        .join(Component, Component.id == RoundAsked.component_id)
        .where(Round.closed_at.is_(None), ~answered)
        .order_by(Round.id, Component.code)
    )
    for asked, component in session().execute(silent):
        for rung, ladder in reached(
            asked.edition, "coordination", due_on=asked.until_on, since=day_of(asked.opened_at), on=on
        ):
            notices.owe_to_roles(
                "round-due",
                ladder.roles_at(rung),
                key=f"{asked.id}/{component.id}/{rung}",
                department=component.department,
                component_id=component.id,
                of_component=True,
                facts={**named(asked.edition, component), **facts_of(asked)},
                at=at,
            )


def reached(edition: PolicyEdition, name: str, *, due_on: date, since: date, on: date) -> Iterator[tuple[int, Ladder]]:
    """The last rung of a ladder of the policy that a day has reached, if it came after the due date was set."""
    ladder = edition.policy.ladders.get(name)
    if ladder is None:
        return
    rungs = list(rungs_until(ladder.rungs, ladder.repeat_every, (on - due_on).days))
    if rungs and due_on.toordinal() + rungs[-1] > since.toordinal():
        yield rungs[-1], ladder


def named(edition: PolicyEdition, component: Component) -> Facts:
    """What every e-mail to a Component says of itself."""
    return {
        "policy": edition.policy.short_title,
        "paper": edition.policy.paper,
        "component": component.code,
        "component_name": component.name,
    }


def facts_of(asked: Round) -> Facts:
    """What an e-mail says of a round."""
    return {
        "code": asked.edition.code,
        "what": asked.what,
        "title": asked.edition.policy.deliverable(asked.what).title,
        "draft": asked.draft.number,
        "round": asked.number,
        "round_id": asked.id,
        "until_on": asked.until_on.isoformat(),
        "note": asked.note,
    }

"""Playing a scenario: a scratch database, a real SMTP sink, every day's sweep at 06:00 Eastern."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.calendar import day_of, moment
from cxworkflow.db import CONNECT_ARGS, db, session, unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.ladder import FIRES_AT
from cxworkflow.local import mailbox
from cxworkflow.mail.delivery import Post, deliver
from cxworkflow.mail.journal import NoJournal
from cxworkflow.models import PolicyEdition
from cxworkflow.policies import read_policy
from cxworkflow.policies.organizations import read_organization
from cxworkflow.rehearsal import cast, events, implementing, publishing, quarters, verbs
from cxworkflow.rehearsal.acting import Scene, act
from cxworkflow.rehearsal.report import report
from cxworkflow.rehearsal.scenario import Scenario
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database
from cxworkflow.services import (
    closes,
    policies,
    reminders,
)

VERBS = (verbs, implementing, publishing, quarters)  # whose functions play the events
Progress = Callable[[int, int], None]

SENDER = "Rehearsal <rehearsal@rehearsal.example>"


def rehearse(scenario: Scenario, *, server_url: str, progress: Progress | None = None) -> dict[str, Any]:
    """Play the scenario and return its clocks, notices and strategies; nothing real is touched.

    Raises InvalidInput with the line, the verb and the rule when an event is refused, NotFound when the policy or a
    Component does not exist.
    """
    arrived: list[object] = []
    with scratch_database(server_url) as database_url, mailbox.serving(arrived.append) as port, staged(database_url):
        post = Post(f"smtp://127.0.0.1:{port}", SENDER, "http://localhost", NoJournal())
        edition = _opening(scenario)
        _play(scenario, edition, post, progress)
        told = report(edition, on=scenario.to_on, quarters=quarters.are_in(scenario))
        sent = sum(1 for notice in told["notices"] if notice["sent_at"])
        if sent != len(arrived):
            raise WorkflowError(f"{sent} notices are recorded as sent, but {len(arrived)} messages arrived.")
        return told


@contextmanager
def staged(database_url: str) -> Iterator[None]:
    """An application context of its own, on a scratch database."""
    app = Flask("rehearsal")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": CONNECT_ARGS}
    db.init_app(app)
    with app.app_context(), within(SYSTEM):
        try:
            yield
        finally:
            session().remove()
            db.engine.dispose()


def _opening(scenario: Scenario) -> PolicyEdition:
    """Load the policy and its department and appoint the cast, as of the scenario's first day."""
    at = moment(scenario.from_on)
    path = POLICIES / f"{scenario.policy}.toml"
    if not path.is_file():
        raise NotFound(f"There is no policy “{scenario.policy}”.")
    policy = read_policy(path)
    with unit_of_work():
        policies.load_organization(read_organization(ORGANIZATIONS / f"{policy.department}.toml"), at=at)
        taking_part = cast.taking_part(policy.department, scenario.components)
        edition = policies.load(policy, only=scenario.components, at=at)
        if quarters.are_in(scenario):
            for each in quarters.asking(policy.department):
                policies.load(each, only=scenario.components, at=at)
        cast.hire(taking_part, from_on=min(policy.signed_on, scenario.from_on), at=at)
    return edition


def _play(scenario: Scenario, edition: PolicyEdition, post: Post, progress: Progress | None) -> None:
    waiting = deque(scenario.events)
    total = (scenario.to_on - scenario.from_on).days + 1
    for number in range(total):
        on = scenario.from_on + timedelta(days=number)
        dawn, midnight = moment(on, FIRES_AT.hour, FIRES_AT.minute), moment(on + timedelta(days=1))
        _events_before(dawn, waiting, scenario, edition, post)
        with unit_of_work():
            if quarters.are_in(scenario):
                quarters.dawn(scenario, at=dawn)
            owed = reminders.sweep(at=dawn).owed
            closed = closes.draw_up_all(on, dawn)
        if owed or closed:
            deliver(post, now=lambda at=dawn: at)  # type: ignore[misc]  # mypy can't infer a lambda's default
        _events_before(midnight, waiting, scenario, edition, post)
        if progress:
            progress(number + 1, total)


def _events_before(
    end: datetime, waiting: deque[events.Event], scenario: Scenario, edition: PolicyEdition, post: Post
) -> None:
    while waiting and waiting[0].at < end:
        event = waiting.popleft()
        try:
            with unit_of_work():
                component = policies.component_of(event.component) if event.component else None
                by = cast.player(event.by, component, on=day_of(event.at))
                act(event, Scene(scenario, edition, component, by))
        except WorkflowError as error:
            faults = error.faults if isinstance(error, InvalidInput) else (Fault("", str(error)),)
            place = f"line {event.line}, {event.do}" + (f" ({event.component})" if event.component else "")
            raise InvalidInput(scenario.file, [Fault(place, str(fault)) for fault in faults]) from None
        deliver(post, now=lambda at=event.at: at)  # type: ignore[misc]

"""Playing a scenario: a scratch database, a real SMTP sink, every day's sweep at 06:00 Eastern."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import singledispatch
from typing import Any

from flask import Flask

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.calendar import day_of, moment
from cxworkflow.db import CONNECT_ARGS, db, session, unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, NotNow, WorkflowError
from cxworkflow.ladder import FIRES_AT
from cxworkflow.local import mailbox
from cxworkflow.mail.delivery import Post, deliver
from cxworkflow.mail.journal import NoJournal
from cxworkflow.models import Clock, Component, Outcome, Person, PolicyEdition, Strategy
from cxworkflow.policies import read_policy
from cxworkflow.policies.answers import read_strategy
from cxworkflow.policies.organizations import read_organization
from cxworkflow.rehearsal import cast, events
from cxworkflow.rehearsal.report import report
from cxworkflow.rehearsal.scenario import Scenario
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database
from cxworkflow.services import (
    clocks,
    deliverables,
    drafting,
    implementation,
    policies,
    reminders,
    reviews,
    strategies,
)

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
        told = report(edition, on=scenario.to_on)
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
            owed = reminders.sweep(at=dawn).owed
        if owed:
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


class Scene:
    """Where and by whom an event is played."""

    def __init__(self, scenario: Scenario, edition: PolicyEdition, component: Component | None, by: Person) -> None:
        self.scenario, self.edition, self.component, self.by = scenario, edition, component, by

    @property
    def strategy(self) -> Strategy:
        """The Component's strategy; raises NotNow when it has begun none."""
        found = self.component and strategies.find(self.edition, self.component)
        if not found:
            raise NotNow("This Component has not begun a strategy yet: import one first.")
        return found

    def clock(self, kind: str) -> Clock:
        """The open clock of this kind; raises NotNow."""
        found = clocks.open_clock(self.edition, self.edition.policy.clock(kind).kind, self.component)
        if found is None:
            raise NotNow(f"No {kind} clock is running here.")
        return found


@singledispatch
def act(event: events.Event, scene: Scene) -> None:
    """Do what an event says, by the verb that the pages and the command line use."""
    raise NotImplementedError(event)


@act.register
def _(event: events.Deliver, scene: Scene) -> None:
    deliverables.deliver(scene.edition, event.what, by=scene.by, at=event.at)


@act.register
def _(event: events.Import, scene: Scene) -> None:
    component = scene.component
    assert component is not None
    path = scene.scenario.folder / event.file
    if not path.is_file():
        raise NotFound(f"There is no file “{event.file}” beside the scenario.")
    known = {each.code: each.hisp for each in policies.components(component.department)}
    file = read_strategy(
        path.read_bytes(), scene.edition.policy, known, file=event.file, as_component=event.as_component
    )
    if file.component != component.code:
        raise NotNow(
            f"{event.file} is {file.component}'s strategy. Say “as”: “{component.code}” to file it for another."
        )
    drafting.fill(scene.edition, component, file, by=scene.by, at=event.at)


@act.register
def _(event: events.Submit, scene: Scene) -> None:
    strategies.submit(scene.strategy, reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Withdraw, scene: Scene) -> None:
    strategies.withdraw(scene.strategy, reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Assign, scene: Scene) -> None:
    reviewer = cast.player(event.to, scene.component, on=day_of(event.at))
    reviews.assign(scene.strategy, reviewer, by=scene.by, at=event.at)


@act.register
def _(event: events.Return, scene: Scene) -> None:
    reviews.send_back(scene.strategy, reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Recommend, scene: Scene) -> None:
    advice = Outcome.APPROVED if event.recommendation == "approve" else Outcome.RETURNED
    reviews.recommend(scene.strategy, advice, text=event.text, by=scene.by, at=event.at)


@act.register
def _(event: events.Approve, scene: Scene) -> None:
    version = strategies.under_review(scene.strategy)
    reviews.approve(scene.strategy, version_number=version.number, sha256=version.sha256, by=scene.by, at=event.at)


@act.register
def _(event: events.Implemented, scene: Scene) -> None:
    implementation.report(scene.strategy, statement=event.statement, by=scene.by, at=event.at)


@act.register
def _(event: events.Extend, scene: Scene) -> None:
    clocks.extend(
        scene.clock(event.clock),
        to=event.to,
        reason=event.reason,
        authority=event.authority,
        by=scene.by,
        at=event.at,
    )


@act.register
def _(event: events.Pause, scene: Scene) -> None:
    clocks.pause(scene.clock(event.clock), reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Resume, scene: Scene) -> None:
    clocks.resume(scene.clock(event.clock), reason=event.reason, by=scene.by, at=event.at)

"""The people: twenty-two Components and the Department, who act at random through the real verbs."""

import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.calendar import EASTERN, day_of, moment
from cxworkflow.clock import now
from cxworkflow.db import session, unit_of_work
from cxworkflow.demo import set_clock
from cxworkflow.errors import WorkflowError
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, Outcome, Person, Role, Strategy
from cxworkflow.policies import read_policy
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.policies.organizations import read_organization
from cxworkflow.rehearsal import cast
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import clocks, deliverables, drafting, implementation, people, policies, reviews, strategies
from tests.stage import answers

POLICY = "dhs-076-02"
COMPONENTS = 22
VACANT = 2  # of them have no lead: nobody drafts there, so their clocks run on and on
ITSELF, BY_OCIO = {"files": "self", "covered_by": None}, {"files": "covered", "covered_by": "OCIO"}
Steps = dict[str, tuple[float, Callable[[], object]]]  # how likely, and what to do
PATIENCE = 120.0  # seconds that an action is tried again while the database is away
COMES_BACK = 0.1  # seconds between two such tries


class People:
    """Everybody who acts, in an application of their own; `chance` decides what they do."""

    def __init__(self, app: Flask, chance: random.Random) -> None:
        self._app, self._chance = app, chance
        self.did = 0
        self.refused = 0

    def open_house(self, at: datetime) -> None:
        """Bring the policy into force for the Components and appoint everybody, as of its signature."""
        with self._app.app_context(), within(SYSTEM):
            set_clock(at)
            policy = read_policy(POLICIES / f"{POLICY}.toml")
            signed_at = moment(policy.signed_on, 9)
            listed = read_organization(ORGANIZATIONS / f"{policy.department}.toml")
            filing = sorted(listed.components, key=lambda each: each.files != "self")[:COMPONENTS]
            mine = {each.code for each in filing}
            everybody = [each.model_copy(update=ITSELF if each.code in mine else BY_OCIO) for each in listed.components]
            with unit_of_work():
                policies.load_organization(listed.model_copy(update={"components": tuple(everybody)}), at=signed_at)
                policies.load(policy, at=signed_at)
                staffed = policies.obliged(policy.department, on=policy.signed_on)
                cast.hire(staffed[VACANT:], from_on=policy.signed_on, at=signed_at)
                for component in staffed[:VACANT]:
                    alone = people.add(
                        f"{component.code} executive", f"executive.{component.id}@dhs.example", at=signed_at
                    )
                    people.appoint(alone, Role.EXECUTIVE, component, from_on=policy.signed_on, at=signed_at)

    def set_clock(self, on: date, at: time_of_day) -> None:
        """Move everybody's clock to a moment, however often the database is away meanwhile."""
        self._persist(lambda: set_clock(datetime.combine(on, at, EASTERN)))

    def act(self) -> None:
        """Somebody does something; what the rules refuse is left at that."""
        chosen = self._chance.getrandbits(64)  # the same choices when it has to be tried again

        def once() -> None:
            with unit_of_work():
                Action(random.Random(chosen)).act()

        try:
            self._persist(once)
            self.did += 1
        except WorkflowError:
            self.refused += 1

    def _persist(self, what: Callable[[], None]) -> None:
        until = time.monotonic() + PATIENCE
        done = False
        while not done:
            try:
                with self._app.app_context(), within(SYSTEM):
                    what()
                done = True
            except DBAPIError:
                if time.monotonic() > until:
                    raise
                time.sleep(COMES_BACK)


class Action:
    """One thing that somebody does now, chosen by `chance` among what may be done."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._at = chance, now()
        self._edition = policies.edition_of(POLICY)
        self._component = chance.choice(policies.obliged(self._edition.policy.department, on=day_of(self._at)))

    def act(self) -> None:
        """Do it."""
        draw = self._chance.random()
        if draw < 0.03:
            deliverables.deliver(
                self._edition,
                self._chance.choice([each for each in self._edition.policy.deliverables if each.done != "signed"]).id,
                by=self._by(Role.CIO),
                at=self._at,
            )
        elif draw < 0.4:
            self._with_a_clock()
        else:
            self._with_the_strategy()

    def _by(self, role: Role, component: Component | None = None) -> Person:
        return people.holder(role, component, on=day_of(self._at))

    def _with_a_clock(self) -> None:
        running = select(Clock).where(Clock.component_id == self._component.id, Clock.stopped_on.is_(None))
        clock = self._chance.choice(session().scalars(running.order_by(Clock.id)).all() or [None])
        if clock is None:
            return
        cio = self._by(Role.CIO)
        if clock.paused_on is not None and self._chance.random() < 0.8:
            clocks.resume(clock, by=cio, at=self._at)
        elif self._chance.random() < 0.5:
            clocks.pause(clock, reason="A lapse in appropriations.", by=cio, at=self._at)
        else:
            to = max(clock.due_on, day_of(self._at)) + timedelta(days=self._chance.randint(1, 40))
            clocks.extend(clock, to=to, reason="More time to test.", authority="A memorandum.", by=cio, at=self._at)

    def _with_the_strategy(self) -> None:
        strategy = strategies.find(self._edition, self._component)
        if strategy is None:
            content = answers(hisp=self._component.hisp)
            file = StrategyFile(POLICY, self._component.code, f"{self._component.code}: a strategy", content)
            drafting.fill(self._edition, self._component, file, by=self._by(Role.LEAD, self._component), at=self._at)
            return
        might = self._steps(strategy)
        name = self._chance.choices([*might, None], [*(weight for weight, _ in might.values()), 0.3])[0]
        if name is not None:
            might[name][1]()

    def _steps(self, strategy: Strategy) -> Steps:
        """What may follow in a strategy's life, and how likely it is."""
        lead, executive = self._by(Role.LEAD, self._component), self._by(Role.EXECUTIVE, self._component)
        directorate, cio, at = self._by(Role.DIRECTORATE_LEAD), self._by(Role.CIO), self._at
        version = strategy.current_version

        def approve() -> None:
            assert version is not None
            reviews.approve(strategy, version_number=version.number, sha256=version.sha256, by=cio, at=at)

        def implemented() -> None:
            implementation.report(strategy, statement="All in place.", by=lead, at=at)
            implementation.accept(strategy, answer="As far as it goes.", by=directorate, at=at)

        def submit() -> None:
            strategies.submit(strategy, reason="It took longer than planned.", by=executive, at=at)

        before_review: Steps = {"submit": (0.4, submit)}
        in_review: Steps = {
            "return": (0.3, lambda: reviews.send_back(strategy, reason="The metrics.", by=directorate, at=at)),
            "withdraw": (0.2, lambda: strategies.withdraw(strategy, reason="A mistake.", by=lead, at=at)),
            "approve": (0.2, approve),
        }
        submitted: Steps = {
            "assign": (0.2, lambda: reviews.assign(strategy, self._by(Role.REVIEWER), by=directorate, at=at)),
            "recommend": (0.2, lambda: reviews.recommend(strategy, Outcome.APPROVED, by=directorate, at=at)),
        }
        approved: Steps = {"implemented": (0.1, implemented)}
        may_follow: dict[Status, Steps] = {
            Status.DRAFT: before_review,
            Status.RETURNED: before_review,
            Status.SUBMITTED: {**in_review, **submitted},
            Status.RECOMMENDED: in_review,
            Status.APPROVED: approved,
        }
        return may_follow.get(strategy.status, {})

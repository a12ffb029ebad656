"""The stage of most tests: the policy in force, one person in every role, strategies filled and moved along."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

from config.settings import FOLDER, ORGANIZATIONS, POLICIES
from cxworkflow import clock, demo
from cxworkflow.calendar import EASTERN
from cxworkflow.db import db, session
from cxworkflow.models import Clock, Component, Person, PolicyEdition, Role, Strategy
from cxworkflow.policies import read_policy
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.policies.organizations import read_organization
from cxworkflow.rehearsal import cast
from cxworkflow.scope import SYSTEM, Scope, present, within
from cxworkflow.services import clocks, drafting, implementation, people, policies, reviews, strategies

SAMPLES = FOLDER / "demo"
# The roles that are held for all of a department, one holder of each on the stage.
OF_NO_COMPONENT = [
    (each, None) for each in (Role.REVIEWER, Role.DIRECTORATE_LEAD, Role.CIO, Role.AUDITOR, Role.ADMINISTRATOR)
]


def eastern(when: str) -> datetime:
    """A moment in Eastern time: "2023-12-18 15:00"."""
    return datetime.fromisoformat(when).replace(tzinfo=EASTERN)


@dataclass(frozen=True)
class Stage:
    """What is on the stage, and the steps that lead to a scene."""

    edition: PolicyEdition

    @classmethod
    def set(cls, policy: Path = POLICIES / "dhs-076-02.toml") -> "Stage":
        """Load the department, the policy and a cast on the day of signature."""
        at = eastern("2023-07-13 09:00")
        read = read_policy(policy)
        policies.load_organization(read_organization(ORGANIZATIONS / f"{read.department}.toml"), at=at)
        edition = policies.load(read, at=at)
        taking_part = [each for each in policies.components(read.department) if each.files == "self"]
        cast.hire(taking_part, from_on=read.signed_on, at=at)
        session().commit()
        return cls(edition)

    @classmethod
    def found(cls) -> "Stage":
        """The stage of 076-02 that was set before."""
        return cls(policies.edition_of("dhs-076-02"))

    def component(self, code: str) -> Component:
        """The Component of this code."""
        return policies.component_of(f"{self.edition.policy.department}/{code}")

    def person(self, role: Role, code: str | None = None) -> Person:
        """The one who holds this role."""
        component = self.component(code) if code else None
        here = self.edition.policy.department
        return people.holder(role, component, department=here, on=eastern("2023-07-13 09:00").date())

    def clock(self, kind: str, code: str | None = None) -> Clock:
        """The open clock of this kind; fails if there is none."""
        found = clocks.open_clock(self.edition, kind, self.component(code) if code else None)
        assert found is not None, f"no open {kind} clock of {code}"
        return found

    def drafted(self, code: str, when: str = "2023-12-01 09:00") -> Strategy:
        """A complete draft."""
        component = self.component(code)
        sample = answers(hisp=component.hisp)
        file = StrategyFile(self.edition.code, code, f"{code}: a strategy", sample)
        drafting.fill(self.edition, component, file, by=self.person(Role.LEAD, code), at=eastern(when))
        found = strategies.find(self.edition, component)
        assert found is not None
        return found

    def submitted(self, code: str, when: str = "2023-12-18 15:00") -> Strategy:
        """A submitted strategy."""
        strategy = self.drafted(code)
        strategies.submit(strategy, by=self.person(Role.LEAD, code), at=eastern(when))
        return strategy

    def returned(self, code: str, when: str = "2024-01-05 11:00") -> Strategy:
        """A strategy that the Directorate lead has sent back."""
        strategy = self.submitted(code)
        reviews.send_back(
            strategy, reason="Metrics need baselines.", by=self.person(Role.DIRECTORATE_LEAD), at=eastern(when)
        )
        return strategy

    def resubmitted(self, strategy: Strategy, when: str = "2023-12-20 11:00") -> None:
        """The version under review is withdrawn, and another takes its place."""
        by, at = self.person(Role.LEAD, strategy.component.code), eastern(when)
        strategies.withdraw(strategy, reason="A wrong figure.", by=by, at=at)
        strategies.submit(strategy, by=by, at=at)

    def approved(self, code: str, when: str = "2024-01-09 10:00") -> Strategy:
        """A strategy the CIO has approved."""
        strategy = self.submitted(code)
        self.approve(strategy, when)
        return strategy

    def approve(self, strategy: Strategy, when: str, *, by: Person | None = None) -> None:
        """The CIO (or somebody else who tries) approves the version that stands under review."""
        version = strategies.under_review(strategy)
        reviews.approve(
            strategy,
            version_number=version.number,
            sha256=version.sha256,
            by=by or self.person(Role.CIO),
            at=eastern(when),
        )

    def implemented(self, strategy: Strategy, when: str, statement: str = "All of it is in place.") -> None:
        """An approved strategy is reported as implemented, and the report accepted at once."""
        at = eastern(when)
        implementation.report(strategy, statement=statement, by=self.person(Role.LEAD, strategy.component.code), at=at)
        implementation.accept(strategy, answer="Seen on the spot.", by=self.person(Role.DIRECTORATE_LEAD), at=at)

    def newcomer(self, name: str, *held: tuple[Role, str | None], from_on: str = "2023-07-13") -> Person:
        """Somebody who joins the cast, with these roles (each of a Component or of the Department)."""
        at = eastern(f"{from_on} 09:00")
        person = people.add(name, f"{name.lower().replace(' ', '.')}@stage.example", at=at)
        for role, code in held:
            component = self.component(code) if code else None
            here = self.edition.policy.department
            people.appoint(person, role, component, department=here, from_on=at.date(), at=at)
        return person


@contextmanager
def using(app: Flask, bind: Engine | Connection) -> Iterator[None]:
    """Let the application work on this database, or within this connection's transaction, by the demo's clock."""
    clock.move_by(demo.offset)  # an application that another test has made may have set the real one
    demo._known = (float("-inf"), timedelta(0))  # what another test said it is
    before = db.engine
    db._app_engines[app][None] = bind  # type: ignore[assignment]
    if isinstance(bind, Connection):
        _forget_scope(bind)
        event.listen(bind, "before_cursor_execute", _keep_scope)
        event.listen(bind, "rollback_savepoint", _forget_scope)
    try:
        yield
    finally:
        db.session.remove()
        db._app_engines[app][None] = before


def _keep_scope(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    """All share one transaction here: what a page has declared in it is not the scope of the test that goes on."""
    raw = connection.connection.driver_connection
    if "set_config('role'" in statement:
        connection.info["works as"] = present().role
    elif (
        present() == SYSTEM
        and connection.info.get("works as") != SYSTEM.role
        and raw is not None
        and raw.info.transaction_status is TransactionStatus.INTRANS
    ):
        raw.execute(
            f"set local role {SYSTEM.role}; set local cxworkflow.person = ''; set local cxworkflow.department = ''"
        )
        connection.info["works as"] = SYSTEM.role


def _forget_scope(connection: Connection, *_: object) -> None:
    connection.info.pop("works as", None)


@contextmanager
def as_owner() -> Iterator[None]:
    """What is done here is done as who owns the tables, and so may do what the application may not."""
    with within(Scope("none")):
        yield


def answers(*, hisp: bool) -> dict[str, Any]:
    """A complete strategy's answers by clause."""
    sample: dict[str, Any] = json.loads((SAMPLES / ("uscis.json" if hisp else "uscg.json")).read_text())["answers"]
    return sample

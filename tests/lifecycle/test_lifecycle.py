"""A paper's life at random: every verb and much SQL by everybody at every time, held against the domain's own words.

Whatever succeeds has to be a step that the person may take then; whatever is refused changes nothing. `make lifecycle`
takes ten thousand steps; SEED repeats a run.
"""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import CONNECT_ARGS
from cxworkflow.errors import WorkflowError
from cxworkflow.scope import SYSTEM, within
from tests.databases import copied
from tests.lifecycle.by_sql import FORGED, HOPELESS, STATEMENTS
from tests.lifecycle.house import House
from tests.lifecycle.model import LEADS_TO, PEOPLE, WHEN, Paper, explained, steps_by
from tests.stage import using

pytestmark = pytest.mark.integration

STEPS, SEED = int(os.environ.get("STEPS", "240")), int(os.environ.get("SEED", "76"))
A_LIFE = 30  # steps
ENDING = {"approve", "accept report"}  # seldom, so that lives are long
ANYBODY = st.sampled_from(PEOPLE)


class Life(RuleBasedStateMachine):
    """One paper from its draft on."""

    house: House
    taken: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.house.open()
        self.paper = Paper()
        self.kept = self.house.kept()
        self.owed, self.hopeless = True, 0

    def teardown(self) -> None:
        self.house.close()

    @precondition(lambda self: self.paper.status != "implemented")
    @rule(data=st.data())
    def somebody_takes_a_step_that_they_may_take(self, data: st.DataObject) -> None:
        open_to = [
            (step, who, whom) for who in PEOPLE for step, whom in steps_by(who) if self.paper.may(step, who, whom)
        ]
        steps = sorted({step for step, _, _ in open_to})
        step = data.draw(st.sampled_from([step for step in steps for _ in range(1 if step in ENDING else 4)]))
        _, who, whom = data.draw(st.sampled_from([each for each in open_to if each[0] == step]))
        self.house.take(step, who, whom)
        self.paper = self.paper.after(step, who, whom)
        self._note(f"{step}, as one may", moved=True)

    @rule(step=st.sampled_from(sorted(WHEN)), who=ANYBODY, whom=ANYBODY)
    def somebody_tries_any_step(self, step: str, who: str, whom: str) -> None:
        whom = whom if step in ("assign", "take off") else ""
        try:
            self.house.take(step, who, whom)
        except WorkflowError:
            assert not self.paper.may(step, who, whom), f"{who} may {step} {whom}: {self.paper}"
            self._note("a step refused")
        else:
            assert self.paper.may(step, who, whom), f"{who} may not {step} {whom}: {self.paper}"
            self.paper = self.paper.after(step, who, whom)
            self._note(f"{step}, as it turned out one may", moved=True)

    @precondition(lambda self: len(self.paper.versions) > 1)
    @rule(step=st.sampled_from(["approve", "return"]), who=ANYBODY)
    def somebody_decides_on_a_version_that_is_past(self, step: str, who: str) -> None:
        with pytest.raises(WorkflowError):
            self.house.take(step, who, stale=True)
        self._note("a stale decision refused")

    @rule(
        who=ANYBODY,
        other=ANYBODY,
        statements=st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=2).map(tuple),
        status=st.sampled_from(sorted({"draft", *LEADS_TO.values()})),
    )
    def somebody_writes_sql(self, who: str, other: str, statements: tuple[str, ...], status: str) -> None:
        self._by_sql(who, other, statements, status)

    @precondition(lambda self: self.hopeless < A_LIFE // 10)
    @rule(who=ANYBODY, statement=st.sampled_from(HOPELESS))
    def somebody_tries_what_nobody_may(self, who: str, statement: str) -> None:
        with pytest.raises(DatabaseError):
            self.house.by_sql(who, (statement,), other=who, status="draft")
        self.hopeless += 1
        self._note("what nobody may, refused")

    @rule(who=ANYBODY, other=ANYBODY, step=st.sampled_from(sorted(FORGED)))
    def somebody_takes_a_whole_step_by_sql(self, who: str, other: str, step: str) -> None:
        self._by_sql(who, other, FORGED[step], "draft")

    def _by_sql(self, who: str, other: str, statements: tuple[str, ...], status: str) -> None:
        before = self.paper
        with self.house.tentatively() as undo:
            try:
                self.house.by_sql(who, statements, other=other, status=status)
            except DatabaseError:
                self._note("SQL refused")
                return
            after = self.house.told()
            assert explained(before, after, who), f"{who} by {statements}: from {before} to {after}"
            self._note("SQL that changed nothing" if after == before else "SQL that does what its person may do")
            if after.status != before.status:
                undo()  # the clocks know nothing of it
            else:
                self.paper = after

    @precondition(lambda self: self.owed)
    @rule()
    def e_mails_go_out(self) -> None:
        self.house.e_mails_go_out()
        self.owed = False
        self._note("e-mails sent")

    @invariant()
    def the_tables_tell_what_happened_and_nothing_else(self) -> None:
        assert self.house.told() == self.paper

    @invariant()
    def what_was_said_and_sent_stays(self) -> None:
        kept = self.house.kept()
        assert {each: kept.get(each) for each in self.kept} == self.kept
        self.kept = kept

    @invariant()
    def author_reviewer_and_approver_are_three_people(self) -> None:
        deciders = {each.decided[1] for each in self.paper.versions if each.decided and each.decided[0] == "approved"}
        assert not any(self.paper.has_a_conflict(who) or self.paper.has_reviewed(who) for who in deciders)

    def _note(self, what: str, *, moved: bool = False) -> None:
        self.taken[what] = self.taken.get(what, 0) + 1
        self.owed |= moved


@pytest.fixture
def house(shared_app: Flask, server_url: str, set_stage: str) -> Iterator[House]:
    with copied(server_url, set_stage) as url, shared_app.app_context(), within(SYSTEM):
        engine: Engine = create_engine(url, connect_args=CONNECT_ARGS)
        with using(shared_app, engine):
            furnished = House.furnished(shared_app, engine)
        yield furnished
        engine.dispose()


@pytest.mark.timeout(3600)
def test_no_step_leads_where_the_domain_knows_no_way(house: House) -> None:
    Life.house, Life.taken = house, {}
    run_state_machine_as_test(
        seed(SEED)(Life),
        settings=settings(
            max_examples=STEPS // (A_LIFE - 3) + 1,  # some are shorter
            stateful_step_count=A_LIFE,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(
        "\n".join(f"{count:6} {what}" for what, count in sorted(Life.taken.items())), sum(Life.taken.values()), "steps"
    )

"""What each clause asks of a strategy and of the Directorate is asked for, and nothing is submitted without it."""

from datetime import date
from typing import Any

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.models import ActionState, Role
from cxworkflow.queries import actions, metrics
from cxworkflow.services import department_actions, drafting, strategies
from tests.refusals import refused
from tests.stage import Stage, answers, eastern

pytestmark = pytest.mark.integration

DRAFTED, CERTIFIED = eastern("2023-12-02 09:00"), eastern("2023-12-18 15:00")


@pytest.mark.parametrize(
    "clause",
    [
        pytest.param("IV.c.1", marks=pytest.mark.clause("IV.c.1")),
        pytest.param("IV.c.2", marks=pytest.mark.clause("IV.c.2")),
        pytest.param("IV.c.3", marks=pytest.mark.clause("IV.c.3", "II")),
        pytest.param("IV.c.4", marks=pytest.mark.clause("IV.c.4")),
        pytest.param("IV.c.5.a", marks=pytest.mark.clause("IV.c.5.a")),
        pytest.param("IV.c.5.b", marks=pytest.mark.clause("IV.c.5.b")),
        pytest.param("IV.c.5.c", marks=pytest.mark.clause("IV.c.5.c")),
        pytest.param("IV.c.5.d", marks=pytest.mark.clause("IV.c.5.d")),
        pytest.param("IV.c.6", marks=pytest.mark.clause("IV.c.6")),
        pytest.param("IV.c.7", marks=pytest.mark.clause("IV.c.7")),
        pytest.param("IV.g.1", marks=pytest.mark.clause("IV.g.1")),
        pytest.param("IV.g.2", marks=pytest.mark.clause("IV.g.2", "II")),
    ],
)
def test_a_strategy_that_says_nothing_of_it_is_not_submitted(stage: Stage, clause: str) -> None:
    strategy, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    drafting.save_section(strategy, clause, {}, base_revision=1, by=lead, at=DRAFTED)
    with refused(InvalidInput, f"{clause}.") as told:
        strategies.submit(strategy, by=lead, at=CERTIFIED)
    assert {fault.key.startswith(f"{clause}.") for fault in told.value.faults} == {True}
    drafting.save_section(strategy, clause, answers(hisp=True)[clause], base_revision=2, by=lead, at=DRAFTED)
    version = strategies.submit(strategy, by=lead, at=CERTIFIED)
    assert version.content[clause] == answers(hisp=True)[clause]


@pytest.mark.parametrize(
    "principle",
    [
        pytest.param(1, marks=pytest.mark.clause("III.1")),
        pytest.param(2, marks=pytest.mark.clause("III.2")),
        pytest.param(3, marks=pytest.mark.clause("III.3")),
        pytest.param(4, marks=pytest.mark.clause("III.4")),
        pytest.param(5, marks=pytest.mark.clause("III.5")),
        pytest.param(6, marks=pytest.mark.clause("III.6")),
        pytest.param(7, marks=pytest.mark.clause("III.7")),
        pytest.param(8, marks=pytest.mark.clause("III.8")),
    ],
)
def test_every_activity_and_metric_names_the_principles_it_serves_and_coverage_is_counted(
    stage: Stage, principle: int
) -> None:
    strategy, lead, cio = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    for clause, field in (("IV.c.3", "metrics"), ("IV.c.4", "activities")):
        _serving(stage, clause, field, [])
        with refused(InvalidInput, f"{clause}.{field}[0].principles"):
            strategies.submit(strategy, by=lead, at=CERTIFIED)
        _serving(stage, clause, field, [principle])
    strategies.submit(strategy, by=lead, at=CERTIFIED)
    stage.approve(strategy, "2024-01-09 10:00")
    served = metrics.by_principle(cio, stage.edition, at=eastern("2024-01-10 09:00"))
    assert list(served) == [str(principle)]
    assert sum(served[str(principle)].values()) == len(strategy.contents["IV.c.3"]["metrics"])


def _serving(stage: Stage, clause: str, field: str, principles: list[int]) -> None:
    """The draft of CBP again, every row of a section serving these principles."""
    strategy = strategies.find(stage.edition, stage.component("CBP"))
    assert strategy is not None
    rows: list[dict[str, Any]] = [{**row, "principles": principles} for row in strategy.contents[clause][field]]
    revision = next(each.revision for each in strategy.answers if each.clause == clause)
    content, by = {**strategy.contents[clause], field: rows}, stage.person(Role.LEAD, "CBP")
    drafting.save_section(strategy, clause, content, base_revision=revision, by=by, at=DRAFTED)


@pytest.mark.parametrize(
    "clause",
    [
        pytest.param("IV.a.1", marks=pytest.mark.clause("IV.a.1")),
        pytest.param("IV.a.2", marks=pytest.mark.clause("IV.a.2")),
        pytest.param("IV.a.3", marks=pytest.mark.clause("IV.a.3")),
        pytest.param("IV.a.4", marks=pytest.mark.clause("IV.a.4")),
    ],
)
def test_an_action_across_the_department_has_an_owner_steps_a_state_and_strategies_that_serve_it(
    stage: Stage, clause: str
) -> None:
    lead, paper, edition = stage.person(Role.DIRECTORATE_LEAD), stage.submitted("CBP"), stage.edition
    at = eastern("2023-12-20 10:00")
    department_actions.stand(edition, clause, ActionState.UNDER_WAY, owner="OCIO", note="", by=lead, at=at)
    department_actions.plan(edition, clause, "A course.", due_on=date(2024, 2, 1), by=lead, at=at)
    department_actions.link(edition, clause, paper, "IV.c.4", why="It trains.", by=lead, at=at)
    action = actions.one(edition.code, clause)
    assert action.standing is not None
    assert (action.standing.owner, action.standing.progress) == ("OCIO", ActionState.UNDER_WAY)
    assert ([each.title for each in action.steps], action.served_by) == (["A course."], ["CBP"])

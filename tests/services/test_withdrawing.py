"""Withdrawing: the review stops, and the clock that the submission had stopped runs on to its own date."""

import pytest

from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import Outcome, Role, Strategy
from cxworkflow.services import reviews, strategies
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]


def withdraw(stage: Stage, strategy: Strategy, when: str) -> None:
    lead = stage.person(Role.LEAD, strategy.component.code)
    strategies.withdraw(strategy, reason="A figure was wrong.", by=lead, at=eastern(when))


def test_the_strategy_clock_runs_again_to_its_original_date(stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-12-18 15:00")
    review = stage.clock("review", "CBP")
    withdraw(stage, strategy, "2023-12-20 09:00")
    clock = stage.clock("strategy", "CBP")
    assert (str(clock.due_on), str(clock.due_set_on), clock.stopped_on) == ("2024-01-09", "2023-12-20", None)
    assert str(review.stopped_on) == "2023-12-20"
    assert strategy.status is Status.DRAFT


def test_what_was_withdrawn_late_was_late_all_the_time(stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-12-18 15:00")
    withdraw(stage, strategy, "2024-01-20 09:00")
    with refused(InvalidInput, "This submission is 13 days late."):
        strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-22 09:00"))


def test_a_withdrawn_revision_goes_back_to_the_target_of_the_revision(stage: Stage) -> None:
    strategy, clock = stage.returned("CBP", "2024-01-05 11:00"), stage.clock("revision", "CBP")
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-12 17:00"))
    withdraw(stage, strategy, "2024-01-15 09:00")
    assert stage.clock("revision", "CBP") is clock
    assert str(clock.due_on) == "2024-01-19"
    version = strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-19 23:59"))
    assert (version.number, version.days_late) == (3, 0)


def test_a_recommended_strategy_can_be_withdrawn_and_submitted_anew(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    reviews.recommend(
        strategy, Outcome.APPROVED, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-12-20 09:00")
    )
    withdraw(stage, strategy, "2023-12-21 09:00")
    version = strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-22 09:00"))
    assert version.number == 2
    assert str(stage.clock("review", "CBP").started_on) == "2023-12-22"


def test_it_needs_a_reason(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    with refused(InvalidInput, "reason: Say why it is withdrawn"):
        strategies.withdraw(strategy, reason=" ", by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-20 09:00"))


@pytest.mark.parametrize("scene", ["drafted", "returned", "approved"])
def test_only_what_waits_for_a_decision_can_be_withdrawn(stage: Stage, scene: str) -> None:
    strategy = getattr(stage, scene)("CBP")
    with refused(NotNow, "Only a submitted strategy without a decision can be withdrawn"):
        withdraw(stage, strategy, "2024-02-01 09:00")


@pytest.mark.parametrize(("role", "code"), [(Role.LEAD, "ICE"), (Role.CONTRIBUTOR, "CBP"), (Role.CIO, None)])
def test_only_the_component_itself_withdraws(stage: Stage, role: Role, code: str | None) -> None:
    strategy = stage.submitted("CBP")
    with refused(NotAllowed, "You may not withdraw this strategy."):
        strategies.withdraw(strategy, reason="No.", by=stage.person(role, code), at=eastern("2023-12-20 09:00"))

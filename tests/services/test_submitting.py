"""Submitting (IV.b): on time until midnight Eastern, late afterwards, never locked out; then frozen."""

from datetime import date

import pytest

from cxworkflow.calendar import ClockState
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import Role
from cxworkflow.policies.answers import sha256_of
from cxworkflow.services import drafting, strategies
from tests.refusals import refused
from tests.stage import Stage, answers, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]


def test_a_minute_before_midnight_is_on_time(stage: Stage) -> None:
    strategy = stage.drafted("FEMA")
    version = strategies.submit(strategy, by=stage.person(Role.LEAD, "FEMA"), at=eastern("2024-01-09 23:59"))
    assert version.days_late == 0


def test_a_minute_past_midnight_is_a_day_late_and_says_why(stage: Stage) -> None:
    strategy, lead = stage.drafted("TSA"), stage.person(Role.LEAD, "TSA")
    for reason in (None, "  "):
        with refused(InvalidInput, "This submission is 1 day late. It is accepted, but say why"):
            strategies.submit(strategy, reason=reason, by=lead, at=eastern("2024-01-10 00:01"))
    version = strategies.submit(strategy, reason="Clearance took long.", by=lead, at=eastern("2024-01-10 00:01"))
    assert (version.days_late, version.late_reason) == (1, "Clearance took long.")


def test_a_submission_stops_the_strategy_clock_and_starts_a_review(stage: Stage) -> None:
    clock = stage.clock("strategy", "CBP")
    stage.submitted("CBP", "2023-12-18 15:00")
    assert str(clock.stopped_on) == "2023-12-18"
    review = stage.clock("review", "CBP")
    assert (str(review.started_on), str(review.due_on)) == ("2023-12-18", "2024-01-17")


def test_what_was_submitted_is_frozen_and_hashed(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    as_submitted = dict(strategy.contents)
    version = strategies.submit(strategy, by=stage.person(Role.EXECUTIVE, "CBP"), at=eastern("2023-12-18 15:00"))
    assert (strategy.status, version.number, version.by_role) == (Status.SUBMITTED, 1, "executive")
    assert version.content == as_submitted
    assert version.sha256 == sha256_of("dhs-076-02", "CBP", strategy.title, as_submitted)
    assert strategy.current_version is version


@pytest.mark.parametrize("role", [Role.LEAD, Role.EXECUTIVE])
def test_the_lead_or_the_executive_certifies(stage: Stage, role: Role) -> None:
    strategy = stage.drafted("ICE")
    assert strategies.submit(strategy, by=stage.person(role, "ICE"), at=eastern("2023-12-18 15:00")).number == 1


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.CONTRIBUTOR, "ICE"), (Role.LEAD, "CBP"), (Role.EXECUTIVE, "CBP"), (Role.CIO, None), (Role.AUDITOR, None)],
)
def test_nobody_else_does(stage: Stage, role: Role, code: str | None) -> None:
    strategy = stage.drafted("ICE")
    with refused(NotAllowed, "You may not certify and submit this strategy. Nothing was changed."):
        strategies.submit(strategy, by=stage.person(role, code), at=eastern("2023-12-18 15:00"))


def test_an_incomplete_draft_is_refused_with_all_that_is_missing(stage: Stage) -> None:
    strategy, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    content = dict(strategy.contents["IV.c.3"])
    content["metrics"] = [{**content["metrics"][0], "baseline": None}]
    at = eastern("2023-12-02 09:00")
    drafting.save_section(strategy, "IV.c.3", content, base_revision=1, by=lead, at=at)
    drafting.save_section(strategy, "IV.g.2", {}, base_revision=1, by=lead, at=at)
    with refused(InvalidInput, "IV.c.3.metrics[0].baseline: Fill in") as told:
        strategies.submit(strategy, by=lead, at=eastern("2023-12-18 15:00"))
    assert any(fault.key.startswith("IV.g.2.") for fault in told.value.faults)


@pytest.mark.clause("IV.g.1")
def test_only_a_hisp_is_asked_for_the_hisp_sections(stage: Stage) -> None:
    version = strategies.submit(
        stage.drafted("USCG"), by=stage.person(Role.LEAD, "USCG"), at=eastern("2023-12-18 15:00")
    )
    assert set(version.content) == set(answers(hisp=False))
    assert not {"IV.g.1", "IV.g.2"} & set(version.content)


def test_who_certifies_submits_the_draft_that_was_read(stage: Stage) -> None:
    strategy, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    read = strategies.draft_sha256(strategy)
    drafting.rename(strategy, "Another title", base_revision=2, by=lead, at=eastern("2023-12-18 14:59"))
    executive = stage.person(Role.EXECUTIVE, "CBP")
    with refused(Conflict, "The draft has changed since you read it. Nothing was submitted"):
        strategies.submit(strategy, read_sha256=read, by=executive, at=eastern("2023-12-18 15:00"))
    read = strategies.draft_sha256(strategy)
    version = strategies.submit(strategy, read_sha256=read, by=executive, at=eastern("2023-12-18 15:01"))
    assert version.sha256 == read


def test_a_second_click_is_refused(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    with refused(NotNow, "Only a draft or a returned strategy can be submitted; this one is submitted."):
        strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-18 15:01"))


def test_a_revision_is_the_next_version_and_stops_its_own_target(stage: Stage) -> None:
    strategy = stage.returned("CBP", "2024-01-05 11:00")
    revision = stage.clock("revision", "CBP")
    assert str(revision.due_on) == "2024-01-19"
    version = strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-12 17:00"))
    assert (version.number, str(version.due_on), str(revision.stopped_on)) == (2, "2024-01-19", "2024-01-12")
    assert str(stage.clock("review", "CBP").due_on) == "2024-02-11"


def test_a_revision_after_its_target_is_not_late_under_the_policy(stage: Stage) -> None:
    strategy, lead = stage.returned("CBP", "2024-01-05 11:00"), stage.person(Role.LEAD, "CBP")
    target = stage.clock("revision", "CBP")
    version = strategies.submit(strategy, by=lead, at=eastern("2024-01-31 09:00"))
    assert (version.days_late, version.after_target) == (0, True)
    assert (target.state(date(2024, 1, 31)), target.days_late(date(2024, 1, 31))) == (ClockState.LATE, 12)


def test_the_clock_of_the_first_submission_stays_stopped_while_it_is_revised(stage: Stage) -> None:
    clock = stage.clock("strategy", "CBP")
    strategy = stage.returned("CBP")
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-12 17:00"))
    assert str(clock.stopped_on) == "2023-12-18"


def test_a_component_that_is_only_invited_may_submit_and_is_never_late(stage: Stage) -> None:
    stage.newcomer("Ida Grant", (Role.LEAD, "OIG"))
    version = strategies.submit(stage.drafted("OIG"), by=stage.person(Role.LEAD, "OIG"), at=eastern("2024-06-01 09:00"))
    assert (version.days_late, version.due_on) == (0, None)


@pytest.mark.clause("IV.b.note-1")
def test_the_headquarters_lead_submits_for_ocio(stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "OCIO")
    version = strategies.submit(stage.drafted("OCIO"), by=lead, at=eastern("2023-12-18 15:00"))
    assert version.by_role == Role.HQ_LEAD

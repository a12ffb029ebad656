"""The rungs of the ladders of 076-02: which there are, to whom they go, and from which minute they fire."""

from datetime import date

import pytest

from config.settings import POLICIES
from cxworkflow.ladder import firing_day, rungs_until
from cxworkflow.policies import read_policy
from tests.stage import eastern

pytestmark = pytest.mark.unit

POLICY = read_policy(POLICIES / "dhs-076-02.toml")
REQUIRED = POLICY.ladder(POLICY.clock("strategy").ladder)


def rungs(kind: str, last: int) -> list[int]:
    ladder = POLICY.ladder(POLICY.clock(kind).ladder)
    return list(rungs_until(ladder.rungs, ladder.repeat_every, last))


@pytest.mark.parametrize("kind", ["directorate", "strategy", "implementation", "department"])
def test_a_required_clock_has_seven_rungs_before_and_then_one_every_two_weeks(kind: str) -> None:
    assert rungs(kind, 60) == [-60, -30, -14, -7, -3, -1, 0, 1, 7, 14, 28, 42, 56]


@pytest.mark.parametrize("kind", ["review", "revision"])
def test_a_target_has_seven_rungs_and_ends(kind: str) -> None:
    assert rungs(kind, 400) == [-7, -1, 0, 1, 7, 14, 28]


def test_only_rungs_up_to_the_day_at_hand_are_looked_at() -> None:
    assert rungs("strategy", -15) == [-60, -30]
    assert rungs("strategy", -61) == []
    assert rungs("strategy", 27) == [-60, -30, -14, -7, -3, -1, 0, 1, 7, 14]
    assert rungs("strategy", 28)[-1] == 28


@pytest.mark.parametrize(
    ("rung", "roles"),
    [
        (-60, ("lead",)),
        (-14, ("lead",)),
        (-7, ("lead", "executive")),
        (1, ("lead", "executive")),
        (7, ("lead", "executive", "directorate-lead")),
        (14, ("lead", "executive", "directorate-lead", "cio")),
        (98, ("lead", "executive", "directorate-lead", "cio")),
    ],
)
def test_more_people_are_told_the_later_it_gets(rung: int, roles: tuple[str, ...]) -> None:
    assert REQUIRED.roles_at(rung) == roles


def test_targets_are_told_to_those_who_set_or_miss_them() -> None:
    review, revision = (POLICY.ladder(POLICY.clock(kind).ladder) for kind in ("review", "revision"))
    assert {review.roles_at(rung) for rung in review.rungs} == {("directorate-lead",)}
    assert [revision.roles_at(rung) for rung in (0, 1)] == [("lead",), ("lead", "executive")]


def test_the_department_is_told_to_the_cio_and_the_directorate_lead() -> None:
    for kind in ("directorate", "department"):
        assert POLICY.ladder(POLICY.clock(kind).ladder).roles_at(-60) == ("cio", "directorate-lead")


@pytest.mark.parametrize(
    ("when", "fires_for"),
    [
        ("2024-01-09 05:59", date(2024, 1, 8)),
        ("2024-01-09 06:00", date(2024, 1, 9)),
        ("2024-01-09 23:59", date(2024, 1, 9)),
        ("2024-03-10 06:00", date(2024, 3, 10)),  # the clocks went forward four hours ago
        ("2024-11-03 05:59", date(2024, 11, 2)),  # the clocks went back four hours ago
        ("2024-11-03 06:00", date(2024, 11, 3)),
    ],
)
def test_a_rung_fires_at_six_in_the_morning_eastern(when: str, fires_for: date) -> None:
    assert firing_day(eastern(when)) == fires_for

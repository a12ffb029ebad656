"""Periodic jobs: the day's warnings and the week's digest, each owed once, however late."""

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.mail.compose import message
from cxworkflow.models import Notice, Role
from cxworkflow.services import clocks, jobs
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration


def owed(kind: str) -> list[Notice]:
    """The notices of a kind."""
    return list(session().scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def test_the_digest_goes_to_the_directorate_and_the_cio_once_a_week_from_monday_seven_oclock(stage: Stage) -> None:
    stage.submitted("USCG")
    jobs.do_due(at=eastern("2024-01-08 06:59"))
    before = len(owed("digest"))  # last week's, found late
    jobs.do_due(at=eastern("2024-01-08 07:00"))
    jobs.do_due(at=eastern("2024-01-10 12:00"))
    fresh = owed("digest")[before:]
    assert {notice.to_role for notice in fresh} == {"directorate-lead", "cio"}
    assert len(fresh) == 2
    assert [line["component"] for line in fresh[0].facts["waiting"]] == ["USCG"]
    assert fresh[0].facts["ahead_count"] > 0


def test_a_monday_that_was_slept_through_is_made_up_for(stage: Stage) -> None:
    jobs.do_due(at=eastern("2024-01-10 12:00"))
    assert len(owed("digest")) == 2


def test_the_administrator_is_told_of_a_vacant_role_once_a_month(stage: Stage) -> None:
    at = eastern("2023-12-01 09:00")
    stage.person(Role.LEAD, "FLETC").deactivated_at = at
    session().flush()
    for day in ("2023-12-01", "2023-12-02", "2023-12-20"):
        jobs.do_due(at=eastern(f"{day} 09:00"))
    told = owed("vacancy")
    assert [(notice.to_role, notice.facts["component"]) for notice in told] == [("administrator", "FLETC")]
    jobs.do_due(at=eastern("2024-01-02 09:00"))
    assert len(owed("vacancy")) == 2


def test_a_vacant_role_is_not_told_twice_around_the_end_of_a_month(stage: Stage) -> None:
    stage.person(Role.LEAD, "FLETC").deactivated_at = eastern("2023-11-28 09:00")
    session().flush()
    for day, told in (("2023-11-28", 1), ("2023-12-01", 1), ("2023-12-11", 1), ("2023-12-12", 2), ("2024-01-02", 3)):
        jobs.do_due(at=eastern(f"{day} 09:00"))
        assert len(owed("vacancy")) == told, day


def test_a_pause_that_outlives_the_policys_last_day_is_told(stage: Stage) -> None:
    clock = stage.clock("strategy", "CWMD")
    clocks.pause(clock, reason="Lapse.", by=stage.person(Role.CIO), at=eastern("2024-01-02 09:00"))
    jobs.do_due(at=eastern("2024-09-29 09:00"))
    assert not owed("standstill")
    jobs.do_due(at=eastern("2024-09-30 09:00"))
    assert {notice.to_role for notice in owed("standstill")} == {"cio", "directorate-lead"}
    jobs.do_due(at=eastern("2024-10-01 09:00"))
    assert len(owed("standstill")) == 2, "not again a day later, though in another month"
    jobs.do_due(at=eastern("2024-10-28 09:00"))
    assert len(owed("standstill")) == 4


@pytest.mark.parametrize("kind", ["digest", "vacancy", "standstill"])
def test_each_of_them_can_be_read(stage: Stage, kind: str) -> None:
    stage.submitted("USCG")
    stage.person(Role.LEAD, "FLETC").deactivated_at = eastern("2023-12-01 09:00")
    clocks.pause(
        stage.clock("strategy", "CWMD"), reason="Lapse.", by=stage.person(Role.CIO), at=eastern("2024-01-02 09:00")
    )
    at = eastern("2024-10-07 09:00")
    jobs.do_due(at=at)
    mail = message(owed(kind)[0], sender="CX <cx@example.gov>", base_url="http://localhost", at=at)
    assert b"Subject:" in mail

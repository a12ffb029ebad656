"""What if: played on from a day on a copy, under stated suppositions."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Role
from cxworkflow.rehearsal import Supposition, suppose
from cxworkflow.services import clocks
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.e")]

Lines = dict[str, dict[str, Any]]
TODAY = "2024-01-10 09:00"


@pytest.fixture
def supposed(database: str, played: Stage) -> Callable[..., Lines]:
    """Play on from January 10, 2024, and return the line of each Component."""

    def playing(until: str, on_each_day: Callable[[int, int], None] | None = None, **given: Any) -> Lines:
        session().commit()
        what = Supposition(until=date.fromisoformat(until), **given)
        told = suppose("dhs-076-02", what, source_url=database, at=eastern(TODAY), progress=on_each_day)
        return {line["component"]: line for line in told["components"]}

    return playing


def end_roles(stage: Stage, role: Role, code: str | None = None) -> None:
    """Nobody holds this role from today on."""
    for each in stage.person(role, code).appointments:
        each.until_on = day_of(eastern(TODAY))


def test_a_lapse_holds_up_what_is_on_its_way_when_it_begins_and_nothing_else(
    played: Stage, supposed: Callable[..., Lines]
) -> None:
    played.submitted("CBP", "2023-12-18 15:00")
    played.submitted("TSA", "2024-01-08 15:00")
    told = supposed("2024-03-20", lapse_from=date(2024, 1, 29), lapse_days=40)
    assert told["CBP"]["approved_on"] == "2024-01-17", "30 days for the review end before the lapse begins"
    assert told["TSA"]["approved_on"] == "2024-03-18", "30 days for the review, and 40 days of the lapse"


def test_who_has_implemented_already_is_done_since_that_day(played: Stage, supposed: Callable[..., Lines]) -> None:
    strategy = played.approved("CBP", "2023-12-20 09:00")
    played.implemented(strategy, "2024-01-08 09:00")
    assert supposed("2024-01-12")["CBP"]["done_on"] == "2024-01-08"


def test_whose_clock_is_paused_or_who_has_no_lead_files_nothing_and_misses_the_cap(
    played: Stage, supposed: Callable[..., Lines]
) -> None:
    paused = played.clock("strategy", "S&T")
    clocks.pause(paused, reason="A lapse.", by=played.person(Role.CIO), at=eastern("2024-01-05 09:00"))
    end_roles(played, Role.LEAD, "USCG")
    told = supposed("2024-10-01")
    for code in ("S&T", "USCG"):
        assert (told[code]["submitted_on"], told[code]["misses_cap"]) == (None, True)
    assert (told["TSA"]["submitted_on"], told["TSA"]["misses_cap"]) == ("2024-01-11", False)


def test_it_can_take_long_and_holds_no_transaction_of_who_asks_meanwhile(
    database: str, played: Stage, supposed: Callable[..., Lines]
) -> None:
    idle = text("select count(*) from pg_stat_activity where datname = :name and state like 'idle in transaction%'")
    engine, seen = create_engine(database), []

    def look(_done: int, _total: int) -> None:
        with engine.connect() as connection:
            seen.append(connection.scalar(idle, {"name": make_url(database).database}))

    assert played.edition.code == "dhs-076-02", "what is asked for is read before"
    supposed("2024-01-13", look)
    engine.dispose()
    assert seen == [0, 0, 0]


def test_without_a_cio_nothing_can_be_supposed(played: Stage, supposed: Callable[..., Lines]) -> None:
    end_roles(played, Role.CIO)
    with pytest.raises(NotFound, match="There is no Chief Information Officer on January 10, 2024"):
        supposed("2024-01-12")

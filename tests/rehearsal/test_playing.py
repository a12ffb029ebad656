"""A rehearsal: the real verbs, sweep, sender and mail server on a scratch database that is gone afterwards."""

from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from cxworkflow.db import db
from cxworkflow.errors import InvalidInput, NotFound
from cxworkflow.rehearsal import read_scenario, rehearse
from tests.rehearsal.scenes import clock_of, deadlines, event

pytestmark = pytest.mark.integration

LAPSE = "A lapse in appropriations."


def test_where_nothing_happens_every_rung_goes_out_and_everything_is_late(play: Any) -> None:
    told = play(components="CBP", days="2023-07-13 2024-02-06")
    assert clock_of(told, "strategy", "CBP") == {
        "policy": "dhs-076-02",
        "clock": "strategy",
        "component": "CBP",
        "started_on": "2023-07-13",
        "original_due_on": "2024-01-09",
        "due_on": "2024-01-09",
        "stopped_on": None,
        "days_late": 28,
        "state": "overdue",
    }
    told_to = deadlines(told, "strategy", "CBP")
    assert Counter(role for _, role in told_to) == {"lead": 11, "executive": 8, "directorate-lead": 3, "cio": 2}
    assert [rung for rung, role in told_to if role == "lead"] == [-60, -30, -14, -7, -3, -1, 0, 1, 7, 14, 28]
    first = next(each for each in told["notices"] if each["clock"] == "strategy")
    assert first == {
        "kind": "deadline",
        "clock": "strategy",
        "component": "CBP",
        "rung": -60,
        "owed_on": "2023-11-10",
        "due_on": "2024-01-09",
        "to_role": "lead",
        "to": "lead.cbp@rehearsal.example",
        "sent_at": "2023-11-10T06:00:00-05:00",
    }
    assert told["strategies"] == []


def test_a_strategy_goes_from_its_import_to_implemented(play: Any) -> None:
    told = play(
        event("2023-09-12T10:00", "deliver", by="cio", what="cx-directorate"),
        event("2023-10-06T10:00", "deliver", by="directorate-lead", what="directive-and-instruction-begun"),
        event("2023-11-20T09:00", "import", "CBP", file="hisp.json"),
        event("2023-12-18T15:00", "submit", "CBP", by="executive"),
        event("2023-12-19T09:00", "assign", "CBP", by="directorate-lead", to="directorate-reviewer"),
        event("2024-01-05T11:00", "recommend", "CBP", by="directorate-reviewer", recommendation="approve"),
        event("2024-01-08T11:00", "approve", "CBP", by="cio"),
        event("2024-01-30T11:00", "implemented", "CBP"),
        components="CBP",
    )
    ends = {(each["clock"], each["stopped_on"], each["state"]) for each in told["clocks"]}
    assert ends == {
        ("directorate", "2023-10-06", "met"),
        ("strategy", "2023-12-18", "met"),
        ("review", "2024-01-05", "met"),
        ("implementation", "2024-01-30", "met"),
        ("department", "2024-01-30", "met"),
    }
    (strategy,) = told["strategies"]
    assert (strategy["component"], strategy["status"], strategy["version"]) == ("CBP", "implemented", 1)
    assert len(strategy["sha256"]) == 64
    kinds = Counter(each["kind"] for each in told["notices"])
    assert kinds - Counter(deadline=1000) == {
        "delivered": 4,
        "submitted": 3,
        "assigned": 1,
        "recommended": 1,
        "approved": 3,
        "implementation-reported": 1,
        "implemented": 4,
    }
    assert all(each["sent_at"] for each in told["notices"])


def test_the_sweep_stands_between_what_happens_before_and_after_six(play: Any) -> None:
    told = play(
        event("2024-01-09T05:59", "import", "CBP", file="hisp.json"),
        event("2024-01-09T05:59", "submit", "CBP"),
        event("2024-01-09T06:00", "import", "USCG", file="plain.json"),
        event("2024-01-09T06:00", "submit", "USCG"),
        days="2024-01-08 2024-01-12",
    )
    assert 0 not in dict(deadlines(told, "strategy", "CBP"))
    assert 0 in dict(deadlines(told, "strategy", "USCG"))


def test_the_day_of_an_event_is_its_eastern_day(play: Any) -> None:
    late_evening = {**event("2024-01-09T23:30", "submit", "CBP"), "at": "2024-01-10T04:30:00Z"}
    told = play(
        event("2024-01-09T09:00", "import", "CBP", file="hisp.json"), late_evening, days="2024-01-05 2024-01-12"
    )
    assert clock_of(told, "strategy", "CBP")["days_late"] == 0


def test_a_pause_silences_a_clock_and_moves_it_by_its_days(play: Any) -> None:
    told = play(
        event("2023-12-20T09:00", "pause", "CBP", by="cio", clock="strategy", reason=LAPSE),
        event("2024-01-08T09:00", "resume", "CBP", by="cio", clock="strategy", reason="The lapse is over."),
        components="CBP",
        days="2023-11-01 2024-01-31",
    )
    assert clock_of(told, "strategy", "CBP")["due_on"] == "2024-01-28"
    owed = [each["owed_on"] for each in told["notices"] if each["kind"] == "deadline" and each["to_role"] == "lead"]
    # Paused three hours after the sweep of its day; resumed likewise, so the next rungs come on the days after.
    assert owed == [
        "2023-11-10",
        "2023-12-10",
        "2024-01-14",
        "2024-01-21",
        "2024-01-25",
        "2024-01-27",
        "2024-01-28",
        "2024-01-29",
    ]


def test_the_department_waits_for_the_components_of_the_scenario_only(play: Any) -> None:
    through = [("import", "lead"), ("submit", "lead"), ("approve", "cio"), ("implemented", "lead")]
    steps = [
        event(f"2023-12-{day:02}T{hour:02}:00", do, component, by=by, **({"file": file} if do == "import" else {}))
        for day, component, file in ((4, "CBP", "hisp.json"), (11, "USCG", "plain.json"))
        for hour, (do, by) in enumerate(through, start=9)
    ]
    assert clock_of(play(*steps), "department")["stopped_on"] == "2023-12-11"
    assert clock_of(play(*steps[:-1]), "department")["state"] == "running"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (event("2023-12-18T15:00", "submit", "CBP"), "has not begun a strategy yet"),
        (event("2023-12-18T15:00", "resume", "CBP", by="cio", clock="lunch"), "The policy has no clock “lunch”."),
        (event("2023-12-18T15:00", "pause", "CBP", clock="strategy", reason=LAPSE), "You may not extend, pause or"),
        (event("2023-12-18T15:00", "import", "CBP", file="none.json"), "There is no file “none.json” beside the"),
        (event("2023-12-18T15:00", "import", "USCG", file="hisp.json"), "hisp.json is CBP's strategy."),
        (event("2023-12-18T15:00", "submit", "CBP", by="secretary"), "There is nobody called “secretary”. Name a"),
        (event("2023-12-18T15:00", "submit", "CBP", by="who@dhs.example"), "Nobody here has the address who@dhs"),
    ],
)
def test_an_event_that_the_rules_refuse_stops_it_with_line_verb_and_rule(play: Any, wrong: Any, told: str) -> None:
    harmless = event("2023-12-17T10:00", "deliver", by="cio", what="directive-and-instruction-begun")
    with pytest.raises(InvalidInput) as refused:
        play(harmless, wrong, days="2023-12-17 2023-12-19")
    of_whom = f" ({wrong['component']})" if "component" in wrong else ""
    assert str(refused.value).startswith(f"plan.json: line 3, {wrong['do']}{of_whom}: ")
    assert told in str(refused.value)


def test_a_component_or_a_policy_that_there_is_not_is_named(play: Any, tmp_path: Path, server_url: str) -> None:
    with pytest.raises(NotFound, match=r"There is no Component “NASA”\. The scenario can use: CBP, "):
        play(components="NASA")
    (tmp_path / "other.json").write_text(
        '{"policy": "../secrets", "from": "2023-07-13", "to": "2023-07-14", "components": ["CBP"]}', encoding="utf-8"
    )
    with pytest.raises(NotFound, match=r"There is no policy “\.\./secrets”"):
        rehearse(read_scenario(tmp_path / "other.json"), server_url=server_url)


@pytest.mark.parametrize("ends_well", [True, False])
def test_its_database_is_gone_however_it_ends(play: Any, server_url: str, ends_well: bool) -> None:
    seen: set[str | None] = set()
    unripe = [event("2023-07-15T15:00", "submit", "CBP")]
    with nullcontext() if ends_well else pytest.raises(InvalidInput):
        play(*unripe[ends_well:], days="2023-07-13 2023-07-16", on_each_day=lambda: seen.add(db.engine.url.database))
    (name,) = seen
    engine = create_engine(server_url)
    with engine.connect() as connection:
        left = connection.scalar(text("select count(*) from pg_database where datname = :name"), {"name": name})
    engine.dispose()
    assert (left, str(name).startswith("cxworkflow_scratch_")) == (0, True)

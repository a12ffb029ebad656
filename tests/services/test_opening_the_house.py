"""The first start: what ships comes into force once, however many start at once, and a later policy moves no clock."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow import demo
from cxworkflow.cli import opening
from cxworkflow.db import CONNECT_ARGS, session, unit_of_work
from cxworkflow.models import Clock, DemoClock, Event, PolicyEdition, Strategy
from cxworkflow.scope import SYSTEM, within
from tests.at_once import at_once
from tests.databases import copied
from tests.refusals import every_row
from tests.stage import using

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


@pytest.fixture
def house(shared_app: Flask, server_url: str, migrated: str) -> Iterator[Flask]:
    """The application on an empty database of its own."""
    with copied(server_url, migrated) as url, shared_app.app_context(), within(SYSTEM):
        engine = create_engine(url, connect_args=CONNECT_ARGS)
        with using(shared_app, engine):
            yield shared_app
        engine.dispose()


def test_of_three_who_open_the_demo_at_once_one_does_it(house: Flask) -> None:
    at_once(house, *[lambda: opening.open_house(demo=True)] * 3)
    loaded = session().scalar(select(func.count()).where(Event.verb == "policy-loaded"))
    assert loaded == session().scalar(select(func.count()).select_from(PolicyEdition)) == 2
    assert sorted(session().scalars(select(Strategy.status))) == ["draft", "recommended", "submitted", "submitted"]


def test_a_second_start_changes_nothing(house: Flask) -> None:
    opening.open_house(demo=True)
    before = every_row()
    opening.open_house(demo=True)
    assert every_row() == before


def test_a_start_with_a_changed_register_opens_and_closes_clocks(
    house: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening.open_house(demo=False)
    told = (ORGANIZATIONS / "dhs.toml").read_text(encoding="utf-8")
    changed = re.sub(r'(code = "CWMD"[^\[]*)files = "self"', r'\1covered_by = "OCIO"', told)
    changed = re.sub(r'(code = "OGC"[^\[]*)covered_by = "OCIO"', r'\1files = "self"', changed)
    (tmp_path / "dhs.toml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(opening, "ORGANIZATIONS", tmp_path)
    opening.open_house(demo=False)
    session().expire_all()
    now = {clock.component.code: clock.lifted for clock in session().scalars(select(Clock)) if clock.component}
    assert (now["CWMD"], now["OGC"], now["CBP"]) == (True, False, False)
    before = every_row()
    opening.open_house(demo=False)
    assert every_row() == before


@pytest.mark.asvs("V6.3.2")
def test_without_the_demo_there_are_clocks_and_nobody_yet(house: Flask) -> None:
    opening.open_house(demo=False)
    assert session().scalar(select(func.count()).select_from(Strategy)) == 0
    assert session().get(DemoClock, 1) is None


def test_a_policy_that_ships_later_leaves_the_demos_clock_where_it_is(
    house: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening.open_house(demo=True)
    with unit_of_work() as current:
        current.merge(DemoClock(id=1, ahead_by=timedelta(days=1)))
    text = (POLICIES / "dhs-076-02.toml").read_text(encoding="utf-8")
    (tmp_path / "later.toml").write_text(text.replace('id = "dhs-076-02"', 'id = "later"', 1), encoding="utf-8")
    monkeypatch.setattr(opening, "POLICIES", tmp_path)
    opening.open_house(demo=True)
    session().expire_all()
    assert sorted(session().scalars(select(PolicyEdition.code))) == ["dhs-076-02", "later", "omb-a11-280"]
    assert session().get_one(DemoClock, 1).ahead_by == timedelta(days=1)
    demo._known = (float("-inf"), timedelta(0))

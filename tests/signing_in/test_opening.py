"""Before anybody signs in: the first administrator, the notice, and a demo that can't be one."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import POLICIES
from cxworkflow import demo
from cxworkflow.cli import opening
from cxworkflow.cli.opening import open_house
from cxworkflow.db import session
from cxworkflow.errors import NotNow, SettingError
from cxworkflow.models import DemoClock, Person, Role
from cxworkflow.permissions import holds
from cxworkflow.services.first_administrator import appoint_first
from tests.refusals import refused
from tests.signing_in.surroundings import browser, outside_the_demo
from tests.stage import Stage, as_owner, eastern
from tests.web.visiting import words

pytestmark = pytest.mark.integration

AT = eastern("2023-12-18 09:00")


def without_administrators() -> None:
    """Let nobody administer the system."""
    with as_owner():
        session().execute(sa.text("delete from appointment where role = 'administrator'"))
    session().commit()
    session().expire_all()


@pytest.mark.asvs("V6.3.2")
def test_the_first_administrator_is_appointed_once(stage: Stage) -> None:
    without_administrators()
    person = appoint_first("Ada Minister", "Ada@DHS.example", at=AT)
    assert person.email == "ada@dhs.example"
    assert holds(person, Role.ADMINISTRATOR, on=AT.date())
    with refused(NotNow, "There is an administrator already"):
        appoint_first("Eve Sdropper", "eve@dhs.example", at=AT)


def test_whoever_is_to_come_or_has_left_is_counted_as_such(stage: Stage) -> None:
    without_administrators()
    person = appoint_first("Ada Minister", "ada@dhs.example", at=eastern("2024-03-01 09:00"))
    with refused(NotNow, "There is an administrator already"):
        appoint_first("Eve Sdropper", "eve@dhs.example", at=AT)
    session().get_one(Person, person.id).deactivated_at = AT
    session().flush()
    assert appoint_first("Bo Ss", "bo@dhs.example", at=AT)


def test_a_deactivated_account_is_not_made_administrator(stage: Stage) -> None:
    without_administrators()
    gone = stage.person(Role.LEAD, "TSA")
    gone.deactivated_at = AT
    session().flush()
    with refused(NotNow, "belongs to an account that is deactivated"):
        appoint_first("Somebody", gone.email, at=AT)


def test_a_demo_is_not_opened_on_a_database_that_is_none(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No other policy than the one that is in force here.
    (tmp_path / "dhs-076-02.toml").write_bytes((POLICIES / "dhs-076-02.toml").read_bytes())
    monkeypatch.setattr(opening, "POLICIES", tmp_path)
    with as_owner():
        session().execute(sa.delete(DemoClock))
    session().commit()
    with pytest.raises(SettingError, match="this database was not opened as a demo"):
        open_house(demo=True)
    demo.set_clock(AT)
    open_house(demo=True)


def test_the_notice_of_system_use_stands_before_every_way_in(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "This is a U.S. Government information system" in words(browser(app).get("/sign-in"))
    outside_the_demo(app, monkeypatch)
    page = words(browser(app).get("/sign-in"))
    for told in ("recorded, and may be monitored", "no expectation of privacy", "civil and criminal penalties"):
        assert told in page
    assert page.index("Government information system") < page.index("Send the link")

"""What the command line can be told beside what the documents show: in whose name, for which department."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from cxworkflow.cli import main
from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, within
from tests.databases import copied, engine_on
from tests.stage import Stage, using

pytestmark = pytest.mark.integration


class Installed:
    """A database that the commands work on."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What stands in it."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as line:
            return line.execute(query.encode()).fetchall()


@pytest.fixture
def installed(
    shared_app: Flask, server_url: str, set_stage: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installed]:
    """The stage with a draft of CBP and a second lead of ICE, in a database that the environment names."""
    with copied(server_url, set_stage) as url:
        engine = engine_on(url)
        with shared_app.app_context(), using(shared_app, engine), within(SYSTEM):
            stage = Stage.found()
            stage.drafted("CBP")
            stage.newcomer("Ada Quill", (Role.LEAD, "ICE"))
            session().commit()
        engine.dispose()
        for name, value in {
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "SMTP_URL": "smtp://127.0.0.1:1",
            "BASE_URL": "http://localhost",
            "SECRET_KEY": "for tests only, and long enough for one",
        }.items():
            monkeypatch.setenv(f"CXWORKFLOW_{name}", value)
        yield Installed(url)


def test_a_strategy_is_brought_in_by_whom_it_is_said_to_be(
    installed: Installed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["strategy", "export", "CBP", "--json"]) == 0
    file = tmp_path / "cbp.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    ((address,),) = installed.rows("select email from person where name = 'Ada Quill'")
    assert main(["strategy", "import", str(file), "--as", "ICE", "--by", "nobody@agency.example"]) == 1
    assert "nobody@agency.example" in capsys.readouterr().err
    assert main(["strategy", "import", str(file), "--as", "ICE", "--by", str(address)]) == 0
    acted = (
        "select distinct person.name from event join component on component.id = component_id "
        "join person on person.id = by_id where component.code = 'ICE' and strategy_id is not null"
    )
    assert installed.rows(acted) == [("Ada Quill",)]


def test_a_role_is_given_for_the_department_that_is_named(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    auditor = ["people", "add", "ina@agency.example", "--name", "Ina Spect", "--role", "auditor"]
    assert main([*auditor, "--department", "nowhere"]) == 1
    assert "There is no department “nowhere” here. There are: dhs." in capsys.readouterr().err
    assert main([*auditor, "--department", "dhs"]) == 0
    held = "select role, department from appointment join person on person.id = person_id where name = 'Ina Spect'"
    assert installed.rows(held) == [("auditor", "dhs")]


def test_the_first_administrator_is_of_the_department_that_is_named(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ["people", "first-administrator", "lucia@agency.example", "--name", "Lucia Ferreira"]
    assert main([*first, "--department", "nowhere"]) == 1
    assert "There is no department “nowhere” here" in capsys.readouterr().err
    assert main([*first, "--department", "dhs"]) == 1
    assert installed.rows("select 1 from person where name = 'Lucia Ferreira'") == [], "the stage has one"

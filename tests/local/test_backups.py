"""The restoration drill: what is backed up comes back whole into an empty database, and nothing else is touched."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url, text

from cxworkflow.cli import main
from cxworkflow.db import CONNECT_ARGS, unit_of_work
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database
from tests.stage import Stage, using

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

Choose = Callable[[str], None]


@pytest.fixture
def lived_in(shared_app: Flask, server_url: str) -> Iterator[str]:
    """The URL of a database in which somebody has worked."""
    with scratch_database(server_url) as url:
        engine = create_engine(url, connect_args=CONNECT_ARGS)
        with shared_app.app_context(), within(SYSTEM), using(shared_app, engine), unit_of_work():
            Stage.set().submitted("CBP")
        engine.dispose()
        yield url


@pytest.fixture
def empty(server_url: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = f"cxworkflow_drill_{secrets.token_hex(6)}"
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Choose:
    """Makes the command line work on a database."""

    def chosen(url: str) -> None:
        told = {
            "DATABASE_URL": url, "REDIS_URL": redis_url, "SMTP_URL": "smtp://127.0.0.1:1", "BASE_URL": "http://localhost",
            "SECRET_KEY": "for tests only, and long enough for one", "DEMO": "yes",
        }  # fmt: skip
        for name, value in told.items():
            monkeypatch.setenv(f"CXWORKFLOW_{name}", value)

    return chosen


def contents(url: str) -> dict[str, list[str]]:
    """Each table's rows as texts, as a superuser sees them."""
    with psycopg.connect(url.replace("+psycopg", "")) as reader:
        tables = [row[0] for row in reader.execute("select tablename from pg_tables where schemaname = 'public'")]
        return {
            table: [row[0] for row in reader.execute(f"select t::text from {table} t order by 1")] for table in tables
        }


def test_what_was_backed_up_comes_back_whole(
    lived_in: str, empty: str, on: Choose, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, file = contents(lived_in), tmp_path / "monday.backup"
    on(lived_in)
    assert main(["backup", str(file)]) == 0
    on(empty)
    assert main(["restore", str(file)]) == 0
    after = contents(empty)
    assert {table for table in before if before[table] != after[table]} == {"event", "notice"}
    assert set(before["event"]) < set(after["event"])
    assert len(after["event"]) == len(before["event"]) + 1
    assert "each of them checked" in capsys.readouterr().out
    assert contents(lived_in) == before


def test_an_email_that_may_have_gone_out_since_is_doubted_and_not_sent_again(
    lived_in: str, empty: str, on: Choose, tmp_path: Path
) -> None:
    on(lived_in)
    main(["backup", str(tmp_path / "monday.backup")])
    on(empty)
    main(["restore", str(tmp_path / "monday.backup")])
    with psycopg.connect(empty.replace("+psycopg", "")) as reader:
        states = reader.execute("select state, count(*) from notice where open group by state").fetchall()
    assert [state for state, _ in states] == ["in_doubt"]


def test_the_restored_database_still_refuses_what_no_workflow_allows(
    lived_in: str, empty: str, on: Choose, tmp_path: Path
) -> None:
    on(lived_in)
    main(["backup", str(tmp_path / "monday.backup")])
    on(empty)
    main(["restore", str(tmp_path / "monday.backup")])
    with psycopg.connect(empty.replace("+psycopg", "")) as someone:
        someone.execute("set role cxworkflow_app")
        seen = someone.execute("select count(*) from strategy").fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            someone.execute("update version set sha256 = ''")
    assert seen == (0,)


def test_a_restoration_overwrites_nothing(
    lived_in: str, on: Choose, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on(lived_in)
    main(["backup", str(tmp_path / "monday.backup")])
    before = contents(lived_in)
    assert main(["restore", str(tmp_path / "monday.backup")]) == 1
    assert "This database is not empty" in capsys.readouterr().err
    assert contents(lived_in) == before


@pytest.mark.parametrize("harm", ["cut off", "one byte changed", "no back-up at all"])
def test_a_harmed_file_is_refused_before_anything_is_done(
    harm: str, lived_in: str, empty: str, on: Choose, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "monday.backup"
    on(lived_in)
    main(["backup", str(file)])
    whole = bytearray(file.read_bytes())
    match harm:
        case "cut off":
            whole = whole[: len(whole) // 2]
        case "one byte changed":
            whole[len(whole) // 2] ^= 1
        case _:
            whole = bytearray(b"Dear all, please find attached")
    file.write_bytes(whole)
    on(empty)
    assert main(["restore", str(file)]) == 1
    assert "monday.backup" in capsys.readouterr().err
    assert contents(empty) == {}


def test_a_back_up_never_writes_over_another(lived_in: str, on: Choose, tmp_path: Path) -> None:
    file = tmp_path / "monday.backup"
    file.write_text("last week")
    on(lived_in)
    assert main(["backup", str(file)]) == 1
    assert file.read_text() == "last week"
    assert [each.name for each in tmp_path.iterdir()] == ["monday.backup"]

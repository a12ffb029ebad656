"""`cxworkflow doctor` on a demo that runs, and on a database of which nothing else runs."""

import re
import time
from collections.abc import Iterator

import psycopg
import pytest

from cxworkflow.cli import main
from cxworkflow.scratch import scratch_database
from tests.functional.conftest import Demo

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture
def migrated(server_url: str) -> Iterator[str]:
    """The URL of a database with every table and no row."""
    with scratch_database(server_url) as url:
        yield url


def test_a_demo_that_runs_is_found_well(demo: Demo) -> None:
    until = time.monotonic() + 120
    while "WRONG" in (told := demo.command("doctor")).stdout and time.monotonic() < until:
        time.sleep(2)  # workers have just begun
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.endswith("All is well.\n")


def test_what_does_not_run_is_named_with_its_mending(
    migrated: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {
        "DATABASE_URL": migrated,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "BASE_URL": "http://localhost",
        "SECRET_KEY": "for tests only, and long enough for one",
        "DEMO": "yes",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"CXWORKFLOW_{name}", value)
    assert main(["doctor"]) == 1
    told = capsys.readouterr()
    wrong = [line.split(":")[0].split(maxsplit=1)[1] for line in told.out.splitlines() if line.startswith("WRONG")]
    assert wrong == ["Worker", "Beat", "Queue", "Mail server"]
    assert told.err == "4 to mend.\n"
    assert "Start it with `cxworkflow demo`" in told.out


def test_a_beat_that_was_seen_a_while_ago_is_called_stale(
    migrated: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "DATABASE_URL": migrated,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "BASE_URL": "http://localhost",
        "SECRET_KEY": "for tests only, and long enough for one",
    }.items():
        monkeypatch.setenv(f"CXWORKFLOW_{name}", value)
    with psycopg.connect(migrated.replace("+psycopg", ""), autocommit=True) as line:
        line.execute("insert into heartbeat values ('beat@there:1', 'beat', clock_timestamp() - interval '12 minutes')")
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"WRONG +Beat: +The last one was seen 12 minutes ago\. Start it with `cxworkflow up`", told)
    assert re.search(r"well +Clocks: +This machine and the database agree", told)
    assert re.search(r"well +Assets: ", told)


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CXWORKFLOW_DATABASE_URL", "postgresql://localhost/nowhere")
    monkeypatch.setenv("CXWORKFLOW_REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["doctor"]) == 1
    assert "CXWORKFLOW_SMTP_URL is not set" in capsys.readouterr().out

"""`cxworkflow doctor` on a demo that runs, on a database of which nothing else runs, and on all that can be wrong."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from cxworkflow import migrations
from cxworkflow.cli import main
from cxworkflow.web import assets
from tests.databases import copied
from tests.functional.conftest import Demo

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

WELL = (
    "insert into heartbeat select kind || '@here:1', kind, clock_timestamp() from unnest('{worker,beat}'::text[]) kind",
    "insert into sweep_run values (1, clock_timestamp(), current_date, 0)",
    "insert into record_check values (1, clock_timestamp(), 12, '', '[]')",
)
# What is there before a person, a Component or an event is: only its own columns count here.
ALONE = "set session_replication_role = replica"
NOTICE = (
    "insert into notice (key, kind, person_id, to_role, to_address, department, owed_on, owed_at, facts, state, "
    "attempt, closed_reason) values ('{0}', 'submitted', 1, 'cio', 'cio@agency.example', 'dhs', current_date, now(), "
    "'{{}}', '{0}', 1, 'For a test.')"
)
WEBHOOK = (
    "insert into webhook (url, kinds, key_mark, registered_at, by_id, department) "
    "values ('https://there.example', '{{submitted}}', {}, now(), 1, 'dhs')"
)
FAILED_DELIVERY = (
    "insert into webhook_delivery (webhook_id, event_id, owed_at, state, closed_reason) "
    "values (1, 1, now(), 'failed', 'For a test.')"
)
# The mark of the secret key below, as the database would reckon it.
OF_OUR_KEY = "left(encode(sha256('webhook for tests only, and long enough for one'), 'hex'), 12)"


class Patient:
    """An installation whose parts of its own are well, to be made ill; `told` asks the doctor."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.url, self._monkeypatch, self._capsys = url, monkeypatch, capsys
        for name, value in {
            "DATABASE_URL": url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SMTP_URL": "smtp://127.0.0.1:1",
            "BASE_URL": "http://localhost",
            "SECRET_KEY": "for tests only, and long enough for one",
        }.items():
            self.set(name, value)

    def set(self, name: str, value: str) -> None:
        """Give a setting another value."""
        self._monkeypatch.setenv(f"CXWORKFLOW_{name}", value)

    def does(self, *statements: str) -> None:
        """Change the database, as nobody would who goes through our verbs."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as line:
            for statement in statements:
                line.execute(statement.encode())

    def told(self) -> tuple[dict[str, tuple[str, str]], int, str]:
        """What the doctor says of each part (how it is, and the sentence), the exit code, and the last word."""
        code = main(["doctor"])
        told = self._capsys.readouterr()
        lines = [re.fullmatch(r"(well|note|WRONG) +([^:]+): +(.+)", line) for line in told.out.splitlines()]
        return {each[2]: (each[1], each[3]) for each in lines if each}, code, told.err or told.out.splitlines()[-1]


@pytest.fixture
def bare(
    server_url: str, migrated: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Patient]:
    """Every table and no row; neither queue nor mail server."""
    with copied(server_url, migrated) as url:
        yield Patient(url, monkeypatch, capsys)


@pytest.fixture
def patient(bare: Patient, redis_url: str) -> Patient:
    """All is well but the mail server, which is none of our parts."""
    bare.does(*WELL)
    bare.set("REDIS_URL", redis_url)
    return bare


def test_a_demo_that_runs_is_found_well(demo: Demo) -> None:
    until = time.monotonic() + 120
    while "WRONG" in (told := demo.command("doctor")).stdout and time.monotonic() < until:
        time.sleep(2)  # workers have just begun
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.endswith("All is well.\n")


def test_what_does_not_run_is_named_with_its_mending(bare: Patient) -> None:
    bare.set("DEMO", "yes")
    told, code, last = bare.told()
    assert (code, last) == (1, "4 to mend.\n")
    assert {part: says for part, (mark, says) in told.items() if mark == "WRONG"} == {
        "Worker": "None seen. Start it with `cxworkflow demo`.",
        "Beat": "None seen. Start it with `cxworkflow demo`.",
        "Queue": "Redis does not answer. Nothing is lost, but e-mails go out up to two minutes later.",
        "Mail server": told["Mail server"][1],
    }
    assert told["Mail server"][1].startswith("The mail server could not be reached: ")
    assert told["Mail server"][1].endswith(" What is owed waits, and is tried again.")
    assert {part: says for part, (mark, says) in told.items() if mark == "note"} == {
        "Sweep": "None made yet.",
        "Record": "Not checked yet; it is every night, or by `cxworkflow audit verify`.",
        "Journal": "None is set, so an e-mail in doubt waits for a person. Set CXWORKFLOW_JOURNAL_ADDRESS and _URL.",
    }


def test_one_thing_to_mend_is_said_as_one(patient: Patient) -> None:
    told, code, last = patient.told()
    assert [part for part, (mark, _) in told.items() if mark == "WRONG"] == ["Mail server"]
    assert (code, last) == (1, "One thing to mend.\n")


@pytest.mark.parametrize(
    ("ill", "part", "mark", "says"),
    [
        (
            ("update heartbeat set seen_at = clock_timestamp() - interval '12 minutes' where kind = 'beat'",),
            "Beat",
            "WRONG",
            "The last one was seen 12 minutes ago. Start it with `cxworkflow up`, or `cxworkflow serve`.",
        ),
        (
            ("update heartbeat set seen_at = clock_timestamp() - interval '61 seconds' where kind = 'worker'",),
            "Worker",
            "WRONG",
            "The last one was seen 1 minute ago. Start it with `cxworkflow up`, or `cxworkflow serve`.",
        ),
        (
            ("update sweep_run set swept_at = clock_timestamp() - interval '11 minutes'",),
            "Sweep",
            "WRONG",
            "The last one was 11 minutes ago.",
        ),
        (
            (ALONE, NOTICE.format("failed"), NOTICE.format("in_doubt")),
            "E-mails",
            "note",
            "1 failed and 1 in doubt: see the status page.",
        ),
        (
            (ALONE, WEBHOOK.format("'another key’s'")),
            "Webhooks",
            "WRONG",
            "1 without a secret, since the secret key was exchanged: give each another on its page.",
        ),
        (
            (
                ALONE,
                WEBHOOK.format(OF_OUR_KEY),
                FAILED_DELIVERY,
            ),
            "Webhooks",
            "note",
            "1 delivery failed: see the page of webhooks.",
        ),
        (
            ("""update record_check set faults = '["Line 3 is not the one that was written."]'""",),
            "Record",
            "WRONG",
            "1 fault. Run `cxworkflow audit verify`.",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) and " " not in each else "",
)
def test_what_the_database_tells_is_said_of_its_part(
    patient: Patient, ill: tuple[str, ...], part: str, mark: str, says: str
) -> None:
    before, _, _ = patient.told()
    patient.does(*ill)
    told, code, last = patient.told()
    assert before.get(part, ("well", ""))[0] == "well"
    assert told[part] == (mark, says)
    assert {each: told[each][0] for each in before if each != part} == {
        each: before[each][0] for each in before if each != part
    }
    assert (code, last) == (1, "2 to mend.\n" if mark == "WRONG" else "One thing to mend.\n")


@pytest.mark.parametrize(("behind", "seconds"), [("- interval '90 seconds'", 90), ("+ interval '6 minutes'", 360)])
def test_clocks_that_differ_are_told_by_how_much(patient: Patient, behind: str, seconds: int) -> None:
    name = sa.make_url(patient.url).database
    patient.does(
        "create function public.clock_timestamp() returns timestamptz language sql as "
        f"$$ select pg_catalog.clock_timestamp() {behind} $$",
        f'alter database "{name}" set search_path = public, pg_catalog',
    )
    patient.does(
        "update heartbeat set seen_at = clock_timestamp()", "update sweep_run set swept_at = clock_timestamp()"
    )
    told, code, last = patient.told()
    mark, says = told["Clocks"]
    found = re.fullmatch(
        r"This machine’s and the database’s differ by (\d+) seconds\. Set both by a time server\.", says
    )
    assert mark == "WRONG"
    assert found is not None
    assert abs(int(found[1]) - seconds) <= 1
    assert (code, last) == (1, "2 to mend.\n")


def test_tables_that_are_not_up_to_date_are_told_and_not_read(patient: Patient) -> None:
    engine = sa.create_engine(patient.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        command.downgrade(migrations.configuration(connection), "-1")
    told, code, last = patient.told()
    assert told["Tables"] == ("WRONG", "They are not up to date. Run `cxworkflow migrate`.")
    assert not {"Worker", "Beat", "Sweep", "E-mails", "Record"} & set(told)
    assert (code, last) == (1, "2 to mend.\n")


def test_a_database_that_does_not_answer_is_told_and_the_rest_is_looked_at(patient: Patient) -> None:
    patient.set("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    told, code, last = patient.told()
    assert told["Database"][0] == "WRONG"
    assert re.match(r"It can’t be used: .*port 1 failed: Connection refused", told["Database"][1])
    assert told["Queue"] == ("well", "Redis answers.")
    assert "Tables" not in told
    assert (code, last) == (1, "2 to mend.\n")


def test_assets_that_are_missing_are_told_before_anything_else(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    told, code, last = patient.told()
    says = "The pages’ styles, scripts and fonts are missing. Run `make install`."
    assert told == {"Assets": ("WRONG", says)}
    assert (code, last) == (1, "One thing to mend.\n")


@pytest.mark.parametrize(
    ("setting", "value", "part", "says"),
    [
        ("JOURNAL_FOLDER", "{}/nowhere", "Journal", "It can’t be asked. Until it can, e-mails in doubt wait."),
        ("ANCHOR_FILE", "{}/nowhere/anchors", "Anchors", "{}/nowhere/anchors can not be written to."),
        (
            "CLAMD_URL",
            "unix://{}/nowhere",
            "Virus scanner",
            "It does not answer, so nobody can attach a file. See to ClamAV where CXWORKFLOW_CLAMD_URL says it is.",
        ),
    ],
)
def test_a_service_of_the_settings_that_is_away_is_told(
    patient: Patient, tmp_path: Path, setting: str, value: str, part: str, says: str
) -> None:
    patient.set(setting, value.format(tmp_path))
    told, code, last = patient.told()
    assert told[part] == ("WRONG", says.format(tmp_path))
    assert (code, last) == (1, "2 to mend.\n")


def test_a_missing_setting_is_named(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXWORKFLOW_SMTP_URL")
    told, code, last = patient.told()
    assert set(told) == {"Settings"}
    assert told["Settings"][0] == "WRONG"
    assert "CXWORKFLOW_SMTP_URL is not set" in told["Settings"][1]
    assert (code, last) == (1, "One thing to mend.\n")

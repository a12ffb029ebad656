"""docker-compose.yml: what Docker makes of it where it is at hand, and its very commands run by hand in any case."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
import pytest
import requests
import yaml
from psycopg import sql
from sqlalchemy import make_url

from cxworkflow.local.places import Account
from cxworkflow.local.postgres_files import programs_for
from cxworkflow.local.services import embedded
from cxworkflow.local.valkey import _program
from tests.ports import free_port, until_open
from tests.test_house import ROOT

pytestmark = pytest.mark.integration
FILE = ROOT / "docker-compose.yml"
SERVICES: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
OURS = {name: part for name, part in SERVICES.items() if part.get("image") == "cxworkflow"}
PARTS = ("web", "worker", "beat")


@pytest.fixture
def secrets(home: Path) -> Path:
    """What the README makes, in files."""
    folder = home.parent / "secrets"
    folder.mkdir()
    for name in ("secret_key", "database_password", "redis_password", "owner_password"):
        (folder / name).write_text(token_hex(32), encoding="utf-8")
    return folder


def with_secrets(written: str, secrets: Path) -> str:
    """What the file or a script of it says, with secrets where they stand here."""
    return written.replace("/run/secrets", str(secrets))


class Postgres:
    """The file's database server, made as its image makes it: the owner, the database, then `config/logins.sql`.

    Its rules of who gets in are those of the image for whoever comes over the network: with a password.
    """

    def __init__(self, url: str, secrets: Path) -> None:
        made, asked = make_url(url), SERVICES["postgres"]["environment"]
        assert (made.username, made.database) == (asked["POSTGRES_USER"], asked["POSTGRES_DB"])
        self.folder = str(made.query["host"])
        self.programs = programs_for(Account.unprivileged())
        self.secrets = secrets
        logins = secrets / "logins.sql"
        text = (ROOT / "config" / "logins.sql").read_text(encoding="utf-8")
        logins.write_text(with_secrets(text, secrets), encoding="utf-8")
        # As the image's entry point calls it.
        self.run("psql", "-v", "ON_ERROR_STOP=1", "--no-password", "--no-psqlrc", "--file", str(logins))
        with psycopg.connect(host=self.folder, user="cxworkflow", dbname="cxworkflow", autocommit=True) as line:
            password = sql.Literal(self.password("owner_password"))
            line.execute(sql.SQL("alter role cxworkflow password {}").format(password))
            row = line.execute("show hba_file").fetchone()
            assert row is not None
            Path(row[0]).write_text("local all all scram-sha-256\n", encoding="ascii")
            line.execute("select pg_reload_conf()")

    def run(self, program: str, *arguments: str) -> None:
        """One of its programs, as its owner."""
        where = ["--username=cxworkflow", "--dbname=cxworkflow", f"--host={self.folder}"]
        subprocess.run([self.programs / program, *where, *arguments], check=True, capture_output=True, timeout=60)

    def password(self, name: str) -> str:
        """What stands in a secret."""
        return (self.secrets / name).read_text(encoding="utf-8")

    def connected(self, user: str, password: str) -> "psycopg.Connection[Any]":
        """A line for a login, if it is let in."""
        return psycopg.connect(
            host=self.folder, user=user, password=password, dbname="cxworkflow", autocommit=True, connect_timeout=10
        )


@pytest.fixture
def postgres(home: Path, secrets: Path) -> Iterator[Postgres]:
    """A server of its own: the same release and the same kind of cluster as the file asks for."""
    with embedded(home, postgres=True, redis=False) as services:
        yield Postgres(str(services.database_url), secrets)


@pytest.fixture
def redis_port(secrets: Path, tmp_path: Path) -> Iterator[int]:
    """The file's queue: its very command, on a port of its own."""
    shell, option, script = SERVICES["redis"]["command"]
    port, program = free_port(), f"exec {_program()} --bind 127.0.0.1 --dir {tmp_path}"
    script = with_secrets(script.replace("$$", "$"), secrets).replace("exec valkey-server", program)
    process = subprocess.Popen([shell, option, f"{script} --port {port}"], stdout=subprocess.DEVNULL)
    until_open(port, process)
    yield port
    process.terminate()
    process.wait(timeout=20)


def environment_of(part: str, postgres: Postgres, redis_port: int, port: int) -> dict[str, str]:
    """The environment that the file gives a part: its logins, on the services at hand."""
    told = {}
    for name, written in OURS[part]["environment"].items():
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(written))
        value = re.sub(r"\$\{(\w+):\?[^}]*\}", "smtp://127.0.0.1:1", value)
        value = value.replace("@postgres:5432/cxworkflow", f"@/cxworkflow?host={postgres.folder}")
        told[name] = with_secrets(value.replace("@redis:6379", f"@127.0.0.1:{redis_port}"), postgres.secrets)
    assert told["CXWORKFLOW_SECRET_KEY_FILE"].endswith("/secret_key")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CXWORKFLOW_")}
    here = {"BASE_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
    return kept | told | {f"CXWORKFLOW_{name}": value for name, value in here.items()}


def how_many(part: str) -> int:
    """How many of a part the file runs, if nothing else is asked for."""
    written = str(OURS[part].get("deploy", {}).get("replicas", 1))
    return int(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", written))


def test_docker_compose_reads_it() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not at hand")
    asked = {**os.environ, "CXWORKFLOW_SMTP_URL": "smtp://mail.example.gov:587?starttls=1"}
    command = [docker, "compose", "--file", str(FILE), "config", "--format", "json", "--no-env-resolution"]
    done = subprocess.run(command, env=asked, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout)["services"].keys() == SERVICES.keys()


def test_it_runs_several_workers_beats_and_processes_for_pages_and_lets_them_end() -> None:
    assert how_many("worker") > 1
    assert how_many("beat") > 1
    assert OURS["web"]["environment"]["CXWORKFLOW_WEB_WORKERS"] == "${CXWORKFLOW_WEB_WORKERS:-2}"
    assert OURS["worker"]["stop_grace_period"] == "60s"
    assert all(OURS[part]["healthcheck"] and OURS[part]["restart"] == "unless-stopped" for part in PARTS)
    assert all(OURS[part]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"} for part in PARTS)


def test_the_logins_own_nothing_and_are_let_in_by_their_passwords_alone(postgres: Postgres) -> None:
    check = SERVICES["postgres"]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "pg_isready"]
    postgres.run("pg_isready", *(each for each in check[2:] if not each.startswith("--host")))
    told = "select rolsuper, rolcreaterole, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user"
    with postgres.connected("cxworkflow_web", postgres.password("database_password")) as line:
        assert line.execute(told).fetchone() == (False, False, False, True)
        member = "select pg_has_role('cxworkflow_system', 'usage'), pg_has_role('cxworkflow_app', 'usage')"
        assert line.execute(member).fetchone() == (True, True)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("create table mine (id int)")
    for user, password in (
        ("cxworkflow_web", "another"),
        ("cxworkflow_web", postgres.password("owner_password")),
        ("cxworkflow", postgres.password("database_password")),
        ("cxworkflow_app", postgres.password("database_password")),
        ("cxworkflow_system", postgres.password("database_password")),
    ):
        with pytest.raises(psycopg.OperationalError, match=r"password authentication failed|not permitted to log in"):
            postgres.connected(user, password)


@pytest.mark.timeout(300)
def test_its_commands_run_by_hand_and_its_health_checks_find_them_well(postgres: Postgres, redis_port: int) -> None:
    port = free_port()
    program = [sys.executable, "-m", "cxworkflow.cli"]

    def surroundings(part: str) -> dict[str, str]:
        return environment_of(part, postgres, redis_port, port)

    as_web = subprocess.run(
        [*program, *OURS["migrate"]["command"]],
        cwd=ROOT,
        env=surroundings("web"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert as_web.returncode == 1
    assert "CXWORKFLOW_OWNER_DATABASE_URL" in as_web.stderr, "the login of the pages may not make the tables"
    subprocess.run(
        [*program, *OURS["migrate"]["command"]], cwd=ROOT, env=surroundings("migrate"), check=True, timeout=120
    )
    with ExitStack() as running:
        processes = []
        for part in PARTS:
            for _ in range(how_many(part)):
                command = [*program, *OURS[part]["command"]]
                process = subprocess.Popen(
                    command, cwd=ROOT, env=surroundings(part), start_new_session=True, stderr=subprocess.DEVNULL
                )
                running.callback(ended, process)
                processes.append(process)
        for part in PARTS:
            check = OURS[part]["healthcheck"]["test"]
            assert check[:4] == ["CMD", "python", "-m", "config.healthcheck"]
            until, last = time.monotonic() + 150, None
            while time.monotonic() < until:
                asked = [sys.executable, *check[2:]]
                last = subprocess.run(
                    asked, cwd=ROOT, env=surroundings(part), capture_output=True, text=True, check=False
                )
                if last.returncode == 0:
                    break
                time.sleep(2)
            assert last is not None
            assert last.returncode == 0, last.stderr
        assert requests.get(f"http://127.0.0.1:{port}/sign-in", timeout=30).status_code == 200
        with postgres.connected("cxworkflow", postgres.password("owner_password")) as line:
            seen = "select kind, count(*) from heartbeat where seen_at > clock_timestamp() - interval '60 s' group by 1"
            until = time.monotonic() + 60
            while dict(line.execute(seen)) != {"worker": 2, "beat": 2} and time.monotonic() < until:
                time.sleep(1)
            assert dict(line.execute(seen)) == {"worker": 2, "beat": 2}
            others = (
                "select distinct usename from pg_stat_activity where datname = 'cxworkflow' and pid <> pg_backend_pid()"
            )
            assert line.execute(others).fetchall() == [("cxworkflow_web",)]
            owned = "select count(*) from pg_class where relowner = 'cxworkflow_web'::regrole"
            assert line.execute(owned).fetchone() == (0,)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(timeout=60) for process in processes] == [0] * len(processes), "each ends in good order"


def ended(process: "subprocess.Popen[bytes]") -> None:
    """Whatever of it is left is ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

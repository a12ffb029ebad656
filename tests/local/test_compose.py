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
from sqlalchemy import make_url

from tests.databases import copied
from tests.local.test_graceful_stop import free_port
from tests.test_house import ROOT

pytestmark = pytest.mark.integration
FILE = ROOT / "docker-compose.yml"
SERVICES: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
OURS = {name: part for name, part in SERVICES.items() if part.get("image") == "cxworkflow"}
PARTS = ("web", "worker", "beat")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """What the README makes, in files."""
    for name in ("secret_key", "database_password", "redis_password", "owner_password"):
        (tmp_path / name).write_text(token_hex(32), encoding="utf-8")
    return tmp_path


def environment_of(part: str, secrets: Path, database: str, redis_url: str, port: int) -> dict[str, str]:
    """The environment that the file gives a part, on the services at hand and with secrets where they stand here."""
    told = {}
    for name, written in OURS[part]["environment"].items():
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(written))
        told[name] = re.sub(r"\$\{(\w+):\?[^}]*\}", "smtp://127.0.0.1:1", value).replace("/run/secrets", str(secrets))
    assert told["CXWORKFLOW_SECRET_KEY_FILE"].endswith("/secret_key")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CXWORKFLOW_")}
    here = {"DATABASE_URL": database, "REDIS_URL": redis_url, "BASE_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
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


@pytest.fixture
def empty(server_url: str, migrated: str) -> Iterator[str]:
    """A database with every table and nobody in it, as after the first `migrate`."""
    with copied(server_url, migrated) as url:
        yield url


@pytest.mark.timeout(300)
def test_its_commands_run_by_hand_and_its_health_checks_find_them_well(
    empty: str, redis_url: str, secrets: Path
) -> None:
    port = free_port()
    program = [sys.executable, "-m", "cxworkflow.cli"]

    def surroundings(part: str) -> dict[str, str]:
        return environment_of(part, secrets, empty, redis_url, port)

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
        with psycopg.connect(make_url(empty).set(drivername="postgresql").render_as_string(False)) as line:
            seen = "select kind, count(*) from heartbeat where seen_at > clock_timestamp() - interval '60 s' group by 1"
            until = time.monotonic() + 60
            while dict(line.execute(seen)) != {"worker": 2, "beat": 2} and time.monotonic() < until:
                line.rollback()
                time.sleep(1)
            assert dict(line.execute(seen)) == {"worker": 2, "beat": 2}
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(timeout=60) for process in processes] == [0] * len(processes), "each ends in good order"


def ended(process: "subprocess.Popen[bytes]") -> None:
    """Whatever of it is left is ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

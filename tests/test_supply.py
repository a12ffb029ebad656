"""What others made is listed whole, and the history holds no secret."""

import json
import re
import runpy
import subprocess
from pathlib import Path

import pytest
from cyclonedx.model.component import ComponentScope

from tests.test_house import ROOT

pytestmark = pytest.mark.unit

SBOM = runpy.run_path(str(ROOT / ".ci" / "sbom.py"))
AUDIT = runpy.run_path(str(ROOT / ".ci" / "audit.py"))
SECRETS = runpy.run_path(str(ROOT / ".ci" / "secrets.py"))
# Put together here, so that no line of this file looks like one.
PLANTED = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "key of a cloud": "AKIA" + "Q3EGRIZT7XKZ2MPA",
    "password in an address": "postgresql://cx:" + "Vd83kzPq@db.dhs.gov/cx",
    "secret in a setting": "CXWORKFLOW_SECRET_KEY=" + "b3F1c07a95D2e84610fB7d29c58eA364",
    "token": "ghp_" + "a1B2" * 9,
}


def pinned_in(lock: str) -> set[tuple[str, str]]:
    """The packages that a lock file names, with their versions."""
    found = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {(name, version) for name, version in found}


def test_every_lock_file_is_audited_and_is_in_the_bill_or_never_runs() -> None:
    locks = {path.name for path in [*ROOT.glob("requirements*.txt"), *ROOT.glob("*lock*")]}
    assert len(locks) > 6
    assert {*AUDIT["LOCKS"], AUDIT["NPM"]} == locks
    assert {SBOM["RUNS"], SBOM["MAY_RUN"], SBOM["NPM"], *SBOM["NEVER_RUNS"]} == locks
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installed = {lock for lock in locks if re.search(rf"LOCK={re.escape(lock)}", image)}
    assert installed == {SBOM["RUNS"], SBOM["MAY_RUN"]}, "what the image can be made with"


@pytest.mark.asvs("V15.1.2")
def test_the_bill_of_materials_names_every_part_with_its_hash() -> None:
    listed = {(part.name, part.version): part for part in SBOM["bill"]().components}
    always, sometimes = pinned_in("requirements.txt"), pinned_in("requirements-otel.txt")
    npm = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = {path.rpartition("node_modules/")[2]: each for path, each in npm.items() if path and not each.get("dev")}
    assert len(always) > 50
    assert set(listed) == always | sometimes | {(name, each["version"]) for name, each in wanted.items()}
    only_with_traces = {each for each, part in listed.items() if part.scope == ComponentScope.OPTIONAL}
    assert only_with_traces == sometimes - always
    assert any(name == "opentelemetry-sdk" for name, _ in only_with_traces)
    assert len(SBOM["bill"]().components) == len(listed), "each once"
    assert all(part.hashes for part in listed.values())
    assert {"pkg:pypi/flask", "pkg:npm/htmx.org"} <= {str(part.purl).partition("@")[0] for part in listed.values()}


def of_git(folder: Path, *arguments: str) -> None:
    """Do something in a history of the tests."""
    us = ["-c", "user.name=Nobody", "-c", "user.email=nobody@nowhere.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *us, *arguments], check=True, capture_output=True)  # noqa: S607


@pytest.mark.asvs("V13.3.1")
@pytest.mark.parametrize("kind", PLANTED)
def test_a_secret_that_was_ever_committed_is_found_and_not_repeated(tmp_path: Path, kind: str) -> None:
    of_git(tmp_path, "init")
    for text in (f"one = 1\n{PLANTED[kind]}\n", "one = 1\n"):
        (tmp_path / "settings.py").write_text(text)
        of_git(tmp_path, "add", ".")
        of_git(tmp_path, "commit", "-m", "Another state")
    (finding,) = set(SECRETS["told"](SECRETS["history"](tmp_path)))
    assert re.fullmatch(rf"[0-9a-f]{{12}} settings\.py: {kind}", finding)


@pytest.mark.parametrize(
    "line",
    [
        "CXWORKFLOW_DATABASE_URL: postgresql+psycopg://cxworkflow_web@postgres:5432/cxworkflow",
        "`smtp://user:password@host:587?starttls=1`",
        'secret = "known to both sides and to nobody else"',
        "redis://cx:J8vq2mZtW4@redis.example:6379/0",
        "secrets: [secret_key, database_password, redis_password]",
        "password=the_password_of_the_database_of_ours",
    ],
)
def test_what_opens_nothing_is_no_secret(line: str) -> None:
    assert SECRETS["found_in"](line) is None


@pytest.mark.asvs("V13.3.1")
def test_our_own_history_holds_none() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("These are files without a history.")
    assert list(SECRETS["told"](SECRETS["history"](ROOT))) == []

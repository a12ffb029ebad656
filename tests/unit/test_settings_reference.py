"""The settings reference of the README: made from the class, and no setting is read that it leaves out."""

import re
import runpy
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from config import healthcheck
from config.reference import BEGINS, BESIDE, FOLLOW, LEAST, OF_THE_CLASS, README, readme, rows
from config.settings import Settings, read
from cxworkflow.cli import running, surroundings
from cxworkflow.errors import SettingError
from tests.test_house import OURS, ROOT

pytestmark = pytest.mark.unit

# What we set for ourselves, from one process to another, and parts of others.
NOT_FOR_PEOPLE = {"SUPERVISED_IN"}


def test_the_table_is_up_to_date() -> None:
    assert BEGINS in README.read_text(encoding="utf-8")
    assert README.read_text(encoding="utf-8") == readme(), "write it anew: python -m config.reference"


def test_every_field_of_the_class_is_told_of() -> None:
    assert {each.name for each in fields(Settings)} == OF_THE_CLASS.keys() | FOLLOW.keys()


def test_every_setting_that_is_read_anywhere_is_told_of() -> None:
    named = re.compile(r'CXWORKFLOW_([A-Z_]+)\b|PREFIX\}([A-Z_]+)|environment, "([A-Z_]+)"')
    places = [*OURS, ROOT / "docker-compose.yml", ROOT / "Dockerfile"]
    asked = {
        next(filter(None, found))
        for place in places
        if place.name != "reference.py"
        for found in named.findall(place.read_text(encoding="utf-8"))
    }
    told = {name.removeprefix("CXWORKFLOW_") for name, _, _ in rows()}
    in_files = {f"{name}_FILE" for name in told}
    assert {each for each in asked if not each.startswith("OIDC_")} - told - in_files == NOT_FOR_PEOPLE
    assert told >= BESIDE.keys()


def test_what_is_needed_and_what_holds_otherwise_is_what_the_reading_says() -> None:
    without = {name.removeprefix("CXWORKFLOW_"): said for name, _, said in rows()}
    assert {name for name, said in without.items() if said.startswith("needed")} == {
        "DATABASE_URL",
        "REDIS_URL",
        "SMTP_URL",
        "SECRET_KEY",
        "BASE_URL",
    }
    assert (without["ATTACHMENT_MEGABYTES"], without["SIGN_IN_LINKS"], without["TRUSTED_PROXIES"]) == ("10", "yes", "0")


def beside(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What holds for each setting beside the class where nothing is set: asked of whatever reads it."""
    for name in BESIDE:
        monkeypatch.delenv(f"CXWORKFLOW_{name}", raising=False)
    served = runpy.run_path(str(ROOT / "config" / "gunicorn.py"))
    assert f"each with {served['threads']} threads" in BESIDE["WEB_WORKERS"][0]
    port = str(running._port())
    bind = running._command("web", {"CXWORKFLOW_PORT": port})
    worker = running._command("worker", {})
    where = surroundings.home().relative_to(Path.cwd())
    return {
        "PLAIN_HOSTS": BESIDE["PLAIN_HOSTS"][1],  # the next test sees to it
        "HOME": f"`{where}` in the present folder",
        "PORT": port,
        "BIND": bind[bind.index("--bind") + 1].removesuffix(f":{port}"),
        "WEB_WORKERS": str(served["workers"]),
        "WORKER_PARTS": "",  # only docker-compose.yml reads it
        "WORKERS": worker[worker.index("--concurrency") + 1],
    }


def test_what_holds_beside_the_class_is_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {name: held for name, (_, held) in BESIDE.items()} == beside(monkeypatch)


def test_an_address_elsewhere_without_tls_stops_the_start_unless_its_host_is_named() -> None:
    opened = {f"CXWORKFLOW_{name}": value for name, value in {**LEAST, "REDIS_URL": "redis://queue:6379/0"}.items()}
    with pytest.raises(SettingError, match="PLAIN_HOSTS"):
        read(opened)
    assert read({**opened, "CXWORKFLOW_PLAIN_HOSTS": "queue"}).redis_url == "redis://queue:6379/0"


def test_parts_that_ask_for_the_same_setting_agree_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.delenv("CXWORKFLOW_PORT", raising=False)

    def refused(url: str, **_: object) -> None:
        asked.append(url)
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib.request.urlopen", refused)
    assert healthcheck.main(["web"]) == "web is not well: "
    assert asked == [f"http://127.0.0.1:{surroundings.DEFAULT_PORT}/healthz"]


def test_what_files_say_themselves_stands_in_the_table() -> None:
    without = {name.removeprefix("CXWORKFLOW_"): said for name, _, said in rows()}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    web = compose["web"]["environment"]
    for name, written in {
        "WEB_WORKERS": web["CXWORKFLOW_WEB_WORKERS"],
        "WORKER_PARTS": compose["worker"]["deploy"]["replicas"],
        "BASE_URL": web["CXWORKFLOW_BASE_URL"],
    }.items():
        own = re.fullmatch(rf"\$\{{CXWORKFLOW_{name}:-(.+)\}}", written)
        assert own is not None
        assert without[name].replace("`", "").endswith(f"in docker-compose.yml {own[1]}")
    assert compose["web"]["ports"] == [f"${{CXWORKFLOW_PORT:-{without['PORT']}}}:{web['CXWORKFLOW_PORT']}"]
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    set_there = dict(re.findall(r"CXWORKFLOW_(\w+)=(\S+)", image))
    assert set_there.keys() == {"BIND", "PORT"}
    assert without["BIND"] == f"127.0.0.1, in Dockerfile {set_there['BIND']}"
    assert f"EXPOSE {set_there['PORT']}\n" in image
    assert set_there["PORT"] == web["CXWORKFLOW_PORT"] == without["PORT"]

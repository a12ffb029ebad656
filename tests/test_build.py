"""Tests of the house: what `make install` leaves behind."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "cxworkflow" / "web" / "static" / "vendor"


@pytest.mark.unit
def test_everything_the_design_systems_css_refers_to_was_copied() -> None:
    css = (VENDOR / "css" / "uswds.min.css").read_text(encoding="utf-8")
    references = {found.removeprefix("../") for found in re.findall(r"url\((\.\./[^)#?]+)", css)}

    assert references
    assert [path for path in sorted(references) if not (VENDOR / path).is_file()] == []


@pytest.mark.unit
def test_scripts_sprite_and_licences_were_copied() -> None:
    expected = [
        "js/uswds.min.js",
        "js/uswds-init.min.js",
        "js/htmx.min.js",
        "img/sprite.svg",
        "licenses/uswds.md",
        "stamp",
    ]

    assert [path for path in expected if not (VENDOR / path).is_file()] == []


@pytest.mark.unit
@pytest.mark.parametrize("name", ["", "-otel", "-dev", "-node"])
def test_lock_files_pin_with_hashes_and_name_no_registry(name: str) -> None:
    text = (ROOT / f"requirements{name}.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]

    assert "://" not in text
    assert [pin for pin in pins if not re.match(r"[\w.-]+==\S+ .*\\$", pin)] == []
    assert text.count("--hash=sha256:") >= len(pins)


@pytest.mark.unit
def test_the_npm_lock_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "registry" not in lock


@pytest.mark.unit
def test_the_readme_makes_the_secrets_that_docker_compose_names(tmp_path: Path) -> None:
    steps = re.search(r"```sh\n(mkdir -p secrets.*?)docker compose", (ROOT / "README.md").read_text(), re.DOTALL)
    assert steps is not None
    subprocess.run(["/bin/sh", "-euc", steps[1]], cwd=tmp_path, check=True, timeout=30)
    composed = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    files = re.findall(r"file: \./(secrets/\w+)", composed)
    assert len(files) >= 3
    made = [(tmp_path / file).read_text().strip() for file in files]
    assert min(map(len, made)) >= 32
    assert len(set(made)) == len(made)
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0, "others on the machine look away"
    assert all((tmp_path / file).stat().st_mode & 0o004 for file in files), "the accounts of the containers read them"
    assert all((tmp_path / folder).is_dir() for folder in re.findall(r"\./(secrets/\w+):/", composed))

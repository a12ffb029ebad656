"""`make audit` fails on what is known to be weak, and on nothing else; a service that says nothing is no all-clear."""

import json
import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

AUDIT = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "audit.py"))


@pytest.mark.asvs("V15.2.1")
def test_a_known_weakness_is_told_with_its_package() -> None:
    sound = {"name": "flask", "version": "3.1.3", "vulns": []}
    weak = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2019-217"}]}
    printed = json.dumps({"dependencies": [sound, weak], "fixes": []})
    assert AUDIT["told_by_pip_audit"](printed) == (["jinja2 2.0: PYSEC-2019-217"], 2)
    printed = json.dumps({"vulnerabilities": {"htmx.org": {"severity": "high"}}, "metadata": {}})
    assert AUDIT["told_by_npm_audit"](printed) == ["htmx.org: high"]
    assert AUDIT["told_by_npm_audit"](json.dumps({"vulnerabilities": {}, "metadata": {}})) == []


def test_a_package_that_was_skipped_is_not_taken_for_sound() -> None:
    skipped = {"name": "flask", "skip_reason": "Dependency not found and could not be audited"}
    assert AUDIT["told_by_pip_audit"](json.dumps({"dependencies": [skipped], "fixes": []})) == ([], 0)


@pytest.mark.parametrize("printed", ["", "Traceback", '{"message": "405 Method Not Allowed", "error": {}}'])
def test_a_service_that_does_not_answer_is_not_taken_for_an_all_clear(printed: str) -> None:
    assert AUDIT["told_by_pip_audit"](printed) == ([], 0)
    assert AUDIT["told_by_npm_audit"](printed) is None

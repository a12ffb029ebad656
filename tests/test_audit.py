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


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: dict[str, str], *arguments: str
) -> tuple[int, list[str]]:
    """The exit code and what is printed, where a service answers so about a lock file, and else not at all."""

    def printed_by(*command: str) -> str:
        return answers.get(command[-1], "") if "pip_audit" in command else answers.get("npm", "")

    monkeypatch.setitem(AUDIT["main"].__globals__, "printed_by", printed_by)
    return AUDIT["main"](*arguments), capsys.readouterr().out.splitlines()


SOUND = json.dumps({"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": []}], "fixes": []})
ANSWERED = dict.fromkeys(AUDIT["LOCKS"], SOUND) | {"npm": json.dumps({"vulnerabilities": {}})}


def test_where_every_service_answers_nothing_is_left_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run(monkeypatch, capsys, ANSWERED, "--answered")
    assert code == 0
    assert [line for line in told if "NOT AUDITED" in line] == []
    assert len(told) == len(AUDIT["LOCKS"]) + 1


@pytest.mark.parametrize("silent", [*AUDIT["LOCKS"], "npm"])
def test_what_was_not_looked_at_is_the_last_word_and_fails_where_that_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], silent: str
) -> None:
    answers = {name: said for name, said in ANSWERED.items() if name != silent}
    code, told = run(monkeypatch, capsys, answers)
    left = ["package-lock.json"] if silent == "npm" else AUDIT["LOCKS"][AUDIT["LOCKS"].index(silent) :]
    assert code == 0
    assert (
        told[-1]
        == f"NOT AUDITED, since the service did not answer, and so no all-clear: {', '.join(left)}. {AUDIT['STRICT']}"
    )
    assert run(monkeypatch, capsys, answers, "--answered")[0] == 1


def test_without_a_network_all_is_named_and_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = run(monkeypatch, capsys, {})
    assert code == 0
    assert told == [told[-1]]
    assert f": {', '.join([*AUDIT['LOCKS'], 'package-lock.json'])}. " in told[-1]
    assert "make audit ANSWERED=yes" in told[-1], "how to have it fail"


def test_a_known_weakness_fails_whoever_else_is_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    weak = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2019-217"}]}
    first = AUDIT["LOCKS"][0]
    code, told = run(monkeypatch, capsys, {first: json.dumps({"dependencies": [weak]})})
    assert code == 1
    assert "  jinja2 2.0: PYSEC-2019-217" in told
    assert told[-1].startswith("NOT AUDITED")
    assert first not in told[-1]


def test_the_whole_run_ends_with_it() -> None:
    last = (Path(AUDIT["ROOT"]) / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("make audit")

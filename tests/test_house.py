"""The house keeps its own rules: imports, tasks, templates, verbs, sizes."""

import ast
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, get_args

import pytest

import cxworkflow
import cxworkflow.services
from config.settings import POLICIES
from cxworkflow import clock
from cxworkflow.lifecycle import Action
from cxworkflow.permissions import TABLE, Permission
from cxworkflow.policies import read_policy
from cxworkflow.policies.notice_kinds import NoticeKind
from cxworkflow.rehearsal.events import VERBS
from tests.conftest import LONG, NOT_LONG

pytestmark = pytest.mark.unit

ROOT = Path(cxworkflow.__file__).parents[1]
OURS = [*(ROOT / "cxworkflow").rglob("*.py"), *(ROOT / "tasks").rglob("*.py"), *(ROOT / "config").rglob("*.py")]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
POLICY = read_policy(POLICIES / "dhs-076-02.toml")


def verbs() -> Iterator[tuple[str, FunctionType]]:
    """The public functions of the services, by module and name."""
    for module in pkgutil.iter_modules(cxworkflow.services.__path__):
        loaded = import_module(f"cxworkflow.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", function


VERBS_OF_SERVICES = dict(verbs())


@pytest.mark.timeout(120)
def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_house_has_its_place_in_the_direction_of_imports() -> None:
    layers = next(each["layers"] for each in CONTRACTS if each["type"] == "layers")
    placed = set(re.findall(r"[\w.]+", " ".join(layers)))
    parts = {f"cxworkflow.{module.name}" for module in pkgutil.iter_modules(cxworkflow.__path__)}
    assert parts - placed == set()


def test_every_periodic_job_is_a_task_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    # The application of the tasks is no demo; the clock of the tests' own demo comes back afterwards.
    monkeypatch.setattr(clock, "_offset", clock._offset)
    for name, value in {
        "DATABASE_URL": "postgresql://nobody@localhost/none",
        "REDIS_URL": "redis://localhost:1/0",
        "SMTP_URL": "smtp://localhost:1",
        "BASE_URL": "http://localhost",
        "SECRET_KEY": "for tests only, and long enough for one",
    }.items():
        monkeypatch.setenv(f"CXWORKFLOW_{name}", value)
    from tasks.app import PERIODIC, app

    jobs: list[Any] = list(PERIODIC.values())
    assert jobs
    for job in jobs:
        assert job["task"] in app.tasks
        assert job["options"]["expires"] <= job["schedule"], "a job that was not done in time is done by the next"


def test_every_kind_of_notice_has_its_three_templates() -> None:
    owed = set(re.findall(r'owe(?:_to_roles)?\(\s*"([a-z-]+)"', " ".join(map(source, VERBS_OF_SERVICES.values()))))
    known = {*get_args(NoticeKind), *POLICY.notices, *owed, "deadline"}
    folder = ROOT / "templates" / "email"
    written = {each.name for each in folder.iterdir() if each.is_dir()}
    assert known - written == set()
    for kind in written:
        assert {each.name for each in (folder / kind).iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_every_permission_is_in_the_table_and_reads_on_in_a_sentence() -> None:
    assert set(TABLE) == set(Permission)
    assert all(permission.value[0].islower() for permission in Permission)


def source(function: FunctionType) -> str:
    return inspect.getsource(function)


def test_a_verb_takes_who_and_when_by_name() -> None:
    for name, function in VERBS_OF_SERVICES.items():
        parameters = inspect.signature(function).parameters
        if "by" in parameters:
            for each in ("by", "at"):
                assert parameters[each].kind is inspect.Parameter.KEYWORD_ONLY, f"{name}({each})"
            assert parameters["at"].default is inspect.Parameter.empty, name


def test_whatever_writes_the_record_says_when_and_by_whom() -> None:
    for name, function in VERBS_OF_SERVICES.items():
        if "record.write(" in source(function):
            parameters = inspect.signature(function).parameters
            assert parameters["at"].kind is inspect.Parameter.KEYWORD_ONLY, name
            # Without a `by` of its own, it is the system's act, or that of the very person it is about.
            assert "by" in parameters or re.search(r"by=(None|\w*\.?person)\b", source(function)), name


def test_a_verb_says_what_it_does_and_what_it_returns() -> None:
    for name, function in VERBS_OF_SERVICES.items():
        assert function.__doc__, f"{name} has no docstring"
        assert "return" in function.__annotations__, name


def test_nothing_below_the_edges_reads_the_wall_clock() -> None:
    edges = {"clock.py", "db.py", "logs.py", "scratch.py", "bell.py", "watchdog.py"}
    folders = {"local", "cli", "web", "api", "demo", "mail"}
    reads = re.compile(r"datetime\.now\(|datetime\.today\(|date\.today\(|time\.time\(")
    for path in (ROOT / "cxworkflow").rglob("*.py"):
        inside = path.relative_to(ROOT / "cxworkflow")
        if inside.parts[0] not in edges | folders:
            assert not reads.search(path.read_text(encoding="utf-8")), f"{inside} reads a clock"


def test_the_verbs_of_a_scenario_are_the_verbs_of_the_lifecycle_and_the_clocks() -> None:
    apart = {"edit", "comment", "answer", "mark", "reported", "report-sent-back"}
    about_papers = {action.value for action in Action} - apart
    about_commitments = {"report", "reading", "evidence", "accept"}
    assert set(VERBS.split(", ")) == about_papers | about_commitments | {
        "deliver",
        "import",
        "extend",
        "pause",
        "resume",
        "publish",
        "quarter",
    }


def test_a_module_opens_with_one_line_that_says_what_it_is_for() -> None:
    for path in OURS:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert docstring, path
        assert re.search(r"[.:!?]$", docstring.splitlines()[0]), f"{path}: {docstring.splitlines()[0]}"


def test_a_file_has_250_lines_at_most() -> None:
    long = {path.name for path in OURS if len(path.read_text(encoding="utf-8").splitlines()) > 250}
    assert long <= {"0001_first_tables.py"}, "only the first migration, written by Alembic, may be longer"


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    empty = re.compile(r"\b(class|def) \w*(manager|helper|util|handle(?!_[A-Z])|dao)\w*\b")
    for path in OURS:
        assert not empty.search(path.read_text(encoding="utf-8")), path


def test_what_the_quick_tests_leave_out_is_there() -> None:
    assert [path for path in (*LONG, *NOT_LONG) if not (ROOT / "tests" / path).exists()] == []

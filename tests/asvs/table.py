"""The table of ASVS requirements and the tests that show them: `python -m tests.asvs` writes `docs/asvs.md`."""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILE = TESTS.parent / "docs" / "asvs.md"
STATED = tomllib.loads((Path(__file__).parent / "requirements.toml").read_text(encoding="utf-8"))
INTRODUCTION = """\
# What of the ASVS is kept, and which test shows it

OWASP Application Security Verification Standard 5.0.0, levels 1 and 2, in our own short words. `python -m tests.asvs`
writes this table from `tests/asvs/requirements.toml` and from the marks that tests carry; a test fails when it is out
of date. A requirement without a test says why. Chapters that are not here (V1, V4, V6, V9, V11 to V15, V17) have not
been gone through yet.
"""


def requirements() -> dict[str, tuple[str, str]]:
    """Number -> our words, and why there is no test (empty: there has to be one)."""
    found = {}
    for chapter in STATED.values():
        for number, said in chapter.items():
            if number != "title":
                found[number] = (said, "") if isinstance(said, str) else (said[0], said[1])
    return found


def marked() -> dict[str, list[str]]:
    """Number -> the tests that carry its mark, by file and name, in the order of the files."""
    found = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for number in _numbers(node):
                    found[number].append(f"{path.relative_to(TESTS.parent)}::{node.name}")
    return found


def _numbers(test: ast.FunctionDef) -> Iterator[str]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.asvs":
            yield from (ast.literal_eval(each).removeprefix("V") for each in mark.args)


def text() -> str:
    """The whole page."""
    tests, parts = marked(), [INTRODUCTION]
    for chapter, said in STATED.items():
        parts.append(f"\n## {chapter}: {said['title']}\n\n| number | what is asked | shown by |\n|---|---|---|\n")
        for number in said:
            if number != "title":
                words, why = requirements()[number]
                shown = "<br>".join(f"`{test}`" for test in tests.get(number, ())) or why
                parts.append(f"| {number} | {words} | {shown} |\n")
    return "".join(parts)

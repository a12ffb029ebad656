"""Which tests carry the mark of which clause: `python -m tests.clauses` writes it where the product reads it.

`clause("IV.b")` means the first policy, DHS 076-02. Before a clause of another stands its code: `clause("omb-a11-280
280.data")`.
"""

import ast
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from config.settings import POLICIES
from cxworkflow.policies import Policy, read_policy

TESTS = Path(__file__).parents[1]
FIRST = "dhs-076-02"
SHIPPED: list[Policy] = [read_policy(path) for path in sorted(POLICIES.glob("*.toml"))]


def marked() -> dict[str, dict[str, list[str]]]:
    """Policy -> clause -> the tests that carry its mark, in the order of the files; a file stands for all in it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(TESTS.rglob("test_*.py")):
        if ".vendor" in path.parts:
            continue
        name = path.relative_to(TESTS.parent).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for test, marks in _marks(tree, name):
            for policy, clause in dict.fromkeys(map(_named, marks)):
                found[policy][clause].append(test)
    return found


def _marks(tree: ast.Module, name: str) -> Iterator[tuple[str, list[str]]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            yield name, list(_clauses(node.value))
        elif isinstance(node, ast.FunctionDef):
            yield f"{name}::{node.name}", [each for mark in node.decorator_list for each in _clauses(mark)]


def _clauses(node: ast.expr) -> Iterator[str]:
    """What every mark of a clause in an expression names, also those of single cases of a test."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.clause":
            yield from map(ast.literal_eval, call.args)


def _named(mark: str) -> tuple[str, str]:
    policy, _, clause = mark.rpartition(" ")
    return policy or FIRST, clause


def text() -> str:
    """The whole file: every clause of every policy that ships, in the order of its policy."""
    tests = marked()
    shown = {
        policy.id: {clause.id: tests[policy.id][clause.id] for clause in policy.clauses if tests[policy.id][clause.id]}
        for policy in SHIPPED
    }
    return json.dumps(shown, indent=1) + "\n"

"""Guards as they stand in the source: every question that can be answered with no gets a switch when it is loaded.

A guard is a call of one of ASKED, or an `if` that does nothing but refuse: raise, abort, turn away. Conditions that
only say what a form lacks (InvalidInput) are none; they keep nobody from what is not theirs.
"""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

from tests.mutation.switches import SWITCHES

WHERE = tuple(f"cxworkflow.{each}" for each in ("permissions", "services", "queries", "web", "uploads"))
NOT_HERE = ("cxworkflow.web.filters", "cxworkflow.web.demo_pages", "cxworkflow.web.plain_words")
ASKED = frozenset({"require", "may", "after", "holds", "free_of_conflict", "host_is_trusted", "compare_digest"})
NO_GUARD = ("InvalidInput", "_fault", "ValueError", "RuntimeError", "SettingError", "ConnectionError", "LookupError")
TURNS_AWAY = ("_sign_in_first", "_turned_away")  # what such an `if` returns
NAME = "__guards__"


class Loader(SourceFileLoader):
    """Reads a module with a switch at each of its guards; never from a cache, nor into one."""

    def path_stats(self, _path: str) -> dict[str, Any]:
        """No dates, so no cached code is taken."""
        raise OSError

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> Any:  # type: ignore[override]
        """The code with its switches."""
        tree = Switching(self.name).visit(ast.parse(data, path))
        return compile(ast.fix_missing_locations(tree), path, "exec", optimize=_optimize)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, which finds the switches under a name of their own."""
        vars(module)[NAME] = SWITCHES
        super().exec_module(module)


class Finder(MetaPathFinder):
    """Finds the modules that have guards."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where the module is, with our loader."""
        if not name.startswith(WHERE) or name in NOT_HERE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = Loader(name, spec.origin)
        return spec


class Switching(ast.NodeTransformer):
    """Puts the switches in."""

    def __init__(self, module: str) -> None:
        self._module, self._within = module.removeprefix("cxworkflow."), ["module"]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # its name there
        """Guards are called after the function they stand in."""
        self._within.append(node.name)
        self.generic_visit(node)
        self._within.pop()
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:  # its name there
        """A question that is asked by name."""
        asked = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        guard = self._named(asked) if asked in ASKED else ""
        self.generic_visit(node)
        if not guard:
            return node
        return ast.Call(_switch("asks"), [ast.Constant(guard), node.func, *node.args], node.keywords)

    def visit_If(self, node: ast.If) -> ast.AST:  # its name there
        """A condition under which something is refused."""
        refusal = _refusal(node, TURNS_AWAY if self._module != "permissions.predicates" else ("False",))
        guard = self._named(refusal) if refusal else ""
        self.generic_visit(node)
        if guard:
            node.test = ast.Call(_switch("refuses"), [ast.Constant(guard), node.test], [])
        return node

    def _named(self, what: str) -> str:
        guard = f"{self._module}.{self._within[-1]}: {what}"
        while guard in SWITCHES.known:
            guard += "'"
        SWITCHES.known.append(guard)
        return guard


def _switch(kind: str) -> ast.expr:
    return ast.Attribute(ast.Name(NAME, ast.Load()), kind, ast.Load())


def _refusal(node: ast.If, turns_away: tuple[str, ...]) -> str:
    """What an `if` refuses with, or nothing."""
    last = node.body[-1]
    if node.orelse or len(node.body) > 2:
        return ""
    if isinstance(last, ast.Raise) and last.exc is not None:
        kind = ast.unparse(last.exc).partition("(")[0]
        return "" if kind in NO_GUARD else kind
    if isinstance(last, ast.Expr) and ast.unparse(last).startswith("abort("):
        return "abort"
    if isinstance(last, ast.Return) and last.value is not None:
        kind = ast.unparse(last.value).partition("(")[0]
        return f"return {kind}" if kind in turns_away else ""
    return ""


def switch_on() -> None:
    """From here on, modules are loaded with switches; call it before any of them is."""
    loaded = [name for name in sys.modules if name.startswith(WHERE)]
    if loaded:
        raise RuntimeError(f"These are loaded already: {', '.join(loaded)}")
    sys.meta_path.insert(0, Finder())

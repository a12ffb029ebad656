"""The reference of the policy file, made from the model that reads it."""

from collections.abc import Iterator
from typing import Any

from cxworkflow.policies import Policy
from tests.docs.command_line import DOCS

FILE = DOCS / "policy-file.md"
INTRODUCTION = """\
# The policy file

A policy is one TOML file in `config/policies/`. `python -m tests.docs` writes this page from the model that reads it; a
test fails when it is out of date. What must hold between its parts (names that exist, dates in order, clauses that
something keeps) is said by `cxworkflow policy check`, with each fault's place and mending. The file of
[DHS 076-02](../config/policies/dhs-076-02.toml) uses nearly all of it.

"""
FEW = 12  # choices that fit into a line; more stand in a list of their own
PATTERNS = {
    r"\S": "words",
    r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$": "a clause, such as IV.c.1",
    r"^[a-z0-9][a-z0-9-]{0,63}$": "a name in small letters, figures and hyphens",
    r"^[a-z][a-z0-9_]{0,31}$": "a key in small letters, figures and underscores",
}
TYPES = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "date": "a day, such as 2024-01-09",
    "time": "a time, such as 06:00:00",
}
Schema = dict[str, Any]


def text() -> str:
    """The whole page: the top of the file, then each of its tables, then the long lists of choices."""
    whole = Policy.model_json_schema()
    long: dict[str, list[str]] = {}
    parts = [_table("The top of the file", whole, long)]
    parts += [_table(f"`{name}`", part, long) for name, part in _tables(whole)]
    lists = "".join(
        f"## {title}\n\n{', '.join(f'`{each}`' for each in choices)}\n\n" for title, choices in long.items()
    )
    return INTRODUCTION + "".join(parts) + lists.rstrip() + "\n"


def _tables(whole: Schema) -> Iterator[tuple[str, Schema]]:
    """The tables within the file, each after the one that holds it, by the path at which it stands."""
    waiting, seen = [("", whole)], set[str]()
    while waiting:
        path, part = waiting.pop(0)
        for key, asked in part["properties"].items():
            for name in _referred(asked):
                if name not in seen:
                    seen.add(name)
                    place = f"{path}.{key}".removeprefix(".")
                    waiting.append((place, whole["$defs"][name]))
                    yield place, whole["$defs"][name]


def _referred(asked: Any) -> Iterator[str]:
    if isinstance(asked, dict):
        if "$ref" in asked:
            yield asked["$ref"].rpartition("/")[2]
        for inner in asked.values():
            yield from _referred(inner)
    elif isinstance(asked, list):
        for inner in asked:
            yield from _referred(inner)


def _table(title: str, part: Schema, long: dict[str, list[str]]) -> str:
    needed = set(part.get("required", ()))
    rows = "".join(
        f"| `{key}` | {_kind(asked, long, key)} | {'needed' if key in needed else _default(asked)} |\n"
        for key, asked in part["properties"].items()
    )
    says = part.get("description", "").strip()
    return f"## {title}\n\n{says}\n\n| key | what it is | if left out |\n|---|---|---|\n{rows}\n"


def _default(asked: Schema) -> str:
    default = asked.get("default")
    if default in (None, [], "", {}):
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _kind(asked: Schema, long: dict[str, list[str]], key: str) -> str:  # noqa: PLR0911  # a line for each kind
    """What a value is, in words."""
    if "$ref" in asked:
        return "a table of its own, below"
    if "anyOf" in asked:
        inner = [each for each in asked["anyOf"] if each.get("type") != "null"]
        if all("enum" in each for each in inner):
            return _choices([choice for each in inner for choice in each["enum"]], long, key)
        return ", or ".join(dict.fromkeys(_kind(each, long, key) for each in inner))
    if "const" in asked or "enum" in asked:
        return _choices(asked.get("enum") or [asked["const"]], long, key)
    if asked.get("type") == "array":
        return f"a list: {_kind(asked['items'], long, key)}"
    if asked.get("type") == "object":
        each: Schema = next(iter(asked.get("patternProperties", {}).values()), asked.get("additionalProperties", {}))
        names = asked.get("propertyNames", {}).get("enum")
        by = _choices(names, long, key) if names else "names of your own"
        return f"a table; by {by}: {_kind(each, long, 'role')}"
    if "pattern" in asked:
        return PATTERNS.get(asked["pattern"], "text")
    bounds = [f"{word} {asked[bound]:,}" for bound, word in (("minimum", "from"), ("maximum", "to")) if bound in asked]
    return " ".join([TYPES[asked.get("format") or asked["type"]], *bounds])


def _choices(choices: list[str], long: dict[str, list[str]], key: str) -> str:
    if len(choices) <= FEW:
        return "one of " + ", ".join(f"`{each}`" for each in choices) if len(choices) > 1 else f"`{choices[0]}`"
    title = f"What `{key}` can name"
    long.setdefault(title, choices)
    return f"one of those [below](#what-{key}-can-name)"

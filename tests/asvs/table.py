"""The table of ASVS requirements and the tests that show them: `python -m tests.asvs` writes it, and the README's."""

import ast
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILE = TESTS.parent / "docs" / "asvs.md"
README = TESTS.parent / "README.md"
STATED = tomllib.loads((Path(__file__).parent / "requirements.toml").read_text(encoding="utf-8"))
SHOWN = "a test"
REASONS = ("written down", "not applicable", "operator", "not met")
INTRODUCTION = """\
# What of the ASVS is kept, and which test shows it

OWASP Application Security Verification Standard 5.0.0, levels 1 and 2, all of it, in our own short words.
`python -m tests.asvs` writes this table, and its sum and its tests in the README, from `tests/asvs/requirements.toml`
and from the marks that tests carry; a test fails when they are out of date. A requirement without a test says why: it
asks for something to be *written down*, it is *not applicable* to what there is here, it is up to the *operator*, or it
is *not met*.
"""
BEGINS, ENDS = "<!-- asvs: `python -m tests.asvs` writes these tables -->\n", "<!-- asvs ends -->\n"
SUMMARY = "Requirement by requirement: the tests that show it"


@dataclass(frozen=True)
class Requirement:
    """What is asked for; `kind` and `why` where no test shows it."""

    chapter: str
    number: str
    words: str
    kind: str = SHOWN
    why: str = ""


def requirements() -> list[Requirement]:
    """Every requirement, in the order of the standard."""
    return [
        Requirement(chapter, number, *([said] if isinstance(said, str) else said))
        for chapter, stated in STATED.items()
        for number, said in stated.items()
        if number != "title"
    ]


def marked() -> dict[str, list[str]]:
    """Number -> the tests that carry its mark, by file and name, in the order of the files."""
    found = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        if ".vendor" in path.parts:
            continue
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
    tests, parts, chapter = marked(), [INTRODUCTION], ""
    for each in requirements():
        if each.chapter != chapter:
            chapter = each.chapter
            title = STATED[chapter]["title"]
            parts.append(f"\n## {chapter}: {title}\n\n| number | what is asked | shown by |\n|---|---|---|\n")
        shown = "<br>".join(f"`{test}`" for test in tests.get(each.number, ())) or f"*{each.kind}*: {each.why}"
        parts.append(f"| {each.number} | {each.words} | {shown} |\n")
    return "".join(parts)


def summed_up() -> str:
    """The README's table: of each chapter, how many requirements there are, and how they are kept."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for each in requirements():
        for chapter in (each.chapter, ""):
            counted[chapter][each.kind] += 1
    heads = ("chapter", "required", SHOWN, *REASONS)
    rows = [heads, ("---",) + ("---:",) * (len(heads) - 1)]
    for chapter, kinds in [*((each, counted[each]) for each in STATED), ("all", counted[""])]:
        title = f"{chapter} {STATED[chapter]['title']}" if chapter in STATED else chapter
        rows.append((title, str(kinds.total()), *(str(kinds[kind] or "") for kind in (SHOWN, *REASONS))))
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def mapped() -> str:
    """The README's other table: each requirement that tests show, with a link to each of them."""
    tests = marked()
    rows = "".join(
        f"| {each.number} | {'<br>'.join(map(_link, tests[each.number]))} |\n"
        for each in requirements()
        if tests.get(each.number)
    )
    return f"\n<details>\n<summary>{SUMMARY}</summary>\n\n| requirement | tests |\n|---|---|\n{rows}\n</details>\n"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}]({path})"


def readme() -> str:
    """The README with its tables anew."""
    told, tables = README.read_text(encoding="utf-8"), summed_up() + mapped()
    return re.sub(f"{re.escape(BEGINS)}.*?{ENDS}", lambda _: BEGINS + tables + ENDS, told, flags=re.DOTALL)

"""The reference pages say what the parser and the model say, and no page names a command that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import command_line, policy_file
from tests.docs.blocks import PAGES, ROOT, blocks

pytestmark = pytest.mark.unit

# How a command stands in a sentence, and everything that it may be followed by.
NAMED = re.compile(r"`cxworkflow ([a-z][^`]*)`")
KNOWN = {path: {each for action in made._actions for each in action.option_strings}
         for path, _, made in command_line.commands()}  # fmt: skip


def named(page: Path) -> Iterator[tuple[str, tuple[str, ...], set[str]]]:
    """The commands that a page names in its sentences: as they stand there, their words, their options."""
    for command in NAMED.findall(page.read_text(encoding="utf-8")):
        words = re.split(r"[\s,]+", command)
        path = tuple(
            word for number, word in enumerate(words) if all(re.fullmatch(r"[a-z-]+", w) for w in words[: number + 1])
        )
        yield command, path, set(re.findall(r"--[a-z-]+", command))


# What runs until it is stopped, or fails unless all runs, and the test that runs it instead.
RUN_BY = {
    ("demo",): "functional/conftest.py",
    ("up",): "functional/test_signing_in.py",
    ("serve",): "local/test_graceful_stop.py",
    ("doctor",): "functional/test_doctor.py",
}


def test_every_command_is_run_by_a_test() -> None:
    lines = [line for page in PAGES for block in blocks(page) for line in block.script.splitlines()]
    left = {path for path in KNOWN if not any(f"cxworkflow {' '.join(path)} " in f"{line} " for line in lines)}
    assert left == RUN_BY.keys()
    for path, where in RUN_BY.items():
        assert f'"{path[0]}"' in (ROOT / "tests" / where).read_text(encoding="utf-8")


def test_every_option_is_used_by_a_test() -> None:
    lines = [line for page in PAGES for block in blocks(page) for line in block.script.splitlines()]
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    left = []
    for path, options in KNOWN.items():
        shown = {word for line in lines if f"cxworkflow {' '.join(path)} " in line for word in line.split()}
        used = {each for each in options if any(f'"{path[-1]}"' in text and f'"{each}"' in text for text in tests)}
        left += [(*path, option) for option in options - shown - used - {"-h", "--help"}]
    assert left == []


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    assert command_line.FILE.read_text(encoding="utf-8") == command_line.text(), "write it anew: python -m tests.docs"


def test_the_reference_of_the_policy_file_is_up_to_date() -> None:
    assert policy_file.FILE.read_text(encoding="utf-8") == policy_file.text(), "write it anew: python -m tests.docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_no_command_and_no_option_that_is_not_there(page: Path) -> None:
    wrong = []
    for command, path, options in named(page):
        fitting = [known for known in KNOWN if known[: len(path)] == path[: len(known)]]
        if not fitting or options - {option for known in fitting for option in KNOWN[known]}:
            wrong.append(command)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_stand_in_blocks_that_are_run(page: Path) -> None:
    fenced = re.findall(r"^```([^\n]*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    others = [block for words, block in fenced if words.split()[:1] != ["sh"]]
    assert [each for each in others if re.search(r"^(cxworkflow|make|python|docker|curl) ", each, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_to_a_file_that_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_of_the_documents_is_reached_from_the_readme() -> None:
    linked = {link for page in PAGES for link in re.findall(r"\]\(([^)#:]+\.md)", page.read_text(encoding="utf-8"))}
    names = {Path(link).name for link in linked} | {"README.md"}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - names == set()

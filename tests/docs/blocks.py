"""The commands that stand in the README and in the documents: in blocks marked `sh`, to be copied as they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```sh([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a test can't run as it stands, and why; with it what looks after it instead.
ELSEWHERE = {
    "make run": ("runs until Ctrl-C", "tests/functional/conftest.py"),
    "make test": ("is part of what runs this very test", "Makefile"),
    "make test-all": ("runs this very test", ".ci/run"),
    "make lint": ("looks at the source, beside the tests", ".ci/run"),
    "python -m tests.asvs": ("writes into the source", "tests/asvs/test_the_table.py"),
    "python -m tests.clauses": ("writes into the source", "tests/clauses/test_no_gaps.py"),
    "python -m tests.docs": ("writes into the source", "tests/docs/test_reference.py"),
    "curl": ("needs a token that somebody makes", "tests/functional/test_api_client.py"),
    "docker compose up": ("needs a Docker engine", "docker-compose.yml"),
}


@dataclass(frozen=True)
class Block:
    """A block of commands; `real` is for a system in real use (`sh up`), the others are for a demo."""

    commands: tuple[str, ...]
    real: bool

    @property
    def script(self) -> str:
        """What a test runs of it."""
        return "\n".join(line for line in self.commands if not any(map(line.startswith, ELSEWHERE)))


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in their order."""
    for words, commands in BLOCK.findall(page.read_text(encoding="utf-8")):
        yield Block(tuple(commands.splitlines()), "up" in words.split())

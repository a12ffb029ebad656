"""Every command of the README and of the documents does what it is there for: run as a reader would, page by page."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxworkflow.local.services import embedded
from tests.docs.blocks import ELSEWHERE, PAGES, ROOT, blocks

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

BASH = shutil.which("bash") or "/bin/bash"
WITH_COMMANDS = [page for page in PAGES if any(block.script for block in blocks(page))]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A copy of what a reader has before them, which PostgreSQL's own account can get to, too."""
    made = Path(tempfile.mkdtemp(prefix="cxworkflow-docs-"))
    made.chmod(0o711)
    for name in ("config", "docs", "tests", "README.md"):
        (made / name).symlink_to(ROOT / name)
    (made / "up").mkdir()
    (made / "up" / "mode").write_text("up", encoding="ascii")
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_every_command_of_a_page_runs(page: Path, folder: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CXWORKFLOW_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    with embedded(folder / "home", postgres=True, redis=False):  # so that not every command has to start it
        for block in blocks(page):
            home = folder / ("up" if block.real else "home")
            ran = subprocess.run(
                [BASH, "-euo", "pipefail", "-c", block.script],
                cwd=folder,
                env={**kept, "PATH": path, "CXWORKFLOW_HOME": str(home)},
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert ran.returncode == 0, f"{block.script}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"


@pytest.mark.unit
def test_what_runs_elsewhere_is_in_the_documents_and_is_looked_after_there() -> None:
    lines = [line for page in PAGES for block in blocks(page) for line in block.commands]
    assert [command for command in ELSEWHERE if not any(line.startswith(command) for line in lines)] == []
    assert [where for _, where in ELSEWHERE.values() if not (ROOT / where).exists()] == []

"""A real demo, started as a new user starts it, and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.functional.accessible import SCREEN, faults_of

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
PATIENCE = 90  # seconds for the demo to open on a busy machine


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, its folder, and the supervisor's process."""

    address: str
    home: Path
    process: subprocess.Popen[str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `cxworkflow` command beside it."""
        return subprocess.run(
            [sys.executable, "-m", "cxworkflow.cli", *arguments],
            env=surroundings(self.home),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )


def surroundings(home: Path, port: int | None = None) -> dict[str, str]:
    """The environment of a new user: nothing of ours is set but the folder and the port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CXWORKFLOW_")}
    kept["CXWORKFLOW_HOME"] = str(home)
    return kept | ({"CXWORKFLOW_PORT": str(port)} if port else {})


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def opened(home: Path, port: int) -> subprocess.Popen[str]:
    """Start the demo and wait until it says that it is open."""
    with (home.parent / "demo.out").open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "cxworkflow.cli", "demo"],
            env=surroundings(home, port),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    said = home.parent / "demo.out"
    before = said.read_text().count("Three things to try")
    until = time.monotonic() + PATIENCE
    while said.read_text().count("Three things to try") == before:
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"the demo did not open:\n{said.read_text()}")
        time.sleep(0.1)
    return process


def closed(process: subprocess.Popen[str]) -> None:
    """Stop a demo as Ctrl-C does, and wait for it."""
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=40)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo for the journeys of a module: what others did in theirs is not there."""
    folder = Path(tempfile.mkdtemp(prefix="cxworkflow-demo-"))
    folder.chmod(0o711)
    port = free_port()
    process = opened(folder / "home", port)
    yield Demo(f"http://localhost:{port}", folder / "home", process)
    closed(process)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")  # not longer: while it is open, an event loop runs, beside which no other can
def browser() -> Iterator[Browser]:
    """Debian's Chromium; where there is none, the journeys are left out."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here, so the journeys in a browser are left out.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A page that fails the test on any script error or breach of the content security policy.

    However a journey ends, its last page has to be one that everybody can read.
    """
    context = browser.new_context(base_url=demo.address, viewport=SCREEN)
    found = context.new_page()
    trouble: list[str] = []
    found.on("pageerror", lambda error: trouble.append(str(error)))
    found.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    yield found
    if found.url.startswith(demo.address) and found.locator("main").count():
        trouble += faults_of(found)
    context.close()
    assert not trouble, "\n".join(trouble)


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A page that may be refused something, which the browser itself notes as an error; its scripts may not fail."""
    context = browser.new_context(base_url=demo.address, viewport=SCREEN)
    found = context.new_page()
    trouble: list[str] = []
    found.on("pageerror", lambda error: trouble.append(str(error)))
    yield found
    context.close()
    assert not trouble, "\n".join(trouble)

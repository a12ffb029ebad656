"""A home for embedded services that the unprivileged account can get to, unlike pytest's own folders."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cxworkflow-test-"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder)

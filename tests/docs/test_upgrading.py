"""The upgrade notes have an entry for the present release, on top."""

import re
import tomllib

import pytest

from tests.test_house import ROOT


@pytest.mark.unit
def test_the_present_release_has_its_note() -> None:
    notes = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.findall(r"^## (\S+)", notes, re.MULTILINE)[0].rstrip(",") == version

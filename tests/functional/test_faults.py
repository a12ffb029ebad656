"""Faults at random for half a minute: real processes killed, frozen and cut off over simulated days, nothing lost.

`make chaos` plays the whole of it; `make chaos-guards` shows that it notices when a guard of the design is missing.
"""

import re
import subprocess
import sys

import pytest

from tests.functional.conftest import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

LINE = re.compile(r"chaos: (\d+) faults, (\d+) owed, 0 lost, 0 duplicated, 0 early")


@pytest.mark.clause("IV.b")
def test_whatever_fails_each_notice_arrives_once_and_none_before_its_day() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--seed", "76", "--faults", "40", "--days", "30", "--seconds", "35"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    line = LINE.fullmatch(played.stdout.splitlines()[-1])
    assert line, played.stdout
    faults, owed = (int(number) for number in line.groups())
    assert faults >= 5
    assert owed >= 50

"""What a rehearsal is played from: events between two days; and a committed stage for what is supposed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxworkflow.rehearsal import read_scenario, rehearse
from tests.mail.conftest import database, office, played
from tests.stage import answers

__all__ = ["database", "office", "play", "played"]


@pytest.fixture
def play(tmp_path: Path, server_url: str) -> Any:
    """Play events between two days; strategy files for a HISP and another Component lie beside the scenario."""
    for name, component, hisp in (("hisp.json", "CBP", True), ("plain.json", "USCG", False)):
        paper = {"policy": "dhs-076-02", "component": component, "title": "A strategy", "answers": answers(hisp=hisp)}
        (tmp_path / name).write_text(json.dumps(paper), encoding="utf-8")

    def played(
        *events: dict[str, Any],
        components: str = "CBP USCG",
        days: str = "2023-07-13 2024-01-31",
        on_each_day: Callable[[], None] = lambda: None,
    ) -> Any:
        first, last = days.split()
        lines = ",\n".join(json.dumps(each) for each in events)
        head = {"policy": "dhs-076-02", "from": first, "to": last, "components": components.split()}
        whole = f'{json.dumps(head)[:-1]}, "events": [\n{lines}]}}'
        (tmp_path / "plan.json").write_text(whole, encoding="utf-8")
        scenario = read_scenario(tmp_path / "plan.json")
        return rehearse(scenario, server_url=server_url, progress=lambda _done, _total: on_each_day())

    return played

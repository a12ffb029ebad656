"""A whole rehearsal: fifteen months, eight Components, and everything that can happen on the way."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from config.settings import FOLDER
from cxworkflow.calendar import moment
from cxworkflow.rehearsal import read_scenario, rehearse
from tests.bench.place import Place
from tests.bench.rows import Row, medians, seconds

MOST = 10  # seconds
SIGNED_ON, LAST_ON = date(2023, 7, 13), date(2024, 10, 31)
HISPS, OTHERS = ("CBP", "FEMA", "TSA", "USCIS"), ("FLETC", "ICE", "USCG", "S&T")
REASON = "Played for the benchmark."

# What a Component does, in days from its beginning and with who does it; one is late and two are never approved.
COURSE = (
    (0, "lead", {"do": "import"}),
    (10, "lead", {"do": "submit", "reason": REASON}),
    (11, "directorate-lead", {"do": "assign", "to": "directorate-reviewer"}),
    (30, "directorate-lead", {"do": "return", "reason": REASON}),
    (40, "lead", {"do": "submit"}),
    (50, "directorate-lead", {"do": "recommend", "recommendation": "approve"}),
    (60, "cio", {"do": "approve"}),
    (200, "lead", {"do": "implemented"}),
)


def rows(place: Place) -> Iterator[Row]:
    """Row 5 of the goals."""
    path = _scenario(place.folder / "scenario")
    took = medians(
        {"rehearsal": seconds(lambda: rehearse(read_scenario(path), server_url=place.server_url))}
        for _ in range(place.scale.long_rounds)
    )["rehearsal"]
    yield Row.at_most(1, "a rehearsal of 15 months", took / MOST, f"{MOST} seconds (here {took:.1f})")


def _scenario(folder: Path) -> Path:
    """Write the scenario, with the strategies that its Components file."""
    folder.mkdir()
    for name in ("uscis.json", "uscg.json"):
        shutil.copy(FOLDER / "demo" / name, folder)
    events = [
        _event(61, "cio", do="deliver", what="cx-directorate"),
        _event(85, "directorate-lead", do="deliver", what="directive-and-instruction-begun"),
        _event(160, "cio", do="pause", component="S&T", clock="strategy", reason=REASON),
        _event(170, "cio", do="resume", component="S&T", clock="strategy"),
        _event(175, "cio", do="extend", component="USCG", clock="strategy", to="2024-02-08", reason=REASON),
    ]
    for number, code in enumerate(HISPS + OTHERS):
        steps = COURSE[: -2 if code in OTHERS[:2] else None]
        events += [_of(code, 130 + 10 * number + day, by, dict(what)) for day, by, what in steps]
    path = folder / "timeline.json"
    told = {"policy": "dhs-076-02", "from": SIGNED_ON.isoformat(), "to": LAST_ON.isoformat()}
    told |= {"components": [*HISPS, *OTHERS], "events": sorted(events, key=lambda event: event["at"])}  # type: ignore[dict-item]
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return path


def _of(code: str, day: int, by: str, what: dict[str, str]) -> dict[str, str]:
    if what["do"] == "import":
        what |= {"file": "uscis.json" if code in HISPS else "uscg.json", "as": code}
    return _event(day, by, component=code, **what)


def _event(day: int, by: str, **what: str) -> dict[str, str]:
    return {"at": moment(SIGNED_ON + timedelta(days=day), 10).isoformat(), "by": by, **what}

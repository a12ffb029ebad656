"""The curves of growth in the README: the picture shows what the tables say, and says it in words as well."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.bench.curve import PICTURE, part, present, tables
from tests.bench.drawing import Series, drawn
from tests.bench.rows import SHORT

pytestmark = pytest.mark.unit

MEASURED: list[dict[str, Any]] = [
    {
        "machine": "2 cores of a machine",
        "points": [
            {"curve": "clocks", "series": "a sweep", "at": clocks, "value": took},
            {"curve": "workers", "series": "among many", "at": workers, "value": rate},
            {"curve": "cores", "series": "busy, among many", "at": workers, "value": busy},
            {"curve": "cores", "series": "with workers, among many", "at": workers, "value": busy / 2},
            {"curve": "cores", "series": "there, among many", "at": workers, "value": 2},
        ],
    }
    for clocks, took, workers, rate, busy in [(10_000, 20.04, 1, 9_000.0, 1.2), (1_000_000, 30.0, 2, 18_000.0, 1.9)]
]


def test_the_picture_in_the_readme_shows_the_figures_of_its_tables() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(tables(present()))


def test_the_part_holds_what_was_measured_and_can_be_read_back() -> None:
    told = part(MEASURED)
    assert told.startswith("On 2 cores of a machine:")
    assert tables(told) == [
        ("clocks", [Series("a sweep", [(10_000, 20.0), (1_000_000, 30.0)])]),
        ("workers", [Series("among many", [(1, 9_000), (2, 18_000)])]),
    ]


def test_the_limit_is_the_cores_where_they_are_busy_and_the_wait_where_they_are_not() -> None:
    full = part(MEASURED)
    assert "takes 1.5 times as long" in full
    assert "2 send 2.0 times what one sends" in full
    assert "The next limit is the cores of this machine" in full
    assert "at about 37,895 a second" in full  # 18,000 × 2 cores ÷ 0.95 of PostgreSQL’s
    for point in MEASURED[1]["points"]:
        if point["series"] == "busy, among many":
            idle = {**point, "value": 1.3}
    rows = [
        MEASURED[0],
        {**MEASURED[1], "points": [idle if "busy" in p["series"] else p for p in MEASURED[1]["points"]]},
    ]
    assert "The next limit is the cores" not in part(rows)
    assert "the next limit is waiting" in part(rows)


def test_a_short_run_says_nothing_of_the_limit() -> None:
    told = part([{**each, "machine": f"2 cores of a machine {SHORT}"} for each in MEASURED])
    assert "next limit is" in told
    assert "The next limit" not in told
    assert "send 2.0 times" not in told


def test_every_figure_stands_in_the_picture_in_words_and_each_series_has_marks_of_its_own() -> None:
    two = [Series("one", [(1, 10), (2, 20)]), Series("two", [(1, 11), (2, 12)])]
    picture = ET.fromstring(drawn([("workers", two)]))  # noqa: S314  # we have drawn it just now
    svg = "{http://www.w3.org/2000/svg}"
    assert picture.get("role") == "img"
    assert "1 workers: 11; 2 workers: 12" in (picture.findtext(f"{svg}desc") or "")
    assert len(picture.findall(f".//{svg}circle")) == 3  # two places and the key
    assert len([each for each in picture.findall(f".//{svg}rect") if each.get("height") == "10"]) == 3

"""Documents: what a strategy of forty pages costs to become a PDF, and what memory the Department's report takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from time import process_time
from typing import Any

import pikepdf

from config.settings import FOLDER, POLICIES
from cxworkflow.documents.pdf_file import pdf_file
from cxworkflow.papers import Document, strategy_document
from cxworkflow.policies import read_policy
from tests.bench.pages import today
from tests.bench.papers import populate
from tests.bench.place import ROOT, Place, application, inside
from tests.bench.rows import Row, medians

PAGES, MOST = 40, 1.0  # seconds
ENDINGS, GROWTH = ("csv", "json", "xlsx"), 1.1
AT = datetime(2024, 1, 9, 15, tzinfo=UTC)


def rows(place: Place) -> Iterator[Row]:
    """A strategy of forty pages as a PDF."""
    times, pages = _long_enough()
    took = medians(_round(times, number) for number in range(1, 1 + place.scale.rounds))
    floor = f"{MOST:g} second of one core (here {took['pdf']:.2f}, {pages} pages)"
    yield Row.at_most(1, "a strategy of 40 pages as a PDF", took["pdf"] / MOST, floor)
    many = place.scale.strategies
    few = many // 10
    memory = {count: _memory_of(place, count) for count in (few, many)}
    for ending in ENDINGS:
        floor = f"{few:,} strategies, {memory[few][ending]:,.0f} MB (here {memory[many][ending]:,.0f} MB)"
        ratio = memory[many][ending] / memory[few][ending]
        yield Row.at_most(GROWTH, f"the report over {many:,} strategies as {ending}, its memory", ratio, floor)


def _memory_of(place: Place, strategies: int) -> dict[str, float]:
    """The most megabytes that a process had which wrote each kind of file over so many strategies."""
    with place.database() as url:
        with inside(application(url)):
            populate(strategies, on=today())
        found = {}
        for ending in ENDINGS:
            asked = [sys.executable, "-m", "tests.bench.reporting", url, ending]
            said = subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
            if int(said[1]) < strategies:
                raise AssertionError(f"only {said[1]} of {strategies} Components were told")
            found[ending] = int(said[0]) / 1024
        return found


def _round(times: int, number: int) -> dict[str, float]:
    """One PDF of words that were not set before, since typst remembers what it has set: the time of all its threads."""
    document = _long(times, f"In round {number}: ")
    began = process_time()
    pdf_file(document, at=AT)
    return {"pdf": process_time() - began}


def _long_enough() -> tuple[int, int]:
    """How often everything has to be said to fill so many pages, and how many it fills."""
    for times in range(2, 100, 2):
        pages = len(pikepdf.open(BytesIO(pdf_file(_long(times, ""), at=AT))).pages)
        if pages >= PAGES:
            return times, pages
    raise AssertionError("no strategy is so long")


def _long(times: int, opening: str) -> Document:
    """A strategy whose texts and tables are so many times as long."""
    sample = json.loads((FOLDER / "demo" / "uscis.json").read_text(encoding="utf-8"))
    contents = {
        clause: {key: _grown(value, times, opening) for key, value in content.items()}
        for clause, content in sample["answers"].items()
    }
    return strategy_document(
        read_policy(POLICIES / "dhs-076-02.toml"),
        title=sample["title"],
        subtitle="Version 1",
        code="USCIS",
        owner="U.S. Citizenship and Immigration Services",
        contents=contents,
    )


def _grown(value: Any, times: int, opening: str) -> Any:
    if isinstance(value, list):
        # The first column of every table is text.
        return [
            {**row, next(iter(row)): f"{opening}{next(iter(row.values()))} {number}"}
            for number in range(times)
            for row in value
        ]
    if isinstance(value, str) and len(value) > 40:
        return "\n".join(f"{opening}{number}. {value} {value}" for number in range(times))
    return value

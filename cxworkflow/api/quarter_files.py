"""Quarterly numbers of a Component as a CSV file: taken out, and brought in, whole or not at all."""

from io import TextIOWrapper

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Files, Handed, Sent, Shape, Word
from cxworkflow.models import Area
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import hisps as queries
from cxworkflow.services import quarter_files
from cxworkflow.web.hisps import PUBLIC
from cxworkflow.web.lists import taken_out

CSV = "text/csv"


class BroughtIn(Shape):
    """What came in: how many lines, how many of them new or changed, for which quarters."""

    lines: int
    changed: int
    quarters: list[str]


class OfQuarter(Sent):
    """Numbers of all quarters or of one."""

    quarter: Word | None = Field(None, description="Such as 2024-Q1.")


def take_out(asked: Asked, component: str) -> Handed:
    """The numbers that count, in the columns of the public collection, in which they can be brought in again."""
    hisp = queries.one(asked.by, component, at=asked.at)
    assert isinstance(asked.query, OfQuarter)
    found = queries.numbers(asked.by, component=hisp.code, cycle=asked.query.quarter, at=asked.at)
    in_order = found.order_by(*next(iter(queries.NUMBER_ORDERS.values())).by)
    return Handed(f"{hisp.code.lower()}.csv", CSV, taken_out("numbers", PUBLIC, in_order))


def bring_in(asked: Asked, component: str) -> BroughtIn:
    """Take in a CSV file in UTF-8, whole or not at all: every wrong line is named."""
    hisp = queries.one(asked.by, component, at=asked.at)
    require(asked.by, Permission.REPORT_QUARTER, hisp, at=asked.at)
    text = TextIOWrapper(asked.scanned("The file"), "utf-8-sig", newline="")
    brought = quarter_files.bring_in(hisp, text, by=asked.by, at=asked.at)
    return BroughtIn(lines=brought.lines, changed=brought.changed, quarters=list(brought.cycles))


_FILE = "/quarters/<component>/file"
_AREA = Area.QUARTERS
ENDPOINTS = (
    Endpoint("GET", _FILE, _AREA, "Take out numbers as CSV", take_out, (CSV,), asks=OfQuarter),
    Endpoint(
        "POST",
        _FILE,
        _AREA,
        "Bring in numbers as CSV",
        bring_in,
        BroughtIn,
        brings=Files((CSV,), lambda _: quarter_files.LARGEST),
    ),
)

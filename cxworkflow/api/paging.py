"""Pages of a list that hold still: each begins after the row at which the one before ended, whatever is added."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from cxworkflow.api.endpoint import Paged
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput


def page(wanted: Select[Any], number: InstrumentedAttribute[int], asked: Paged) -> tuple[list[Any], str | None]:
    """The rows after the cursor by their number, which never changes, and the cursor of the next page if there is one.

    Raises InvalidInput for a cursor that is none.
    """
    if asked.after:
        wanted = wanted.where(number > _read(asked.after))
    found = session().execute(wanted.order_by(None).order_by(number).limit(asked.limit + 1)).unique().all()
    rows = [row[0] if len(row) == 1 else row for row in found[: asked.limit]]
    last = found[asked.limit - 1][0] if len(found) > asked.limit else None
    return rows, cursor(getattr(last, number.key)) if last is not None else None


def cursor(number: int) -> str:
    """The cursor of what comes after this row."""
    return urlsafe_b64encode(f"after {number}".encode()).decode().rstrip("=")


def _read(given: str) -> int:
    try:
        told = urlsafe_b64decode(f"{given}{'=' * (-len(given) % 4)}".encode("ascii")).decode("ascii")
    except ValueError:
        told = ""
    found = re.fullmatch(r"after ([0-9]{1,18})", told, re.ASCII)
    if found is None:
        raise InvalidInput(None, [Fault("after", "This is no cursor of ours. Take the one that a page gave as next.")])
    return int(found[1])

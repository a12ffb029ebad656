"""One page of a long list, and how many there are in all: two statements, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from cxworkflow.db import session

PAGE = 50  # rows on a page

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page; `number` counts from 1."""

    rows: Sequence[Row]
    number: int
    total: int
    size: int = PAGE

    @property
    def last(self) -> int:
        """The number of the last page; an empty list has one page."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """The place of this page's first row in the whole list, from 1; 0 in an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        """The place of this page's last row in the whole list."""
        return self.first_row + len(self.rows) - 1 if self.rows else 0


def page_of(wanted: Select[tuple[Row]], number: int, *, size: int = PAGE) -> Page[Row]:
    """The page of this number; a number past the end gives the last page."""
    counted: Select[Any] = select(func.count()).select_from(wanted.order_by(None).subquery())
    total = session().scalar(counted) or 0
    number = max(1, min(number, -(-total // size)))
    rows = session().scalars(wanted.limit(size).offset((number - 1) * size)).all()
    return Page(rows, number, total, size)

"""A list in one of its orders: one page of it and how many there are in all, or all of it, however long."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from cxworkflow.db import session

PAGE = 50  # rows on a page
AT_ONCE = 1_000  # rows that are read together where all are read

Row = TypeVar("Row")


@dataclass(frozen=True)
class Order:
    """An order of a list: how it is called, and the columns it goes by."""

    label: str
    by: tuple[Any, ...]


Orders = Mapping[str, Order]  # by the word in the address; "-due" is the other way round than "due"


def both_ways(name: str, up: str, down: str, column: Any, *then: Any) -> dict[str, Order]:
    """A column's two orders; within equal values the list goes on by `then`. What has no value comes last."""
    return {
        name: Order(up, (column.asc().nulls_last(), *then)),
        f"-{name}": Order(down, (column.desc().nulls_last(), *then)),
    }


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


def page_of(wanted: Select[Any], number: int, *, size: int = PAGE, total: int | None = None) -> Page[Any]:
    """The page of this number; a number past the end gives the last page. A row of one column is that column's value.

    Two statements, or one where the total is known.
    """
    total = count(wanted) if total is None else total
    number = max(1, min(number, -(-total // size)))
    return Page(
        _rows(session().execute(wanted.limit(size).offset((number - 1) * size)).unique().all()), number, total, size
    )


def count(wanted: Select[Any]) -> int:
    """How many rows there are in all."""
    return session().scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0


def every(wanted: Select[Any]) -> Iterator[list[Any]]:
    """Every row, a thousand at a time; a second statement may be asked between them."""
    for part in session().execute(wanted.execution_options(yield_per=AT_ONCE)).partitions():
        yield _rows(part)


def _rows(found: Sequence[Any]) -> list[Any]:
    return [row[0] if len(row) == 1 else row for row in found]

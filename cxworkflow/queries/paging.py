"""A list in one of its orders: one page of it and how many there are in all, or all of it, however long."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Integer, Select, bindparam, func, literal_column, select

from cxworkflow.db import rows as plain_rows
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


def page_of(
    wanted: Select[Any],
    number: int,
    *,
    by: tuple[Any, ...] = (),
    size: int = PAGE,
    total: int | None = None,
    plain: bool = False,
) -> Page[Any]:
    """The page of this number; a number past the end gives the last page. A row of one column is that column's value.

    `plain` says that the rows are of columns, and no objects. Two statements, or one where the total is known.
    """
    total = count(wanted) if total is None else total
    number = max(1, min(number, -(-total // size)))
    turned = _in_order(wanted, by, size, first=number == 1)
    at = {} if number == 1 else {"offset": (number - 1) * size}
    found = plain_rows(turned, **at) if plain else session().execute(turned, at).unique().all()
    return Page(_rows(found), number, total, size)


# What was made of statements that are written once: each is kept as long as the one that it was made of.
_turned: WeakKeyDictionary[Select[Any], dict[tuple[tuple[Any, ...], int, bool], Select[Any]]] = WeakKeyDictionary()


def _in_order(wanted: Select[Any], by: tuple[Any, ...], size: int, *, first: bool) -> Select[Any]:
    """How many rows are wanted stands in the statement, and on the first page nothing else.

    Where the database does not know it, no plan that it keeps looks as good as one made for this page, and it would
    plan anew each time, which takes longer than to find the rows.
    """
    of_it = _turned.setdefault(wanted, {})
    if (by, size, first) not in of_it:
        in_order = (wanted.order_by(*by) if by else wanted).limit(literal_column(str(size), Integer))
        of_it[by, size, first] = in_order if first else in_order.offset(bindparam("offset", type_=Integer))
    return of_it[by, size, first]


def count(wanted: Select[Any]) -> int:
    """How many rows there are in all."""
    return session().scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0


def every(wanted: Select[Any]) -> Iterator[list[Any]]:
    """Every row, a thousand at a time; a second statement may be asked between them."""
    for part in session().execute(wanted.execution_options(yield_per=AT_ONCE)).partitions():
        yield _rows(part)


def _rows(found: Sequence[Any]) -> list[Any]:
    return [row[0] if len(row) == 1 else row for row in found]

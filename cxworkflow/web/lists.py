"""A list as every page of lists shows it: filters, an order, pages, and all of it as CSV under the same address."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Person
from cxworkflow.policies.characters import shown
from cxworkflow.queries import components, paging
from cxworkflow.queries.paging import Orders
from cxworkflow.web import current, filters, words
from cxworkflow.web.list_files import as_file, written_out

MOST_OFFERED = 200  # choices of a filter
LONGEST_NAME = 200  # characters
Read = Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Column:
    """A column: its heading, what a CSV says in it of a row, and the order in which the heading sorts the list."""

    heading: str
    says: Callable[[Any], str]
    sort: str = ""
    only_csv: bool = False


@dataclass(frozen=True)
class Choice:
    """A filter with a choice; `offered` are pairs of value and label."""

    name: str
    label: str
    offered: Sequence[tuple[str, str]]
    every: str = "All"
    kind: str = "choice"

    def read(self) -> str | None:
        """The value in the address, one of those offered; raises InvalidInput."""
        return filters.one_of(self.name, [value for value, _ in self.offered])


@dataclass(frozen=True)
class Code:
    """A filter with a Component's code, which is typed where there are too many to choose from."""

    name: str
    label: str
    kind: str = "code"

    def read(self) -> str | None:
        """The code of the Component in the address, typed in capitals or not; raises InvalidInput."""
        typed = request.args.get(self.name, "").replace("\0", "").strip()
        if not typed:
            return None
        code = components.code_like(typed)
        if code is None:
            raise InvalidInput(None, [Fault(self.name, f"No Component has the code “{shown(typed)}”.")])
        return code


@dataclass(frozen=True)
class Name:
    """A filter with a name that is typed, where there are too many to choose from."""

    name: str
    label: str
    kind: str = "code"

    def read(self) -> str | None:
        """The name in the address, cut to what a name can have; one that nobody has finds nothing."""
        return request.args.get(self.name, "").replace("\0", "").strip()[:LONGEST_NAME] or None


@dataclass(frozen=True)
class Day:
    """A filter with a day."""

    name: str
    label: str
    kind: str = "day"

    def read(self) -> date | None:
        """The day in the address; raises InvalidInput."""
        return filters.day(self.name)


@dataclass(frozen=True)
class Number:
    """A filter that a link sets and nobody types."""

    name: str
    kind: str = "hidden"

    def read(self) -> int | None:
        """The number in the address; raises InvalidInput."""
        return filters.number(self.name)


@dataclass
class Listing:
    """A list as it was asked for; `noun` says of what, in the plural. The first of its orders is the usual one.

    `size` is how many rows a page has; `endpoint` is where the list stands, if another address can show it, too;
    `plain` says that its rows are of columns, and no objects.
    """

    noun: str
    columns: Sequence[Column]
    orders: Orders
    offered: Iterable[Choice | Code | Name | Day | Number] = ()
    size: int = paging.PAGE
    endpoint: str = ""
    plain: bool = False
    values: dict[str, Any] = field(init=False)
    sort: str = field(init=False)
    page: paging.Page[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.noun = words.in_the_midst(self.noun)
        self.columns = words.labelled(self.columns, "heading")
        self.orders = dict(zip(self.orders, words.labelled(self.orders.values(), "label"), strict=True))
        self.offered = words.labelled(self.offered, "label")
        self.values = {each.name: each.read() for each in self.offered}
        self.sort = filters.one_of("sort", self.orders) or self.usual

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def usual(self) -> str:
        """The order in which the list comes if no other is asked for."""
        return next(iter(self.orders))

    @property
    def narrowed(self) -> bool:
        """Whether something else than the whole list was asked for."""
        return any(value is not None for value in self.values.values())

    @property
    def order_words(self) -> str:
        """The order, as it goes on after the list's name."""
        return self.orders[self.sort].label.casefold()

    @property
    def path(self) -> str:
        """The whole list's address."""
        return self._url()

    def address(self, **changed: Any) -> str:
        """This list's address with something changed; what is None is left out. Another order begins with page 1."""
        asked = {name: value for name, value in request.args.items() if value and name not in ("page", "as")}
        return self._url(**{**asked, **changed})

    def only(self, **values: str) -> str:
        """The address of the list narrowed down to these values alone, under the policy that was asked for."""
        kept = {"policy": self.values["policy"]} if self.values.get("policy") else {}
        return self._url(**{**kept, **values})

    def turned(self, column: Column) -> str:
        """The order that a heading leads to: its own, or the other way round if that is the present one."""
        other = f"-{column.sort}"
        return other if self.sort == column.sort and other in self.orders else column.sort

    def sorted_by(self, column: Column) -> str:
        """What `aria-sort` says of a heading; empty where the list is sorted by another."""
        if not column.sort or self.sort.removeprefix("-") != column.sort:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def answer(
        self,
        template: str,
        found: Select[Any],
        *,
        read: Read | None = None,
        total: int | None = None,
        **shown: Any,
    ) -> ResponseReturnValue:
        """A page of what was found, or all of it as CSV if that is asked for; raises InvalidInput.

        `read` is told of the rows, a thousand at most at a time, before they are shown or written: so that it can look
        up for all of them at once what else there is to say. `total` is how many rows there are, where that is known.
        """
        if filters.one_of("as", ["csv"]):
            return self._csv(self.in_order(found), read)
        self.turn(found, total=total)
        if read and self.page.rows:
            read(self.page.rows)
        return render_template(template, listing=self, page=self.page, **shown)

    def in_order(self, found: Select[Any]) -> Select[Any]:
        """What was found, in the order that was asked for."""
        return found.order_by(*self.orders[self.sort].by)

    def turn(self, found: Select[Any], *, total: int | None = None) -> paging.Page[Any]:
        """Turn to the page of what was found that was asked for; raises InvalidInput."""
        by, number = self.orders[self.sort].by, filters.page_number()
        self.page = paging.page_of(found, number, by=by, size=self.size, total=total, plain=self.plain)
        return self.page

    def _url(self, **asked: Any) -> str:
        return current.address(self.endpoint or request.endpoint or "", asked)

    def _csv(self, ordered: Select[Any], read: Read | None) -> Response:
        return as_file(self.noun, *_lines(self.columns, ordered, read))


def taken_out(noun: str, columns: Sequence[Column], ordered: Select[Any]) -> bytes:
    """All of a list as CSV, which is recorded; raises InvalidInput where that is more than a file can hold."""
    return written_out(noun, *_lines(columns, ordered, None))


def _lines(
    columns: Sequence[Column], ordered: Select[Any], read: Read | None
) -> tuple[list[str], int, Iterator[list[str]]]:
    def every() -> Iterator[list[str]]:
        for rows in paging.every(ordered):
            if read:
                read(rows)
            yield from ([column.says(row) for column in columns] for row in rows)

    return [column.heading for column in columns], paging.count(ordered), every()


def of_component(person: Person, *, at: datetime) -> Choice | Code:
    """The filter by Component, of those that a person may know of."""
    if len(codes := components.codes(person, at=at, most=MOST_OFFERED + 1)) > MOST_OFFERED:
        return Code("component", "Component (its code)")
    return Choice("component", "Component", [(code, code) for code in codes])


def iso(on: date | None) -> str:
    """A day as a spreadsheet sorts it: 2024-01-09; empty where there is none."""
    return on.isoformat() if on else ""

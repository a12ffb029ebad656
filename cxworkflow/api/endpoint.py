"""What an endpoint of the API is: one row of the table from which routes, document and reference page come."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from config.settings import Settings
from cxworkflow.models import Area

Method = Literal["GET", "POST", "PUT"]


class Shape(BaseModel):
    """The shape of something that comes out."""

    model_config = ConfigDict(frozen=True)


class Sent(BaseModel):
    """The shape of something that is sent in: strict, and nothing in it that nobody asks for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class NothingAsked(Sent):
    """No part of the query is read."""


Number = Annotated[int, Field(ge=1, lt=10**18)]  # of a row
Word = Annotated[str, Field(max_length=100, pattern=r"^[\w&.’'-]+( [\w&.’'-]+)*$")]  # a code, an id, a clause
Text = Annotated[str, Field(max_length=20_000)]  # what somebody writes; the verb says whether it may be empty


Row = TypeVar("Row", bound=Shape)


class Page(Shape, Generic[Row]):
    """A page of a list; `next` is the cursor of the page after it, if there is one."""

    items: list[Row]
    next: str | None


class Paged(Sent):
    """Which page of a list."""

    after: Annotated[str, Field(max_length=200, description="The cursor that the page before gave as `next`.")] = ""
    limit: Annotated[int, Field(ge=1, le=200, description="How many rows at most.")] = 50


@dataclass(frozen=True)
class Told:
    """What is answered, with the ETag of what can be edited."""

    what: Shape
    etag: str = ""


@dataclass(frozen=True)
class Handed:
    """A file that is handed out, to be saved."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Files:
    """What a body can be that is a file as it is, and how many bytes it may have, by the settings."""

    media_types: tuple[str, ...]
    largest: Callable[[Settings], int]


@dataclass(frozen=True)
class Endpoint:
    """An address and method: what it does, what it takes and gives, and which scope a token needs for it.

    `path` goes on after /api/v1, in the way of the routes. `edits` says that a change names the ETag it builds on.
    `brings` is there for what takes a file; where a file is handed out, `gives` has its media types. `listed` says of
    what it is a list that pages offer as CSV: whoever reads it takes it out, which is recorded.
    """

    method: Method
    path: str
    area: Area
    title: str
    do: Callable[..., Shape | Told | Handed]
    gives: type[Shape] | tuple[str, ...]
    takes: type[Sent] | None = None
    asks: type[Sent] = NothingAsked
    edits: bool = False
    brings: Files | None = None
    listed: str = ""

    @property
    def name(self) -> str:
        """Its one name: the noun's module and the verb's function, as in "strategies-one"."""
        return f"{self.do.__module__.rpartition('.')[2]}-{self.do.__name__.strip('_')}"

    @property
    def kind(self) -> str:
        """What a token has to be good for in the area: to read or to write."""
        return "read" if self.method == "GET" else "write"

    @property
    def pace(self) -> str:
        """As what it is counted: files cost more than what else is read and written."""
        if self.brings is not None:
            return "bring"
        return "take" if isinstance(self.gives, tuple) else self.kind

    @property
    def scope(self) -> str:
        """The scope that a token needs."""
        return f"{self.area}:{self.kind}"

    @property
    def named(self) -> list[tuple[str, str]]:
        """What the path names: converter ("int", "uuid" or "string") and name."""
        return [(kind or "string", name) for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", self.path)]

    @property
    def address(self) -> str:
        """The path as OpenAPI writes it: /strategies/{strategy_id}."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.path)

    @property
    def statuses(self) -> list[int]:
        """Every status of a problem that it can answer with."""
        found = {400, 401, 403, 404, 422, 429, 500, 503}
        if self.method != "GET":
            found |= {409}
        if self.takes is not None or self.brings is not None:
            found |= {413, 415}
        if self.edits and self.method == "PUT":
            found |= {412, 428}
        return sorted(found)

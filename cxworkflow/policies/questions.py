"""What a policy asks: sections and the typed fields of their answers."""

from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import Strict

from cxworkflow.policies.parts import ClauseId, Key, Part, Prose, Slug

FieldType = Literal["line", "text", "number", "integer", "money", "date", "fiscal-year", "choice", "principles", "rows"]


class Choice(Part):
    """One answer to pick: the value that is stored, and the label that is read."""

    value: Annotated[str, Limits(min_length=1, max_length=100)]
    label: Prose


class Commits(Part):
    """What each row of a field commits its Component to, once the strategy is approved: which column says what.

    `title` names the commitment, `due` says by when (a date, or a fiscal year, until whose last day there is time),
    `owner` who leads it, in the strategy's own words. What is `measured` has a baseline and a target, in a unit, and
    `direction` is `up` or `down`, whichever is better. With `evidence`, its completion has to be shown by a file.
    """

    kind: Slug
    noun: Prose
    title: Key
    due: Key | None = None
    owner: Key | None = None
    principles: Key | None = None
    baseline: Key | None = None
    target: Key | None = None
    unit: Key | None = None
    direction: Key | None = None
    evidence: bool = False

    @property
    def measured(self) -> bool:
        """Whether it is a metric, of which values are read over time."""
        return self.target is not None


class Field(Part):
    """One question, and what counts as an answer to it.

    `line` is text without line breaks, `text` may have them. `number` may have decimals, `integer` not; `money` is in
    US dollars; `date` is a calendar day, stored as `2024-01-09`; `fiscal-year` is the federal year, such as 2024.
    `choice` is one value of `choices`; `principles` a list of principle numbers, with `choices` filled in from the
    policy when it is read. `rows` is a list of objects with one value per field in `columns`.
    """

    key: Key
    label: Prose
    type: FieldType
    help: str = ""
    example: str = ""
    required: bool = True
    min: float | None = None
    max: float | None = None
    max_length: Annotated[int, Limits(ge=1, le=20_000)] | None = None
    choices: Annotated[tuple[Choice, ...], Strict(False)] = ()
    # A date may not lie before this other date of the same row.
    not_before: Key | None = None
    # Whether this column of rows is added up.
    total: bool = False
    columns: Annotated[tuple["Field", ...], Strict(False)] = ()
    row_noun: Prose | None = None
    commits: Commits | None = None
    min_rows: Annotated[int, Limits(ge=0, le=500)] = 1
    max_rows: Annotated[int, Limits(ge=1, le=500)] = 500

    @property
    def longest(self) -> int:
        """The most characters an answer may have."""
        return self.max_length or (20_000 if self.type == "text" else 300)

    @property
    def empty(self) -> object:
        """What stands in the answers where nothing is written: never a missing key."""
        match self.type:
            case "text":
                return ""
            case "rows" | "principles":
                return []
            case _:
                return None


class Weakness(Part):
    """What makes a complete answer weak, and what to say of it.

    `past-last-day`: the date in `column` lies after the last day of `clock` ({day} stands for it). `no-better`: the
    number in `column` is no better than that in `than`, where `way` says whether up or down is better. `none-of`: no
    row has `value` in `column`. `short`: a text has fewer than so many `words`. `repeats`: most of a text stands in
    another section, too ({section} stands for it). `long-sentences`: a sentence of a text has more than so many
    `words`.
    """

    check: Literal["past-last-day", "no-better", "none-of", "short", "repeats", "long-sentences"]
    field: Key
    says: Prose
    column: Key | None = None
    than: Key | None = None
    way: Key | None = None
    value: str | None = None
    clock: Slug | None = None
    words: Annotated[int, Limits(ge=2, le=1000)] | None = None


class Section(Part):
    """A part of the strategy that one clause asks for.

    `applies` is `all`, or `hisp` for what only High Impact Service Providers are asked. An `as_needed` section first
    asks `needed`; with no, a `reason` stands in for the fields. `rubric` is the question by which reviewers rate it.
    """

    clause: ClauseId
    title: Prose
    asks: Prose
    help: Prose
    example: Prose
    rubric: str = ""
    applies: Literal["all", "hisp"] = "all"
    as_needed: bool = False
    fields: Annotated[tuple[Field, ...], Strict(False), Limits(min_length=1)]
    weak: Annotated[tuple[Weakness, ...], Strict(False)] = ()

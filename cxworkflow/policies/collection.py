"""A quarterly data collection, read from its file: which numbers each form asks for, and from when it holds."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import Strict, StringConstraints

from config.settings import COLLECTIONS
from cxworkflow.errors import Fault, NotFound
from cxworkflow.policies.load import read_toml
from cxworkflow.policies.parts import Part, Prose, Slug
from cxworkflow.policies.raw import Raw, entries, path_of
from cxworkflow.policies.rules import repeated

Quarter = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-Q[1-4]$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Rule = Literal["complete", "answered", "control-number", "sent"]

SCALE = (1, 2, 3, 4, 5)
VOLUMES = ("served", "offered", "respondents")  # each no more than the one before


class Number(Part):
    """One number of a form: what people read, and the column that it stands in."""

    title: Prose
    column: ColumnName


class Volumes(Part):
    """How many customers were served, were offered the survey, and answered it."""

    served: Number
    offered: Number
    respondents: Number


class Channel(Part):
    """A way in which a service meets its customers."""

    id: Slug
    title: Prose


class Question(Part):
    """A question of the survey. `scale`: answers from 1 to 5; `picks`: named as good, or as bad."""

    id: Slug
    title: Prose
    answers: Literal["scale", "picks"]
    column: ColumnName

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of its counts: q1_1 to q1_5; positive_ease and negative_ease."""
        if self.answers == "scale":
            return tuple(f"{self.column}_{answer}" for answer in SCALE)
        return f"positive_{self.column}", f"negative_{self.column}"

    @property
    def labels(self) -> tuple[str, ...]:
        """What each of its counts is called beside the question."""
        return tuple(str(answer) for answer in SCALE) if self.answers == "scale" else ("Good", "Bad")


class Form(Part):
    """One form of the collection, in force from a quarter until (not in) another; people read where that is from."""

    id: Slug
    title: Prose
    from_quarter: Quarter
    until_quarter: Quarter | None = None
    dates_rest_on: Prose
    questions: Annotated[tuple[Question, ...], Strict(False), Limits(min_length=1)]

    def holds(self, cycle: str) -> bool:
        """Whether it is in force for a quarter."""
        return self.from_quarter <= cycle and (self.until_quarter is None or cycle < self.until_quarter)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of all its counts."""
        return tuple(column for question in self.questions for column in question.columns)


class Check(Part):
    """What has to hold for a quarter to be in line, and how that is said."""

    rule: Rule
    says: Prose


class Collection(Part):
    """All of it: the forms in the order in which they came."""

    id: Slug
    title: Prose
    source: Prose
    volumes: Volumes
    channels: Annotated[tuple[Channel, ...], Strict(False), Limits(min_length=1)]
    forms: Annotated[tuple[Form, ...], Strict(False), Limits(min_length=1)]
    checks: Annotated[tuple[Check, ...], Strict(False), Limits(min_length=1)]

    def forms_for(self, cycle: str) -> tuple[Form, ...]:
        """The forms in force for a quarter, the newest first."""
        return tuple(form for form in reversed(self.forms) if form.holds(cycle))

    def form(self, form_id: str) -> Form:
        """The form of this name; raises NotFound."""
        for form in self.forms:
            if form.id == form_id:
                return form
        raise NotFound(f"The collection has no form “{form_id}”.")

    def channel(self, channel_id: str) -> str:
        """What a channel is called; one that the file has no more is called by its name."""
        return next((each.title for each in self.channels if each.id == channel_id), channel_id)

    @cached_property
    def volume_columns(self) -> tuple[str, ...]:
        """The columns of the three volumes, the largest first."""
        return tuple(getattr(self.volumes, name).column for name in VOLUMES)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that numbers can stand in, of all forms."""
        counts = [column for form in self.forms for column in form.columns]
        return (*self.volume_columns, *dict.fromkeys(counts))

    def columns_of(self, form: Form) -> tuple[str, ...]:
        """Every column that the numbers of one form stand in."""
        return (*self.volume_columns, *form.columns)


def read_collection(source: Path | str | bytes, *, file: str | None = None) -> Collection:
    """The collection in a TOML file or in its bytes; raises InvalidInput with every fault."""
    return read_toml(source, Collection, _faults_between, file=file)


@lru_cache(maxsize=1)
def our_collection() -> Collection:
    """The collection of this installation."""
    (only,) = COLLECTIONS.glob("*.toml")
    return read_collection(only)


def _faults_between(raw: Raw) -> Iterator[Fault]:
    yield from repeated(raw, "channels", "id")
    yield from repeated(raw, "forms", "id")
    yield from repeated(raw, "checks", "rule")
    for loc, form in entries(raw, "forms"):
        start, end = form.get("from_quarter"), form.get("until_quarter")
        if isinstance(start, str) and isinstance(end, str) and end <= start:
            reason = f"{end} is not after from_quarter, {start}. Write the first quarter without the form."
            yield Fault(path_of((*loc, "until_quarter"), raw), reason)
        for key in ("id", "column"):
            for fault in repeated(form, "questions", key):
                yield Fault(f"{path_of(loc, raw)}.{fault.key}", fault.reason)

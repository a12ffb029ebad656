"""Which personal data is kept, why and how long, read from its file."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import Strict

from config.settings import RECORDS
from cxworkflow.errors import Fault
from cxworkflow.policies.load import read_toml
from cxworkflow.policies.parts import Part, Prose, Slug
from cxworkflow.policies.raw import Raw, entries, path_of
from cxworkflow.policies.rules import repeated


class KindOfRecord(Part):
    """One kind of record: the personal data in it, its purpose, and how long it is kept from what."""

    id: Slug
    title: Prose
    data: Prose
    why: Prose
    keep_years: Annotated[int, Limits(ge=1, le=100)] | None = None
    keep_hours: Annotated[int, Limits(ge=1, le=8760)] | None = None
    counted_from: Prose
    disposal: Literal["never", "by-itself", "by-two"] = "never"

    def ended_before(self, on: date) -> date:
        """What ended before this day is past its time on a day; only for what is kept for years."""
        assert self.keep_years is not None
        year = on.year - self.keep_years
        leap = on.month == 2 and on.day == 29 and (year % 4 or (year % 100 == 0 and year % 400))
        return on.replace(year=year, day=28 if leap else on.day)

    @property
    def kept(self) -> str:
        """How long, in words: "7 years", "30 days", "12 hours"."""
        if self.keep_years is not None:
            count, unit = self.keep_years, "year"
        elif self.keep_hours is not None and self.keep_hours % 24 == 0:
            count, unit = self.keep_hours // 24, "day"
        else:
            count, unit = self.keep_hours or 0, "hour"
        return f"{count} {unit}{'s' * (count != 1)}"


class Records(Part):
    """All kinds of records, in the order of the file."""

    kinds: Annotated[tuple[KindOfRecord, ...], Strict(False), Limits(min_length=1)]

    @property
    def by_two(self) -> list[KindOfRecord]:
        """The kinds of which two people can have some disposed of."""
        return [kind for kind in self.kinds if kind.disposal == "by-two"]


def read_records(source: Path | str | bytes, *, file: str | None = None) -> Records:
    """The kinds of records in a TOML file or in its bytes; raises InvalidInput with every fault."""
    return read_toml(source, Records, _faults_between, file=file)


@lru_cache(maxsize=1)
def our_records() -> Records:
    """The kinds of records of this installation."""
    return read_records(RECORDS)


def _faults_between(raw: Raw) -> Iterator[Fault]:
    yield from repeated(raw, "kinds", "id")
    for loc, each in entries(raw, "kinds"):
        if ("keep_years" in each) == ("keep_hours" in each):
            reason = "Say how long it is kept: either keep_years or keep_hours, and not both."
            yield Fault(path_of((*loc, "keep_years"), raw), reason)
        elif (each.get("disposal") == "by-two") and "keep_years" not in each:
            reason = "What two people dispose of is kept for years: say keep_years."
            yield Fault(path_of((*loc, "disposal"), raw), reason)

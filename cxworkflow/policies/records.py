"""Which personal data is kept, why and how long, read from its file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field as Limits
from pydantic import Strict

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

    @property
    def kept(self) -> str:
        """How long, in words: "7 years", "12 hours"."""
        count, unit = (self.keep_years, "year") if self.keep_years is not None else (self.keep_hours, "hour")
        return f"{count} {unit}{'s' * (count != 1)}"


class Records(Part):
    """All kinds of records, in the order of the file."""

    kinds: Annotated[tuple[KindOfRecord, ...], Strict(False), Limits(min_length=1)]


def read_records(source: Path | str | bytes, *, file: str | None = None) -> Records:
    """The kinds of records in a TOML file or in its bytes; raises InvalidInput with every fault."""
    return read_toml(source, Records, _faults_between, file=file)


def _faults_between(raw: Raw) -> Iterator[Fault]:
    yield from repeated(raw, "kinds", "id")
    for loc, each in entries(raw, "kinds"):
        if ("keep_years" in each) == ("keep_hours" in each):
            reason = "Say how long it is kept: either keep_years or keep_hours, and not both."
            yield Fault(path_of((*loc, "keep_years"), raw), reason)

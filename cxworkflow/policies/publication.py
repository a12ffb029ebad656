"""Why a passage may be withheld from the public, read from its file."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field as Limits
from pydantic import Strict

from config.settings import PUBLICATION
from cxworkflow.errors import Fault
from cxworkflow.policies.load import read_toml
from cxworkflow.policies.parts import Part, Prose, Slug
from cxworkflow.policies.raw import Raw
from cxworkflow.policies.rules import repeated


class Basis(Part):
    """Why something is withheld: the words that stand in its place, and what they mean."""

    id: Slug
    label: Prose
    explains: Prose

    @property
    def words(self) -> str:
        """What stands where a passage was: "[Withheld: law enforcement]"."""
        return f"[Withheld: {self.label}]"


class Bases(Part):
    """All of them, in the order of the file."""

    bases: Annotated[tuple[Basis, ...], Strict(False), Limits(min_length=1)]


def read_bases(source: Path | str | bytes, *, file: str | None = None) -> Bases:
    """The bases in a TOML file or in its bytes; raises InvalidInput with every fault."""
    return read_toml(source, Bases, _faults_between, file=file)


@lru_cache
def our_bases() -> dict[str, Basis]:
    """The bases of this installation by their id."""
    return {basis.id: basis for basis in read_bases(PUBLICATION).bases}


def _faults_between(raw: Raw) -> Iterator[Fault]:
    yield from repeated(raw, "bases", "id")

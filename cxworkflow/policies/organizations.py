"""The Components of a department, read from its file: what each is, whether it is a HISP, and who files for it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import Strict, StringConstraints

from cxworkflow.errors import Fault, NotFound
from cxworkflow.policies.load import read_toml
from cxworkflow.policies.parts import Part, Prose, Slug
from cxworkflow.policies.raw import Raw, entries, path_of, values
from cxworkflow.policies.rules import repeated
from cxworkflow.policies.wording import long_date, quoted

# Files for itself and for every Component whose `files` is "ocio".
COVERING = "OCIO"

# What sort of organization it is, in words such as "operational" or "independent agency", by which lists narrow down.
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z -]{0,31}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9&-]{0,15}$")]


class FormerName(Part):
    """What a Component was called before; from `until_on` on it was called otherwise."""

    name: Prose
    until_on: date


class ListedComponent(Part):
    """One line of the register, in force from one day until (not on) another.

    `files`: `self` is obliged to file; `ocio` is covered by the filing of OCIO; `invited` may file, and is not obliged.
    `part_of` is the Component that it belongs to, `continues` are those that were merged into it or renamed with a new
    code, `formerly` the names that it had, the oldest first.
    """

    code: Code
    name: Prose
    kind: Kind
    hisp: bool = False
    files: Literal["self", "ocio", "invited"]
    from_on: date
    until_on: date | None = None
    part_of: Code | None = None
    continues: Annotated[tuple[Code, ...], Strict(False)] = ()
    formerly: Annotated[tuple[FormerName, ...], Strict(False)] = ()

    def in_force(self, on: date) -> bool:
        """Whether the line counts on this day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


class Organization(Part):
    """A department and its Components."""

    id: Slug
    name: Prose
    components: Annotated[tuple[ListedComponent, ...], Strict(False), Limits(min_length=1)]

    def component(self, code: str) -> ListedComponent:
        """The Component of this code; raises NotFound."""
        for each in self.components:
            if each.code == code:
                return each
        raise NotFound(f"{self.name} has no Component “{code}”.")

    def obliged(self, on: date) -> tuple[ListedComponent, ...]:
        """Those that have to file on this day, in the order of the file."""
        return tuple(each for each in self.components if each.files == "self" and each.in_force(on))


def read_organization(source: Path | str | bytes, *, file: str | None = None) -> Organization:
    """The department in a TOML file or in its bytes; raises InvalidInput with every fault."""
    return read_toml(source, Organization, _faults_between, file=file)


def _faults_between(raw: Raw) -> Iterator[Fault]:
    yield from repeated(raw, "components", "code")
    filers = [each.get("code") for _, each in entries(raw, "components") if each.get("files") == "self"]
    for loc, each in entries(raw, "components"):
        start, end = each.get("from_on"), each.get("until_on")
        if type(start) is date and type(end) is date and end <= start:
            reason = (
                f"{long_date(end)} is not after from_on, {long_date(start)}. Write the first day it no longer counts."
            )
            yield Fault(path_of((*loc, "until_on"), raw), reason)
        yield from (Fault(path_of((*loc, key), raw), reason) for key, reason in _tree_faults(raw, each))
        if each.get("files") == "ocio" and COVERING not in filers:
            reason = f"Nobody covers it: there is no {COVERING} with files = “self”. Add one, or write “self” here."
            yield Fault(path_of((*loc, "files"), raw), reason)


def _tree_faults(raw: Raw, listed: Raw) -> Iterator[tuple[str, str]]:
    """Names of Components that are not there, circles, and former names out of their order."""
    above = {each.get("code"): each.get("part_of") for _, each in entries(raw, "components")}
    continued = listed.get("continues")
    named = [("part_of", listed.get("part_of"))]
    named += [("continues", code) for code in (continued if isinstance(continued, list) else [])]
    for key, code in named:
        if isinstance(code, str) and (code not in above or code == listed.get("code")):
            yield key, f"{quoted(code)} is not another Component of this file. Add it, or name one that is there."
    climbed, at = [listed.get("code")], listed.get("part_of")
    while at in above and at not in climbed:
        climbed.append(at)
        at = above[at]
    if at is not None and at == listed.get("code") and len(climbed) > 1:
        yield "part_of", f"It would be a part of itself: {', '.join(map(str, climbed))}. Name another one."
    days = values(listed, "formerly", "until_on", date)
    if days != sorted(set(days)):
        yield "formerly", "These days are out of order. Begin with the name that was given up first."

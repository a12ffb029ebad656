"""The Components of a department, read from its file: what each is, whether it is a HISP, and who files for it."""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import pairwise
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

# What sort of organization it is, in words such as "operational" or "independent agency", by which lists narrow down.
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z -]{0,31}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9&-]{0,15}$")]


class FormerName(Part):
    """What a Component was called before; from `until_on` on it was called otherwise."""

    name: Prose
    until_on: date


class FormerPlace(Part):
    """Where a Component belonged before; from `until_on` on it was elsewhere. No `part_of`: to no other Component."""

    part_of: Code | None = None
    until_on: date


class ListedComponent(Part):
    """One line of the register, in force from one day until (not on) another.

    `files`: `self` is obliged to file; `invited` may file, and is not obliged; for what is `covered`, the
    Component in `covered_by` files.
    `part_of` is the Component that it belongs to, `continues` are those that were merged into it or renamed with a new
    code; `formerly` the names and `formerly_part_of` the places that it had, the oldest first.
    """

    code: Code
    name: Prose
    kind: Kind
    hisp: bool = False
    files: Literal["self", "invited", "covered"] = "covered"
    covered_by: Code | None = None
    from_on: date
    until_on: date | None = None
    part_of: Code | None = None
    continues: Annotated[tuple[Code, ...], Strict(False)] = ()
    formerly: Annotated[tuple[FormerName, ...], Strict(False)] = ()
    formerly_part_of: Annotated[tuple[FormerPlace, ...], Strict(False)] = ()

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
        yield from (Fault(path_of((*loc, key), raw), reason) for key, reason in _filing_faults(each, filers))


def _filing_faults(listed: Raw, filers: Collection[object]) -> Iterator[tuple[str, str]]:
    """A Component that nobody files for, or more than one."""
    files, covering = listed.get("files", "covered"), listed.get("covered_by")
    if isinstance(files, str) and files not in ("self", "invited", "covered"):
        in_its_stead = "in its stead covered_by with the code of the Component that files for it."
        yield "files", f"{quoted(files)} is no way to file. Write “self” or “invited”, or {in_its_stead}"
    elif files == "covered" and covering is None:
        yield "files", "Who files for it? Write “self” or “invited” here, or covered_by with the code of who does."
    elif files in ("self", "invited") and covering is not None:
        yield "covered_by", f"It says files = {quoted(files)}, too. Take one of the two out."
    elif isinstance(covering, str) and (covering not in filers or covering == listed.get("code")):
        reason = f"Nobody covers it: {quoted(covering)} is no other Component of this file with files = “self”."
        yield "covered_by", f"{reason} Name one, or take this out and write files = “self”."


def _tree_faults(raw: Raw, listed: Raw) -> Iterator[tuple[str, str]]:
    """Names of Components that are not there, circles on any day, and what was given up out of its order."""
    known, own = {each.get("code") for _, each in entries(raw, "components")}, listed.get("code")
    continued = listed.get("continues")
    named = [("part_of", listed.get("part_of"))]
    named += [("continues", code) for code in (continued if isinstance(continued, list) else [])]
    named += [("formerly_part_of", each.get("part_of")) for _, each in entries(listed, "formerly_part_of")]
    for key, code in named:
        if isinstance(code, str) and (code not in known or code == own):
            yield key, f"{quoted(code)} is not another Component of this file. Add it, or name one that is there."
    for key, given_up in (("formerly", "name"), ("formerly_part_of", "place")):
        days = values(listed, key, "until_on", date)
        if days != sorted(set(days)):
            overlap = " Two places would hold on one day." if key == "formerly_part_of" else ""
            yield key, f"These days are out of order.{overlap} Begin with the {given_up} that was given up first."
    places = [each.get("part_of") for _, each in entries(listed, "formerly_part_of")]
    if any(one == other for one, other in pairwise([*places, listed.get("part_of")])):
        yield (
            "formerly_part_of",
            "It moves from a place to the same place. Take one of the two out, here or in part_of.",
        )
    yield from _circle(raw, own)


def _circle(raw: Raw, own: object) -> Iterator[tuple[str, str]]:
    """The first day on which a Component would be a part of itself, if there is one."""
    listed = [each for _, each in entries(raw, "components")]
    days = {day for each in listed for day in values(each, "formerly_part_of", "until_on", date)}
    for on in (date.min, *sorted(days)):
        above = {each.get("code"): _part_of_on(each, on) for each in listed}
        climbed, at = [own], above.get(own)
        while at in above and at not in climbed:
            climbed.append(at)
            at = above[at]
        if at is not None and at == own and len(climbed) > 1:
            would = "It would be" if on == date.min else f"On {long_date(on)} it would be"
            yield "part_of", f"{would} a part of itself: {', '.join(map(str, climbed))}. Name another one."
            return


def _part_of_on(listed: Raw, on: date) -> object:
    """What a line says that its Component belongs to on a day."""
    former = [each for _, each in entries(listed, "formerly_part_of") if type(each.get("until_on")) is date]
    return next((each.get("part_of") for each in former if on < each["until_on"]), listed.get("part_of"))

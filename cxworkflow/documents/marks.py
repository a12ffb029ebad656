"""The marks by which answers are found again in a file that came back: names that people do not see."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import NAME, Typed
from cxworkflow.policies.answers.sections import NEEDED, REASON

LONGEST = 40  # characters that Word keeps of a bookmark's name


def fields_of(section: Section) -> tuple[Field, ...]:
    """What a section asks in a file, in order: first whether it is needed and why not, where that is asked."""
    return (*((NEEDED, REASON) if section.as_needed else ()), *section.fields)


def of_section(section: Section, revision: int) -> str:
    """The mark of a section's heading, with the saved state that the file was made from: `cxs_7_IV_c_1`."""
    return f"cxs_{revision}_{_plain(section.clause)}"[:LONGEST]


def of_field(section: Section, asked: Field) -> str:
    """The mark of the heading of one question: `cxf_IV_c_1_funds`."""
    return f"cxf_{_plain(section.clause)}_{asked.key}"[:LONGEST]


def of_row(section: Section, asked: Field, name: str) -> str:
    """The mark of a row: `cxr_7_2_IV_c_1_funds` for the one named 7.2."""
    return f"cxr_{_plain(name)}_{_plain(section.clause)}_{asked.key}"[:LONGEST]


def row_name(mark: str) -> str:
    """The name of the row that has this mark; empty if it is the mark of something else."""
    found = re.match(r"cxr_(\d+)_(\d+)_", mark, re.ASCII)
    return f"{found[1]}.{found[2]}" if found else ""


def of_strategy(strategy_id: int) -> str:
    """The mark of the title."""
    return f"cxstrategy_{strategy_id}"


def _plain(text: str) -> str:
    return re.sub(r"\W", "_", text)


@dataclass
class Returned:
    """A section as it came back: from which saved state, what was found in it, rows as boxes with their names.

    `revision` is None where the file does not say it; `whole` says whether files of its kind bring every question of
    a section. What was not found is not in `found`.
    """

    section: Section
    revision: int | None = None
    whole: bool = True
    found: dict[str, str | list[str] | list[Typed]] = field(default_factory=dict)

    def form(self, stored: Typed) -> dict[str, Any]:
        """The section as a form would send it; what was not found stays as it is stored."""
        flat: dict[str, Any] = {}
        for asked in fields_of(self.section):
            value: Any = self.found.get(asked.key, stored.get(asked.key, ""))
            if asked.type != "rows":
                flat[asked.key] = value
                continue
            for place, row in enumerate(value or []):
                flat |= {f"{asked.key}-{place}-{name}": cell for name, cell in row.items()}
        return flat

    @property
    def not_found(self) -> list[Field]:
        """The questions whose place was not found in a file that brings them all."""
        if not self.whole:
            return []
        return [asked for asked in fields_of(self.section) if asked.key not in self.found]


@dataclass
class Reading:
    """What was found in a file that came back, and what of it could not be placed, in words, one for each line."""

    strategy_id: int | None = None
    sections: dict[str, Returned] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)

    def section(self, section: Section) -> Returned:
        """The section as far as it was found."""
        return self.sections.setdefault(section.clause, Returned(section))

    def in_order(self, sections: Sequence[Section]) -> Iterator[Returned]:
        """The sections that were found, in the order of the policy."""
        return (self.sections[each.clause] for each in sections if each.clause in self.sections)


def named_row(row: Typed, name: str) -> Typed:
    """A row's boxes with the one that carries its name."""
    return {**row, NAME: name} if name else row

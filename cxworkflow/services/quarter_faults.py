"""What is wrong with a CSV file: so many lines with their reasons, the others by their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.characters import shown

MOST_TOLD = 100  # lines that are told with their reasons
MOST_REASONS = 4  # of one line
MOST_RANGES = 1_000


@dataclass
class Wrong:
    """The wrong lines of a file, gathered one by one."""

    told: list[Fault] = field(default_factory=list)
    others: list[list[int]] = field(default_factory=list)  # from and to
    count: int = 0

    def add(self, number: int, reasons: Sequence[str]) -> None:
        """Note what is wrong with a line."""
        self.count += 1
        if len(self.told) < MOST_TOLD:
            more = f" And {len(reasons) - MOST_REASONS} more." if len(reasons) > MOST_REASONS else ""
            self.told.append(Fault("file", f"Line {number:,}. {' '.join(reasons[:MOST_REASONS])}{more}"))
        elif self.others and self.others[-1][1] == number - 1:
            self.others[-1][1] = number
        else:
            self.others.append([number, number])

    def refuse(self) -> None:
        """Raise InvalidInput where a line is wrong, with all that was noted."""
        if not self.count:
            return
        faults = list(self.told)
        if self.others:
            ranges = [f"{first:,}" if first == last else f"{first:,} to {last:,}" for first, last in self.others]
            further = ", and further ones" if len(ranges) > MOST_RANGES else ""
            rest = f"{self.count - len(self.told):,} other lines: {', '.join(ranges[:MOST_RANGES])}{further}"
            faults.append(Fault("file", f"There is something wrong with {rest}."))
        raise InvalidInput(None, faults)


def refuse_heading(heading: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> None:
    """Raise InvalidInput where a column is missing, repeated or unknown."""
    missing = [column for column in needed if column not in heading]
    unknown = [column for column in heading if column and column not in (*needed, *known)]
    repeated = sorted({column for column in heading if column and heading.count(column) > 1})
    faults = []
    if missing:
        faults.append(f"Line 1 lacks these columns: {', '.join(missing)}. Download the empty file to begin with.")
    if unknown:
        names = ", ".join(shown(each[:40]) for each in unknown[:20])
        faults.append(f"Line 1 has columns that the collection does not know: {names}. Take them out.")
    if repeated:
        faults.append(f"Line 1 has these columns twice: {', '.join(shown(each[:40]) for each in repeated[:20])}.")
    if faults:
        raise InvalidInput(None, [Fault("file", reason) for reason in faults])

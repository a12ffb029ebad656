"""What a run is asked for, and what came out of it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.chaos.verdict import Verdict

SIGNED_ON, ALL_DUE_ON = date(2023, 7, 13), date(2024, 1, 9)
WHOLE = 450  # days: from the signature past the end of fiscal year 2024


@dataclass(frozen=True)
class Plan:
    """What is asked for. A run of less than the whole is laid around the day on which all strategies are due."""

    seed: int
    faults: int
    days: int = WHOLE
    seconds: float = float("inf")
    without: str = ""

    @property
    def begins_on(self) -> date:
        """The first simulated day."""
        return SIGNED_ON if self.days >= WHOLE else ALL_DUE_ON - timedelta(days=self.days // 2)


@dataclass
class Result:
    """What came out of a run."""

    faults: dict[str, int]
    days: int
    actions: int
    verdict: Verdict
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything held."""
        return self.verdict.good and not self.wrong

    @property
    def sentences(self) -> dict[str, list[str]]:
        """Everything that was found, by the word under which it is told."""
        verdict = self.verdict
        return {
            "Lost": verdict.lost,
            "Duplicated": verdict.duplicated,
            "Early": verdict.early,
            "Wrong": verdict.wrong + self.wrong,
        }

"""What can be supposed of the days to come."""

from dataclasses import dataclass
from datetime import date, timedelta

from cxworkflow.errors import Fault

LONGEST = 800  # days played


@dataclass(frozen=True)
class Supposition:
    """What is supposed: approvals that many days late, a lapse of so many days from a day on, a day closed."""

    slip_days: int = 0
    lapse_from: date | None = None
    lapse_days: int = 0
    closed_on: date | None = None
    until: date | None = None

    def faults(self, today: date) -> list[Fault]:
        """What is wrong with it, if it is to be played from a day on."""
        found = []
        if not 0 <= self.slip_days <= 365:
            found.append(Fault("slip", "Use 0 to 365 days."))
        if (self.lapse_from is None) != (self.lapse_days == 0):
            found.append(Fault("lapse", "A lapse needs its first day and how many days it lasts."))
        if not 0 <= self.lapse_days <= 365:
            found.append(Fault("lapse_days", "Use 1 to 365 days."))
        if self.lapse_from is not None and self.lapse_from <= today:
            found.append(Fault("lapse", "Choose a first day after today."))
        if self.closed_on is not None and self.closed_on <= today:
            found.append(Fault("closed", "Choose a day after today."))
        if self.until is not None and not today < self.until <= today + timedelta(days=LONGEST):
            found.append(Fault("until", f"Choose a day after today, within {LONGEST} days."))
        return found

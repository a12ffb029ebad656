"""What of the answers is added up over the Department: people, funds, hires, contracts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cxworkflow.policies import Field, Policy


@dataclass(frozen=True)
class Counted:
    """A column of an answer that is added up over the Department: people, funds, hires, contracts."""

    clause: str
    field: Field
    column: Field

    @property
    def key(self) -> str:
        """What programs call it."""
        return f"{self.field.key}_{self.column.key}"

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.field.label}: {self.column.label}"

    def of(self, content: dict[str, Any]) -> Decimal:
        """What one strategy says of it."""
        rows = (content.get(self.clause) or {}).get(self.field.key) or []
        return sum((Decimal(str(row[self.column.key])) for row in rows if row.get(self.column.key)), Decimal(0))


def counted_in(policy: Policy) -> list[Counted]:
    """The columns that the policy wants added up."""
    return [
        Counted(section.clause, field, column)
        for section in policy.sections
        for field in section.fields
        for column in field.columns
        if column.total
    ]

"""Everything that can be refused, said in the words the person who asked will read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it stands (`key`) and what to do about it (`reason`)."""

    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}" if self.key else self.reason


class WorkflowError(Exception):
    """Something could not be done. Nothing was changed."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class NotAllowed(WorkflowError):
    """Your role does not allow this. Nothing was changed."""


class NotNow(WorkflowError):
    """This can't be done in the present state. Nothing was changed."""


class NotFound(WorkflowError):
    """There is no such thing, or you may not know of it."""


class Conflict(WorkflowError):
    """Somebody else changed this while you were working. Nothing was overwritten."""


class SettingError(WorkflowError):
    """A setting is missing or wrong."""


class InvalidInput(WorkflowError):
    """The input was refused. Nothing was changed."""

    def __init__(self, file: str | None, faults: Sequence[Fault]) -> None:
        self.file = file
        self.faults = tuple(faults)
        place = f"{file}: " if file else ""
        super().__init__("\n".join(f"{place}{fault}" for fault in self.faults))

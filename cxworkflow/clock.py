"""The one reader of the wall clock. Everything below the edges takes the time as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _no_offset() -> timedelta:
    return timedelta(0)


_offset: Callable[[], timedelta] = _no_offset


def now() -> datetime:
    """The present moment, aware, in UTC; in the demo, moved by its clock's offset."""
    return shown(datetime.now(UTC))


def shown(at: datetime) -> datetime:
    """A moment of real time as this system shows it: the demo's clock stands elsewhere."""
    return at + _offset()


def move_by(offset: Callable[[], timedelta] | None) -> None:
    """Let the demo say how far its clock stands from the real one (None: not at all)."""
    global _offset
    _offset = offset or _no_offset

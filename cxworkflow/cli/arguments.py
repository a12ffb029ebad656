"""Days and moments as people type them on the command line."""

import argparse
from datetime import date, datetime


def a_day(given: str) -> date:
    """A calendar day."""
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{given}” is not a day: write it as 2024-01-09") from None


def a_moment(given: str) -> datetime:
    """A moment, aware."""
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"“{given}” is not a moment with its offset: 2024-01-09T06:00:00-05:00")
    return at

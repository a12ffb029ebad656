"""Logs: one line of JSON per event on the error output, without personal data."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

ADDRESS = re.compile(r"[^\s@<>\"'(),:;=]+@[^\s@<>\"'(),:;=]+")
# Where PostgreSQL repeats the values of a row that it refuses; "CONTEXT" and "SQL" lines can hold them too.
VALUES = re.compile(r"^(\s*)(DETAIL|CONTEXT|HINT|\[SQL|\[parameters)\b.*$", re.MULTILINE)


def configure(level: int = logging.INFO) -> None:
    """Write events of this level and above, with their time in UTC."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_people,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up for each line: a stream that was closed and replaced since would refuse it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def without_people(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without e-mail addresses and without the row values that a database's complaint repeats."""
    return {name: _blank(value) if isinstance(value, str) else value for name, value in event.items()}


def _blank(text: str) -> str:
    return ADDRESS.sub("[address]", VALUES.sub(r"\1\2 [left out]", text))

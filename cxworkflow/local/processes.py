"""Telling which process is which: ids are used again, so an id alone proves nothing."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil


def works_in(pid: int, program: str, folder: Path) -> bool:
    """Whether this process lives, is that program, and has `folder` as its working folder."""
    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith(program)
            and Path(process.cwd()).samefile(folder)
        )
    except (psutil.Error, OSError):
        return False


def working_in(program: str, folder: Path) -> list[int]:
    """The ids of all living processes of that program whose working folder is `folder`."""
    return [pid for pid in psutil.pids() if works_in(pid, program, folder)]


def carrying(variable: str, value: str) -> Iterator[psutil.Process]:
    """The living processes, other than this one, that were started with this environment variable."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(variable) == value:
                yield process


def end(pids: Iterable[int], *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn to those that still live, giving them the seconds that stand beside it.

    Only for processes that are not our own children, or that somebody else waits for.
    """
    left = set(pids)
    for number, seconds in signals:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        left = still_there(left, seconds)


def still_there(pids: Iterable[int], seconds: float) -> set[int]:
    """Wait until all of them are gone, at most so many seconds; returns those that are not."""
    left, until = set(pids), time.monotonic() + seconds
    while left := {pid for pid in left if _lives(pid)}:
        if time.monotonic() > until:
            break
        time.sleep(0.02)
    return left


def _lives(pid: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False

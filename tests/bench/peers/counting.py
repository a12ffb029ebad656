"""What all peers share: a count of what has run, by as many processes as there may be, for next to nothing."""

import json
import os
import time
from pathlib import Path


class Tally:
    """A file that grows by one byte for each job that has run."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def add(self) -> None:
        """One more has run."""
        os.write(self._file, b".")

    def count(self) -> int:
        """How many have run."""
        return os.fstat(self._file).st_size


DONE = Tally(Path(os.environ["TALLY"]))


def wait_for(count: int, *, patience: float) -> float:
    """When (UNIX seconds) so many had run; ends the program if they don't."""
    until = time.monotonic() + patience
    while DONE.count() < count:
        if time.monotonic() > until:
            raise SystemExit(f"Only {DONE.count()} of {count} ran.")
        time.sleep(0.005)
    return time.time()


def must_be_ahead(due: float) -> None:
    """End the program if the moment has come before all was stored: the figure would be too good or too bad."""
    if time.time() > due - 2:
        raise SystemExit("Storing the jobs took longer than was allowed for.")


def report(due: float, done: float) -> None:
    """Tell the benchmark, which reads our output, how long it took."""
    print(json.dumps({"seconds": done - due}))

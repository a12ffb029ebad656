"""`python -m tests.bench [--small] [--peers PYTHON] [PART …]`: measure, print the table, write var/bench.json.

To add rows, write a module with a function `rows(place)` that yields them, and name it in PARTS.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cxworkflow.local.services import embedded
from tests.bench import documenting, due_to_sent, growing, guarding, mailing, pages, recording, rehearsing, sweeping
from tests.bench.place import FULL, ROOT, SMALL, Place
from tests.bench.rows import SHORT, STORED, Row, store, table

PARTS: dict[str, Callable[[Place], Iterator[Row]]] = {
    "sweep": sweeping.rows,
    "growth": growing.rows,
    "due-to-sent": due_to_sent.rows,
    "e-mail": mailing.rows,
    "rehearsal": rehearsing.rows,
    "record": recording.rows,
    "guards": guarding.rows,
    "pages": pages.rows,
    "documents": documenting.rows,
}


def main() -> int:
    """Measure the parts asked for, or all; 0 if every row meets its goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", metavar="PART", nargs="*", help=f"one of {', '.join(PARTS)}; all without any")
    parser.add_argument("--small", action="store_true", help="a short run, for work on the benchmark itself")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-bench/bin/python", help="the Python of the peers")
    given = parser.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="cxworkflow-bench-") as folder:
        # Open enough for the account that PostgreSQL runs as where we are root.
        Path(folder).chmod(0o711)
        with embedded(Path(folder), postgres=True, redis=True) as servers:
            place = Place(
                server_url=str(servers.database_url),
                redis_url=str(servers.redis_url),
                broker_url=str(servers.broker_url),
                folder=Path(folder),
                peers=given.peers,
                scale=SMALL if given.small else FULL,
            )
            machine = f"{place.machine()}{f' {SHORT}' if given.small else ''}"
            print(machine, flush=True)
            for part in given.parts or PARTS:
                for row in PARTS[part](place):
                    rows.append(row)
                    print(f"  {row.name}: {row.ratio:,.2f} ({row.goal})", flush=True)
    print(table(rows))
    store(rows, STORED, machine=machine)
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

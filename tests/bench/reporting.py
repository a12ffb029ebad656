"""A process of its own that writes the Department's report into nothing, and tells the most memory it ever had.

`python -m tests.bench.reporting URL ENDING`
"""

import sys
from datetime import date
from pathlib import Path
from typing import IO, cast

from cxworkflow.calendar import moment
from cxworkflow.documents.department_files import write_csv, write_json, write_xlsx
from cxworkflow.documents.department_report import Report
from cxworkflow.queries.department_report import standings
from cxworkflow.services import policies
from tests.bench.pages import today
from tests.bench.place import application, inside


def main(url: str, ending: str) -> None:
    """Write it, and print how many kilobytes the process had at most."""
    with inside(application(url)), open("/dev/null", "wb") as nothing:  # noqa: PTH123  # a device, not a file of ours
        edition, on = policies.edition_of("dhs-076-02"), today()
        report, out = Report(edition.policy, on), cast("IO[bytes]", nothing)
        written(ending, report, standings(edition, on), out, on)
    # Not what getrusage tells, which counts what the process was forked from.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")), report.components)


def written(ending: str, report: Report, rows: object, out: IO[bytes], on: date) -> None:
    """One kind of file."""
    if ending == "csv":
        write_csv(report, rows, out)  # type: ignore[arg-type]
    elif ending == "json":
        write_json(report, rows, out)  # type: ignore[arg-type]
    else:
        write_xlsx(report, rows, out, at=moment(on))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])

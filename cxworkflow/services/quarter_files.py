"""A CSV file of quarterly numbers, taken in whole or not at all: every wrong line is named.

It is read twice, a line at a time: first to look for faults, then, if there are none, to keep it. So the memory it
takes does not grow with its numbers, only with its keys.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple, TextIO

from psycopg.types.json import Jsonb
from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.models import Component, Person, QuarterReport, Service
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.characters import shown
from cxworkflow.policies.collection import Collection, Form, our_collection
from cxworkflow.policies.quarter_numbers import Numbers, faults_between, read_numbers
from cxworkflow.services import hisp_services, quarter_faults, quarters, record

MOST_LINES = 100_000
LARGEST = 32 * 1024 * 1024  # bytes
AT_ONCE = 1_000  # lines that are kept by one statement
KEYS = ("year", "quarter", "service_name", "channel")
BEYOND = "…"  # under which stands what comes after the last column
# What else the public collection's files say of a line; the register knows it.
PASSED_OVER = ("organization_abbreviation", "organization_name", "service_provider_name", "omb_control_number")


class Line(NamedTuple):
    """A line that is right."""

    cycle: str
    service_id: int
    channel: str
    form: str
    numbers: Numbers


@dataclass(frozen=True)
class Brought:
    """What came in: how many lines, how many of them new or changed, for which quarters."""

    lines: int
    changed: int
    cycles: tuple[str, ...]


@dataclass
class Reader:
    """Reads the lines of one Component's file, and remembers what they have in common."""

    component: Component
    at: datetime
    collection: Collection = field(default_factory=our_collection)
    services: dict[str, Service] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)  # quarters, with the reason
    offered: dict[str, tuple[Form, ...]] = field(default_factory=dict)  # the forms of a quarter
    seen: dict[tuple[str, int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.services = {each.name.casefold(): each for each in hisp_services.of_component(self.component)}
        self._known = {
            each.cycle: each
            for each in session().scalars(select(QuarterReport).filter_by(component_id=self.component.id))
        }

    def read(self, number: int, cells: dict[str, str]) -> tuple[Line | None, list[str]]:
        """One line, or what is wrong with it."""
        cycle, reasons = self._cycle(cells)
        if cells[BEYOND]:
            reasons.append("It has more cells than the heading has columns.")
        service = self.services.get(cells["service_name"].casefold())
        channel = cells["channel"]
        if service is None:
            reasons.append(f"service_name: the register has no service “{shown(cells['service_name'][:80])}”.")
        elif channel not in service.channels:
            offered = ", ".join(service.channels)
            reasons.append(f"channel: “{service.name}” is offered on {offered}, not on “{shown(channel[:40])}”.")
        elif cycle is not None:
            year, _, quarter = cycle.partition("-Q")
            if not service.runs_in(int(year), int(quarter)):
                reasons.append(f"service_name: “{service.name}” was not offered in {cycle}.")
        if cycle is None or service is None:
            return None, reasons
        form, numbers, faults = self._numbers(cycle, cells)
        reasons += faults
        key = (cycle, service.id, channel)
        if (before := self.seen.setdefault(key, number)) != number:
            reasons.append(f"It repeats line {before:,}: one line for each service, channel and quarter.")
        if reasons or form is None:
            return None, reasons
        return Line(cycle, service.id, channel, form.id, numbers), []

    def _cycle(self, cells: dict[str, str]) -> tuple[str | None, list[str]]:
        year, quarter = cells["year"], cells["quarter"].upper().removeprefix("Q")
        if not (year.isascii() and year.isdigit() and len(year) == 4 and year.startswith("20")):
            return None, [f"year: “{shown(year[:20])}” is not a fiscal year, such as 2024."]
        if quarter not in ("1", "2", "3", "4"):
            return None, [f"quarter: “{shown(quarter[:20])}” is not a quarter from 1 to 4."]
        cycle = f"{year}-Q{quarter}"
        if cycle not in self.refused:
            self.refused[cycle] = self._why_not(cycle)
        return cycle, [self.refused[cycle]] if self.refused[cycle] else []

    def _why_not(self, cycle: str) -> str:
        try:
            quarters.refuse_too_early(self.component, cycle, at=self.at)
            if cycle in self._known:
                quarters.writable(self._known[cycle])
        except WorkflowError as refusal:
            return str(refusal)
        return ""

    def _numbers(self, cycle: str, cells: dict[str, str]) -> tuple[Form | None, Numbers, list[str]]:
        """The one form whose columns are filled, and its numbers."""
        if cycle not in self.offered:
            self.offered[cycle] = self.collection.forms_for(cycle)
        offered = self.offered[cycle]
        filled = [form for form in offered if any(cells.get(column) for column in form.columns)]
        if len(filled) != 1:
            names = "; ".join(f"{form.title} ({form.columns[0]} …)" for form in offered)
            which = "the columns of two forms" if filled else "no answers"
            return None, {}, [f"It has {which}. Fill the columns of one: {names or 'none is in force'}."]
        form = filled[0]
        texts = {column: cells.get(column, "") for column in self.collection.columns_of(form)}
        # Nearly every line is right, and is read without the words for what is not.
        if all(each.isdigit() and each.isascii() and len(each) <= 12 for each in texts.values()):
            numbers = {column: int(each) for column, each in texts.items()}
            faults = list(faults_between(self.collection, form, numbers))
        else:
            numbers, faults = read_numbers(self.collection, form, texts)
        return form, numbers, [f"{fault.key}: {fault.reason}" for fault in faults]


def bring_in(component: Component, source: TextIO, *, by: Person, at: datetime) -> Brought:
    """Take in a file of any number of quarters; raises InvalidInput with every wrong line, and then keeps nothing."""
    role = require(by, Permission.REPORT_QUARTER, component, at=at)
    reader = Reader(component, at)
    wrong, lines = quarter_faults.Wrong(), 0
    for number, cells in _rows(source, reader.collection):
        lines += 1
        if lines > MOST_LINES:
            wrong.add(number, [f"A file has {MOST_LINES:,} lines at most. Send the rest in another one."])
            break
        _, reasons = reader.read(number, cells)
        if reasons:
            wrong.add(number, reasons)
    wrong.refuse()
    if not lines:
        raise InvalidInput(None, [Fault("file", "The file has no lines below its heading.")])
    cycles = tuple(sorted(reader.refused))
    reports = {cycle: quarters.opened(component, cycle) for cycle in cycles}
    for report in reports.values():
        quarters.writable(report)
    changed = 0
    again = Reader(component, at)
    right = (again.read(number, cells)[0] for number, cells in _rows(source, again.collection))
    while part := [line for line in islice(right, AT_ONCE) if line is not None]:
        changed += _keep(part, component, reports, by=by, at=at)
    details = {"lines": lines, "changed": changed, "cycles": ", ".join(cycles)}
    record.write("quarter-imported", by=by, as_role=role, at=at, component=component, details=details)
    return Brought(lines, changed, cycles)


def _rows(source: TextIO, collection: Collection) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line by its number in the file, its cells by their columns; raises InvalidInput for a wrong heading."""
    source.seek(0)
    lines = csv.reader(source)
    number = 0
    try:
        heading = [cell.strip().lower() for cell in next(lines, [])]
        quarter_faults.refuse_heading(heading, (*KEYS, *collection.volume_columns), (*collection.columns, *PASSED_OVER))
        for cells in lines:
            number = lines.line_num
            if any(cell.strip() for cell in cells):
                bare = [cell.strip() for cell in cells]
                of_columns = [*bare[: len(heading)], *([""] * (len(heading) - len(bare)))]
                yield number, {**dict(zip(heading, of_columns, strict=True)), BEYOND: "".join(bare[len(heading) :])}
    except UnicodeDecodeError:
        raise InvalidInput(None, [Fault("file", "The file is not in UTF-8. Save it as “CSV UTF-8”.")]) from None
    except csv.Error as error:
        reason = f"Line {lines.line_num or number:,} is not CSV ({error}). Save the file again as CSV."
        raise InvalidInput(None, [Fault("file", reason)]) from None


# A line that says what counts already is no new revision.
_KEEP = text(
    """
    insert into quarter_entry
           (report_id, component_id, service_id, channel, revision, form, numbers, entered_at, by_id)
    select told.report_id, :component_id, told.service_id, told.channel, coalesce(latest.revision, 0) + 1,
           told.form, told.numbers, :at, :by_id
      from unnest(cast(:report_ids as bigint[]), cast(:service_ids as bigint[]), cast(:channels as text[]),
                  cast(:forms as text[]), cast(:numbers as jsonb[]))
           as told(report_id, service_id, channel, form, numbers)
      left join lateral (
           select revision, form, numbers from quarter_entry e
            where e.report_id = told.report_id and e.service_id = told.service_id and e.channel = told.channel
            order by revision desc limit 1) as latest on true
     where latest.revision is null or (latest.form, latest.numbers) is distinct from (told.form, told.numbers)
    """
)


def _keep(
    part: list[Line], component: Component, reports: dict[str, QuarterReport], *, by: Person, at: datetime
) -> int:
    values = {
        "component_id": component.id,
        "by_id": by.id,
        "at": at,
        "report_ids": [reports[line.cycle].id for line in part],
        "service_ids": [line.service_id for line in part],
        "channels": [line.channel for line in part],
        "forms": [line.form for line in part],
        "numbers": [Jsonb(line.numbers) for line in part],
    }
    kept = session().execute(_KEEP, values)
    return int(kept.rowcount)  # type: ignore[attr-defined]

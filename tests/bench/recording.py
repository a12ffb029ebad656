"""The record: adding lines against plain inserts of the same rows, and checking all of them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData, select, text

from cxworkflow.calendar import moment
from cxworkflow.db import session
from cxworkflow.models import Event
from cxworkflow.services import record, record_checks
from tests.bench.place import Place, application, inside
from tests.bench.population import YESTERDAY
from tests.bench.rows import Row, medians, milliseconds, seconds

MOST = 10  # seconds
TRANSACTIONS = 200
LINES = (1, 5)  # in one transaction: as a reading makes them, and as a submission does
IN_ONE = 1_000  # lines of one transaction, while the long record is made
AT = moment(YESTERDAY, 10)

# A table of the same columns, indexes and keys, whose rows come from wherever they like.
PLAIN = Event.__table__.to_metadata(MetaData(), name="plain")  # type: ignore[attr-defined]
_PLAIN = (
    "create table plain (like event including all)",
    "alter table plain alter column id drop identity",
    "alter table plain add foreign key (by_id) references person",
    "alter table plain add foreign key (component_id) references component",
    "alter table plain add foreign key (strategy_id) references strategy",
    "alter table plain add foreign key (clock_id) references clock",
    "alter table plain add foreign key (version_id) references version",
    "grant select, insert on plain to cxworkflow_app",
)


def rows(place: Place) -> Iterator[Row]:
    """Appends at half the rate of plain inserts or better; 100,000 lines checked within ten seconds."""
    with place.database() as url, inside(application(url)):
        _make_plain()
        for lines in LINES:
            took = medians(_rounds(place.scale.rounds, lines))
            yield Row.at_least(
                0.5,
                f"lines added to the record, {lines} to a transaction",
                took["plain"] / took["record"],
                "INSERT of the same rows, as many to a statement and transaction: "
                f"{milliseconds(took['plain'])} for {TRANSACTIONS} (the record {milliseconds(took['record'])})",
            )
        _lengthen(place.scale.lines)
        faults: list[str] = []
        checks = medians(
            {"check": seconds(lambda: faults.extend(record_checks.check().faults))}
            for _ in range(place.scale.long_rounds)
        )
        if faults:
            raise RuntimeError(f"The record is not in order: {faults[0]}")
        yield Row.at_most(
            1,
            f"checking {place.scale.lines:,} lines of the record",
            checks["check"] / MOST,
            f"{MOST} seconds (here {checks['check']:.1f})",
        )


def _make_plain() -> None:
    session().execute(text("set local role none"))
    for statement in _PLAIN:
        session().execute(text(statement))
    session().commit()


def _rounds(rounds: int, lines: int) -> Iterator[dict[str, float]]:
    """Both, one after the other; the first to warm up."""
    for number in range(rounds + 1):
        first = session().scalar(text("select coalesce(max(seq), 0) from event"))
        session().commit()
        took = {"record": seconds(lambda: _append(lines))}
        written = [column for column in Event.__table__.columns if column.computed is None]
        fresh = session().execute(select(*written).where(Event.seq > first).order_by(Event.seq))
        made = [dict(row) for row in fresh.mappings()]
        session().commit()
        took["plain"] = seconds(lambda made=made: _insert(made, lines))  # type: ignore[misc]
        if number > 0:
            yield took


def _append(lines: int) -> None:
    for _ in range(TRANSACTIONS):
        for number in range(lines):
            _write(number)
        session().commit()


def _write(number: int) -> None:
    record.write("saved", by=None, as_role=None, at=AT, details={"clause": "IV.c.3", "revision": number})


def _insert(made: list[dict[str, Any]], lines: int) -> None:
    """Ready-made rows, as into a table without a chain: one statement for the rows of a transaction."""
    for start in range(0, len(made), lines):
        session().execute(PLAIN.insert(), made[start : start + lines])
        session().commit()


def _lengthen(lines: int) -> None:
    """Bring the record to this length."""
    while (missing := lines - (session().scalar(text("select coalesce(max(seq), 0) from event")) or 0)) > 0:
        for number in range(min(IN_ONE, missing)):
            _write(number)
        session().commit()

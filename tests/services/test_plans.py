"""How the database answers what is asked most, among many strategies and with row-level security: by its indexes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, select, text

from cxworkflow.calendar import day_of
from cxworkflow.clock import now
from cxworkflow.db import CONNECT_ARGS, session
from cxworkflow.models import Person
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import delivering, doubts, reminders, sending
from tests import hisps
from tests.api.programs import Program, token_of
from tests.bench.papers import populate
from tests.databases import copied
from tests.stage import using
from tests.web.visiting import visitor

pytestmark = pytest.mark.integration

STRATEGIES = 2_000  # with three versions each, two clocks and a reminder or more
BIG = {"answer", "answer_revision", "clock", "clock_change", "comment", "event", "notice", "rubric_mark", "strategy"}
BIG |= {"attachment", "commitment", "quarter_entry", "reading", "review", "version", "webhook_delivery"}
FURTHER = Path(__file__).with_name("after_approval.sql")
STARTED = (
    "insert into clock_change (clock_id, kind, at, happened_on, due_on) "
    "select id, 'started', cast(started_on as timestamptz), started_on, original_due_on from clock"
)
LEAD, DIRECTORATE, CIO = "lead.77@agency.example", "directorate@agency.example", "cio@agency.example"
LISTS = ("/clocks", "/commitments", "/events", "/metrics", "/notices", "/publications", "/quarters", "/strategies")
AUDITOR = "reviewer.20@agency.example"


@pytest.fixture(scope="module")
def filled(shared_app: Flask, server_url: str, migrated: str) -> Iterator[Engine]:
    """A department of many strategies, each with its clocks, and reminders of which all but a few are sent."""
    with copied(server_url, migrated) as url:
        engine = create_engine(url, connect_args=CONNECT_ARGS)
        with shared_app.app_context(), using(shared_app, engine), within(SYSTEM):
            numbers = json.dumps({column: int(number) for column, number in hisps.typed().items()})
            populate(STRATEGIES, on=day_of(now()), more=FURTHER, numbers=numbers)
            hisps.in_force()
            session().execute(text(STARTED))
            reminders.sweep(at=now(), thorough=True)
            sent = "update notice set state = 'sent', sent_at = owed_at, answer = '' where id % 50 > 0"
            session().execute(text(sent))
            session().commit()
            session().remove()
        owner = create_engine(url, isolation_level="AUTOCOMMIT")
        with owner.connect() as connection:
            connection.execute(text("vacuum analyze"))
        owner.dispose()
        yield engine
        engine.dispose()


@pytest.fixture
def many(shared_app: Flask, filled: Engine) -> Iterator[Flask]:
    """The application on the filled database."""
    with shared_app.app_context(), using(shared_app, filled), within(SYSTEM):
        yield shared_app


@contextmanager
def read_whole(engine: Engine) -> Iterator[list[tuple[str, str]]]:
    """The big tables that a statement of the block reads from end to end, each with the statement.

    Each is explained just before it is made: as the same role, for the same person, in the same transaction.
    """
    found: list[tuple[str, str]] = []

    def explain(connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().lower().startswith(("select", "with", "update")) and "set_config" not in statement:
            raw: Any = connection.connection.driver_connection
            assert raw.execute("select current_user").fetchone()[0] in ("cxworkflow_app", "cxworkflow_system")
            plan = raw.execute(f"explain (format json) {statement}", parameters).fetchone()[0]
            found.extend((table, statement) for table in _scanned(plan[0]["Plan"]) if table in BIG)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _scanned(inner)


def counts(statement: str) -> bool:
    """Whether a statement only counts, which reads whatever it counts."""
    return "GROUP BY" in statement or statement.startswith("SELECT count(")


def test_the_sweep_reads_no_table_whole(many: Flask, filled: Engine) -> None:
    with read_whole(filled) as scanned:
        reminders.sweep(at=now())
        session().commit()
        reminders.sweep(at=now(), thorough=True)
        session().rollback()
    assert scanned == []


def test_a_claim_reads_what_waits_and_nothing_else(many: Flask, filled: Engine) -> None:
    with read_whole(filled) as scanned:
        assert sending.waiting()
        claim = sending.claim(trying=1)
        assert claim is not None
        assert len(sending.claimed(claim)) == len(claim.notice_ids) > 10
        sending.settle({claim.tried[0]: sending.Outcome("sent", "250 OK")}, claim, at=now())
        session().rollback()
    assert scanned == []


def test_dead_senders_and_doubts_are_found_past_what_is_owed(many: Flask, filled: Engine) -> None:
    read = 0

    def count(connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        nonlocal read
        raw: Any = connection.connection.driver_connection
        plan = raw.execute(f"explain (analyze, format json) {statement}", parameters).fetchone()[0]
        read += sum(_looked_at(plan[0]["Plan"], "notice"))

    assert sending.waiting()
    event.listen(filled, "before_cursor_execute", count)
    try:
        doubts.reclaim(at=now())
        assert doubts.in_doubt() == []
    finally:
        event.remove(filled, "before_cursor_execute", count)
    session().rollback()
    assert read == 0


def _looked_at(node: dict[str, Any], table: str) -> Iterator[int]:
    if node.get("Relation Name") == table and "Actual Rows" in node:
        yield node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    for inner in node.get("Plans", ()):
        yield from _looked_at(inner, table)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (LEAD, "/"),
        (LEAD, "/inbox/"),
        (LEAD, "/clocks/"),
        (LEAD, "/notices/"),
        (LEAD, "/components/"),
        (LEAD, "/strategies/77"),
        (LEAD, "/strategies/77/sections/IV.c.3"),
        (DIRECTORATE, "/directorate/queue"),
        (DIRECTORATE, "/directorate/queue?order=due"),
        (DIRECTORATE, "/strategies/77"),
        (CIO, "/"),
        (CIO, "/clocks/"),
        (CIO, "/clocks/?state=overdue"),
        (CIO, "/clocks/?component=C77"),
        (CIO, "/clocks/77"),
        (CIO, "/notices/"),
        (CIO, "/notices/?order=owed"),
        (CIO, "/inbox/"),
        (CIO, "/components/"),
        (LEAD, "/commitments/"),
        (LEAD, "/metrics"),
        (LEAD, "/strategies/77/implementation"),
        (LEAD, "/hisps"),
        (LEAD, "/hisps/quarters"),
        (LEAD, "/hisps/C77/2020-Q4"),
        (DIRECTORATE, "/commitments/"),
        (CIO, "/commitments/"),
        (CIO, "/commitments/?state=open"),
        (CIO, "/commitments/?component=C77"),
        (CIO, "/metrics"),
        (CIO, "/hisps/quarters"),
        (LEAD, "/hisps/numbers"),
        (CIO, "/hisps/numbers"),
        (CIO, "/hisps/numbers?component=C77"),
        (CIO, "/hisps/C77/charts"),
        (CIO, "/webhooks"),
        (CIO, "/webhooks/1"),
        (AUDITOR, "/record"),
        (AUDITOR, "/record?verb=submit"),
        (AUDITOR, "/record?by=Lead+of+Component+77"),
        (AUDITOR, "/record?component=C77"),
    ],
)
def test_a_page_finds_its_rows_by_an_index_and_only_counting_reads_more(
    many: Flask, filled: Engine, address: str, path: str
) -> None:
    browser = visitor(many, session().scalars(select(Person).where(Person.email == address)).one())
    with read_whole(filled) as scanned:
        assert browser.get(path).status_code == 200
    found = [(table, statement) for table, statement in scanned if not counts(statement)]
    assert found == []


@pytest.mark.parametrize(("address", "refused"), [(LEAD, {"/events", "/publications"}), (CIO, set()), (AUDITOR, set())])
def test_a_list_of_the_api_finds_its_rows_by_an_index_and_counts_nothing(
    many: Flask, filled: Engine, address: str, refused: set[str]
) -> None:
    program = Program(many, token_of(session().scalars(select(Person).where(Person.email == address)).one(), at=now()))
    with read_whole(filled) as scanned:
        asked = {path: program.ask("GET", path).status_code for path in LISTS}
    assert asked == {path: 403 if path in refused else 200 for path in LISTS}
    assert scanned == []


def test_a_claim_of_deliveries_reads_what_waits_and_nothing_else(many: Flask, filled: Engine) -> None:
    with read_whole(filled) as scanned:
        delivering.reclaim()
        claim = delivering.claim()
        assert claim is not None
        session().rollback()
    assert scanned == []


def test_who_reads_only_what_is_theirs_counts_by_an_index_too(many: Flask, filled: Engine) -> None:
    browser = visitor(many, session().scalars(select(Person).where(Person.email == LEAD)).one())
    with read_whole(filled) as scanned:
        for path in ("/", "/inbox/", "/clocks/", "/notices/"):
            assert browser.get(path).status_code == 200
    assert scanned == []

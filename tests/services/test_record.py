"""The record: one function adds lines, one after the other without a gap, each bound to the one before."""

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from structlog.contextvars import bound_contextvars

from cxworkflow.db import session, unit_of_work
from cxworkflow.models import Event, RecordCheck, Role
from cxworkflow.models.event import SYSTEM
from cxworkflow.queries import record as queries
from cxworkflow.services import anchors, jobs, record, record_checks, strategies
from cxworkflow.verify_record import NOTHING, check_lines, line_hash, sha256
from tests.at_once import at_once
from tests.databases import copied
from tests.stage import Stage, as_owner, eastern, using

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

AT = eastern("2023-12-06 10:00")


def lines() -> list[Event]:
    """Every line, in the order of the chain."""
    return list(session().scalars(select(Event).order_by(Event.seq)))


def test_each_line_holds_the_hash_of_the_one_before(stage: Stage) -> None:
    stage.approved("CBP")
    before = NOTHING
    for number, line in enumerate(lines(), start=1):
        assert line.seq == number
        time = record.moment_text(line.written_at)
        assert line.hash == line_hash(before, line.seq, time, sha256(line.body.encode()))
        before = line.hash


def test_a_line_says_what_who_as_whom_when_in_which_request_and_on_which_text(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    with bound_contextvars(request_id="3fa9"):
        version = strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-18 15:00"))
    line = session().scalars(select(Event).where(Event.verb == "submit")).one()
    for told in (
        '"what":"submit"',
        f'"by":{stage.person(Role.LEAD, "CBP").id}',
        '"as":"lead"',
        '"at":"2023-12-18T20:00:00.000000Z"',
        '"request":"3fa9"',
        f'"version":{version.id}',
        f'"sha256":"{version.sha256}"',
        f'"strategy":{strategy.id}',
    ):
        assert told in line.body
    assert (line.by_name, line.by_role, line.request_id) == ("CBP lead", "lead", "3fa9")
    assert "CBP lead" not in line.body, "names stay out of what is kept for good"


def test_what_is_rolled_back_leaves_no_line_and_no_gap(live: Flask) -> None:
    before = session().scalar(select(func.max(Event.seq))) or 0
    session().rollback()
    record.write("tried", by=None, as_role=None, at=AT)
    session().rollback()
    with unit_of_work():
        record.write("done", by=None, as_role=None, at=AT)
    last = session().scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert (last.seq, last.verb) == (before + 1, "done")


def test_many_who_write_at_once_make_one_chain(live: Flask) -> None:
    def write() -> None:
        for number in range(20):
            for _ in range(1 + number % 3):
                record.write("at once", by=None, as_role=None, at=AT)
            session().commit()

    at_once(live, *([write] * 8))
    seqs = session().scalars(select(Event.seq).order_by(Event.seq)).all()
    assert seqs == list(range(1, len(seqs) + 1))
    assert record_checks.check().faults == []


WRITER = """
import sys
import sqlalchemy as sa
engine = sa.create_engine(sys.argv[1])
for number in range(200):
    with engine.begin() as connection:
        body = '{"event": %d, "at": "2024-01-09T15:00:00Z", "what": "test", "as": "", "request": "", "details": {}}'
        connection.execute(sa.text("select audit_append(array[:body])"), {"body": body % (int(sys.argv[2]) + number)})
"""


def test_two_processes_that_write_at_once_make_one_chain(server_url: str, migrated: str) -> None:
    with copied(server_url, migrated) as url:
        writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, str(start)]) for start in (1000, 2000)]
        assert [writer.wait(60) for writer in writers] == [0, 0]
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.execute(text("select id, seq from event order by seq")).all()
        engine.dispose()
    assert [seq for _, seq in found] == list(range(1, 401))
    of_the_first = [event_id < 2000 for event_id, _ in found]
    assert any(of_the_first[:-1][each] != of_the_first[1:][each] for each in range(399)), "they never met"


@pytest.fixture(scope="module")
def long_record(shared_app: Flask, server_url: str, migrated: str) -> Iterator[Engine]:
    """A database with a record of 10,000 lines."""
    with copied(server_url, migrated) as url, shared_app.app_context():
        engine = create_engine(url)  # as the owner of the tables, who may do anything
        with using(shared_app, engine):
            for number in range(10_000):
                record.write("saved", by=None, as_role=None, at=AT, details={"clause": "IV.c.3", "revision": number})
            session().commit()
            anchors.anchor(AT.date(), AT)
            session().commit()
        yield engine
        engine.dispose()


# What somebody with all rights over the database could do, at a random line; and whether the line itself can be named.
TAMPERINGS = {
    "another word": ("update event set body = replace(body, 'saved', 'moved') where seq = :n", 0),
    "another byte": ("update event set body = overlay(body placing 'x' from 9 for 1) where seq = :n", 0),
    "another hash": ("update event set hash = repeat('a', 64) where seq = :n", 0),
    "another time": ("update event set written_at = written_at - interval '1 second' where seq = :n", 0),
    "another column": ("update event set verb = 'moved' where seq = :n", 0),
    "other details": ("update event set details = '{}' where seq = :n", 0),
    "deleted": ("delete from event where seq = :n", 0),
    "deleted and numbered anew": (
        (
            "with gone as (delete from event where seq = :n) update event set seq = -seq + 1 where seq > :n; "
            "update event set seq = -seq where seq < 0"
        ),
        0,
    ),
    "inserted": (
        (
            "update event set seq = -seq - 1 where seq >= :n; update event set seq = -seq where seq < 0; "
            "insert into event (id, seq, written_at, body, hash, at, verb, by_role, request_id, details) "
            "overriding system value select 99999, :n, written_at, body, hash, at, verb, by_role, request_id, details "
            "from event where seq = :n + 1"
        ),
        1,
    ),
    "swapped": (
        (
            "update event set seq = -seq where seq in (:n, :n + 5); "
            "update event set seq = case when seq = -:n then :n + 5 else :n end where seq < 0"
        ),
        0,
    ),
    "cut off": ("delete from event where seq >= :n", -1),
}


def test_of_a_hundred_tamperings_with_a_record_of_ten_thousand_lines_all_are_found(
    shared_app: Flask, long_record: Engine
) -> None:
    chance = random.Random(4)
    kinds = list(TAMPERINGS)
    with shared_app.app_context(), using(shared_app, long_record):
        assert record_checks.check().faults == []
        session().execute(text("alter table event disable trigger user"))
        session().commit()
        for trial in range(100):
            kind, at = kinds[trial % len(kinds)], chance.randrange(2, 9_990)
            statements, named = TAMPERINGS[kind]
            for statement in statements.split("; "):
                session().execute(text(statement.replace(":n", str(at))))
            faults = " ".join(record_checks.check().faults).lower()
            session().rollback()
            assert f"line {at + named}" in faults, f"{kind} at line {at}: {faults[:500]}"


def test_a_text_that_is_not_what_was_submitted_is_found(stage: Stage) -> None:
    stage.submitted("CBP")
    session().commit()
    with as_owner():
        session().execute(text("set constraints all immediate"))
        session().execute(text("alter table version disable trigger user"))
        session().execute(text("update version set title = 'Another title'"))
    assert record_checks.check().faults == ["Version 1 of CBP (dhs-076-02) is not the text that was submitted."]


def test_the_check_is_done_every_night_and_noted(stage: Stage) -> None:
    jobs.do_due(at=eastern("2024-01-09 01:00"))
    noted = session().scalars(select(RecordCheck)).one()
    assert (noted.faults, noted.lines) == ([], session().scalar(select(func.max(Event.seq))))
    assert abs((datetime.now(UTC) - noted.checked_at).total_seconds()) < 3600
    with as_owner():
        session().execute(text("alter table event disable trigger user"))
        session().execute(text("update event set verb = 'moved' where seq = 2"))
    jobs.do_due(at=eastern("2024-01-10 01:00"))
    session().expire_all()
    assert noted.faults == ["Line 2: its columns say something else than what was hashed."]


def test_lines_can_be_checked_one_by_one_without_the_rest(stage: Stage) -> None:
    stage.submitted("CBP")
    session().commit()
    assert check_lines(record_checks.lines())[0] == []


def test_what_was_done_and_who_did_it_is_each_named_once(stage: Stage) -> None:
    stage.approved("CBP")
    stage.returned("ICE")
    assert session().scalar(text("select count(*) > count(distinct verb) from event"))
    assert sorted(queries.verbs()) == sorted(session().scalars(text("select distinct verb from event")))
    acted = "select distinct person.name from event join person on person.id = event.by_id"
    everybody = sorted([SYSTEM, *session().scalars(text(acted))])
    assert len(everybody) > 3
    assert sorted(queries.people(most=50)) == everybody
    assert len(queries.people(most=3)) == 3, "as many as asked for"

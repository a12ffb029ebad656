"""Anchors: the last line of the record, told once a day by e-mail and in a file, so that nobody can write it anew."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from cxworkflow.db import session
from cxworkflow.documents import anchor_file
from cxworkflow.mail.compose import message
from cxworkflow.models import Anchor, Event, Notice
from cxworkflow.services import jobs, record, record_checks
from cxworkflow.verify_record import read_anchors
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration


def days(stage: Stage, *mornings: str) -> None:
    """Mornings on each of which a line has come to the record."""
    for morning in mornings:
        record.write("test", by=None, as_role=None, at=eastern(f"{morning} 05:00"))
        jobs.do_due(at=eastern(f"{morning} 06:00"))
    session().commit()


def test_the_auditor_is_told_the_last_line_once_a_day(stage: Stage) -> None:
    days(stage, "2024-01-08", "2024-01-09")
    jobs.do_due(at=eastern("2024-01-09 12:00"))
    told = session().scalars(select(Notice).where(Notice.kind == "anchor").order_by(Notice.id)).all()
    assert [(each.to_role, each.facts["day"]) for each in told] == [
        ("auditor", "2024-01-08"),
        ("auditor", "2024-01-09"),
    ]
    last = session().scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert (told[1].facts["seq"], told[1].facts["hash"]) == (last.seq, last.hash)
    mail = message(told[1], sender="CX <cx@example.gov>", base_url="http://localhost", at=eastern("2024-01-09 06:01"))
    read = message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    assert read is not None
    assert last.hash in read.get_content()
    assert "http://localhost/record" in read.get_content()


def test_the_file_gets_each_anchor_once_and_can_be_away_for_days(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    days(stage, "2024-01-08")
    assert anchor_file.bring_up_to_date(path) == 1
    days(stage, "2024-01-09", "2024-01-10")
    assert anchor_file.bring_up_to_date(path) == 2
    assert anchor_file.bring_up_to_date(path) == 0
    rows = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert [row["day"] for row in rows] == ["2024-01-08", "2024-01-09", "2024-01-10"]
    assert record_checks.check(read_anchors(path)).faults == []


def test_a_tail_that_was_cut_off_is_known_from_the_file_alone(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    days(stage, "2024-01-08", "2024-01-09")
    anchor_file.bring_up_to_date(path)
    last = session().scalar(select(func.max(Event.seq))) or 0
    with as_owner():
        session().execute(text("alter table event disable trigger user"))
        session().execute(text("alter table anchor disable trigger user"))
        session().execute(text("delete from anchor"))
        session().execute(text("delete from event where seq = :last"), {"last": last})
    assert session().scalars(select(Anchor)).all() == []
    assert record_checks.check().faults == [], "the record itself does not know"
    (fault,) = record_checks.check(read_anchors(path)).faults
    assert f"on 2024-01-09 it had line {last}" in fault

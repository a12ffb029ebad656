"""Commitments: what an approved version promises, each with an owner, a day and a small clock."""

from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.mail.compose import message
from cxworkflow.models import Clock, Commitment, Event, Notice, Role
from cxworkflow.services import commitments, reminders
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration


def of(stage: Stage, code: str = "USCG") -> list[Commitment]:
    found = select(Commitment).where(Commitment.strategy.has(component_id=stage.component(code).id))
    return list(session().scalars(found.order_by(Commitment.id)))


def test_the_rows_of_the_approved_version_become_commitments_with_owner_and_day(stage: Stage) -> None:
    strategy = stage.approved("USCG")
    content = strategy.approved_version.content if strategy.approved_version else {}
    made = of(stage)
    assert [each.title for each in made if each.kind == "activity"] == [
        row["what"] for row in content["IV.c.4"]["activities"]
    ]
    assert {each.kind for each in made} == {"activity", "contract", "metric"}
    assert {each.owner_id for each in made} == {stage.person(Role.LEAD, "USCG").id}
    contract = next(each for each in made if each.kind == "contract")
    assert contract.due_on == date(2024, 9, 30), "the last day of its fiscal year"
    metric = next(each for each in made if each.kind == "metric")
    assert metric.target is not None
    assert metric.better in ("up", "down")
    assert metric.principles
    clocks = session().scalars(select(Clock).where(Clock.commitment_id.is_not(None))).all()
    assert {(each.commitment_id, each.due_on) for each in clocks} == {(each.id, each.due_on) for each in made}


def test_what_is_due_after_the_last_day_of_the_implementation_is_said_with_the_approval(stage: Stage) -> None:
    strategy = stage.approved("USCG", "2023-12-20 10:00")
    last = commitments.last_day(strategy)
    late = commitments.too_late(strategy)
    assert last == date(2024, 6, 17)
    assert late
    assert all(each.due_on and each.due_on > last for each in late)
    told = session().scalars(select(Notice).where(Notice.kind == "approved")).first()
    assert told is not None
    assert told.facts["too_late_count"] == len(late)
    line = session().scalars(select(Event).where(Event.verb == "committed")).one()
    assert line.details["commitments"] == len(of(stage))


def test_each_reminds_its_owner_fourteen_and_three_days_before_on_the_day_and_seven_after(stage: Stage) -> None:
    stage.approved("USCG")
    first = min(of(stage), key=lambda each: each.due_on or date.max)
    assert first.due_on is not None
    for rung in (-14, -3, 0, 7, 8):
        on = date.fromordinal(first.due_on.toordinal() + rung)
        reminders.sweep(at=eastern(f"{on} 07:00"))
    about = select(Notice).where(Notice.clock_id == first.clock.id).order_by(Notice.rung)  # type: ignore[attr-defined]
    told = session().scalars(about).all()
    assert [each.rung for each in told] == [-14, -3, 0, 7]
    assert {each.person_id for each in told} == {first.owner_id}
    assert told[0].facts["commitment"] == first.title
    assert {(each.to_role, each.facts["held_role"]) for each in told} == {("lead", "lead")}
    sent = message(told[0], sender="cx@workflow.example", base_url="http://localhost", at=told[0].owed_at)
    assert f"commitments/{first.id}" in message_from_bytes(sent, policy=default).get_body().get_content()  # type: ignore[union-attr]


def test_an_owner_who_left_is_not_reminded_but_the_lead_is(stage: Stage) -> None:
    stage.approved("USCG")
    first = min(of(stage), key=lambda each: each.due_on or date.max)
    assert first.due_on is not None
    owner = stage.newcomer("Former Owner", (Role.CONTRIBUTOR, "USCG"))
    first.owner_id = owner.id
    owner.deactivated_at = eastern("2024-01-12 09:00")
    session().flush()
    reminders.sweep(at=eastern(f"{first.due_on} 07:00"))
    told = session().scalars(select(Notice).where(Notice.clock_id == first.clock.id)).all()  # type: ignore[attr-defined]
    assert {(each.person_id, each.to_role) for each in told} == {(stage.person(Role.LEAD, "USCG").id, "lead")}

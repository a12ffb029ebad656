"""The home of a lead asks the database as often for much work as for little."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Commitment, GuidanceKind, Person, Role, Strategy
from cxworkflow.services import assignments, drafting, guidance, strategies
from tests.stage import Stage, eastern
from tests.web.test_lists_ask_as_much import circulated
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


def asked_of(stage: Stage, code: str, what: str) -> None:
    """A paper of the Directorate is put to this Component, and a playbook is to be acknowledged by it."""
    circulated(stage, what, code)
    directorate, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2024-01-10 09:00")
    said = guidance.Words(title=f"Playbook beside the {what}", text="Ask five people.", tags="")
    piece = guidance.write(stage.edition, GuidanceKind.PLAYBOOK, said, by=directorate, at=at)
    guidance.publish(piece, [stage.component(code)], acknowledge_by=date(2024, 2, 1), by=directorate, at=at)


def many_rows(strategy: Strategy, clause: str, key: str, *, by: Person) -> None:
    """A section of the draft gets forty rows that are like its first."""
    answer = next(answer for answer in strategy.answers if answer.clause == clause)
    content = {**answer.content, key: [answer.content[key][0] | {"what": f"Activity {nth}"} for nth in range(40)]}
    drafting.save_section(
        strategy, clause, content, base_revision=answer.revision, by=by, at=eastern("2023-12-02 09:00")
    )


def test_the_home_of_a_lead_who_writes_asks_as_much_for_much_work_as_for_little(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-11 09:00"))
    lead, writer = stage.person(Role.LEAD, "TSA"), stage.person(Role.CONTRIBUTOR, "TSA")
    strategy, at = stage.drafted("TSA"), eastern("2024-01-10 09:00")
    asked_of(stage, "TSA", "directive")
    assignments.assign(strategy, "IV.c.4", writer, by=lead, at=at)
    client = visitor(app, lead)
    assert "Playbook beside the directive" in words(client.get("/"))
    with statements(app) as few:
        client.get("/")
    asked_of(stage, "TSA", "instruction")
    for clause in ("IV.c.1", "IV.c.3", "IV.c.5.a"):
        assignments.assign(strategy, clause, writer, by=lead, at=at)
    many_rows(strategy, "IV.c.4", "activities", by=lead)
    session().commit()
    with statements(app) as many:
        told = words(client.get("/"))
    assert "Playbook beside the instruction" in told
    assert told.count(writer.name) >= 4
    assert len(many) == len(few), "\n".join(many)


def test_the_home_of_a_lead_who_implements_asks_as_much_for_many_commitments_as_for_one(
    app: Flask, stage: Stage
) -> None:
    stage.approved("USCG")
    busy = stage.drafted("ICE")
    many_rows(busy, "IV.c.4", "activities", by=stage.person(Role.LEAD, "ICE"))
    strategies.submit(busy, by=stage.person(Role.LEAD, "ICE"), at=eastern("2023-12-18 15:00"))
    stage.approve(busy, "2024-01-09 10:00")
    due_on = session().scalars(select(Commitment.due_on).where(Commitment.kind == "activity")).first()
    assert due_on is not None
    it_is(eastern(f"{due_on} 09:00"))
    asked, told = [], []
    for code in ("USCG", "ICE"):
        client = visitor(app, stage.person(Role.LEAD, code))
        client.get("/")
        with statements(app) as seen:
            told.append(words(client.get("/")).count(f"Commitment of {code}"))
        asked.append(len(seen))
    assert 1 <= told[0] < 10 < told[1]
    assert asked[0] == asked[1]

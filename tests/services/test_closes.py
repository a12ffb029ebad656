"""The close of the fiscal year: drawn up once on the last day, stated on, signed as it was read, and kept."""

from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotNow
from cxworkflow.models import CloseLine, FiscalClose, Notice, Role
from cxworkflow.services import closes, jobs
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.e")]

LAST, LATER = eastern("2024-09-30 07:00"), eastern("2024-10-02 09:00")


def drawn_up(stage: Stage) -> FiscalClose:
    stage.implemented(stage.approved("USCG"), "2024-06-03 10:00")
    stage.approved("CBP")
    closes.draw_up_all(LAST.date(), LAST)
    return session().scalars(select(FiscalClose)).one()


def line_of(close: FiscalClose, code: str) -> CloseLine:
    return next(line for line in close.lines if line.component.code == code)


def test_it_is_drawn_up_once_on_the_last_day_or_however_late(stage: Stage) -> None:
    closes.draw_up_all(date(2024, 9, 29), eastern("2024-09-29 07:00"))
    assert session().scalars(select(FiscalClose)).all() == []
    assert "close" in jobs.JOBS
    close = drawn_up(stage)
    closes.draw_up_all(LATER.date(), LATER)
    assert session().scalars(select(FiscalClose.closed_on)).all() == [date(2024, 9, 30)]
    assert {line.component.code for line in close.lines if line.implemented} == {"USCG"}


def test_who_is_not_done_is_told_with_what_is_open_and_asked_for_a_statement(stage: Stage) -> None:
    close = drawn_up(stage)
    line = line_of(close, "CBP")
    assert line.facts["status"] == "approved"
    assert line.facts["open"]
    asked = session().scalars(select(Notice).where(Notice.kind == "close-statement-asked")).all()
    assert {each.component_id for each in asked} == {each.component_id for each in close.lines if not each.implemented}
    lead = stage.person(Role.LEAD, "CBP")
    with refused(InvalidInput, "statement: Say why it is not implemented"):
        closes.state(line, statement=" ", by=lead, at=LATER)
    with refused(NotAllowed, "You may not make a statement for the close"):
        closes.state(line, statement="No.", by=stage.person(Role.LEAD, "ICE"), at=LATER)
    with refused(NotNow, "no statement is asked for"):
        closes.state(line_of(close, "USCG"), statement="Done.", by=stage.person(Role.LEAD, "USCG"), at=LATER)
    closes.state(line, statement="The hires come in November.", by=lead, at=LATER)
    assert "Its statement: The hires come in November." in closes.text_of(close)


def test_the_cio_signs_what_was_read_and_it_stays(stage: Stage) -> None:
    close, cio = drawn_up(stage), stage.person(Role.CIO)
    read = closes.sha256_of(closes.text_of(close))
    lead = stage.person(Role.LEAD, "CBP")
    closes.state(line_of(close, "CBP"), statement="In November.", by=lead, at=LATER)
    with refused(Conflict, "A statement has come in since you read this."):
        closes.sign(close, read_sha256=read, by=cio, at=LATER)
    read = closes.sha256_of(closes.text_of(close))
    with refused(NotAllowed, "You may not sign the close"):
        closes.sign(close, read_sha256=read, by=stage.person(Role.DIRECTORATE_LEAD), at=LATER)
    closes.sign(close, read_sha256=read, by=cio, at=LATER)
    assert close.sha256 == read
    assert close.pdf is not None
    assert close.pdf.startswith(b"%PDF")
    with refused(NotNow, "The close is signed already."):
        closes.sign(close, read_sha256=read, by=cio, at=LATER)
    with refused(NotNow, "The close is signed, so nothing more is stated in it."):
        closes.state(line_of(close, "CBP"), statement="More.", by=lead, at=LATER)


def test_the_clocks_go_on_until_each_component_is_done(stage: Stage) -> None:
    drawn_up(stage)
    clock = stage.clock("implementation", "CBP")
    assert clock.stopped_on is None
    assert stage.clock("department").stopped_on is None

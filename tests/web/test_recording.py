"""What the pages put on the record: readings of drafts of others, refusals; and that reading writes nothing else."""

import io
import re
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Event, Role
from cxworkflow.models.event import ASKED, READ_DRAFT, REFUSED
from cxworkflow.services import drafting
from cxworkflow.web.recording import CHANGES_NOTHING, SHOWS_NO_DRAFT
from tests.stage import Stage, eastern
from tests.web.addresses import Rows, address, routes
from tests.web.visiting import it_is, statements, visitor

pytestmark = pytest.mark.integration

MARK = "Marigold"  # a word that stands in nothing but a draft
WRITES = re.compile(r"\s*(insert|update|delete|truncate|merge|copy)\b|audit_append|nextval", re.IGNORECASE)
OF_THE_RECORD = re.compile(r"select (owe_deliveries\(audit_append|nextval\('event_id_seq'\))")
OF_A_SIGN_IN = re.compile(r"update sign_in set seen_at")


def lines(verb: str) -> list[Event]:
    """The lines of this kind."""
    return list(session().scalars(select(Event).where(Event.verb == verb).order_by(Event.id)))


@pytest.fixture
def rows(stage: Stage) -> Rows:
    """A returned strategy of CBP whose draft has a word that its version does not have."""
    it_is(eastern("2024-01-08 10:00"))
    strategy = stage.returned("CBP")
    answer = next(each for each in strategy.answers if each.clause == "IV.c.5.c")
    drafting.save_section(
        strategy,
        "IV.c.5.c",
        {**answer.content, "text": MARK},
        base_revision=answer.revision,
        by=stage.person(Role.LEAD, "CBP"),
        at=eastern("2024-01-07 10:00"),
    )
    session().commit()
    return Rows(strategy_id=strategy.id, clause="IV.c.5.c")


@pytest.mark.asvs("V14.2.4")
def test_whoever_reads_the_draft_of_others_is_on_the_record(app: Flask, stage: Stage, rows: Rows) -> None:
    page = f"/strategies/{rows.strategy_id}"
    assert visitor(app, stage.person(Role.DIRECTORATE_LEAD)).get(page).status_code == 200
    (line,) = lines(READ_DRAFT)
    assert (line.by_id, line.by_role) == (stage.person(Role.DIRECTORATE_LEAD).id, "directorate-lead")
    assert (line.strategy_id, line.details["page"]) == (rows.strategy_id, "strategies.one")
    assert line.request_id


@pytest.mark.parametrize("role", [Role.LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR])
def test_who_reads_their_own_is_not(app: Flask, stage: Stage, rows: Rows, role: Role) -> None:
    assert visitor(app, stage.person(role, "CBP")).get(f"/strategies/{rows.strategy_id}").status_code == 200
    assert lines(READ_DRAFT) == []


def test_no_page_shows_a_draft_of_others_without_a_line(app: Flask, stage: Stage, rows: Rows) -> None:
    reader = visitor(app, stage.person(Role.AUDITOR))
    shown = set()
    for rule in routes(app, "GET"):
        if "strategy_id" not in rule.arguments:
            continue
        before = len(lines(READ_DRAFT))
        answer = reader.get(address(app, rule, rows))
        noted = len(lines(READ_DRAFT)) - before
        told = answer.get_data().decode(errors="replace")
        if MARK in told:
            shown.add(rule.endpoint)
            assert noted == 1, rule.endpoint
        if rule.endpoint in SHOWS_NO_DRAFT:
            assert MARK not in told, rule.endpoint
            assert noted == 0, rule.endpoint
    assert {"strategies.one", "sections.one"} & shown


@pytest.mark.asvs("V16.3.2", "V16.3.3", "V16.2.1")
def test_a_refusal_is_on_the_record(app: Flask, stage: Stage, rows: Rows) -> None:
    lead = stage.person(Role.LEAD, "FEMA")
    assert visitor(app, lead).get("/record").status_code == 403
    assert visitor(app, lead).get(f"/strategies/{rows.strategy_id}").status_code == 404
    assert [(line.by_id, line.details["page"], line.details["status"]) for line in lines(REFUSED)] == [
        (lead.id, "record.index", 403),
        (lead.id, "strategies.one", 404),
    ]


@pytest.mark.asvs("V16.3.1")
def test_a_link_that_signs_nobody_in_is_on_the_record_without_its_secret(app: Flask, stage: Stage) -> None:
    assert app.test_client().get("/sign-in/link/1/a-secret").status_code == 403
    (line,) = lines("sign-in-refused")
    assert line.by_id is None
    assert "a-secret" not in line.body


def test_a_page_that_is_read_writes_nothing_but_the_record(app: Flask, stage: Stage, rows: Rows) -> None:
    for person in (stage.person(Role.LEAD, "CBP"), stage.person(Role.AUDITOR), stage.person(Role.ADMINISTRATOR)):
        reader = visitor(app, person)
        for rule in routes(app, "GET"):
            if rule.endpoint.startswith("demo."):
                continue  # it reads and sets a clock that exists nowhere else
            with statements(app) as seen:
                reader.get(address(app, rule, rows))
            wrote = [each for each in seen if WRITES.match(each) or "audit_append" in each]
            left = [each for each in wrote if not OF_THE_RECORD.match(each) and not OF_A_SIGN_IN.match(each)]
            assert left == [], rule.endpoint


def test_whatever_is_sent_leaves_a_line_or_is_not_accepted(app: Flask, stage: Stage, rows: Rows) -> None:
    """With nothing in its form, every address that takes one: what is accepted or forbidden is on the record."""
    for person in (stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO), stage.person(Role.ADMINISTRATOR)):
        for rule in routes(app, "POST"):
            sender = visitor(app, person)
            before = session().scalars(select(Event.id)).all()
            status = sender.post(address(app, rule, rows)).status_code
            fresh = session().scalars(select(Event).where(Event.id.not_in(before))).all()
            accepted = status < 400 and rule.endpoint not in CHANGES_NOTHING
            if accepted or status == 403 or (status == 404 and rule.endpoint != "signin.enter"):
                assert fresh, f"{rule.endpoint} answered {status}"
            if rule.endpoint in CHANGES_NOTHING and rule.endpoint != "signin.leave":
                assert status in (403, 404) or fresh == [], rule.endpoint


def test_what_a_verb_records_is_not_recorded_twice(app: Flask, stage: Stage, rows: Rows) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    page = f"/strategies/{rows.strategy_id}/title"
    assert lead.post(page, data={"title": "Another title", "title_revision": 2}).status_code == 303
    assert [line.verb for line in session().scalars(select(Event).order_by(Event.id.desc()).limit(1))] == ["renamed"]
    assert lead.post(page, data={"title": "Another title", "title_revision": 3}).status_code == 303
    assert [line.details["page"] for line in lines(ASKED)] == ["strategies.rename"]


def test_the_history_of_a_paper_does_not_tell_who_read_it(app: Flask, stage: Stage, rows: Rows) -> None:
    visitor(app, stage.person(Role.AUDITOR)).get(f"/strategies/{rows.strategy_id}")
    own = visitor(app, stage.person(Role.LEAD, "CBP")).get(f"/strategies/{rows.strategy_id}").get_data(as_text=True)
    assert "read a draft" not in own
    told = visitor(app, stage.person(Role.CIO)).get("/record").get_data(as_text=True)
    assert "read a draft of another Component" in told


def test_the_whole_story_is_a_file_for_the_auditor_and_taking_it_is_on_the_record(
    app: Flask, stage: Stage, rows: Rows
) -> None:
    auditor = visitor(app, stage.person(Role.AUDITOR))
    assert "Take it out" in auditor.get("/record").get_data(as_text=True)
    file = auditor.get(f"/record/story.zip?strategy={rows.strategy_id}")
    assert (file.status_code, file.mimetype) == (200, "application/zip")
    assert file.headers["Content-Disposition"] == "attachment; filename=cbp-dhs-076-02.zip"
    with zipfile.ZipFile(io.BytesIO(file.get_data())) as archive:
        assert archive.testzip() is None
        assert MARK not in archive.read("cbp-dhs-076-02/index.html").decode()
    (line,) = lines("exported")
    assert (line.by_role, line.strategy_id) == ("auditor", rows.strategy_id)
    assert auditor.get("/record/story.zip?strategy=99999").status_code == 404
    assert visitor(app, stage.person(Role.CIO)).get("/record/story.zip?strategy=1").status_code == 403
    assert "Take it out" not in visitor(app, stage.person(Role.CIO)).get("/record").get_data(as_text=True)

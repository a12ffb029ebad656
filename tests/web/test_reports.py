"""The report to the Secretary at any date, and the record of one strategy: the same facts in every file."""

import csv
import io
import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from cxworkflow.db import session
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.models import Audience, Role
from cxworkflow.services import comments, reviews, strategies
from tests.documents.conftest import faults_of
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = pytest.mark.integration


@pytest.fixture
def reader(app: Flask, stage: Stage) -> Browser:
    """Reads on February 1: CBP is approved, ICE came back, USCG was late, all others are overdue."""
    stage.approved("CBP")
    stage.returned("ICE")
    late = stage.drafted("USCG")
    lead = stage.person(Role.LEAD, "USCG")
    strategies.submit(late, reason="A flood in the office.", by=lead, at=eastern("2024-01-12 09:00"))
    it_is(eastern("2024-02-01 09:00"))
    session().commit()
    return visitor(app, stage.person(Role.CIO))


def told(reader: Browser, on: str = "2024-02-01") -> Any:
    return json.loads(reader.get(f"/department/report.json?on={on}").get_data())


def test_it_says_who_is_on_time_and_who_is_late_and_why(reader: Browser) -> None:
    lines = {line["component"]: line for line in told(reader)["components"]}
    assert (lines["CBP"]["state"], lines["CBP"]["days_late"], lines["CBP"]["why"]) == ("Approved", 0, None)
    assert (lines["ICE"]["state"], lines["ICE"]["days_late"]) == ("Submitted", 0)
    assert lines["USCG"]["why"] == "Submitted 3 days late: A flood in the office."
    assert lines["TSA"]["why"] == "Not submitted: due January 9, 2024, 23 days ago"
    page = words(reader.get("/department/report"))
    assert "as of February 1, 2024" in page
    assert "Submitted 3 days late: A flood in the office." in page


def test_it_counts_the_same_components_as_the_time_line(reader: Browser) -> None:
    lines = told(reader)["components"]
    assert "OIG" not in {line["component"] for line in lines}, "it is invited, and has begun nothing"
    assert f"1 to {len(lines)} of {len(lines)} Components" in words(reader.get("/department"))


def test_at_an_earlier_date_it_says_what_was_so_then(reader: Browser) -> None:
    lines = {line["component"]: line for line in told(reader, "2024-01-05")["components"]}
    assert (lines["CBP"]["state"], lines["CBP"]["approved"]) == ("Submitted", None)
    assert (lines["USCG"]["state"], lines["USCG"]["days_late"]) == ("Begun", 0)
    assert lines["TSA"]["why"] is None


def test_commitments_are_counted_as_they_stood_at_the_end_of_that_day(reader: Browser) -> None:
    page = words(reader.get("/department/report"))
    assert "Kind In all Done Waits for a check Open Of those open, overdue Metric 2 0 0 2 0" in page
    assert "No strategy was approved by then" in words(reader.get("/department/report?on=2024-01-05"))


def test_totals_are_those_of_the_answers(reader: Browser, stage: Stage) -> None:
    lines = told(reader)["components"]
    keys = [key for key in lines[0] if key.endswith("_fte")]
    page = words(reader.get("/department/report"))
    assert keys
    in_all = sum(line[keys[0]] for line in lines)
    assert in_all > 0
    assert f"{in_all:,}" in page


def test_every_file_lists_the_same_components(reader: Browser) -> None:
    lines = told(reader)["components"]
    table = list(csv.DictReader(io.StringIO(reader.get("/department/report.csv").get_data().decode("utf-8-sig"))))
    assert [line["Component"] for line in table] == [line["component"] for line in lines]
    book = load_workbook(BytesIO(reader.get("/department/report.xlsx").get_data()))
    sheet = book["Components"]
    assert [cell.value for cell in sheet["A"]][1:] == [line["component"] for line in lines]
    assert sheet["I2"].data_type == "n"
    assert faults_of(reader.get("/department/report.pdf").get_data()) == []
    assert reader.get("/department/report.docx").status_code == 200


def test_no_report_is_made_of_a_day_to_come_and_none_for_others(reader: Browser, app: Flask, stage: Stage) -> None:
    assert "February 2, 2024 is still to come" in words(reader.get("/department/report?on=2024-02-02"))
    assert reader.get("/department/report.json?on=nonsense").status_code == 422
    assert visitor(app, stage.person(Role.LEAD, "CBP")).get("/department/report.pdf").status_code == 403


def test_the_record_of_a_strategy_tells_it_from_draft_to_decision(app: Flask, stage: Stage) -> None:
    strategy = stage.returned("CBP")
    session().commit()
    it_is(eastern("2024-02-01 09:00"))
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    path = f"/strategies/{strategy.id}/record"
    document = json.loads(lead.get(f"{path}.json").get_data())
    said = json.dumps(document)
    for part in ("Versions", "Decisions", "Clocks", "What was done"):
        assert part in [each["title"] for each in document["parts"]]
    assert "Metrics need baselines." in said
    assert "certified and submitted version 1" in said
    for kind in FILE_KINDS:
        assert lead.get(f"{path}.{kind}").status_code == 200
    assert faults_of(lead.get(f"{path}.pdf").get_data()) == []
    assert visitor(app, stage.person(Role.LEAD, "ICE")).get(f"{path}.pdf").status_code == 404


def test_what_the_team_says_among_itself_is_in_no_record_for_the_component(app: Flask, stage: Stage) -> None:
    strategy, directorate = stage.submitted("CBP"), stage.person(Role.DIRECTORATE_LEAD)
    at = eastern("2023-12-19 09:00")
    comments.comment(strategy, "IV.c.3", "Weaker than TSA.", audience=Audience.TEAM, by=directorate, at=at)
    reviews.send_back(strategy, reason="Baselines.", by=directorate, at=at)
    session().commit()
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert b"Weaker" not in lead.get(f"/strategies/{strategy.id}/record.json").get_data()

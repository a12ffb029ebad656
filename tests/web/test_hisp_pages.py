"""The pages of HISPs: the board, a quarter from the first number to OMB, services, files, charts, lists."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Clock, Event, Role, Service
from cxworkflow.policies.collection import our_collection
from cxworkflow.services import quarters, recurring
from tests import hisps
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.f", "omb-a11-280 280.data")]


@pytest.fixture
def service(app: Flask, stage: Stage) -> Service:
    """A service of CBP on two channels; it is January 4, 2024, and the first quarter of 2024 is over."""
    hisps.in_force()
    recurring.open_due(at=eastern("2024-01-01 00:05"))
    service = hisps.service(stage, channels=("website", "phone"))
    session().commit()
    it_is(eastern("2024-01-04 10:00"))
    return service


def test_a_quarter_from_its_first_number_to_omb(app: Flask, stage: Stage, service: Service) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    board = words(lead.get("/hisps"))
    assert "CBP Charts of CBP" in board
    assert "Due January 30, 2024 Not begun : CBP, 2024-Q1" in board
    assert "FEMA" not in board
    page = words(lead.get("/hisps/CBP/2024-Q1"))
    assert "CBP: quarter 1 of fiscal year 2024 The quarter ended on December 31, 2023 Due January 30, 2024" in page
    for channel in service.channels:
        path = f"/hisps/CBP/2024-Q1/services/{service.id}/{channel}"
        form = lead.get(path)
        assert "Use the other one: seven questions" in words(form)
        numbers = {**hisps.typed(), "form": hisps.TRUST, "base_revision": "0"}
        wrong = lead.post(path, data={**numbers, "volume_of_respondents": "401", "positive_ease": "x"})
        assert wrong.status_code == 422
        assert words(wrong).count("Ease, good: “x” is not a whole number from 0 on.") == 2
        assert 'value="401"' in wrong.get_data(as_text=True)
        assert lead.post(path, data=numbers).status_code == 303
    assert lead.post("/hisps/CBP/2024-Q1/sending").status_code == 409
    assert "It is with the CIO now." in words(lead.post("/hisps/CBP/2024-Q1/submission", follow_redirects=True))
    cio = visitor(app, stage.person(Role.CIO))
    before = words(cio.get("/hisps/CBP/2024-Q1"))
    assert "Yellow: partly in line" in before
    assert "What is lacking for green: The CIO cleared it, and it was sent to OMB." in before
    assert "Say what has to be mended" in words(cio.post("/hisps/CBP/2024-Q1/return", data={"reason": ""}))
    assert cio.post("/hisps/CBP/2024-Q1/clearance").status_code == 303
    done = words(lead.post("/hisps/CBP/2024-Q1/sending", follow_redirects=True))
    assert "It is noted as sent to OMB." in done
    assert "Green: in line" in done
    clock = session().scalars(select(Clock).where(Clock.component_id == service.component_id, Clock.cycle == "2024-Q1"))
    assert clock.one().stopped_on == eastern("2024-01-04 10:00").date()
    twice = lead.post("/hisps/CBP/2024-Q1/sending")
    assert twice.status_code == 409
    assert "It was sent on January 4, 2024 already." in words(twice)
    again = lead.post("/hisps/CBP/2024-Q1/correction", data={"reason": "Kiosks."}, follow_redirects=True)
    assert "What is corrected, and why: Kiosks." in words(again)


def test_a_form_in_which_nothing_stands_is_told_so_in_one_sentence(app: Flask, stage: Stage, service: Service) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    path = f"/hisps/CBP/2024-Q1/services/{service.id}/phone"
    empty = {"form": hisps.TRUST, "base_revision": "0", "volume_of_customers": " "}
    told = lead.post(path, data=empty)
    assert (told.status_code, words(told).count("give a number")) == (422, 0)
    assert "Nothing is filled in. Give every number; write 0 where there was none." in words(told)
    assert words(lead.post(path, data={**empty, "volume_of_customers": "5"})).count("give a number") > 1


def test_the_page_says_on_what_the_dates_of_the_forms_rest(app: Flask, stage: Stage, service: Service) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    for path in ("/hisps", f"/hisps/CBP/2024-Q1/services/{service.id}/phone"):
        assert "From quarter 1 of fiscal year 2024. Assumed: neither the Circular" in words(lead.get(path))


def test_what_is_not_there_is_not_found(app: Flask, stage: Stage, service: Service) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    odd = ["FEMA/2024-Q1", "CBP/2024-Q9", "CBP/1024-Q1", "CBP/2030-Q1", "ICE/2024-Q1", "CBP/2024-Q1/services/999/phone"]
    for path in odd:
        assert lead.get(f"/hisps/{path}").status_code == 404, path
    assert lead.get(f"/hisps/CBP/2024-Q2/services/{service.id}/phone").status_code == 409
    assert lead.get(f"/hisps/CBP/2024-Q1/services/{service.id}/mail").status_code == 422
    outsider = visitor(app, stage.person(Role.LEAD, "ICE"))
    assert "Your Component is not one of them" in words(outsider.get("/hisps"))
    assert 'href="/hisps"' not in outsider.get("/").get_data(as_text=True)


SERVICE = {
    "name": "Traveler redress",
    "channels": ["email", "mail"],
    "omb_control_number": "1651-0136",
    "from-year": "2021",
    "from-month": "3",
    "from-day": "1",
}


@pytest.mark.clause("omb-a11-280 280.services")
def test_the_lead_keeps_the_register_of_services(app: Flask, stage: Stage, service: Service) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert lead.get("/hisps/CBP/services/new").status_code == 200
    wrong = lead.post("/hisps/CBP/services/new", data={**SERVICE, "omb_control_number": "123", "channels": []})
    assert wrong.status_code == 422
    assert "“123” is not an OMB control number." in words(wrong)
    assert "Choose at least one of the channels." in words(wrong)
    added = words(lead.post("/hisps/CBP/services/new", data=SERVICE, follow_redirects=True))
    assert "CBP Traveler redress E-mail, Mail 1651-0136 March 1, 2021 –" in added
    twice = lead.post("/hisps/CBP/services/new", data={**SERVICE, "name": "TRAVELER redress"})
    assert "CBP has a service “TRAVELER redress” already." in words(twice)
    kept = session().scalars(select(Service).where(Service.name == "Traveler redress")).one()
    path, changed = f"/hisps/services/{kept.id}", {**SERVICE, "name": "Redress", "base_revision": "1"}
    assert lead.post(path, data=changed).status_code == 303
    stale = lead.post(path, data={**changed, "name": "Other"})
    assert stale.status_code == 409
    told = session().scalars(select(Event.details).where(Event.verb == "service-changed")).one()
    assert told["name"] == "Redress"
    directorate = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert "Offered from March 1, 2021" not in words(directorate.get("/hisps/services"))
    assert "Redress" in words(directorate.get("/hisps/services?component=CBP&state=offered"))
    assert directorate.post(path, data=changed).status_code == 403


@pytest.mark.clause("omb-a11-280 280.services")
def test_a_service_keeps_the_channels_and_quarters_of_which_it_has_numbers(
    app: Flask, stage: Stage, service: Service
) -> None:
    hisps.entered(stage, service, "2023-Q4")
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    data = {**SERVICE, "channels": ["website"], "base_revision": "1"}
    answer = lead.post(f"/hisps/services/{service.id}", data=data)
    assert answer.status_code == 409
    assert "Numbers were entered for phone in 2023-Q4" in words(answer)


def test_a_file_is_brought_in_whole_or_not_at_all(app: Flask, stage: Stage, service: Service) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "at most 100,000 lines and 32 MB" in words(lead.get("/hisps/CBP/import"))
    empty = lead.get("/hisps/CBP/import/empty.csv").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(empty)))
    assert [row[:4] for row in rows[1:]] == [["2024", "1", service.name, channel] for channel in service.channels]
    filled = [rows[0], *([*row[:4], *hisps.typed().values()] for row in rows[1:])]
    assert "Choose a CSV file." in words(lead.post("/hisps/CBP/import", data={}))
    wrong = lead.post("/hisps/CBP/import", data=sent([*filled, ["2024", "1", "Bridges", "phone"]]))
    assert wrong.status_code == 422
    assert "Line 4. service_name: the register has no service “Bridges”." in words(wrong)
    assert quarters.report_of(service.component, "2024-Q1") is None
    done = words(lead.post("/hisps/CBP/import", data=sent(filled), follow_redirects=True))
    assert "2 lines came in, 2 of them new or changed." in done


def sent(rows: list[list[str]]) -> dict[str, object]:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"file": (io.BytesIO(text.getvalue().encode("utf-8-sig")), "quarter.csv")}


def test_lists_and_charts_show_what_was_entered(app: Flask, stage: Stage, service: Service) -> None:
    hisps.sent(stage, service, "2023-Q4", "2023-10-20 10:00")
    hisps.entered(stage, service, "2024-Q1", "2024-01-02 10:00")
    service.name = "=1+1 kiosks"
    session().commit()
    auditor = visitor(app, stage.person(Role.AUDITOR))
    green = words(auditor.get("/hisps/quarters?status=green"))
    assert "CBP 2023-Q4 of CBP Sent to OMB Green: in line since October 20, 2023" in green
    assert "CBP 2024-Q1" in words(auditor.get("/hisps/numbers?quarter=2024-Q1"))
    file = auditor.get("/hisps/numbers?as=csv").get_data().decode("utf-8-sig")
    *later, first = csv.DictReader(io.StringIO(file))
    assert set(our_collection().columns) <= set(first)
    assert {each["service_name"] for each in (*later, first)} == {"'=1+1 kiosks"}
    assert (first["year"], first["quarter"], first["q1_5"], first["positive_ease"]) == ("2023", "4", "10", "")
    charts = auditor.get("/hisps/CBP/charts")
    assert "Trust Average of the answers from 1 to 5" in words(charts)
    assert "2024-Q1 3.00 100" in words(charts)
    assert "Ease Good among all picks, in percent" in words(charts)
    assert "2024-Q1 50% 40" in words(charts)
    assert auditor.get(f"/hisps/CBP/charts?service={service.id}").status_code == 200

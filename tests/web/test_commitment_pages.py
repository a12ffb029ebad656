"""The pages of commitments: the list, each one in every state, metrics by principle, and what is typed badly."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Commitment, Role
from cxworkflow.services import readings
from tests.matrix import promised
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor

pytestmark = pytest.mark.integration

NOW = "2024-03-01 10:00"


@pytest.fixture
def at_work(stage: Stage, app: Flask) -> dict[str, dict[str, Any]]:
    """Commitments of TSA in each state, on a day in March."""
    strategy = stage.approved("TSA", "2023-12-19 10:00")
    found = promised.at_work(stage, strategy.id, "TSA")
    session().commit()
    it_is(eastern(NOW))
    return found


def test_each_page_answers_in_each_state_for_lead_and_directorate(
    app: Flask, stage: Stage, at_work: dict[str, dict[str, Any]]
) -> None:
    strategy_id = session().scalars(select(Commitment.strategy_id).limit(1)).one()
    for person in (stage.person(Role.LEAD, "TSA"), stage.person(Role.DIRECTORATE_LEAD)):
        browser = visitor(app, person)
        pages = [f"/commitments/{found['commitment_id']}" for found in at_work.values()]
        pages += ["/commitments/", "/commitments/?flag=to-check", "/metrics", "/metrics?principle=5", "/closes/"]
        pages += [f"/strategies/{strategy_id}/implementation"]
        for page in pages:
            answer = browser.get(page)
            lead_only = page == "/closes/" and person.name == stage.person(Role.LEAD, "TSA").name
            assert answer.status_code == (403 if lead_only else 200), page


def test_lists_come_as_csv_with_flags_and_results(app: Flask, stage: Stage, at_work: dict[str, dict[str, Any]]) -> None:
    browser = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    told = browser.get("/commitments/?flag=to-check&as=csv").text
    assert "Waits for the Directorate’s check" in told
    assert len(told.strip().splitlines()) == 2
    assert (
        "Not there yet" in browser.get("/metrics?as=csv").text
        or "Target reached" in browser.get("/metrics?as=csv").text
    )


def test_a_metric_has_its_picture_table_and_forecast_in_words(
    app: Flask, stage: Stage, at_work: dict[str, dict[str, Any]]
) -> None:
    metric = session().get_one(Commitment, at_work["open"]["commitment_id"])
    lead, at = stage.person(Role.LEAD, "TSA"), eastern(NOW)
    page = f"/commitments/{metric.id}"
    assert "There is a forecast once there are at least 3 readings" in visitor(app, lead).get(page).text
    for value, on in (("66", "2024-01-20"), ("70", "2024-02-20")):
        readings.read(metric, value=value, as_of=eastern(f"{on} 09:00").date(), by=lead, at=at)
    session().commit()
    told = visitor(app, lead).get(page).text
    assert '<svg viewBox="0 0 960 320" role="img"' in told
    assert "least squares" in told
    assert "February 20, 2024" in told


@pytest.mark.parametrize(
    ("form", "typed", "said"),
    [
        ("readings", {"value": "1", "as_of-month": "3", "as_of-day": "2", "as_of-year": "2024"}, "has not come yet"),
        ("changes", {"title": "Less"}, "Give the reason for the change"),
        ("progress", {"text": "Half.", "percent": "200"}, "Give a whole number from 0 to 100"),
        ("evidence", {}, "file"),
    ],
)
def test_what_is_typed_badly_is_answered_in_words_and_stays_in_its_boxes(
    app: Flask, stage: Stage, at_work: dict[str, dict[str, Any]], form: str, typed: dict[str, str], said: str
) -> None:
    browser = visitor(app, stage.person(Role.LEAD, "TSA"))
    page = f"/commitments/{at_work['open']['commitment_id']}"
    answer = browser.post(f"{page}/{form}", data=typed)
    assert answer.status_code == 422
    assert said in answer.text

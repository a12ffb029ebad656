"""Days on which offices close: announced on a page, after a look at the clocks that they move."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.models import OfficeClosure, Role
from tests.services.test_closures import counting_business_days
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration

FORM = {
    "day-year": "2024",
    "day-month": "1",
    "day-day": "9",
    "reason": "A day of mourning.",
    "authority": "Executive Order 14133",
}


@pytest.fixture
def business(app: Flask, tmp_path: Path) -> Stage:
    """A stage on which a review of 20 business days runs, on January 2, 2024."""
    stage = Stage.set(counting_business_days(tmp_path))
    stage.submitted("CBP")
    session().commit()
    it_is(eastern("2024-01-02 09:00"))
    return stage


def test_what_a_closed_day_moves_is_seen_before_it_is_announced(app: Flask, business: Stage) -> None:
    client = visitor(app, business.person(Role.CIO))
    start = words(client.get("/closures"))
    assert "These clocks mind such days: review of the strategy (DHS Policy Statement 076-02)." in start
    assert "Announced so far None yet." in start
    before = client.post("/closures/preview", data=FORM)
    assert "1 clock would move. Nothing is changed yet." in words(before)
    assert "CBP: Review of the strategy January 18, 2024 January 19, 2024 1 day" in words(before)
    assert session().scalar(select(func.count()).select_from(OfficeClosure)) == 0
    done = words(client.post("/closures", data=FORM, follow_redirects=True))
    assert "January 9, 2024 is noted as closed. 1 clock moved, and everybody concerned is told by e-mail." in done
    assert "January 9, 2024 Executive Order 14133 A day of mourning. January 2, 2024 Chief" in done
    clock = business.clock("review", "CBP")
    assert clock.due_on == date(2024, 1, 19)
    assert "Authority: Executive Order 14133" in words(client.get(f"/clocks/{clock.id}"))


@pytest.mark.parametrize("path", ["/closures/preview", "/closures"])
def test_what_is_missing_is_said_beside_its_box_and_what_was_typed_is_kept(
    app: Flask, business: Stage, path: str
) -> None:
    client = visitor(app, business.person(Role.ADMINISTRATOR))
    answer = client.post(path, data={**FORM, "authority": ""})
    assert answer.status_code == 422
    assert words(answer).count("Cite the order that closes them, with its date.") == 2
    assert "A day of mourning." in answer.get_data(as_text=True)
    weekend = client.post(path, data={**FORM, "day-day": "13"})
    assert words(weekend).count("January 13, 2024 is a Saturday: offices are closed on it anyway.") == 2


def test_where_no_clock_minds_such_days_the_page_says_so(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-02 09:00"))
    client = visitor(app, stage.person(Role.CIO))
    assert "No clock of a policy in force minds such days" in words(client.get("/closures"))
    assert "No open clock would move." in words(client.post("/closures/preview", data=FORM))
    assert "No clock moved." in words(client.post("/closures", data=FORM, follow_redirects=True))


def test_the_way_there_is_shown_to_who_may_go_it(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-02 09:00"))
    assert 'href="/closures"' in visitor(app, stage.person(Role.CIO)).get("/clocks/").get_data(as_text=True)
    lead = visitor(app, stage.person(Role.LEAD, "TSA"))
    assert 'href="/closures"' not in lead.get("/clocks/").get_data(as_text=True)
    assert lead.get("/closures").status_code == 403


def test_the_days_announced_are_a_list_with_filters_orders_and_a_csv(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-02 09:00"))
    client = visitor(app, stage.person(Role.CIO))
    client.post("/closures", data=FORM)
    client.get("/closures")
    with statements(app) as few:
        client.get("/closures")
    for day in ("10", "11"):
        client.post("/closures", data={**FORM, "day-day": day, "authority": f"Order of the {day}th"})
    with statements(app) as many:
        latest = words(client.get("/closures")).partition("Announced so far")[2]
    assert len(many) == len(few)
    assert latest.index("January 11, 2024") < latest.index("January 10, 2024")
    first = words(client.get("/closures?sort=day")).partition("Announced so far")[2]
    assert first.index("January 10, 2024") < first.index("January 11, 2024")
    lines = client.get("/closures?sort=day&as=csv").get_data(as_text=True).splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == ["2024-01-09", "2024-01-10", "2024-01-11"]
    assert client.get("/closures?by=Nobody").status_code == 422
    assert client.get("/closures?sort=sideways").status_code == 422
    name = stage.person(Role.CIO).name
    assert "1 to 3 of 3 closed days" in words(client.get("/closures", query_string={"by": name}))

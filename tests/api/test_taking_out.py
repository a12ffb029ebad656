"""What programs take out is on the record, and what is refused counts in the limits, as on the pages."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.api.endpoint import Page
from cxworkflow.api.paging import cursor
from cxworkflow.api.table import ENDPOINTS
from cxworkflow.db import db, session
from cxworkflow.models import ApiToken, Event, Role
from cxworkflow.scope import SYSTEM, within
from tests.api.programs import Program, token_of
from tests.matrix.statement import STATEMENT
from tests.stage import Stage, eastern, using
from tests.web.test_hardening import made
from tests.web.visiting import it_is, visitor

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")


def taken_out() -> list[str]:
    lines = session().scalars(select(Event.details).where(Event.verb == "exported").order_by(Event.seq))
    return [each["what"] for each in lines]


def test_a_list_is_a_line_of_the_record_once_a_day_for_each_token(app: Flask, stage: Stage) -> None:
    it_is(NOW)
    cio = stage.person(Role.CIO)
    program, other = (Program(app, token_of(cio, at=NOW)) for _ in range(2))
    first = "the list of clocks, through the API"
    further: str | None = cursor(0)  # not even a cursor that nobody gave passes it by
    while further:
        further = program.told("GET", f"/clocks?limit=5&after={further}")["next"]
    assert taken_out() == [first]
    program.told("GET", "/clocks?component=CBP")
    program.told("GET", "/commitments")
    assert taken_out() == [first, "the list of commitments, through the API"]
    other.told("GET", "/clocks")
    assert taken_out().count(first) == 2
    numbers = session().scalars(select(Event.details).where(Event.verb == "exported")).all()
    assert {each["token"] for each in numbers} == set(session().scalars(select(ApiToken.id)))
    it_is(NOW + timedelta(days=1))
    program.told("GET", "/clocks")
    assert taken_out().count(first) == 3


def test_what_could_not_be_read_is_not_recorded_as_taken_out(app: Flask, stage: Stage) -> None:
    it_is(NOW)
    lead = Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))
    assert lead.ask("GET", "/events").status_code == 403
    assert lead.ask("GET", "/clocks?limit=0").status_code == 422
    assert taken_out() == []


def test_whatever_a_page_hands_out_as_csv_the_api_records_too(app: Flask, stage: Stage) -> None:
    """Each list of the API is like a page; where that page offers CSV, the list says of what it is one."""
    it_is(NOW)
    cio = visitor(app, stage.person(Role.CIO))
    listed = {f"{each.method} /api/v1{each.path}": each for each in ENDPOINTS if "<" not in each.path}
    checked = set()
    for address, page in STATEMENT.programs:
        endpoint = listed.get(address)
        if endpoint is None or not (isinstance(endpoint.gives, type) and issubclass(endpoint.gives, Page)):
            continue
        if cio.get(f"{page.path}?as=csv").mimetype == "text/csv":
            assert endpoint.listed, address
            checked.add(endpoint.listed)
    assert {"clocks", "commitments", "Components", "lines of the record", "pieces of guidance"} <= checked


@pytest.mark.asvs("V2.4.1")
@pytest.mark.parametrize("redis", ["answers", "away"])
def test_what_is_refused_counts_for_the_address_or_the_person(
    app: Flask, stage: Stage, redis: str, redis_url: str
) -> None:
    it_is(NOW)
    lead = stage.person(Role.LEAD, "CBP")
    narrow, wide = token_of(lead, ["clocks:read"], at=NOW), token_of(stage.person(Role.CIO), at=NOW)
    session().commit()
    bind, url = db._app_engines[app][None], redis_url if redis == "answers" else "redis://127.0.0.1:1/0"
    with made(app, redis_url=url) as counted, counted.app_context(), using(counted, bind), within(SYSTEM):
        if redis == "answers":
            counted.extensions["limits"].reset()
        guessing, good, other = (Program(counted, each) for each in ("cxw_guess", wide, narrow))
        path = "/strategies/1/withdrawal"
        guesses = [guessing.ask("POST", path, {"reason": "So."}).status_code for _ in range(61)]
        assert guesses == [*[401] * 60, 429]
        assert good.ask("POST", path, {"reason": "So."}).status_code in (403, 404), (
            "a token that counts is not in its way"
        )
        refused = [other.ask("POST", path, {"reason": "So."}) for _ in range(61)]
        assert [each.status_code for each in refused] == [*[403] * 60, 429]
        assert refused[0].headers["RateLimit-Remaining"] == "59"
        assert 'error="insufficient_scope"' in refused[0].headers["WWW-Authenticate"]
        assert other.ask("GET", "/clocks").status_code == 200, "reading is counted apart"

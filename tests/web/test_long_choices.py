"""Where there are too many to choose from, a filter is typed instead, and no page grows with the Department."""

from datetime import date

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Component, Event, Person, Role, Strategy
from cxworkflow.services import record
from cxworkflow.web.lists import MOST_OFFERED
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

NOW = eastern("2024-01-08 10:00")


@pytest.fixture
def crowded(stage: Stage) -> Stage:
    """A Department with more Components than a page offers, each with somebody who did something."""
    it_is(NOW)
    stage.drafted("CBP")
    stage.drafted("ICE")
    for number in range(MOST_OFFERED + 1):
        code, name = f"X{number}", f"Somebody {number:03}"
        session().add(
            Component(
                department="dhs",
                code=code,
                name=f"Office {code}",
                kind="support",
                hisp=False,
                files="invited",
                from_on=date(2023, 7, 1),
            )
        )
        person = Person(name=name, email=f"somebody.{number}@agency.example")
        session().add(person)
        session().flush()
        record.write("exported", by=person, as_role=None, at=NOW, details={"what": "a list"})
    session().commit()
    return stage


@pytest.fixture
def auditor(app: Flask, crowded: Stage) -> Browser:
    return visitor(app, crowded.person(Role.AUDITOR))


def test_the_record_is_narrowed_down_by_what_is_typed(auditor: Browser) -> None:
    page = auditor.get("/record").get_data(as_text=True)
    assert '<input class="usa-input" id="by"' in page
    assert '<input class="usa-input" id="component"' in page
    assert page.count("<option") < 100
    told = words(auditor.get("/record?by=Somebody+007"))
    assert "Somebody 007" in told
    assert "Somebody 008" not in told
    nobody = auditor.get("/record", query_string={"by": "x" * 500 + "\0"})
    assert nobody.status_code == 200
    assert "Somebody" not in words(nobody)


@pytest.mark.parametrize("typed", ["CBP", "cbp", " Cbp "])
def test_a_code_is_understood_in_whatever_letters(auditor: Browser, typed: str) -> None:
    assert auditor.get("/record", query_string={"component": typed}).status_code == 200
    for address in ("/record", "/search"):
        page = auditor.get(address, query_string={"component": typed, "q": "customers"})
        assert page.status_code == 200, address
        assert 'value="CBP"' in page.get_data(as_text=True), address
    assert session().query(Event).filter(Event.component_id.is_not(None)).count() > 0
    assert "ICE" not in words(auditor.get("/search", query_string={"component": typed, "q": "customers"}))


@pytest.mark.parametrize("address", ["/record", "/search"])
def test_a_code_that_no_component_has_is_refused_in_plain_words(auditor: Browser, address: str) -> None:
    for typed in ("nowhere", "a\0b", "'; --"):
        refused = auditor.get(address, query_string={"component": typed, "q": "customers"})
        assert refused.status_code == 422
        assert "No Component has the code" in words(refused)


def test_few_enough_to_choose_from_are_offered(app: Flask, stage: Stage) -> None:
    it_is(NOW)
    page = visitor(app, stage.person(Role.AUDITOR)).get("/record").get_data(as_text=True)
    assert '<select class="usa-select" id="by"' in page
    assert '<select class="usa-select" id="component"' in page


def test_the_story_of_a_strategy_is_chosen_among_those_of_one_component(app: Flask, crowded: Stage) -> None:
    for component in session().query(Component).filter(Component.code.like("X%")):
        session().add(
            Strategy(
                edition_id=crowded.edition.id, component_id=component.id, title="A", begun_at=NOW, status=Status.DRAFT
            )
        )
    auditor = visitor(app, crowded.person(Role.AUDITOR))
    assert "There are too many strategies to choose from." in words(auditor.get("/record"))
    of_one = auditor.get("/record?component=cbp").get_data(as_text=True)
    assert ">CBP, dhs-076-02</option>" in of_one
    assert ">ICE, dhs-076-02</option>" not in of_one

"""Changes through the API: each names the state that it builds on, and overwrites nobody's words unseen."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.services import drafting
from tests import hisps
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")
CLAUSE = "IV.c.5.c"


@pytest.fixture
def lead(app: Flask, stage: Stage) -> Program:
    """A program of the lead of CBP."""
    it_is(NOW)
    return Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))


@pytest.fixture
def section(stage: Stage, lead: Program) -> str:
    """The address of a section of a draft."""
    return f"/strategies/{stage.drafted('CBP').id}/sections/{CLAUSE}"


@pytest.mark.asvs("V2.3.4")
def test_who_saves_second_is_told_and_overwrites_nothing(app: Flask, stage: Stage, lead: Program, section: str) -> None:
    read = lead.ask("GET", section)
    content, etag = read.get_json()["content"], read.headers["ETag"]
    first = lead.ask("PUT", section, {"content": {**content, "text": "Plain words."}}, etag=etag)
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    second = lead.ask("PUT", section, {"content": {**content, "text": "Other words."}}, etag=etag)
    assert (second.status_code, second.get_json()["type"]) == (412, "http://localhost/api#moved-on")
    assert lead.told("GET", section)["content"]["text"] == "Plain words."


def test_a_save_on_a_page_in_between_counts_too(app: Flask, stage: Stage, lead: Program, section: str) -> None:
    read = lead.ask("GET", section)
    strategy = stage.drafted("CBP")
    content = {**read.get_json()["content"], "text": "From the page."}
    drafting.save_section(strategy, CLAUSE, content, base_revision=1, by=stage.person(Role.LEAD, "CBP"), at=NOW)
    session().commit()
    answer = lead.ask("PUT", section, {"content": content | {"text": "Unseen."}}, etag=read.headers["ETag"])
    assert answer.status_code == 412
    assert lead.told("GET", section)["content"]["text"] == "From the page."


@pytest.mark.parametrize("etag", ["", "*", "nothing"])
def test_without_an_etag_nothing_is_changed(lead: Program, section: str, etag: str) -> None:
    answer = lead.ask("PUT", section, {"content": {}}, etag=etag)
    assert answer.status_code in (412, 428)
    assert answer.content_type == "application/problem+json"
    assert lead.told("GET", section)["revision"] == 1


def test_a_weak_etag_is_not_enough(lead: Program, section: str) -> None:
    assert lead.ask("PUT", section, {"content": {}}, etag='W/"1"').status_code == 412


def test_a_title_has_an_etag_of_its_own(stage: Stage, lead: Program, section: str) -> None:
    title = section.partition("/sections")[0] + "/title"
    etag = lead.ask("GET", title).headers["ETag"]
    changed = lead.ask("PUT", title, {"title": "Served at the border"}, etag=etag)
    assert changed.get_json() == {"title": "Served at the border"}
    assert lead.ask("PUT", title, {"title": "Another"}, etag=etag).status_code == 412
    assert lead.ask("PUT", title, {"title": "Another"}, etag=changed.headers["ETag"]).status_code == 200


def test_numbers_of_a_quarter_too(app: Flask, stage: Stage, lead: Program) -> None:
    hisps.in_force()
    service = hisps.service(stage, "CBP")
    session().commit()
    numbers = f"/quarters/CBP/2023-Q4/services/{service.id}/website"
    read = lead.ask("GET", numbers)
    assert (read.headers["ETag"], read.get_json()["numbers"]) == ('"0"', {})
    entered = {column: int(number) for column, number in hisps.typed(hisps.COUNTS).items()}
    sent = {"form": hisps.COUNTS, "numbers": entered}
    first = lead.ask("PUT", numbers, sent, etag='"0"')
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"'), first.get_data(as_text=True)
    assert lead.ask("PUT", numbers, sent | {"numbers": entered | {"x": 1}}, etag='"0"').status_code == 412
    assert lead.told("GET", "/quarters/CBP/2023-Q4")["entries"][0]["numbers"] == entered


@pytest.mark.asvs("V2.2.1", "V15.3.3")
def test_what_is_sent_badly_is_told_place_by_place_and_changes_nothing(lead: Program, section: str) -> None:
    for sent, places in (
        ({"content": {"text": 5}}, {f"{CLAUSE}.text"}),
        ({"content": {}, "status": "approved"}, {"status"}),
        ({}, {"content"}),
        ([], {""}),
        ({"content": {"text": "A bell\u0007"}}, {f"{CLAUSE}.text"}),
    ):
        answer = lead.ask("PUT", section, sent, etag='"1"')
        assert answer.status_code == 422, sent
        assert {each["where"] for each in answer.get_json()["errors"]} == places, sent
    assert lead.told("GET", section)["revision"] == 1


def test_a_state_is_restored_on_top_of_what_was_read_and_the_newer_ones_are_kept(lead: Program, section: str) -> None:
    first = lead.told("GET", section)["content"]
    lead.ask("PUT", section, {"content": {**first, "text": "Other words."}}, etag='"1"')
    assert lead.told("GET", f"{section}/history/1")["content"] == first
    assert lead.ask("GET", f"{section}/history/9").status_code == 404
    assert lead.ask("PUT", f"{section}/restored", {"revision": 1}, etag='"1"').status_code == 412
    assert lead.ask("PUT", f"{section}/restored", {"revision": 1}).status_code == 428
    assert lead.ask("PUT", f"{section}/restored", {"revision": 9}, etag='"2"').status_code == 404
    restored = lead.ask("PUT", f"{section}/restored", {"revision": 1}, etag='"2"')
    assert (restored.status_code, restored.headers["ETag"], restored.get_json()["content"]) == (200, '"3"', first)
    assert lead.told("GET", f"{section}/history/2")["content"]["text"] == "Other words."


def test_the_states_of_a_section_are_listed_one_for_each_sitting(stage: Stage, lead: Program, section: str) -> None:
    strategy, by = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    content = lead.told("GET", section)["content"]
    for words, at in (("One", "2023-12-19 09:00"), ("Two", "2023-12-19 09:01"), ("Three", "2023-12-20 09:00")):
        base = next(each.revision for each in strategy.answers if each.clause == CLAUSE)
        told = {**content, "text": f"{words} words."}
        drafting.save_section(strategy, CLAUSE, told, base_revision=base, by=by, at=eastern(at))
    session().commit()
    listed = lead.told("GET", f"{section}/history?limit=2")
    assert [each["revision"] for each in listed["items"]] == [1, 3]
    assert listed["items"][1]["saved_by"]["name"] == by.name
    rest = lead.told("GET", f"{section}/history?limit=2&after={listed['next']}")
    assert [each["revision"] for each in rest["items"]] == [4]

"""Lists of the API: in pages that hold still while others add to them, and narrowed as asked for."""

import pytest
from flask import Flask

from cxworkflow.api.paging import cursor
from cxworkflow.models import Role
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")


@pytest.fixture
def cio(app: Flask, stage: Stage) -> Program:
    """A program of the CIO."""
    it_is(NOW)
    return Program(app, token_of(stage.person(Role.CIO), at=NOW))


def all_of(program: Program, path: str, limit: int) -> list[int]:
    """The numbers of every row, page by page."""
    found: list[int] = []
    further: str | None = ""
    while further is not None:
        told = program.told("GET", f"{path}?limit={limit}{f'&after={further}' if further else ''}")
        assert len(told["items"]) <= limit
        found += [each.get("id") or each["line"] for each in told["items"]]
        further = told["next"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_all_pages_together_hold_every_row_once(stage: Stage, cio: Program, limit: int) -> None:
    numbers = [stage.drafted(code).id for code in ("CBP", "CISA", "FEMA", "ICE", "TSA")]
    assert all_of(cio, "/strategies", limit) == numbers


def test_what_is_added_meanwhile_comes_at_the_end_and_moves_nothing(stage: Stage, cio: Program) -> None:
    first = [stage.drafted(code).id for code in ("TSA", "USCG", "ICE")]
    told = cio.told("GET", "/strategies?limit=2")
    later = stage.drafted("CBP").id
    rest = cio.told("GET", f"/strategies?limit=2&after={told['next']}")
    assert [each["id"] for each in [*told["items"], *rest["items"]]] == [*first, later]


def test_the_record_goes_on_from_where_a_program_stopped(stage: Stage, cio: Program) -> None:
    before = all_of(cio, "/events", 100)
    assert before == sorted(before)
    stage.submitted("CBP")
    told = cio.told("GET", f"/events?limit=200&after={cursor(before[-1])}")
    assert "submit" in [each["what"] for each in told["items"]]
    assert min(each["line"] for each in told["items"]) > before[-1]


def test_a_list_is_narrowed_to_a_component_or_policy(stage: Stage, cio: Program) -> None:
    for code in ("CBP", "TSA"):
        stage.drafted(code)
    for narrowed, codes in (
        ("component=CBP", ["CBP"]),
        ("policy=dhs-076-02", ["CBP", "TSA"]),
        ("policy=eo-none", []),
        ("component=I%26A", []),
    ):
        assert [each["component"] for each in cio.told("GET", f"/strategies?{narrowed}")["items"]] == codes
    running = cio.told("GET", "/clocks?kind=strategy&state=running&component=TSA")["items"]
    assert [(each["component"], each["due_on"]) for each in running] == [("TSA", "2024-01-09")]


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("after=nothing", "after"),
        ("after=%00", "after"),
        ("sort=title", "sort"),
        ("limit=5&limit=6", "limit"),
        ("component=%00", "component"),
        ("component=" + "x" * 101, "component"),
    ],
)
def test_what_a_list_does_not_offer_is_refused_by_name(cio: Program, asked: str, where: str) -> None:
    answer = cio.ask("GET", f"/strategies?{asked}")
    assert answer.status_code == 422
    assert [each["where"] for each in answer.get_json()["errors"]] == [where]


def test_each_sees_in_lists_what_is_theirs(app: Flask, stage: Stage, cio: Program) -> None:
    for code in ("CBP", "TSA"):
        stage.approved(code)
    lead = Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))
    for path in ("/strategies", "/clocks", "/commitments", "/metrics"):
        theirs = {each["component"] for each in lead.told("GET", f"{path}?limit=200")["items"]}
        assert theirs == {"CBP"}, path
        assert theirs < {each["component"] for each in cio.told("GET", f"{path}?limit=200")["items"]}, path
    assert {each["to"]["name"] for each in lead.told("GET", "/notices?limit=200")["items"]} == {
        stage.person(Role.LEAD, "CBP").name
    }
    assert lead.ask("GET", "/events").status_code == 403


def test_the_clause_map_says_how_each_clause_stands_as_far_as_one_may_know(
    app: Flask, stage: Stage, cio: Program
) -> None:
    stage.submitted("CBP")
    told = cio.told("GET", "/policies/dhs-076-02/map")
    assert [each["clause"] for each in told["clauses"]] == [each.id for each in stage.edition.policy.clauses]
    clause = next(each for each in told["clauses"] if each["clause"] == "IV.b")
    assert clause["homes"]
    assert clause["tests"]
    assert clause == cio.told("GET", "/policies/dhs-076-02/map/IV.b")
    lead = Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))
    known = {
        each["component"]: each["state"] for each in lead.told("GET", "/policies/dhs-076-02/map/IV.b")["components"]
    }
    assert known["CBP"] == "done"
    assert {state for code, state in known.items() if code != "CBP"} <= {"unknown", "not-asked"}
    assert lead.ask("GET", "/policies/dhs-076-02/map/X").status_code == 404
    assert lead.ask("GET", "/policies/none/map").status_code == 404

"""The clause map: each clause with its homes, its tests, and how it stands for whom the reader may know of."""

from datetime import timedelta

import pytest
from flask import Flask

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.permissions.reach import scope_of
from cxworkflow.policies import read_policy
from cxworkflow.queries.clause_map import Mapped, clause_map, told
from cxworkflow.scope import within
from cxworkflow.services import editions, policies, strategies
from tests import hisps
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2024-01-12 09:00")


def read_by(stage: Stage, role: Role, code: str | None = None) -> dict[str, Mapped]:
    """The map of 076-02 by clause, as the database and the permissions let somebody read it."""
    session().flush()
    reader = stage.person(role, code)
    with within(scope_of(reader, at=AT)):
        return {each.clause.id: each for each in clause_map(stage.edition, reader, at=AT)}


def said(mapped: Mapped) -> dict[str, tuple[str, str]]:
    """How a clause stands, and in what words, by Component."""
    return {each.of: (each.state.value, each.says) for each in mapped.components}


def test_it_follows_a_strategy_from_its_clock_to_its_implementation(stage: Stage) -> None:
    stage.drafted("TSA")
    late, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    strategies.submit(late, reason="A storm.", by=lead, at=eastern("2024-01-11 10:00"))
    stage.approved("FEMA", "2024-01-09 10:00")
    read = read_by(stage, Role.CIO)
    clock, section, implementation = said(read["IV.b"]), said(read["IV.c.1"]), said(read["IV.d"])
    assert clock["TSA"] == ("overdue", "Strategy submission: 3 days overdue, was due January 9, 2024.")
    assert clock["CBP"][0] == "done-late"
    assert "done on January 11, 2024, 2 days late." in clock["CBP"][1]
    assert "Review of the strategy: due February 10, 2024." in clock["CBP"][1]
    assert clock["FEMA"] == ("done", "Strategy submission: done on December 18, 2023.")
    assert clock["OGC"] == ("not-asked", "Covered by the filing of OCIO.")
    assert section["TSA"] == ("open", "The customer experience strategy is being drafted.")
    assert section["CBP"] == ("done", "Answered in the customer experience strategy, which is under review.")
    assert section["FEMA"] == ("done", "Answered in the approved customer experience strategy.")
    assert section["ICE"] == ("open", "No customer experience strategy is begun.")
    assert implementation["FEMA"] == ("open", "Strategy implementation: due July 7, 2024.")
    assert implementation["ICE"] == ("open", "Strategy implementation: not started.")
    assert said(read["IV.g.1"])["ICE"] == ("not-asked", "Not asked of this Component.")
    assert read["IV.b"].counted == {
        state: sum(each[0] == state for each in clock.values()) for state in dict.fromkeys(read["IV.b"].counted)
    }


def test_the_department_and_the_directorate_stand_there_with_what_they_do_themselves(stage: Stage) -> None:
    read = read_by(stage, Role.AUDITOR)
    own = {each.of: each.state.value for each in read["IV.a"].department}
    assert own["Setting up the CX Directorate"] == "overdue"
    assert own["CX Directive"] == "open"
    assert [each.says for each in read["IV.a.1"].department] == ["Not said yet."]
    assert [each.of for each in read["IV.e"].department] == ["Implementation across the Department"]


@pytest.mark.clause("VII")
def test_the_policy_reaches_a_component_through_the_people_who_are_told(stage: Stage) -> None:
    assert said(read_by(stage, Role.CIO)["VII"])["CBP"] == ("holds", "Told: Component executive, Component lead.")
    held = stage.person(Role.EXECUTIVE, "CBP").appointments[0]
    held.until_on = AT.date()
    assert said(read_by(stage, Role.CIO)["VII"])["CBP"] == ("open", "Nobody is Component executive.")


def test_a_lead_reads_of_the_own_component_alone_and_what_the_draft_lacks(stage: Stage) -> None:
    stage.drafted("TSA")
    stage.submitted("CBP")
    read = read_by(stage, Role.LEAD, "TSA")
    assert {each.of for mapped in read.values() for each in mapped.components} == {"TSA"}
    assert {each for mapped in read.values() for each in mapped.department} == set()
    assert "IV.c.1 is complete in the draft." in said(read["IV.c.1"])["TSA"][1]


def test_an_administrator_reads_the_clocks_and_no_strategy(stage: Stage) -> None:
    stage.submitted("CBP")
    read = read_by(stage, Role.ADMINISTRATOR)
    assert said(read["IV.b"])["CBP"][0] == "done"
    assert said(read["IV.c.1"])["CBP"][0] == "unknown"


def test_a_component_counts_under_the_edition_under_which_it_began(stage: Stage) -> None:
    lead, at = stage.person(Role.LEAD, "CBP"), eastern("2023-12-11 09:00")
    strategies.begin(stage.edition, stage.component("CBP"), by=lead, at=at)
    text = (POLICIES / "dhs-076-02.toml").read_text(encoding="utf-8")
    longer = text.replace("days = 180\nat_risk_days = 30", "days = 210\nat_risk_days = 30", 1)
    latest = editions.bring_in(read_policy(longer.encode()), at=at)
    read = {each.clause.id: said(each) for each in clause_map(latest, None, at=AT)}
    assert read["IV.b"]["CBP"] == ("overdue", "Strategy submission: 3 days overdue, was due January 9, 2024.")
    assert read["IV.b"]["ICE"] == ("open", "Strategy submission: due February 8, 2024.")
    assert read["IV.c.1"]["CBP"] == ("open", "The customer experience strategy is being drafted.")


def test_every_clause_has_homes_tests_and_a_state_for_every_component(app: Flask, stage: Stage) -> None:
    hisps.in_force()
    components = [each.code for each in policies.components("dhs") if each.in_force(AT.date())]
    for edition in policies.editions():
        as_data = told(edition, clause_map(edition, None, at=AT))
        assert as_data["sha256"] == edition.sha256
        for each in as_data["clauses"]:
            assert each["homes"], each["clause"]
            assert each["tests"], each["clause"]
            assert sorted(said["component"] for said in each["components"]) == sorted(components)
            assert all(said["state"] and said["says"] for said in each["components"])


@pytest.mark.parametrize(
    ("order", "reports"), [("eo-13571", {"2": "overdue", "5": "holds"}), ("eo-12862", {"2": "overdue", "3": "open"})]
)
def test_an_order_of_another_time_has_its_map_as_well(app: Flask, order: str, reports: dict[str, str]) -> None:
    of_the_order = Stage.set(POLICIES / f"{order}.toml")
    policy = of_the_order.edition.policy
    due_on = next(rule.term.due_on(policy.signed_on) for rule in policy.clocks if rule.clause == "2")
    at = eastern(f"{due_on} 12:00") + timedelta(days=1)
    read = {each.clause.id: each for each in clause_map(of_the_order.edition, None, at=at)}
    assert set(read) == {clause.id for clause in policy.clauses}
    obliged = policies.obliged(policy.department, on=at.date())[0].code
    assert {clause: said(read[clause])[obliged][0] for clause in reports} == reports
    assert all(mapped.homes and mapped.tests for mapped in read.values())

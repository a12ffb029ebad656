"""A Component that is renamed, moved or merged keeps its past."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from config.settings import ORGANIZATIONS
from cxworkflow.db import session
from cxworkflow.errors import InvalidInput
from cxworkflow.models import FormerPlace, Role
from cxworkflow.policies.organizations import Organization, read_organization
from cxworkflow.queries import department_report
from cxworkflow.services import obligations, policies
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

LATER = eastern("2024-03-04 10:00")
NAME, NEW = "U.S. Coast Guard", "Coast Guard and Harbors"
# Until February 1, 2024 it was a part of no other.
FIRST = {"until_on": date(2024, 2, 1)}
MOVED = {"part_of": "MGMT", "formerly_part_of": [FIRST]}
# Then of MGMT, until May 1, 2024.
AGAIN = {"part_of": "S&T", "formerly_part_of": [FIRST, {"part_of": "MGMT", "until_on": date(2024, 5, 1)}]}


def changed(**lines: dict[str, Any]) -> Organization:
    """The register with other facts in the lines of these Components."""
    listed = read_organization(ORGANIZATIONS / "dhs.toml").model_dump(mode="python")
    listed["components"] = [{**line, **lines.get(line["code"], {})} for line in listed["components"]]
    return Organization.model_validate(listed)


def test_a_renamed_component_is_called_by_its_old_name_on_old_days(app: Flask, stage: Stage) -> None:
    version = stage.submitted("USCG").current_version
    former = {"name": NAME, "until_on": date(2024, 2, 1)}
    policies.load_organization(changed(USCG={"name": NEW, "formerly": [former]}), at=LATER)
    component = stage.component("USCG")
    assert (component.name_on(date(2024, 1, 31)), component.name_on(date(2024, 2, 1))) == (NAME, NEW)
    assert version is not None
    assert version.owner == NAME
    it_is(LATER)
    auditor = visitor(app, stage.person(Role.AUDITOR))
    assert f"{NAME}: version 1" in words(auditor.get(f"/strategies/{version.strategy_id}/versions/1"))
    page = words(auditor.get("/components/USCG"))
    assert NEW in page
    assert f"Formerly {NAME}, until February 1, 2024" in page


def test_a_merged_component_leads_to_the_one_that_continues_it(app: Flask, stage: Stage) -> None:
    merged = changed(OHS={"until_on": date(2024, 2, 1)}, CWMD={"continues": ("OHS",), **MOVED})
    policies.load_organization(merged, at=LATER)
    assert policies.knows(merged)
    it_is(LATER)
    auditor = visitor(app, stage.person(Role.AUDITOR))
    gone = words(auditor.get("/components/OHS"))
    assert "Continued by Countering Weapons of Mass Destruction Office , since February 1, 2024" in gone
    later = words(auditor.get("/components/CWMD"))
    assert "Part of MGMT" in later
    assert "Continues OHS" in later
    assert "Its parts CWMD" in words(auditor.get("/components/MGMT"))


def test_a_moved_component_is_found_where_it_was_on_the_day(app: Flask, stage: Stage) -> None:
    policies.load_organization(changed(CWMD=MOVED), at=LATER)
    policies.load_organization(changed(CWMD=AGAIN), at=LATER)
    assert policies.knows(changed(CWMD=AGAIN))
    assert not policies.knows(changed(CWMD=MOVED))
    component = stage.component("CWMD")
    days = (date(2024, 1, 31), date(2024, 2, 1), date(2024, 4, 30), date(2024, 5, 1))
    assert [component.part_of_on(day) for day in days] == [None, "MGMT", "MGMT", "S&T"]
    auditor = visitor(app, stage.person(Role.AUDITOR))
    it_is(eastern("2024-04-30 10:00"))
    before = words(auditor.get("/components/CWMD"))
    assert "Part of MGMT Part of, from May 1, 2024 S&T" in before
    assert "Its parts CWMD" in words(auditor.get("/components/MGMT"))
    assert "Its parts" not in words(auditor.get("/components/S%26T"))
    it_is(eastern("2024-06-03 10:00"))
    after = words(auditor.get("/components/CWMD"))
    assert "Part of S&T Formerly part of MGMT , until May 1, 2024" in after
    assert "Formerly its parts CWMD , until May 1, 2024" in words(auditor.get("/components/MGMT"))
    assert "Its parts CWMD" in words(auditor.get("/components/S%26T"))
    then = words(auditor.get("/components/CWMD?on=2024-04-30"))
    assert "Called as it was on April 30, 2024" in then
    assert "Part of MGMT Part of, from May 1, 2024 S&T" in then
    assert "Its parts CWMD" in words(auditor.get("/components/MGMT?on=2024-04-30"))
    assert "Its parts" not in words(auditor.get("/components/MGMT?on=2024-01-31"))


def test_the_register_as_of_a_day_has_the_names_and_places_of_that_day(app: Flask, stage: Stage) -> None:
    former = {"name": "Office of Weapons", "until_on": date(2024, 5, 1)}
    gone = {"until_on": date(2024, 5, 1)}
    policies.load_organization(changed(CWMD={**AGAIN, "formerly": [former]}, OHS=gone), at=LATER)
    it_is(eastern("2024-06-03 10:00"))
    auditor = visitor(app, stage.person(Role.AUDITOR))
    today, then = words(auditor.get("/components/")), words(auditor.get("/components/?on=2024-04-30"))
    assert "Countering Weapons of Mass Destruction Office Part of S&T" in today
    assert "Office of Weapons Part of MGMT" in then
    assert ("Office of Health Security" in today, "Office of Health Security" in then) == (False, True)
    assert "The Components that there were on April 30, 2024" in then
    listed = auditor.get("/components/?on=2024-04-30&as=csv").get_data(as_text=True)
    assert re.search(r"^CWMD,Office of Weapons,.*,MGMT,support,No", listed, re.MULTILINE)
    assert auditor.get("/components/CWMD?on=yesterday").status_code == 422


def test_the_report_of_a_day_names_who_had_to_file_by_then_as_they_were_called(stage: Stage) -> None:
    former = {"name": "Countering Weapons of Mass Destruction Office", "until_on": date(2024, 3, 4)}
    covered = {"files": "covered", "covered_by": "OCIO", "name": "Office of Weapons", "formerly": [former]}
    itself = {"files": "self", "covered_by": None}
    policies.load_organization(changed(CWMD=covered, OGC=itself), at=LATER)
    obligations.bring_up_to_date(stage.edition, at=LATER)
    before, after = (
        {each.code: each.name for each in department_report.standings(stage.edition, day)}
        for day in (date(2024, 3, 3), date(2024, 3, 4))
    )
    assert before["CWMD"] == "Countering Weapons of Mass Destruction Office"
    assert after.keys() - before.keys() == {"OGC"}
    assert before.keys() - after.keys() == {"CWMD"}


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (
            {"part_of": "S&T"},
            "part of “MGMT”, and the file no longer does. Say until when, such as: formerly_part_of",
        ),
        ({}, '= [{ part_of = "MGMT", until_on = 2024-03-04 }]'),
        ({"part_of": "MGMT"}, "part of no other Component, .*[{ until_on = 2024-03-04 }]"),
    ],
)
def test_a_file_that_forgets_where_a_component_was_is_refused(
    stage: Stage, lines: dict[str, Any], missing: str
) -> None:
    policies.load_organization(changed(CWMD=MOVED), at=LATER)
    pattern = re.escape(missing).replace(re.escape(".*"), ".*")
    with pytest.raises(InvalidInput, match=pattern) as refusal:
        policies.load_organization(changed(CWMD=lines, OHS={"until_on": date(2024, 2, 1)}), at=LATER)
    assert {fault.key for fault in refusal.value.faults} == {"components[CWMD].part_of"}
    assert stage.component("CWMD").part_of_on(date(2024, 3, 4)) == "MGMT"
    assert stage.component("OHS").until_on is None, "nothing of such a file counts"


@pytest.mark.parametrize("said", [{"name": "Harbors"}, {}, {"name": "Harbors", "formerly": [{"name": NEW}]}])
def test_a_file_that_forgets_what_a_component_was_called_is_refused(stage: Stage, said: dict[str, Any]) -> None:
    former = {"name": NAME, "until_on": date(2024, 2, 1)}
    policies.load_organization(changed(USCG={"name": NEW, "formerly": [former]}), at=LATER)
    lines = {**said, "formerly": [{**each, "until_on": date(2024, 3, 1)} for each in said.get("formerly", ())]}
    with pytest.raises(InvalidInput) as refusal:
        policies.load_organization(changed(USCG=lines), at=LATER)
    assert {fault.key for fault in refusal.value.faults} == {"components[USCG].name"}
    lost = {NAME, NEW} - {changed(USCG=lines).component("USCG").name} - {each["name"] for each in lines["formerly"]}
    told = " ".join(fault.reason for fault in refusal.value.faults)
    assert {name for name in (NAME, NEW) if f'name = "{name}", until_on = 2024-03-04' in told} == lost
    assert (stage.component("USCG").name, stage.component("USCG").formerly[0]["name"]) == (NEW, NAME)


def test_the_database_knows_one_place_on_a_day_and_only_those_of_the_department(stage: Stage) -> None:
    policies.load_organization(changed(CWMD=AGAIN), at=LATER)
    here = {"department": "dhs", "component_id": stage.component("CWMD").id}
    wrong = [
        {**here, "part_of": "S&T", "from_on": date(2024, 4, 30), "until_on": date(2024, 6, 1)},
        {**here, "part_of": "S&T", "from_on": None, "until_on": date(2020, 1, 1)},
        {**here, "part_of": "S&T", "from_on": date(2024, 6, 2), "until_on": date(2024, 6, 2)},
        {**here, "part_of": "NOBODY", "from_on": date(2024, 6, 1), "until_on": date(2024, 7, 1)},
        {**here, "department": "elsewhere", "part_of": None, "from_on": date(2024, 6, 1), "until_on": date(2024, 7, 1)},
    ]
    for row in wrong:
        with pytest.raises(IntegrityError), session().begin_nested():
            session().execute(insert(FormerPlace).values(row))


def test_the_api_tells_names_and_places_with_their_days(app: Flask, stage: Stage) -> None:
    former = {"name": "Office of Weapons", "until_on": date(2024, 5, 1)}
    policies.load_organization(changed(CWMD={**AGAIN, "formerly": [former], "continues": ("OHS",)}), at=LATER)
    it_is(eastern("2024-04-30 10:00"))
    program = Program(app, token_of(stage.person(Role.AUDITOR), at=eastern("2024-04-30 09:00")))
    told = program.told("GET", "/components/CWMD")
    assert told["part_of"] == "MGMT"
    assert told["formerly"] == [{"name": "Office of Weapons", "until_on": "2024-05-01"}]
    assert told["formerly_part_of"] == [
        {"part_of": None, "from_on": None, "until_on": "2024-02-01"},
        {"part_of": "MGMT", "from_on": "2024-02-01", "until_on": "2024-05-01"},
    ]
    assert told["continues"] == ["OHS"]
    assert told in program.told("GET", "/components")["items"]

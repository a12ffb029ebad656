"""A Component that is renamed, moved or merged keeps its past."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from config.settings import ORGANIZATIONS
from cxworkflow.models import Role
from cxworkflow.policies.organizations import Organization, read_organization
from cxworkflow.services import policies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

LATER = eastern("2024-03-04 10:00")
NAME, NEW = "U.S. Coast Guard", "Coast Guard and Harbors"


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
    merged = changed(OHS={"until_on": date(2024, 2, 1)}, CWMD={"continues": ("OHS",), "part_of": "MGMT"})
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

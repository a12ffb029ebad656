"""Which Component files for others is data: a department whose covering office has another name."""

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.db import session
from cxworkflow.models import Clock, ClockChange, Component, Person, Role, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.policies import read_policy
from cxworkflow.policies.organizations import Organization, read_organization
from cxworkflow.queries.reach import Reach
from cxworkflow.rehearsal import cast
from cxworkflow.scope import within
from cxworkflow.services import obligations, policies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b.note-1")]

AT = eastern("2024-01-08 09:00")
LISTED = """
[[components]]
code = "{}"
name = "{}"
kind = "{}"
{}
from_on = 2023-07-13
"""
OFFICES = (
    ("IRS", "Internal Revenue Service", "bureau", 'files = "self"'),
    ("ODS", "Office of the Deputy Secretary", "main office", 'files = "self"'),
    ("OGC", "Office of the General Counsel", "main office", 'covered_by = "ODS"'),
)
TREASURY = 'id = "treasury"\nname = "Department of the Treasury"\n' + "".join(LISTED.format(*each) for each in OFFICES)


def treasury(text: str = TREASURY) -> Organization:
    return read_organization(text.encode())


@pytest.fixture
def there(app: Flask) -> Stage:
    """The Treasury under a policy like 076-02, with one person in every role."""
    at = eastern("2023-07-13 09:00")
    policies.load_organization(treasury(), at=at)
    names = {"id": "treasury-1", "department": "treasury", "short_title": "Treasury 1", "title": "Of the Treasury"}
    edition = policies.load(read_policy(POLICIES / "dhs-076-02.toml").model_copy(update=names), at=at)
    filing = [each for each in policies.components("treasury") if each.files == "self"]
    cast.hire(filing, from_on=at.date(), at=at)
    session().commit()
    it_is(AT)
    return Stage(edition)


def lead_of(stage: Stage, code: str) -> Person:
    return stage.person(Role.LEAD, code)


def test_an_office_is_covered_by_whom_the_file_names(app: Flask, there: Stage) -> None:
    auditor = visitor(app, there.person(Role.AUDITOR))
    assert "Strategy Covered by the submission of ODS" in words(auditor.get("/components/OGC"))
    assert "Office of the General Counsel Covered by ODS" in words(auditor.get("/components/?files=covered"))
    lead = visitor(app, lead_of(there, "ODS"))
    assert "Headquarters lead" in words(lead.get("/components/ODS"))
    with_its_own = TREASURY.replace('files = "self"', 'covered_by = "ODS"', 1)
    policies.load_organization(treasury(with_its_own), at=AT)
    obligations.bring_up_to_date(there.edition, at=AT)
    lifted = "The register changed: IRS is covered by the submission of ODS."
    changes = select(ClockChange.reason).join(Clock).where(Clock.component_id == there.component("IRS").id)
    assert lifted in session().scalars(changes).all()


def test_who_leads_what_files_for_others_looks_after_those_and_no_others(there: Stage) -> None:
    office, lead = there.component("OGC"), lead_of(there, "ODS")
    assert [each.role for each in lead.appointments] == [Role.HQ_LEAD]
    assert may(lead, Permission.SEE_DRAFT, office, at=AT)
    assert not may(lead, Permission.SEE_DRAFT, there.component("IRS"), at=AT)
    elsewhere = there.newcomer("Hugo Quist", (Role.HQ_LEAD, "IRS"))
    assert not may(elsewhere, Permission.SEE_DRAFT, office, at=AT)
    begun = Strategy(edition_id=there.edition.id, component_id=office.id, title="Of counsel", begun_at=AT)
    session().add(begun)
    session().commit()
    for person, seen in ((lead, [begun.id]), (elsewhere, [])):
        with within(scope_of(person, at=AT)):
            assert list(session().scalars(select(Strategy.id))) == seen
        drafts = select(Strategy.id).where(Reach.of(person, at=AT).drafts())
        assert list(session().scalars(drafts)) == seen


def test_offices_of_the_same_code_are_covered_in_their_own_department(there: Stage) -> None:
    policies.load_organization(read_organization(ORGANIZATIONS / "dhs.toml"), at=AT)
    assert may(lead_of(there, "ODS"), Permission.SEE_DRAFT, policies.component_of("treasury/OGC"), at=AT)
    assert not may(lead_of(there, "ODS"), Permission.SEE_DRAFT, policies.component_of("dhs/OGC"), at=AT)
    assert policies.covering("treasury") == {"ODS"}
    assert policies.covering("dhs") == {"OCIO"}


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    "wrong",
    [
        {"files": "covered", "covered_by": None},
        {"files": "self", "covered_by": "ODS"},
        {"files": "covered", "covered_by": "IRS"},
        {"files": "covered", "covered_by": "OCIO"},
        {"files": "ocio", "covered_by": None},
    ],
)
def test_the_database_knows_who_files_for_whom(wrong: dict[str, str | None]) -> None:
    session().execute(text("set constraints all immediate"))
    with pytest.raises(IntegrityError), session().begin_nested():
        session().execute(update(Component).where(Component.code == "IRS").values(**wrong))

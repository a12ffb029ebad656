"""A second department beside that of the stage, with Components of the same codes and people of its own."""

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.policies import read_policy
from cxworkflow.policies.organizations import read_organization
from cxworkflow.rehearsal import cast
from cxworkflow.services import people, policies
from tests.stage import Stage, eastern

OTHER = "elsewhere"


def beside() -> Stage:
    """The second department under a policy like 076-02, in force since the same day, with one person in every role."""
    at = eastern("2023-07-13 09:00")
    organization = read_organization(ORGANIZATIONS / "dhs.toml")
    policies.load_organization(organization.model_copy(update={"id": OTHER, "name": "Department of Elsewhere"}), at=at)
    policy = read_policy(POLICIES / "dhs-076-02.toml")
    names = {"id": "elsewhere-1", "department": OTHER, "short_title": "Elsewhere 1", "title": "Of Elsewhere"}
    edition = policies.load(policy.model_copy(update=names), at=at)
    for role in cast.OF_THE_DEPARTMENT:
        person = people.add(f"Elsewhere {role.value}", f"{role.value}@elsewhere.example", at=at)
        people.appoint(person, role, None, department=OTHER, from_on=at.date(), at=at)
    for component in policies.components(OTHER):
        for role in cast.OF_COMPONENTS if component.files == "self" else ():
            address = f"{role.value}.{component.code.lower().replace('&', '-and-')}@elsewhere.example"
            held = Role.HQ_LEAD if role is Role.LEAD and component.kind == "headquarters" else role
            person = people.add(f"Elsewhere {component.code} {role.value}", address, at=at)
            people.appoint(person, held, component, from_on=at.date(), at=at)
    session().commit()
    return Stage(edition)

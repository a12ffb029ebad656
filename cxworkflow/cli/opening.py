"""Opening the house: the shipped policies and organizations come into force; in a demo, its cast and scenes too."""

from sqlalchemy import select

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow import demo as demo_clock
from cxworkflow.clock import now
from cxworkflow.db import session, unit_of_work
from cxworkflow.demo import scenes
from cxworkflow.models import PolicyEdition
from cxworkflow.policies import read_policy
from cxworkflow.policies.organizations import read_organization
from cxworkflow.services import policies


def open_house(*, demo: bool) -> None:
    """Load what ships with the product and is not in force yet; a second time this changes nothing."""
    known = set(session().scalars(select(PolicyEdition.code)))
    missing = [path for path in sorted(POLICIES.glob("*.toml")) if path.stem not in known]
    session().rollback()
    if not missing:
        return
    if demo:
        demo_clock.set_clock(scenes.OPENS_AT)
    for path in missing:
        policy = read_policy(path)
        at = now()
        with unit_of_work():
            organization = read_organization(ORGANIZATIONS / f"{policy.department}.toml")
            policies.load_organization(organization, at=at)
            edition = policies.load(policy, at=at)
            if demo:
                scenes.set_up(edition)

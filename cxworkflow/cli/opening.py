"""Opening the house: the shipped policies and organizations come into force; in a demo, its cast and scenes too."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import select, text

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow import demo as demo_clock
from cxworkflow.clock import now
from cxworkflow.db import db, session, unit_of_work
from cxworkflow.demo import scenes
from cxworkflow.models import PolicyEdition
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.organizations import Organization, read_organization
from cxworkflow.scope import system_of, within
from cxworkflow.services import commitments, obligations, policies

LOCK = 7603  # an advisory lock's number: any, as long as it stays the same


def open_house(*, demo: bool, departments: Collection[str] = ("dhs",)) -> None:
    """Load what ships for these departments and is not in force yet; a second time this changes nothing."""
    known = _in_force()
    shipped = _shipped(known, departments)
    if demo and known:
        demo_clock.refuse_what_is_no_demo()
    if not shipped and not _register_changed():
        return
    with _one_at_a_time():
        known = _in_force()
        if demo and not known:
            demo_clock.set_clock(scenes.OPENS_AT)
        for policy in (each for each in shipped if each.id not in known):
            at = now()
            with within(system_of(policy.department)), unit_of_work():
                policies.load_organization(_department(policy.department), at=at)
                edition = policies.load(policy, at=at)
                if demo:
                    scenes.set_up(edition)
        for edition in policies.editions():
            with within(system_of(edition.policy.department)), unit_of_work():
                policies.load_organization(_department(edition.policy.department), at=now())
                obligations.bring_up_to_date(edition, at=now())
                commitments.bring_up_to_date(edition)


def _shipped(known: Collection[str], departments: Collection[str]) -> list[Policy]:
    """What ships for these departments and was not in force when it was looked at."""
    new = (read_policy(path) for path in sorted(POLICIES.glob("*.toml")) if path.stem not in known)
    return [policy for policy in new if policy.department in departments]


def _register_changed() -> bool:
    """Whether the register of Components, or the clocks that it asks for, are not as its file says."""
    at = now()
    changed = any(
        not policies.knows(_department(edition.policy.department))
        or any(obligations.missing(edition, at=at))
        or obligations.superfluous(edition, at=at)
        or commitments.without(edition)
        for edition in policies.editions()
    )
    session().rollback()
    return changed


def _department(name: str) -> Organization:
    return read_organization(ORGANIZATIONS / f"{name}.toml")


def _in_force() -> set[str]:
    found = set(session().scalars(select(PolicyEdition.code)))
    session().rollback()
    return found


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Whoever comes second waits, and then finds that everything is done."""
    with db.engine.connect() as turn:
        turn.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        turn.commit()
        try:
            yield
        finally:
            turn.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
            turn.commit()

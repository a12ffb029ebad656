"""Who is told of what the public reads: the Component of a release, and of its withdrawal whoever was told of it."""

from datetime import datetime
from functools import partial

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Event, Notice, Person, Publication, Published
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import notices


def released(publication: Publication, event: Event, *, at: datetime) -> None:
    """Tell the Component that the public reads its strategy from now on, and how much of it."""
    strategy = publication.strategy
    public = session().get_one(Published, strategy.id)
    facts = {
        "path": public.path,
        "prepared_by": publication.by.name,
        "clauses": publication.clauses,
        "whole": len(publication.clauses) == len(publication.version.content),
        "withheld": len(publication.withholdings),
    }
    notices.owe(
        "plan-published",
        event,
        edition=strategy.edition,
        component=strategy.component,
        strategy=strategy,
        facts=facts,
        at=at,
    )


def withdrawn(publication: Publication, event: Event, *, at: datetime) -> None:
    """Tell the Component that the public reads it no more, and whoever was told of the release.

    Who holds no role there any more is not told the reason, which is not for the public.
    """
    strategy = publication.strategy
    tell = partial(
        notices.owe,
        "plan-withdrawn",
        event,
        edition=strategy.edition,
        component=strategy.component,
        strategy=strategy,
        at=at,
    )
    tell(facts={"path": f"/strategies/{strategy.id}", "reason": publication.withdrawn_because}, like="plan-published")
    tell(facts={"path": "/published", "reason": None}, also=_told_of_release(publication))


def _told_of_release(publication: Publication) -> list[tuple[Person, str]]:
    """Who was told that it was released, in which role, and still has an account."""
    line = (
        select(Event.id)
        .where(Event.strategy_id == publication.strategy_id, Event.verb == "published")
        .where(Event.details["publication"].as_integer() == publication.id)
    )
    with within(SYSTEM):  # nobody may read the e-mails of others
        told = (
            select(Notice.person_id, Notice.to_role)
            .where(Notice.strategy_id == publication.strategy_id, Notice.kind == "plan-published")
            .where(Notice.key.like(f"plan-published/{session().scalar(line)}/%"))
        )
        found = dict(session().execute(told).tuples().all())
    still = select(Person).where(Person.id.in_(found), Person.deactivated_at.is_(None)).order_by(Person.id)
    return [(person, found[person.id]) for person in session().scalars(still)]

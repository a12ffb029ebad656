"""A row in each table in which the premises have none, most of them by the lead of CBP."""

from datetime import date
from hashlib import sha256

from sqlalchemy import text

from cxworkflow.db import Base, session
from cxworkflow.models import (
    Acknowledgement,
    Anchor,
    Attempt,
    CalendarFeed,
    Deliverable,
    DeliveryAttempt,
    FormerPlace,
    Heartbeat,
    Identity,
    JobRun,
    Mark,
    Notice,
    OfficeClosure,
    Preference,
    Presence,
    RecordCheck,
    Reply,
    Role,
    RubricMark,
    Signature,
    SignInLink,
    Strategy,
    SweepRun,
)
from tests.matrix.premises import CLAUSE, NOW, Premises

WHOSE = "CBP"  # the Component of whoever has one


def rows(premises: Premises) -> list[Base]:
    """What there has to be besides."""
    matter = premises.matters["A strategy"]["submitted"]
    lead = {"by_id": premises.person("own lead", WHOSE).id}
    paper = session().get_one(Strategy, matter.strategy_id)
    own = session().get_one(Strategy, premises.matters["A strategy"]["draft"].strategy_id)
    notice = session().get_one(Notice, premises.matters["A notice"]["failed"].notice_id)
    person = {"person_id": lead["by_id"]}
    assert paper.current_version_id is not None
    return [
        Acknowledgement(
            guidance_id=premises.matters["A piece of guidance"]["published"].guidance_id,
            component_id=own.component_id,
            acknowledged_at=NOW,
            **lead,
        ),
        Anchor(anchored_on=NOW.date(), seq=1, written_at=NOW, hash="x", anchored_at=NOW),
        Attempt(notice_id=notice.id, number=1, tried_at=NOW, outcome="sent", answer="250 ok"),
        Deliverable(edition_id=paper.edition_id, what="cx-directorate", delivered_at=NOW, **lead),
        DeliveryAttempt(
            delivery_id=premises.matters["A delivery to another program"]["failed"].delivery_id,
            number=1,
            tried_at=NOW,
            answer="No answer.",
            by_id=premises.stage.person(Role.CIO).id,
        ),
        Deliverable(
            edition_id=paper.edition_id,
            what="a report",
            component_id=own.component_id,
            statement="Sent.",
            delivered_at=NOW,
            **lead,
        ),
        FormerPlace(department="dhs", component_id=own.component_id, part_of="MGMT", until_on=NOW.date()),
        Heartbeat(name="a worker", kind="worker", seen_at=NOW),
        Identity(issuer="https://id.example", subject="1", linked_at=NOW, **person),
        JobRun(name="a job", done_for_on=NOW.date(), done_at=NOW),
        OfficeClosure(
            department="dhs",
            day=date(2024, 1, 17),
            reason="Snow.",
            authority="OPM",
            announced_on=NOW.date(),
            **lead,
        ),
        CalendarFeed(token_sha256="x", made_at=NOW, **person),
        Preference(daily_digest=True, chosen_at=NOW, **person),
        Presence(strategy_id=own.id, clause=CLAUSE, seen_at=NOW, **person),
        RecordCheck(id=1, checked_at=NOW, lines=1, hash="x", faults=[]),
        Reply(strategy_id=paper.id, comment_id=matter.comment_id, text="Soon.", made_at=NOW, **lead),
        RubricMark(
            strategy_id=paper.id,
            version_id=paper.current_version_id,
            clause=CLAUSE,
            mark=Mark.MEETS,
            reason="",
            marked_at=NOW,
            by_id=premises.person("assigned reviewer", None).id,
        ),
        Signature(
            edition_id=paper.edition_id,
            what="instruction",
            draft_id=session().scalars(text("select id from duty_draft where what = 'instruction'")).one(),
            sha256="x",
            pdf=b"x",
            pdf_sha256=sha256(b"x").hexdigest(),
            by_role="cio",
            signed_at=NOW,
            **lead,
        ),
        SignInLink(browser_sha256="x", leads_to="/", **person),
        SweepRun(id=1, swept_at=NOW, swept_for_on=NOW.date(), owed=0),
    ]

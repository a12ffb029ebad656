"""What goes on after an approval and sends e-mails: publication, commitments, the close, a quarter of a HISP."""

from datetime import date

import sqlalchemy as sa

from cxworkflow.db import session
from cxworkflow.models import Commitment, FiscalClose, Person, Role, Strategy
from cxworkflow.services import (
    closes,
    commitment_changes,
    implementation,
    jobs,
    progress,
    publications,
    quarters,
)
from cxworkflow.services.public_texts import Place, public
from tests import hisps
from tests.stage import Stage, eastern


def publish(stage: Stage, paper: Strategy) -> None:
    """One section of it is released to the public, with a passage withheld, and withdrawn."""
    lead, cio, at = stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.CIO), eastern("2024-02-20 09:00")
    prepared = publications.prepare(paper, ["IV.c.5.a"], by=lead, at=at)
    publications.withhold(prepared, Place("IV.c.5.a", "text"), "law-enforcement", by=lead, at=at)
    publications.release(prepared, sha256=public(prepared).sha256, by=cio, at=eastern("2024-02-21 09:00"))
    publications.withdraw(prepared, reason="A <figure> was wrong.", by=cio, at=eastern("2024-07-20 09:00"))


def implement(stage: Stage, paper: Strategy) -> None:
    """Its commitments are worked on; it is reported as implemented, sent back, reported again and accepted."""
    lead, checker = stage.person(Role.LEAD, "CBP"), stage.person(Role.DIRECTORATE_LEAD)
    _work_on_commitments(stage, lead)
    implementation.report(paper, statement="Nearly <all>.", by=lead, at=eastern("2024-07-01 12:00"))
    implementation.send_back(paper, reason="The <hires>.", by=checker, at=eastern("2024-07-02 12:00"))
    implementation.report(paper, statement="All is done.", by=lead, at=eastern("2024-07-15 12:00"))
    implementation.accept(paper, answer="Seen <on the spot>.", by=checker, at=eastern("2024-07-16 12:00"))


def _work_on_commitments(stage: Stage, lead: Person) -> None:
    """A hire is reported, sent back, reported again; an activity is to have another day."""
    hire, work = (
        session().scalars(sa.select(Commitment).where(Commitment.kind == kind).limit(1)).one()
        for kind in ("hire", "activity")
    )
    checker, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2024-05-01 10:00")
    progress.report(hire, statement="They are <here>.", by=lead, at=at)
    progress.send_back(hire, reason="One of <two>.", by=checker, at=at)
    progress.report(hire, statement="Both are here.", by=lead, at=at)
    progress.accept(hire, answer="Welcome.", by=checker, at=at)
    change = commitment_changes.propose(
        work, title="Tests of <five> forms", due_on=date(2024, 9, 2), reason="A late tool.", by=lead, at=at
    )
    commitment_changes.refuse(change, reason="Ten were <promised>.", by=checker, at=at)
    change = commitment_changes.propose(work, drops=True, reason="No funds.", by=lead, at=at)
    commitment_changes.accept(change, answer="So be it.", by=checker, at=at)


def close(stage: Stage) -> None:
    jobs.do_due(at=eastern("2024-10-01 06:00"))
    close = session().scalars(sa.select(FiscalClose)).one()
    read = closes.sha256_of(closes.text_of(close))
    closes.sign(close, read_sha256=read, by=stage.person(Role.CIO), at=eastern("2024-10-01 10:00"))


def quarter(stage: Stage) -> None:
    """A quarter of FEMA that is returned, comes again and goes to OMB."""
    hisps.in_force()
    at, own, cio = eastern("2024-10-02 10:00"), stage.person(Role.LEAD, "FEMA"), stage.person(Role.CIO)
    report = hisps.entered(stage, hisps.service(stage, "FEMA"), "2024-Q3", "2024-10-02 09:00")
    quarters.submit(report, by=own, at=at)
    quarters.send_back(report, reason="Visits are <counted> twice.", by=cio, at=at)
    quarters.submit(report, by=own, at=at)
    quarters.clear(report, by=cio, at=at)
    quarters.send(report, by=own, at=at)

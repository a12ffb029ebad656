"""One e-mail of every kind, each owed by the verb or job that owes it in earnest."""

from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.mail.compose import message
from cxworkflow.mail.journal import LocalMailbox
from cxworkflow.mail.reconcile import check_copies
from cxworkflow.models import (
    Appointment,
    Kind,
    Notice,
    Outcome,
    Role,
    Strategy,
)
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import (
    appointments,
    assignments,
    clocks,
    closures,
    comments,
    editions,
    extensions,
    jobs,
    moves,
    preferences,
    recusals,
    reminders,
    reviews,
    strategies,
)
from tests.mail import after_approval, duties
from tests.stage import Stage, eastern


@dataclass(frozen=True)
class Read:
    """An e-mail as it was read: its notice's kind, role and rung, its headers, its two parts, and its files."""

    kind: str
    to_role: str
    component: str | None
    rung: int | None
    mail: EmailMessage
    text: str
    html: str
    files: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The subject line."""
        return str(self.mail["Subject"])


def rolling_policy(folder: Path) -> Path:
    """The policy with bundled reminders and a review target that rolls over closed days; the real one has neither."""
    told = (POLICIES / "dhs-076-02.toml").read_text()
    told = told.replace("fires_at = 06:00:00\n", 'fires_at = 06:00:00\nholidays = "us-federal"\n', 1)
    told = told.replace('paper = "', 'bundle_reminders = true\npaper = "', 1)
    told = told.replace('\nladder = "review"\n', '\nroll = "next-business-day"\nladder = "review"\n', 1)
    path = folder / "rolling.toml"
    path.write_text(told)
    return path


def play(stage: Stage) -> None:
    """From signature to past the last day, with everything that can happen in between."""
    cio, directorate, reviewer = (stage.person(role) for role in (Role.CIO, Role.DIRECTORATE_LEAD, Role.REVIEWER))
    lead = {code: stage.person(Role.LEAD, code) for code in ("CBP", "TSA", "FEMA", "USCIS")}
    duties.coordinated(stage, lead["CBP"])
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    _appointment(Role.LEAD, "ICE").until_on = date(2023, 12, 1)
    session().flush()
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    jobs.do_due(at=eastern("2023-12-10 06:00"))

    own, at = stage.person(Role.LEAD, "USCG"), eastern("2023-12-18 09:00")
    uscg = strategies.begin(stage.edition, stage.component("USCG"), by=own, at=at)
    given = (uscg, "IV.c.3", stage.person(Role.CONTRIBUTOR, "USCG"))
    assignments.assign(*given, due_on=date(2023, 12, 21), by=own, at=at)

    cbp = stage.submitted("CBP", "2023-12-18 15:00")
    reviews.assign(cbp, reviewer, by=directorate, at=eastern("2023-12-19 09:00"))
    remark = comments.comment(
        cbp, "IV.c.3", "Where is <the> baseline?", kind=Kind.MUST_CHANGE, by=reviewer, at=eastern("2023-12-19 10:00")
    )
    jobs.do_due(at=eastern("2023-12-20 06:00"))
    comments.answer(remark, "In the annex.\nIt follows.", by=lead["CBP"], at=eastern("2023-12-20 08:00"))
    closures.announce(
        "dhs",
        date(2024, 1, 17),
        reason="A day of mourning",
        authority="Executive Order 1 of December 19, 2023",
        by=cio,
        at=eastern("2023-12-20 09:00"),
    )
    second = stage.newcomer("Lea Ford", (Role.REVIEWER, None))
    reviews.assign(cbp, second, by=directorate, at=eastern("2023-12-21 09:00"))
    reviews.decline(cbp, reason="I am away <until> May.", by=second, at=eastern("2023-12-21 10:00"))
    reviews.send_back(
        cbp,
        reason="Metrics need baselines.\n\nSay who owns <each> one.",
        by=directorate,
        at=eastern("2024-01-05 11:00"),
    )
    reminders.sweep(at=eastern("2024-01-12 06:00"))
    strategies.submit(cbp, by=lead["CBP"], at=eastern("2024-01-12 17:00"))
    recusals.recuse(cbp, reason="My sister leads it.", by=reviewer, at=eastern("2024-01-13 09:00"))
    reviews.recommend(cbp, Outcome.APPROVED, text="Complete & clear.", by=directorate, at=eastern("2024-01-22 10:00"))
    version = strategies.under_review(cbp)
    reviews.approve(
        cbp,
        version_number=version.number,
        sha256=version.sha256,
        reason="Well done.",
        conditions=["Report <every> quarter.", "Name an owner."],
        by=cio,
        at=eastern("2024-01-31 14:00"),
    )
    after_approval.publish(stage, cbp)
    after_approval.implement(stage, cbp)

    preferences.choose(daily_digest=True, by=stage.person(Role.EXECUTIVE, "TSA"), at=eastern("2024-01-08 08:00"))
    assignments.take_back(*given, by=own, at=eastern("2023-12-22 09:00"))
    tsa = stage.drafted("TSA", "2024-01-08 09:00")
    strategies.submit(tsa, reason="Clearance took long.", by=lead["TSA"], at=eastern("2024-01-10 00:01"))
    strategies.withdraw(tsa, reason="A wrong annex.", by=lead["TSA"], at=eastern("2024-01-10 10:00"))

    fema, uscis = stage.clock("strategy", "FEMA"), stage.clock("strategy", "USCIS")
    asked = extensions.ask(fema, to=date(2024, 2, 8), reason="Storms.", by=lead["FEMA"], at=eastern("2023-12-21 09:00"))
    extensions.grant(asked, by=cio, at=eastern("2023-12-22 09:00"))
    refused = extensions.ask(
        uscis, to=date(2024, 3, 8), reason="Staffing.", by=lead["USCIS"], at=eastern("2023-12-21 09:00")
    )
    extensions.refuse(refused, reason="The team is complete.", by=cio, at=eastern("2023-12-22 09:00"))
    clocks.pause(uscis, reason="Lapse in appropriations.", by=cio, at=eastern("2023-12-23 09:00"))
    clocks.resume(uscis, reason="Funds are back.", by=cio, at=eastern("2024-01-08 09:00"))

    office = appointments.appoint(
        stage.newcomer("Ida Moss"),
        Role.LEAD,
        stage.component("ICE"),
        from_on=date(2024, 1, 12),
        by=stage.person(Role.ADMINISTRATOR),
        at=eastern("2024-01-11 10:00"),
    )
    appointments.end(office, on=date(2024, 1, 15), by=stage.person(Role.ADMINISTRATOR), at=eastern("2024-01-12 10:00"))
    reminders.sweep(at=eastern("2024-01-16 06:00"))
    jobs.do_due(at=eastern("2024-01-22 07:00"))
    clocks.pause(stage.clock("strategy", "ICE"), reason="Litigation.", by=cio, at=eastern("2024-02-01 09:00"))
    after_approval.close(stage)
    _last_days(stage, fema.component_id, tsa)


def _another_edition(strategy: Strategy, stage: Stage, *, at: datetime) -> None:
    """The policy loses a section and gives more days, and a strategy that is being written is moved to that."""
    policy = stage.edition.policy
    left = {
        "sections": tuple(each for each in policy.sections if each.clause != "IV.c.7"),
        "clocks": tuple(
            each.model_copy(update={"days": 500} if each.kind == "strategy" else {}) for each in policy.clocks
        ),
    }
    editions.bring_in(policy.model_copy(update=left), at=at)
    moves.move(strategy, reason="It is <simpler> & shorter.", by=stage.person(Role.DIRECTORATE_LEAD), at=at)


def _last_days(stage: Stage, component_id: int | None, draft: Strategy) -> None:
    after_approval.quarter(stage)
    session().flush()
    _dropped(component_id)
    _another_edition(draft, stage, at=eastern("2024-10-03 09:00"))


def _dropped(component_id: int | None) -> None:
    """A message that the mail server took and dropped: the journal, an empty folder, does not hold it."""
    taken = sa.select(Notice.id).where(Notice.kind == "extended", Notice.component_id == component_id).limit(1)
    session().execute(
        sa.update(Notice)
        .where(Notice.id.in_(taken))
        .values(state=NoticeState.SENT, sent_at=eastern("2024-10-01 09:00"), attempt=1)
    )
    with TemporaryDirectory() as folder:
        check_copies(LocalMailbox(Path(folder)), at=eastern("2024-10-02 09:00"))


def _appointment(role: Role, code: str) -> Appointment:
    wanted = sa.select(Appointment).where(Appointment.role == role, Appointment.component.has(code=code))
    return session().scalars(wanted).one()


def read_all() -> list[Read]:
    """Every e-mail that was owed and not passed over at once, as it reads on the day on which it was owed."""
    owed = (
        sa.select(Notice)
        .order_by(Notice.id)
        .where(Notice.closed_reason.is_(None) | (Notice.closed_reason != reminders.PASSED_OVER))
    )
    return [read(notice) for notice in session().scalars(owed)]


def read(notice: Notice, *, when: str | None = None) -> Read:
    """One e-mail as it reads at a moment (None: when it was owed)."""
    at = eastern(when) if when else notice.owed_at
    sent = message(notice, sender="CX Workflow <cx@workflow.example>", base_url="https://cx.example", at=at)
    mail = message_from_bytes(sent, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    code = notice.component.code if notice.component else None
    files = tuple(each.get_content() for each in mail.iter_attachments())
    return Read(notice.kind, notice.to_role, code, notice.rung, mail, text.get_content(), html.get_content(), files)

"""The verdict: what the oracle says must be, against the notices in the database and the messages in the mailbox."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import HeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from tests.chaos.oracle import Days, Oracle, Owed, Subject

# How a reminder that was not sent says why, and what has to be so for that to be true.
REASONS = {
    "A later reminder": {"later"},
    "Before this reminder could be sent": {"later", "stopped", "paused", "resumed", "extended"},
    "The clock stopped": {"stopped"},
    "The clock was started again": {"restarted"},
    "The due date was moved": {"extended"},
    "The clock was paused": {"paused"},
    "The clock was resumed": {"resumed"},
}
WATCHDOG = "@watchdog.cxworkflow>"
NOT_KEPT = "not-kept"  # the product's own word that a message it sent is missing from the journal


@dataclass(frozen=True)
class Arrival:
    """One message in the mailbox: when it arrived in real time, and the time it gives itself."""

    message_id: str
    to: str
    at: float
    says: datetime


@dataclass
class Verdict:
    """What came out; every list holds sentences."""

    owed: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing at all is amiss."""
        return not (self.lost or self.duplicated or self.early or self.wrong)


def arrivals(mailbox: Path) -> list[Arrival]:
    """Every message that arrived, without what the watchdog says by its own way: those are no notices."""
    found = []
    for path in mailbox.glob("*.eml"):
        headers = HeaderParser().parsestr(path.read_text(encoding="utf-8", errors="replace"), headersonly=True)
        if headers["Message-ID"].endswith(WATCHDOG):
            continue
        found.append(
            Arrival(
                headers["Message-ID"].strip("<>"),
                headers["X-Envelope-To"],
                path.stat().st_mtime,
                parsedate_to_datetime(headers["Date"]),
            )
        )
    return found


def judge(
    policy: Path, connection: psycopg.Connection, mailbox: Path, days: Days, shown: Callable[[float], datetime]
) -> Verdict:
    """Compare; `shown` tells what the simulated clock showed at a moment of real time."""
    oracle = Oracle(policy, connection)
    expected: dict[Subject, Owed] = {}
    for each in oracle.everything(days):
        expected.setdefault(each.subject, each)
    notices = connection.cursor(row_factory=namedtuple_row).execute("select * from notice order by id").fetchall()
    there = {subject_of(notice): notice for notice in notices}
    came = arrivals(mailbox)
    count = Counter(each.message_id for each in came)
    verdict = Verdict(owed=sum(each.must or each.subject in there for each in expected.values()), wrong=oracle.faults)
    for owed in expected.values():
        _judge_owed(owed, there.get(owed.subject), verdict)
    _judge_notices(oracle, notices, expected, count, verdict)
    _judge_arrivals(came, {message_id(notice): notice for notice in notices}, expected, shown, verdict)
    return verdict


def subject_of(notice: Any) -> Subject:
    """What a notice is about and whom it tells, in the oracle's words."""
    facts, person = notice.facts, notice.person_id
    match notice.kind:
        case "deadline":
            return ("deadline", notice.clock_id, notice.due_on, notice.rung, person)
        case "digest":
            return ("digest", facts["monday"], person)
        case "vacancy":
            return ("vacancy", notice.component_id, facts["vacant_role"], f"{notice.owed_on:%Y-%m}", person)
    return (notice.kind, notice.component_id, notice.owed_at, person)


def message_id(notice: Any) -> str:
    """The Message-ID that every attempt at a notice carries."""
    return f"{notice.token}@notice.cxworkflow"


def _judge_owed(owed: Owed, notice: Any, verdict: Verdict) -> None:
    if notice is None:
        if owed.must:
            verdict.lost.append(f"{owed.subject} was never owed")
    elif notice.state == "superseded":
        needs = next((needs for words, needs in REASONS.items() if notice.closed_reason.startswith(words)), set())
        if owed.must_be_sent or not needs & owed.excuses:
            verdict.lost.append(f"{owed.subject} was not sent, and this is not why: {notice.closed_reason}")
    elif notice.state != "sent":
        verdict.lost.append(f"{owed.subject} is {notice.state} at the end: {notice.closed_reason}")


def _judge_notices(
    oracle: Oracle, notices: Iterable[Any], expected: dict[Subject, Owed], count: Counter[str], verdict: Verdict
) -> None:
    told: Counter[Subject] = Counter()
    for notice in notices:
        subject, arrived = subject_of(notice), count[message_id(notice)]
        told[subject] += arrived > 0
        if notice.kind == NOT_KEPT:
            verdict.wrong.append(f"the product misses copies in the journal: {notice.facts}")
        if subject not in expected and oracle.knows(notice.kind):
            verdict.wrong.append(f"{subject} should not have been owed ({notice.state})")
        if notice.state == "sent" and not arrived:
            verdict.lost.append(f"{subject} is recorded as sent, and never arrived")
        if notice.state != "sent" and arrived:
            verdict.wrong.append(f"{subject} arrived, and is recorded as {notice.state}")
        if arrived > 1:
            verdict.duplicated.append(f"{subject} arrived {arrived} times")
    verdict.duplicated += [f"{subject} was told in {times} messages" for subject, times in told.items() if times > 1]


def _judge_arrivals(
    came: Iterable[Arrival],
    notices: dict[str, Any],
    expected: dict[Subject, Owed],
    shown: Callable[[float], datetime],
    verdict: Verdict,
) -> None:
    for arrival in came:
        notice = notices.get(arrival.message_id)
        if notice is None:
            verdict.wrong.append(f"a message arrived that nobody owed: {arrival.message_id}")
            continue
        subject = subject_of(notice)
        if arrival.to != notice.to_address:
            verdict.wrong.append(f"{subject} went to {arrival.to}, not to {notice.to_address}")
        owed = expected.get(subject)
        if owed is None:
            continue
        for what, at in (("arrived", shown(arrival.at)), ("says it is of", arrival.says)):
            # A message gives its time in whole seconds.
            if at < owed.not_before.replace(microsecond=0):
                verdict.early.append(
                    f"{subject} {what} {at:%Y-%m-%d %H:%M %Z}, before {owed.not_before:%Y-%m-%d %H:%M %Z}"
                )


def escalated(policy: Path, connection: psycopg.Connection, days: Days) -> list[str]:
    """The running clocks whose latest rung nobody was owed a notice about, just after a sweep."""
    oracle = Oracle(policy, connection)
    rows = connection.execute("select clock_id, due_on, rung from notice where kind = 'deadline'").fetchall()
    there = {tuple(row) for row in rows}
    today = max(days.swept)
    missing = []
    for span in oracle.spans:
        if not span.runs or span.before_on is not None:
            continue
        reached = [rung for rung, day in oracle.rungs(span, today) if day > span.after_on]
        if reached and (span.clock_id, span.due_on, reached[-1]) not in there:
            missing.append(f"clock {span.clock_id}, due {span.due_on}, was not escalated to rung {reached[-1]}")
    return missing

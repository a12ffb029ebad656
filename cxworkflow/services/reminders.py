"""The sweep: owes every reminder whose rung has been reached, by one statement over sets.

It looks at recorded state, never at a window of time: run late it owes the latest rung only and closes those
that it passed over with a reason; run twice it owes nothing twice, since a reminder's key is unique.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select, text, update
from sqlalchemy.orm import defer

from cxworkflow.arrays import words
from cxworkflow.calendar import ONE_DAY
from cxworkflow.db import session
from cxworkflow.ladder import firing_day, rungs_until
from cxworkflow.models import Clock, Notice, PolicyEdition
from cxworkflow.models.notice import NoticeState
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import bundles
from cxworkflow.services.owing import COMING, OWE
from cxworkflow.services.recipients import TOLD_FIRST


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    on: date
    owed: int
    superseded: int


PART = 1_000  # rungs, at least
NOBODY = (True, "{}")  # holds "owner", which is no role: whose commitment it is says the commitment
PASSED_OVER = "A later reminder about the same date was already due when this one was found."
REPLACED = "A later reminder about the same date took its place before this one could be sent."


def sweep(*, at: datetime, thorough: bool = False, after_part: Callable[[], None] | None = None) -> Sweep:
    """Owe every reminder reached by `at` (a rung fires on its day at 06:00 Eastern) and not owed yet.

    What it looks at follows from the last committed sweep: the days since then, and the clocks changed since
    then. `thorough`, and a sweep after a long silence, looks at all that was ever reached.

    With `after_part`, which commits, it comes in parts of about a thousand reminders: senders begin with the first of
    them while the others follow. If it breaks off, the next sweep begins where the last whole one ended.
    """
    on = firing_day(at)
    since = session().execute(_BEGIN).scalar_one_or_none()
    if thorough:
        since = None
    owed, superseded, done_for = 0, 0, on
    waiting = session().execute(_WAITING).one()
    if since is None or since < on or waiting.changed:
        editions = session().scalars(_EDITIONS).all()
        bundling = any(edition.policy.bundle_reminders for edition in editions)
        values = {
            **_ladders(editions, on),
            "on_day": on,
            "since_day": since or date.min,
            "lately": since is not None,
            "at": at,
            "backlog": waiting.backlog,
            "passed_over": PASSED_OVER,
            "replaced": REPLACED,
            # A sweep that comes late, for an earlier day than was swept already, has not looked at the days since:
            # the changes stay to be looked at.
            "up_to_date": since is None or on >= since,
        }
        held_back = False
        # What one person is to get in one e-mail is owed in one part.
        for number, part in enumerate(_parts(values) if after_part and not bundling else [ALL]):
            if number and after_part:
                after_part()
            if after_part:
                session().execute(_UNHURRIED)
            done = session().execute(OWE, {**values, **part, "token": _token()}).one()
            owed, superseded, held_back = owed + done.owed, superseded + done.superseded, held_back or done.held_back
            if done.owed:
                session().info["owes"] = True  # rings the bell after the commit
        if owed:
            bundles.bundle(editions, at=at)
        if held_back or not values["up_to_date"]:
            # Somebody held a changed clock: maybe a sweep for an earlier day, so it was not looked at for this one.
            done_for = since or on - ONE_DAY
    session().execute(_DONE, {"on_day": done_for, "owed": owed})
    return Sweep(on, owed, superseded)


# From here on no plan reads a whole table: what concerns a sweep is a thousandth of it, which the planner can't know;
# nor need it plan anew for each day.
_SET = (
    "set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
    "set_config('plan_cache_mode', 'force_generic_plan', true)"
)
# The day up to which everything was swept, if the last sweep is not long ago.
_BEGIN = text(
    f"select max(swept_for_on), {_SET} from sweep_run where swept_at > clock_timestamp() - interval '10 minutes'"
)
# Their content is parsed once in a process.
_EDITIONS = select(PolicyEdition).options(defer(PolicyEdition.content)).order_by(PolicyEdition.id)
# Whether clocks have changed since, and whether there is anything unsent that a reminder of this sweep could replace.
_WAITING = text(
    "select exists (select from clock where swept_revision < revision) as changed, "
    "exists (select from notice where open and state = 'owed') as backlog"
)
# A part need not be on disk before the next one begins: the commit of whoever claims from it, without which nothing
# is sent, puts all that was committed before it there, and what a crash takes is owed again by the next sweep.
_UNHURRIED = text(f"select {_SET}, set_config('synchronous_commit', 'off', true)")
# A clock that stands too early for once must not take back what was swept.
_DONE = text(
    "insert into sweep_run (id, swept_at, swept_for_on, owed) values (1, clock_timestamp(), :on_day, :owed) "
    "on conflict (id) do update set swept_at = excluded.swept_at, owed = excluded.owed, "
    "swept_for_on = greatest(sweep_run.swept_for_on, excluded.swept_for_on)"
)


ALL = {"first_due": date.min, "last_due": date.max}


def _token() -> str:
    """What the tokens of one part begin with; each notice adds twelve digits of its own."""
    return str(uuid4())[:24]


def _parts(values: dict[str, object]) -> Iterator[dict[str, date]]:
    """The due dates from the first to the last, in parts with about as many rungs that have come up."""
    first, count = date.min, 0
    for due_on, rungs in session().execute(COMING, values).all():
        count += rungs
        if count >= PART:
            yield {"first_due": first, "last_due": due_on}
            first, count = due_on + ONE_DAY, 0
    yield {"first_due": first, "last_due": date.max}


def close_unsent(clock: Clock, reason: str) -> None:
    """Close the reminders of a clock that were owed and not sent, when what they say is no longer so."""
    unsent = (Notice.clock_id == clock.id, Notice.kind == "deadline", Notice.state == NoticeState.OWED)
    with within(SYSTEM):
        session().execute(update(Notice).where(*unsent).values(state=NoticeState.SUPERSEDED, closed_reason=reason))


def _ladders(editions: Sequence[PolicyEdition], on: date) -> dict[str, object]:
    """The editions' ladders: the rungs that can have been reached, whom each tells, what is known beforehand."""
    rungs: list[tuple[int, str, int]] = []  # edition, kind, rung
    # Which of the rungs, of which department, the role, and whose holders are told first.
    told: list[tuple[int, str, str, bool, str]] = []
    facts: list[dict[str, object]] = []  # of each rung
    rules = [(edition, rule) for edition in editions for rule in edition.policy.clocks]
    oldest = _oldest_due([(edition.id, rule.kind) for edition, rule in rules])
    for edition, rule in rules:
        first_due = oldest.get((edition.id, rule.kind))
        if first_due is None:
            continue
        known, ladder = edition.policy.facts_of(rule), edition.policy.ladder(rule.ladder)
        for rung in rungs_until(ladder.rungs, ladder.repeat_every, (on - first_due).days):
            rungs.append((edition.id, rule.kind, rung))
            facts.append({**known, "rung": rung})
            of = (len(rungs), edition.policy.department)
            told += [(*of, role, *TOLD_FIRST.get(role, NOBODY)) for role in ladder.roles_at(rung)]
    return {
        **_columns(("edition_id", "kind", "rung"), rungs),
        **_columns(("told_number", "told_department", "told_role", "told_own", "told_nearest"), told),
        "facts": json.dumps(facts),  # one document: an array of them takes the driver ten times as long
    }


def _columns(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> dict[str, str]:
    """Rows as one array for each column, numbered from 1 as PostgreSQL does; written once for all parts of a sweep."""
    return {name: words(row[number] for row in rows) for number, name in enumerate(names)}


def _oldest_due(kinds: list[tuple[int, str]]) -> dict[tuple[int, str], date]:
    """The earliest due date of the running clocks of each kind: how far repeated rungs must reach."""
    edition_ids, names = [edition_id for edition_id, _ in kinds], [kind for _, kind in kinds]
    rows = session().execute(_EARLIEST, {"edition_ids": edition_ids, "kinds": names})
    return {(row.edition_id, row.kind): row.due_on for row in rows}


_EARLIEST = text(
    "select asked.edition_id, asked.kind, first.due_on "
    "from unnest(cast(:edition_ids as bigint[]), cast(:kinds as text[])) as asked(edition_id, kind) "
    "join lateral (select due_on from clock where clock.edition_id = asked.edition_id and clock.kind = asked.kind "
    "and stopped_on is null and paused_on is null order by due_on limit 1) as first on true"
)

"""Every date of a policy, were it signed on a given day: pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.fiscal import quarters_ended
from cxworkflow.ladder import rungs_until
from cxworkflow.policies import ClockRule, Policy
from cxworkflow.wording import long_date

AFTER_DUE = 28  # days of reminders shown after a due date


@dataclass(frozen=True)
class Line:
    """One date: what happens, for which clock, and on the strength of which clause."""

    on: date
    clock: str
    what: str
    clause: str


def preview(policy: Policy, *, signed_on: date) -> list[Line]:
    """Due dates and reminders in the order of their days, in the policy's time zone.

    Clocks that start with an event of the workflow are shown from the earliest day they could start, which is
    the day of signature. Raises InvalidInput for a signature after a day that the policy fixes.
    """
    faults = list(_too_late(policy, signed_on))
    if faults:
        raise InvalidInput(None, faults)
    lines = [Line(signed_on, "", f"{policy.short_title} is signed", policy.clauses[0].id)]
    for rule in policy.clocks:
        if rule.holder == "commitment":
            continue  # it is due when the strategy says
        for label, started_on in _starts(rule, signed_on):
            lines += _lines(policy, rule, label, started_on)
    return sorted(lines, key=lambda line: (line.on, line.clock))


def _too_late(policy: Policy, signed_on: date) -> Iterator[Fault]:
    for rule in policy.clocks:
        for key, on in (("due_on", rule.due_on), ("cap_on", rule.cap_on)):
            if on is not None and on < signed_on:
                reason = f"{long_date(signed_on)} lies after {key} of the clock “{rule.kind}”, {long_date(on)}."
                yield Fault("--from", f"{reason} Choose an earlier day, or mend the file.")


def _starts(rule: ClockRule, signed_on: date) -> list[tuple[str, date]]:
    if rule.starts == "quarter-ended":
        year_on = signed_on + timedelta(days=366)
        return list(quarters_ended(signed_on, year_on))
    return [("", signed_on)]


def _lines(policy: Policy, rule: ClockRule, label: str, started_on: date) -> list[Line]:
    due_on = rule.term.due_on(started_on)
    name = f"{rule.title} {label}".strip()
    earliest = "" if rule.starts in ("signed", "quarter-ended") else f", if {rule.starts} on the day of signature"
    lines = [Line(due_on, name, f"due{earliest}", rule.clause)]
    ladder = policy.ladder(rule.ladder)
    for rung in rungs_until(ladder.rungs, ladder.repeat_every, AFTER_DUE):
        on = due_on + timedelta(days=rung)
        if on > started_on:
            lines.append(Line(on, name, f"reminder to {', '.join(ladder.roles_at(rung))}", rule.clause))
    return lines

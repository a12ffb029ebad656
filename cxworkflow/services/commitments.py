"""Commitments: drawn from the version that is approved, in the transaction of its approval; each gets a small clock."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.fiscal import quarter_end
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Commitment, Decision, Outcome, PolicyEdition, Role, Strategy, Version
from cxworkflow.policies.questions import Commits, Field, Section
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import histories, record
from cxworkflow.services.recipients import holders

MOST_NAMED = 10  # late ones in one e-mail; the rest is counted


def draw(strategy: Strategy, version: Version, *, at: datetime) -> dict[str, Any]:
    """Make commitments of what an approved version promises, owned by the Component's lead until it says otherwise.

    Returns what an e-mail says of them.
    """
    with within(SYSTEM):  # nobody adds one by hand
        owner_id = lead_of(strategy, on=day_of(at))
        made = list(_promised(strategy, version, owner_id, at=at))
        session().add_all(made)
        session().flush()
        for commitment in made:
            _start_clock(commitment, strategy, at=at)
    told = facts(strategy)
    record.write("committed", by=None, as_role=None, at=at, strategy=strategy, version=version, details=told)
    return told


def lead_of(strategy: Strategy, *, on: date) -> int | None:
    """The person who leads the strategy's Component on a day, if anybody does."""
    of = strategy.component
    found = holders([Role.LEAD.value], department=of.department, component_id=of.id, on=on)
    held = {Role.LEAD.value, Role.HQ_LEAD.value}
    return next((each.person_id for each in found if each.held_role.removeprefix("acting-") in held), None)


def last_day(strategy: Strategy) -> date | None:
    """The last day of its implementation: the clock's due date, if it is not capped earlier.

    None before approval, and where the policy sets no term for the implementation.
    """
    policy = strategy.edition.policy
    rules = {rule.kind: rule for rule in policy.clocks if "implemented" in rule.stops}
    of_it = (Clock.strategy_id == strategy.id, Clock.kind.in_(rules), ~Clock.lifted)
    clock = session().scalar(select(Clock).where(*of_it).order_by(Clock.id.desc()).limit(1))
    return clock.due_on if clock else None


def too_late(strategy: Strategy) -> list[Commitment]:
    """The commitments that are due after the last day of the implementation, if it has one, the earliest first."""
    last = last_day(strategy)
    if last is None:
        return []
    found = select(Commitment).where(Commitment.strategy_id == strategy.id, Commitment.due_on > last)
    return list(session().scalars(found.order_by(Commitment.due_on, Commitment.id)))


def promised_after(version: Version, last: date) -> list[tuple[date, str]]:
    """What a version that is not approved yet promises for after a last day, the earliest first: days and titles."""
    rows = ((_due_on(row.get(commits.due or "")), row[commits.title]) for *_, commits, _, row in _rows(version))
    return sorted((due_on, str(title).strip()) for due_on, title in rows if due_on and due_on > last)


def facts(strategy: Strategy) -> dict[str, Any]:
    """What an e-mail and the record say of the commitments of a strategy: JSON values."""
    late = too_late(strategy)
    last = last_day(strategy)
    told = [{"title": each.title, "due_on": each.due_on.isoformat()} for each in late if each.due_on]
    return {
        "commitments": len(list(session().scalars(select(Commitment.id).where(Commitment.strategy_id == strategy.id)))),
        "too_late": told[:MOST_NAMED],
        "too_late_count": len(late),
        "last_day_on": last.isoformat() if last else None,
    }


def bring_up_to_date(edition: PolicyEdition) -> int:
    """Draw the commitments of strategies that were approved before there were any; returns of how many."""
    late = without(edition)
    for strategy in late:
        _draw_late(strategy)
    return len(late)


def without(edition: PolicyEdition) -> list[Strategy]:
    """The approved strategies that have no commitments although their versions promise something."""
    if not any(edition.policy.committing):
        return []
    has_some = select(Commitment.strategy_id)
    approved = select(Strategy).where(
        Strategy.edition_id == edition.id, Strategy.status == Status.APPROVED, Strategy.id.not_in(has_some)
    )
    return [each for each in session().scalars(approved.order_by(Strategy.id)) if _promises(each)]


def _promises(strategy: Strategy) -> bool:
    version = strategy.approved_version
    return version is not None and any(_rows(version))


def _draw_late(strategy: Strategy) -> None:
    version = strategy.approved_version
    assert version is not None
    decided = select(Decision.decided_at).filter_by(strategy_id=strategy.id, outcome=Outcome.APPROVED)
    at = session().scalars(decided).one()
    draw(strategy, version, at=at)


Row = tuple[Section, Field, Commits, int, dict[str, Any]]


def _rows(version: Version) -> Iterator[Row]:
    asked = {each.clause for each in version.asked}
    for section, field, commits in version.policy.committing:
        answer = version.content.get(section.clause)
        if section.clause not in asked or not answer or answer.get("needed") is False:
            continue
        for position, row in enumerate(answer.get(field.key) or []):
            if str(row.get(commits.title) or "").strip():
                yield section, field, commits, position, row


def _promised(strategy: Strategy, version: Version, owner_id: int | None, *, at: datetime) -> Iterator[Commitment]:
    for section, field, commits, position, row in _rows(version):
        names = version.row_names.get(section.clause, {}).get(field.key, [])
        title, due_on = str(row[commits.title]).strip(), _due_on(row.get(commits.due or ""))
        yield Commitment(
            strategy=strategy,
            version=version,
            kind=commits.kind,
            clause=section.clause,
            field=field.key,
            row_key=names[position] if position < len(names) else str(position + 1),
            position=position,
            title=title,
            original_title=title,
            due_on=due_on,
            original_due_on=due_on,
            owner_id=owner_id,
            owner_words=str(row.get(commits.owner or "") or ""),
            principles=[str(each) for each in row.get(commits.principles or "") or []],
            unit=row.get(commits.unit or ""),
            baseline=_number(row.get(commits.baseline or "")),
            target=_number(row.get(commits.target or "")),
            better=row.get(commits.direction or ""),
            made_at=at,
        )


def _due_on(value: object) -> date | None:
    """A date, or the last day of a fiscal year."""
    if isinstance(value, int):
        return quarter_end(value, 4)
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _start_clock(commitment: Commitment, strategy: Strategy, *, at: datetime) -> None:
    edition = commitment.version.edition
    rule = edition.policy.commitment_clock
    if rule is not None and commitment.due_on is not None:
        histories.start(
            edition,
            rule.kind,
            component=strategy.component,
            strategy=strategy,
            commitment=commitment,
            by=None,
            at=at,
        )


def rule_of(commitment: Commitment) -> Commits:
    """What the policy's file says of commitments of this kind."""
    committing = commitment.version.policy.committing
    return next(
        commits
        for section, field, commits in committing
        if (section.clause, field.key) == (commitment.clause, commitment.field)
    )

"""What waits on a person, as sentences that lead to the page where it is done; the soonest due first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from cxworkflow.lifecycle import Status
from cxworkflow.models import (
    Assignment,
    Clock,
    Commitment,
    CommitmentState,
    Component,
    Guidance,
    Role,
    Round,
    Strategy,
)
from cxworkflow.policies.answers import checklist
from cxworkflow.queries.desk import Desk
from cxworkflow.queries.filings import Begun, Filing
from cxworkflow.services.assignments import lacks
from cxworkflow.wording import long_date, opening

LEADS = (Role.LEAD, Role.HQ_LEAD)


@dataclass(frozen=True)
class Promised:
    """What waits of commitments: to be kept by their owner; by Component how many to check; reports to check.

    `to_decide`: by Component, how many changes are proposed, and since which day.
    """

    to_keep: Sequence[tuple[Commitment, str]] = ()
    to_check: Sequence[tuple[str, int]] = ()
    reports: Sequence[tuple[str, int]] = ()
    to_decide: Sequence[tuple[str, int, date]] = ()


@dataclass(frozen=True)
class Task:
    """One thing to do: what, about what, where; and by when, if a clock runs for it."""

    what: str
    about: str
    path: str
    due_on: date | None = None


def tasks(
    desk: Desk,
    to_answer: Sequence[tuple[Round, Component]] = (),
    to_acknowledge: Sequence[tuple[Guidance, Component]] = (),
    promised: Promised = Promised(),
) -> list[Task]:
    """All that waits on the person whose desk this is: with drafts to answer, guidance to acknowledge, commitments."""
    found = [
        *(task for filing in desk.filings for task in _of_component(desk, filing)),
        *(task for assignment in desk.assigned_sections for task in _of_writer(desk, assignment)),
        *(_of_reviewer(desk, filing) for filing in desk.to_review),
        *(task for filing in desk.under_review for task in _of_overseers(desk, filing)),
        *_deliverables(desk),
        *_of_coordination(to_answer),
        *_of_the_library(to_acknowledge),
        *_of_commitments(promised),
        *_of_administrator(desk),
    ]
    return sorted(found, key=lambda task: (task.due_on is None, task.due_on or date.max))


def _of_component(desk: Desk, filing: Filing) -> Iterator[Task]:
    leads = desk.holds(*LEADS, component=filing.component)
    if not leads and not desk.holds(Role.EXECUTIVE, component=filing.component):
        return
    strategy, code, names = filing.strategy, filing.component.code, filing.edition.policy.names
    until_submitted = _due(filing.clock_until("submitted"))
    if strategy is None:
        if leads:
            about = filing.edition.policy.short_title
            yield Task(f"Begin the {names.paper} of {code}", about, f"/components/{quote(code)}", until_submitted)
    elif strategy.status in (Status.DRAFT, Status.RETURNED):
        asked = checklist(filing.edition.policy, filing.contents, hisp=filing.component.hisp)
        lacking = sum(item.state != "complete" for item in asked)
        asked_for = desk.open_must_changes.get(strategy.id, 0)
        if leads and asked_for and not lacking:
            about = f"The {names.directorate} asked for {asked_for} change{'s' * (asked_for != 1)}"
            yield Task(f"Revise the {names.paper} of {code}", about, f"/strategies/{strategy.id}", until_submitted)
        if not lacking:
            what = f"Certify and submit the {names.paper} of {code}"
            about = f"All sections are complete{_asked_for(desk, strategy, '; ')}"
            yield Task(what, about, f"/strategies/{strategy.id}/submit", until_submitted)
        elif leads:
            returned = strategy.status is Status.RETURNED
            what = f"{'Revise' if returned else 'Write'} the {names.paper} of {code}"
            about = f"{lacking} of {len(asked)} sections are not complete{_asked_for(desk, strategy, '; ')}"
            yield Task(what, about, f"/strategies/{strategy.id}", until_submitted)
    elif strategy.status is Status.APPROVED and leads:
        due_on = _due(filing.clock_until("implemented"))
        what = f"Put the {names.paper} of {code} into practice, and report it"
        yield Task(what, strategy.title, f"/strategies/{strategy.id}/implemented", due_on)


def _of_writer(desk: Desk, assignment: Assignment) -> Iterator[Task]:
    strategy = assignment.strategy
    if lacking := lacks(assignment):
        section, names = strategy.edition.policy.section(assignment.clause), strategy.edition.policy.names
        filing = next((each for each in desk.filings if each.strategy is strategy), None)
        yield Task(
            f"Write section {section.clause}, {section.title}",
            f"{opening(names.paper)} of {strategy.component.code}: {lacking} thing{'s' * (lacking != 1)} missing",
            f"/strategies/{strategy.id}/sections/{section.clause}",
            assignment.due_on or (_due(filing.clock_until("submitted")) if filing else None),
        )


def _of_reviewer(desk: Desk, filing: Begun) -> Task:
    path, names = f"/strategies/{filing.strategy.id}/review", filing.edition.policy.names
    return Task(
        f"Review the {names.paper} of {filing.component.code}", _about(desk, filing), path, _until_reviewed(filing)
    )


def _of_overseers(desk: Desk, filing: Begun) -> Iterator[Task]:
    strategy, code, names = filing.strategy, filing.component.code, filing.edition.policy.names
    review = f"/strategies/{strategy.id}/review"
    if strategy.status is Status.SUBMITTED and desk.holds(Role.DIRECTORATE_LEAD):
        reviews = strategy.current_version.reviews if strategy.current_version else []
        assigned = any(review.declined_at is None for review in reviews)
        what = (
            f"Recommend or return the {names.paper} of {code}"
            if assigned
            else f"Assign reviewers to the {names.paper} of {code}"
        )
        yield Task(what, _about(desk, filing), review, _until_reviewed(filing))
    if strategy.status is Status.RECOMMENDED and desk.holds(Role.CIO):
        yield Task(
            f"Decide on the {names.paper} of {code}", _about(desk, filing), f"/strategies/{strategy.id}/decision"
        )


def _about(desk: Desk, filing: Begun) -> str:
    return f"{filing.strategy.title}{_asked_for(desk, filing.strategy, ': ')}"


def _asked_for(desk: Desk, strategy: Strategy, joint: str) -> str:
    """How many must-changes are open, if any, as it goes on after the joint."""
    count = desk.open_must_changes.get(strategy.id, 0)
    return f"{joint}{count} must-change{'s' * (count != 1)} open" if count else ""


def _deliverables(desk: Desk) -> Iterator[Task]:
    for edition, rule, clock in desk.to_deliver:
        page = f"/papers/{edition.code}/{rule.id}" if rule.done == "signed" else "/directorate"
        yield Task(f"Deliver: {rule.title}", edition.policy.short_title, page, _due(clock))


def _of_coordination(to_answer: Sequence[tuple[Round, Component]]) -> Iterator[Task]:
    for asked, component in to_answer:
        title = asked.edition.policy.deliverable(asked.what).title
        what = f"Answer for {component.code}: does it concur?"
        yield Task(what, f"{title}, draft {asked.draft.number}", f"/rounds/{asked.id}", asked.until_on)


def _of_the_library(to_acknowledge: Sequence[tuple[Guidance, Component]]) -> Iterator[Task]:
    for piece, component in to_acknowledge:
        yield Task(f"Acknowledge for {component.code}", piece.title, f"/guidance/{piece.id}", piece.acknowledge_by)


def _of_commitments(promised: Promised) -> Iterator[Task]:
    for commitment, code in promised.to_keep:
        back = commitment.state is CommitmentState.SENT_BACK
        about = f"Commitment of {code}: {'the report on it was sent back' if back else f'{commitment.percent}% done'}"
        yield Task(commitment.title, about, f"/commitments/{commitment.id}", commitment.due_on)
    for code, strategy_id in promised.reports:
        about = "Reported as implemented; accept the report or send it back"
        yield Task(f"Check the implementation of {code}", about, f"/strategies/{strategy_id}/implementation")
    for code, count in promised.to_check:
        about = f"{count} commitment{'s' * (count != 1)} reported as done"
        path = f"/commitments/?flag=to-check&component={quote(code)}"
        yield Task(f"Check what {code} has done", about, path)
    for code, count, since in promised.to_decide:
        what = "A change to a commitment" if count == 1 else f"{count} changes to commitments"
        path = f"/commitments/?flag=change&component={quote(code)}"
        yield Task(f"Decide what {code} proposes", f"{what}, waiting since {long_date(since)}", path)


def _of_administrator(desk: Desk) -> Iterator[Task]:
    if desk.unsent:
        what = f"{desk.unsent:,} e-mail{'s' * (desk.unsent != 1)} could not be sent"
        yield Task(what, "See why, and send again", "/notices/?state=failed")


def _due(clock: Clock | None) -> date | None:
    """When it is due; nothing is while the clock is paused."""
    return clock.due_on if clock is not None and clock.paused_on is None else None


def _until_reviewed(filing: Filing) -> date | None:
    return _due(filing.clock_until("recommended"))

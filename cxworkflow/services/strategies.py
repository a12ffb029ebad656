"""A strategy from its first word to its submission: drafted, certified, frozen, withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, InvalidInput, NotNow
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Attachment, Clock, Component, Event, Person, PolicyEdition, Role, Strategy, Version
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.answers import check_section, missing_overall, sha256_of
from cxworkflow.services import clocks, histories, notices, record, reviewers
from cxworkflow.services.words import said
from cxworkflow.wording import days


def find(edition: PolicyEdition, component: Component) -> Strategy | None:
    """The Component's strategy under the policy of this edition, in whichever edition it was begun."""
    of_it = select(PolicyEdition.id).where(PolicyEdition.code == edition.code)
    return session().scalar(
        select(Strategy).where(Strategy.edition_id.in_(of_it), Strategy.component_id == component.id)
    )


def begin(edition: PolicyEdition, component: Component, *, by: Person, at: datetime) -> Strategy:
    """The Component's strategy, begun now if there is none yet; raises NotAllowed, NotNow."""
    role = require(by, Permission.DRAFT, component, at=at)
    existing = find(edition, component)
    if existing is not None:
        return existing
    if component.files == "covered":
        raise NotNow(
            f"{component.name} is covered by the submission of {component.covered_by} and files no strategy of its own."
        )
    # Two people may begin it at once: the second one gets the strategy of the first.
    begun = insert(Strategy).on_conflict_do_nothing(index_elements=["edition_id", "component_id"])
    values = {
        "edition_id": edition.id,
        "component_id": component.id,
        "title": f"{component.name}: {edition.policy.paper}",
        "begun_at": at,
    }
    ours = session().scalar(begun.values(values).returning(Strategy.id))
    strategy = find(edition, component)
    assert strategy is not None
    if ours is not None:
        record.write("begun", by=by, as_role=role, at=at, strategy=strategy)
    return strategy


def step(
    strategy: Strategy,
    action: Action,
    *,
    by: Person,
    as_role: Role,
    at: datetime,
    version: Version | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """The one door: moves the strategy along the lifecycle and always writes a line of the record."""
    before = strategy.status
    strategy.status = after(before, action)
    # With the status, in one UPDATE: the database refuses one without the other.
    if version is not None and action is Action.SUBMIT:
        strategy.current_version_id, strategy.submitted_at = version.id, version.submitted_at
    if version is not None and action is Action.APPROVE:
        strategy.approved_version_id = version.id
    session().flush()
    session().expire(strategy, ["current_version", "approved_version"])
    told = {"from": before.value, "to": strategy.status.value, **(details or {})}
    return record.write(action.value, by=by, as_role=as_role, at=at, strategy=strategy, version=version, details=told)


def submit(
    strategy: Strategy, *, read_sha256: str | None = None, reason: str | None = None, by: Person, at: datetime
) -> Version:
    """Certify and submit: freeze the draft as the next numbered version with its SHA-256 (IV.b).

    Who certifies a text that they read gives its `read_sha256`. Late is accepted, stamped with the days late, and
    must say why (`reason`). Raises InvalidInput with every missing part, Conflict when the draft is not what was
    read, NotAllowed, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.SUBMIT, strategy, at=at)
    after(strategy.status, Action.SUBMIT)
    _complete(strategy)
    before = strategy.current_version
    component, edition = strategy.component, strategy.edition
    content, sha256 = asked_content(strategy), draft_sha256(strategy)
    if read_sha256 is not None and read_sha256 != sha256:
        raise Conflict(
            "The draft has changed since you read it. Nothing was submitted: read it once more, then certify."
        )
    days_late = days_late_at(strategy, at)
    needed = (
        f"This submission is {days(days_late)} late. It is accepted, but say why it is late: "
        "the reason becomes part of the record."
    )
    reason = said(reason, "reason", needed=needed if days_late else "") or None
    stopped = clocks.happened("submitted", edition, component=component, strategy=strategy, by=by, at=at)
    clock = next(iter(stopped), None)
    version = Version(
        strategy=strategy,
        edition_id=edition.id,
        number=len(strategy.versions) + 1,
        title=strategy.title,
        content=content,
        row_names={answer.clause: answer.row_names for answer in strategy.answers if answer.clause in content},
        attachments=_files(strategy),
        sha256=sha256,
        submitted_at=at,
        by_id=by.id,
        by_role=by.as_whom(role, component, on=day_of(at)),
        due_on=clock.due_on if clock else None,
        days_late=days_late,
        late_reason=reason,
    )
    session().add(version)
    session().flush()
    details = {
        "version": version.number,
        "sha256": version.sha256,
        "edition": edition.sha256,
        "days_late": days_late,
        "late_reason": version.late_reason,
        "stopped_clocks": [stopped_clock.id for stopped_clock in stopped],
    }
    event = step(strategy, Action.SUBMIT, by=by, as_role=role, at=at, version=version, details=details)
    tell("submitted", strategy, event, at=at, facts=details)
    if before is not None:
        reviewers.carry_over(strategy, before, version, at=at)
    return version


def asked_content(strategy: Strategy) -> dict[str, dict[str, Any]]:
    """The draft's answers to what the Component is asked; what only an earlier edition asked is not among them."""
    asked = {each.clause: each for each in strategy.edition.policy.sections_for(hisp=strategy.component.hisp)}
    return {
        clause: check_section(asked[clause], answer, at_key=clause)[0]
        for clause, answer in strategy.contents.items()
        if clause in asked
    }


def draft_sha256(strategy: Strategy) -> str:
    """The SHA-256 that the draft would have as a version."""
    content = asked_content(strategy)
    return sha256_of(strategy.edition.code, strategy.component.code, strategy.title, content, _files(strategy))


def _files(strategy: Strategy) -> list[dict[str, Any]]:
    """What a version says of its files: those of the sections that it answers."""
    asked = strategy.edition.policy.clauses_asked
    return [file.facts for file in attached(strategy) if file.clause in asked]


def attached(strategy: Strategy) -> list[Attachment]:
    """The files of the draft, in the order in which they were attached."""
    wanted = select(Attachment).where(Attachment.strategy_id == strategy.id, Attachment.removed_at.is_(None))
    return list(session().scalars(wanted.order_by(Attachment.id)))


def days_late_at(strategy: Strategy, at: datetime) -> int:
    """How many days late a submission at this moment is, by what the policy requires; a target makes nothing late."""
    waiting = clocks.waiting_for("submitted", strategy.edition, component=strategy.component)
    required = (clock for clock in waiting if clock.required)
    return max((histories.if_stopped(clock, at).days_late(day_of(at)) for clock in required), default=0)


def under_review(strategy: Strategy) -> Version:
    """The version that a submitted strategy puts before the Directorate."""
    if strategy.current_version is None:
        raise NotNow("Nothing has been submitted yet.")
    return strategy.current_version


def as_read(strategy: Strategy, version_number: int | None) -> Version:
    """The version under review, which has to be the one that was read (None: whichever it is); raises Conflict."""
    version = under_review(strategy)
    if version_number is not None and version.number != version_number:
        raise Conflict(
            f"You read version {version_number}, but version {version.number} is before you now. "
            "Nothing was changed: read the present version first."
        )
    return version


def withdraw(strategy: Strategy, *, reason: str, by: Person, at: datetime) -> None:
    """Take a submission back: the review stops and the clock it had stopped runs on to its own date."""
    strategy = held(strategy)
    role = require(by, Permission.WITHDRAW, strategy, at=at)
    after(strategy.status, Action.WITHDRAW)
    reason = said(reason, "reason", needed="Say why it is withdrawn: the reason becomes part of the record.")
    version = strategy.current_version
    assert version is not None
    submitted = (
        session().scalars(select(Event).where(Event.version_id == version.id, Event.verb == Action.SUBMIT.value)).one()
    )
    clocks.happened("withdrawn", strategy.edition, component=strategy.component, strategy=strategy, by=by, at=at)
    for clock_id in submitted.details["stopped_clocks"]:
        clock = clocks.in_the_place_of(session().get_one(Clock, clock_id), strategy.edition)
        if clock is not None:
            clocks.restart(clock, by=by, at=at, reason=reason)
    details = {"version": version.number, "reason": reason}
    event = step(strategy, Action.WITHDRAW, by=by, as_role=role, at=at, version=version, details=details)
    tell("withdrawn", strategy, event, at=at, facts=details)


def tell(
    kind: str,
    strategy: Strategy,
    event: Event,
    *,
    at: datetime,
    facts: dict[str, Any],
    also: tuple[tuple[Person, str], ...] = (),
) -> None:
    """Owe the e-mails about an event in a strategy's life; they say what is due next."""
    notices.owe(
        kind,
        event,
        edition=strategy.edition,
        component=strategy.component,
        strategy=strategy,
        facts={**facts, "next": clocks.running(strategy.edition, strategy.component)},
        also=also,
        at=at,
    )


def _complete(strategy: Strategy) -> None:
    faults = missing_overall(strategy.edition.policy, strategy.contents, hisp=strategy.component.hisp)
    if faults:
        raise InvalidInput(None, faults)

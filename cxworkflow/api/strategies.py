"""Strategies: those that one may know of, titled, submitted, withdrawn."""

from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Text, Told
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import ClockTold, OfPolicyAndComponent, Reason
from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.lifecycle import Action, Status
from cxworkflow.models import Area, Component, PolicyEdition, Strategy
from cxworkflow.permissions import Permission
from cxworkflow.queries import strategies as queries
from cxworkflow.queries.reach import Reach
from cxworkflow.services import drafting, strategies


class StrategyRow(Shape):
    """A strategy in a list."""

    id: int
    policy: str
    edition: str = Field(description="The SHA-256 of the edition of the policy that it is on.")
    component: str
    title: str
    status: Status
    begun_at: datetime
    submitted_at: datetime | None
    version: int | None = Field(description="The number of the version that was submitted last.")

    @classmethod
    def of(cls, strategy: Strategy) -> "StrategyRow":
        """This strategy."""
        return cls(**_told(strategy))


class SectionStanding(Shape):
    """How a section of the draft stands."""

    clause: str
    title: str
    state: str
    missing: list[str]


class StrategyTold(StrategyRow):
    """A strategy with its clocks; the draft's standing and hash only for who may see the draft."""

    clocks: list[ClockTold]
    sections: list[SectionStanding] | None
    draft_sha256: str | None = Field(description="What the draft would have as a version: to submit it, send this.")


class Title(Shape):
    """A strategy's title, which has an ETag of its own."""

    title: str


class Titled(Sent):
    """Another title."""

    title: Text


class Certified(Sent):
    """The certification of the draft that was read."""

    certified: bool = Field(description="True: the strategy is certified as complete and correct.")
    sha256: str = Field(max_length=64, description="The draft_sha256 of the draft that was read.")
    reason: Text = Field("", description="Why it is late, where it is.")


def index(asked: Asked) -> Page[StrategyRow]:
    """The strategies that the token's person may know of."""
    narrowed = asked.query
    assert isinstance(narrowed, OfPolicyAndComponent)
    reach = Reach.of(asked.by, at=asked.at)
    wanted = select(Strategy).where(or_(reach.drafts(), reach.submitted()))
    if narrowed.component is not None:
        wanted = wanted.where(Strategy.component_id.in_(select(Component.id).filter_by(code=narrowed.component)))
    if narrowed.policy is not None:
        wanted = wanted.where(Strategy.edition_id.in_(select(PolicyEdition.id).filter_by(code=narrowed.policy)))
    with_all = (joinedload(Strategy.edition), joinedload(Strategy.current_version))
    rows, further = page(wanted.options(*with_all), Strategy.id, narrowed)
    return Page[StrategyRow](items=[StrategyRow.of(each) for each in rows], next=further)


def one(asked: Asked, strategy_id: int) -> StrategyTold:
    """A strategy, as far as the person may know of it."""
    paper = queries.paper(asked.by, strategy_id, at=asked.at)
    strategy, on = paper.strategy, day_of(asked.at)
    sections = [
        SectionStanding(
            clause=item.section.clause,
            title=item.section.title,
            state=item.state,
            missing=[str(each) for each in item.missing],
        )
        for item in paper.checklist
    ]
    return StrategyTold(
        **_told(strategy),
        clocks=[ClockTold.of(clock, on) for clock in paper.clocks],
        sections=sections if paper.sees_draft else None,
        draft_sha256=strategies.draft_sha256(strategy) if paper.sees_draft else None,
    )


def title(asked: Asked, strategy_id: int) -> Told:
    """The title, with its ETag."""
    strategy = queries.known(asked.by, strategy_id, at=asked.at)
    return Told(Title(title=strategy.title), str(strategy.title_revision))


def rename(asked: Asked, strategy_id: int) -> Told:
    """Give it another title."""
    strategy = asked.strategy(strategy_id, Permission.DRAFT, Action.EDIT)
    base, given = asked.builds_on(strategy.title_revision), asked.body(Titled)
    drafting.rename(strategy, given.title, base_revision=base, by=asked.by, at=asked.at)
    return title(asked, strategy_id)


def submit(asked: Asked, strategy_id: int) -> StrategyTold:
    """Certify the draft that was read, and submit it."""
    strategy = asked.strategy(strategy_id, Permission.SUBMIT, Action.SUBMIT)
    given = asked.body(Certified)
    if not given.certified:
        raise InvalidInput(None, [Fault("certified", "Certify the strategy to submit it: send true.")])
    strategies.submit(strategy, read_sha256=given.sha256, reason=given.reason, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def withdraw(asked: Asked, strategy_id: int) -> StrategyTold:
    """Withdraw the submission, with a reason."""
    strategy = asked.strategy(strategy_id, Permission.WITHDRAW, Action.WITHDRAW)
    strategies.withdraw(strategy, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def again(asked: Asked, strategy_id: int) -> StrategyTold:
    """The strategy as it stands after a verb."""
    session().flush()
    session().expire_all()
    return one(asked, strategy_id)


def _told(strategy: Strategy) -> dict[str, Any]:
    return {
        "id": strategy.id,
        "policy": strategy.edition.code,
        "edition": strategy.edition.sha256,
        "component": strategy.component.code,
        "title": strategy.title,
        "status": strategy.status,
        "begun_at": strategy.begun_at,
        "submitted_at": strategy.submitted_at,
        "version": strategy.current_version.number if strategy.current_version else None,
    }


ENDPOINTS = (
    Endpoint(
        "GET",
        "/strategies",
        Area.STRATEGIES,
        "List strategies",
        index,
        Page[StrategyRow],
        asks=OfPolicyAndComponent,
        listed="strategies",
    ),
    Endpoint("GET", "/strategies/<int:strategy_id>", Area.STRATEGIES, "Read a strategy", one, StrategyTold),
    Endpoint("GET", "/strategies/<int:strategy_id>/title", Area.STRATEGIES, "Read its title", title, Title, edits=True),
    Endpoint(
        "PUT",
        "/strategies/<int:strategy_id>/title",
        Area.STRATEGIES,
        "Change its title",
        rename,
        Title,
        Titled,
        edits=True,
    ),
    Endpoint(
        "POST",
        "/strategies/<int:strategy_id>/submission",
        Area.STRATEGIES,
        "Certify and submit it",
        submit,
        StrategyTold,
        Certified,
    ),
    Endpoint(
        "POST",
        "/strategies/<int:strategy_id>/withdrawal",
        Area.STRATEGIES,
        "Withdraw it",
        withdraw,
        StrategyTold,
        Reason,
    ),
)

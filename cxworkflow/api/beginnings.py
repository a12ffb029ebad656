"""Strategies are begun: empty, from what the Component filed before, or from what another one has published."""

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Number, Sent, Shape, Word
from cxworkflow.api.strategies import StrategyTold, one
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Area, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import published
from cxworkflow.queries import strategies as queries
from cxworkflow.services import earlier, policies, strategies


class TakenTold(Shape):
    """What was taken over. Files never are."""

    version: int | None = Field(description="Of the Component's own earlier strategy; null: what was published.")
    clauses: list[str]
    not_whole: list[str] = Field(description="The clauses in which not everything fits the new questions.")
    left_out: list[str] = Field(description="The clauses that are no longer asked.")

    @classmethod
    def of(cls, taken: earlier.Taken) -> "TakenTold":
        """This."""
        names = ("clauses", "not_whole", "left_out")
        told = {name: list(getattr(taken, name)) for name in names}
        return cls(version=taken.version.number if taken.version else None, **told)


class StrategyBegun(StrategyTold):
    """A strategy that is begun, and what was taken over into it."""

    taken: TakenTold | None


class PublishedAt(Sent):
    """Where something is published: /published/<policy>/<component>."""

    policy: Word
    component: Word


class Begun(Sent):
    """What a strategy is begun under, and with whose text."""

    policy: Word = Field(description="The id of the policy.")
    from_strategy: Number | None = Field(None, description="An earlier strategy of the same Component, by its number.")
    from_published: PublishedAt | None = Field(None, description="What another Component has published.")


def begin(asked: Asked, component: str) -> StrategyBegun:
    """Begin the Component's strategy under a policy; one that is begun stays as it is, unless nothing is written."""
    filing = policies.component_of(component)
    require(asked.by, Permission.DRAFT, filing, at=asked.at)
    given = asked.body(Begun)
    if given.from_strategy is not None and given.from_published is not None:
        raise InvalidInput(None, [Fault("from_published", "Begin with one text: an earlier or a published one.")])
    strategy = strategies.begin(policies.edition_of(given.policy), filing, by=asked.by, at=asked.at)
    taken = _taken(asked, strategy, given)
    session().flush()
    session().expire_all()
    told = TakenTold.of(taken) if taken else None
    return StrategyBegun(**one(asked, strategy.id).model_dump(), taken=told)


def _taken(asked: Asked, strategy: Strategy, given: Begun) -> earlier.Taken | None:
    if given.from_strategy is not None:
        source = queries.visible(asked.by, given.from_strategy, at=asked.at)
        return earlier.take_over(strategy, source, by=asked.by, at=asked.at)
    if given.from_published is not None:
        source_text = published.one(given.from_published.policy, given.from_published.component).published
        return earlier.take_over_published(strategy, source_text, by=asked.by, at=asked.at)
    return None


ENDPOINTS = (
    Endpoint(
        "POST", "/components/<component>/strategies", Area.STRATEGIES, "Begin a strategy", begin, StrategyBegun, Begun
    ),
)

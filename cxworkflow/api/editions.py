"""The edition of a policy that a strategy is on: what the latest one changes, and the move to it."""

from datetime import datetime

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Shape
from cxworkflow.api.shapes import Reason
from cxworkflow.db import session
from cxworkflow.models import Area
from cxworkflow.permissions import Permission
from cxworkflow.policies.comparison import changes
from cxworkflow.services import moves, policies


class ChangeTold(Shape):
    """Something that the latest edition changes."""

    part: str
    name: str
    says: str


class EditionTold(Shape):
    """The edition that a strategy is on, and what the latest one of its policy changes."""

    policy: str
    sha256: str
    in_force_since: datetime
    latest: bool
    latest_sha256: str
    latest_since: datetime
    changes: list[ChangeTold]


def one(asked: Asked, strategy_id: int) -> EditionTold:
    """The edition, for who may move the strategy to another."""
    present = asked.strategy(strategy_id, Permission.MOVE_EDITION).edition
    latest = policies.edition_of(present.code)
    return EditionTold(
        policy=present.code,
        sha256=present.sha256,
        in_force_since=present.loaded_at,
        latest=present.id == latest.id,
        latest_sha256=latest.sha256,
        latest_since=latest.loaded_at,
        changes=[
            ChangeTold(part=each.part, name=each.name, says=each.says)
            for each in changes(present.policy, latest.policy)
        ],
    )


def move(asked: Asked, strategy_id: int) -> EditionTold:
    """Move the strategy, with its clocks, to the latest edition, with a reason."""
    strategy = asked.strategy(strategy_id, Permission.MOVE_EDITION)
    moves.refuse(strategy, policies.edition_of(strategy.edition.code))
    moves.move(strategy, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    session().flush()
    session().expire_all()
    return one(asked, strategy_id)


_ONE = "/strategies/<int:strategy_id>/edition"
ENDPOINTS = (
    Endpoint("GET", _ONE, Area.STRATEGIES, "Read the edition it is on", one, EditionTold),
    Endpoint("POST", _ONE, Area.STRATEGIES, "Move it to the latest edition", move, EditionTold, Reason),
)

"""Implementation: an approved strategy reported as implemented, and the Directorate's check of the report."""

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Sent, Text
from cxworkflow.api.shapes import Answer, Reason
from cxworkflow.api.strategies import StrategyTold, again
from cxworkflow.lifecycle import Action
from cxworkflow.models import Area
from cxworkflow.permissions import Permission
from cxworkflow.services import implementation


class Statement(Sent):
    """What has been done."""

    statement: Text


def report(asked: Asked, strategy_id: int) -> StrategyTold:
    """Report the approved strategy as implemented."""
    strategy = asked.strategy(strategy_id, Permission.REPORT_IMPLEMENTED, Action.REPORT)
    implementation.report(strategy, statement=asked.words(Statement).statement, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def accept(asked: Asked, strategy_id: int) -> StrategyTold:
    """Accept the report of the implementation."""
    strategy = asked.strategy(strategy_id, Permission.CHECK, Action.IMPLEMENTED)
    implementation.accept(strategy, answer=asked.words(Answer).answer, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def send_back(asked: Asked, strategy_id: int) -> StrategyTold:
    """Send the report of the implementation back, with a reason."""
    strategy = asked.strategy(strategy_id, Permission.CHECK, Action.SEND_BACK)
    implementation.send_back(strategy, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/strategies/<int:strategy_id>/implementation",
        Area.STRATEGIES,
        "Report it as implemented",
        report,
        StrategyTold,
        Statement,
    ),
    Endpoint(
        "POST",
        "/strategies/<int:strategy_id>/implementation/acceptance",
        Area.STRATEGIES,
        "Accept the report",
        accept,
        StrategyTold,
        Answer,
    ),
    Endpoint(
        "POST",
        "/strategies/<int:strategy_id>/implementation/return",
        Area.STRATEGIES,
        "Send the report back",
        send_back,
        StrategyTold,
        Reason,
    ),
)

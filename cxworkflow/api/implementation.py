"""Implementation: how an approved strategy's stands, reported as done, and the Directorate's check of the report."""

from datetime import date, datetime

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.commitments import CommitmentRow
from cxworkflow.api.endpoint import Endpoint, Sent, Shape, Text
from cxworkflow.api.shapes import Answer, ClockTold, Reason, Somebody
from cxworkflow.api.strategies import StrategyTold, again
from cxworkflow.calendar import day_of
from cxworkflow.errors import NotFound
from cxworkflow.lifecycle import Action, Status
from cxworkflow.models import Area, ImplementationReport
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments as queries
from cxworkflow.queries.strategies import clocks_of_implementation, known, reports
from cxworkflow.services import commitments, implementation


class ImplementedTold(Shape):
    """A report that the strategy is implemented, and the answer to it."""

    statement: str
    reported_at: datetime
    by: Somebody
    outcome: str | None = Field(description="accepted, sent-back, or null while it waits for its check")
    answer: str
    checked_at: datetime | None
    checked_by: Somebody | None

    @classmethod
    def of(cls, report: ImplementationReport) -> "ImplementedTold":
        """This report."""
        names = ("statement", "reported_at", "outcome", "answer", "checked_at")
        told = {name: getattr(report, name) for name in names}
        return cls(**told, by=Somebody.of(report.by), checked_by=Somebody.or_none(report.checked_by))


class ImplementationTold(Shape):
    """What an approved strategy has become: its commitments, clocks and reports, the latest report first."""

    strategy_id: int
    status: Status
    last_day: date | None = Field(description="Of the implementation, as the policy has it.")
    open: int = Field(description="How many of its commitments are open.")
    commitments: list[CommitmentRow]
    clocks: list[ClockTold]
    reports: list[ImplementedTold]


class Statement(Sent):
    """What has been done."""

    statement: Text


def one(asked: Asked, strategy_id: int) -> ImplementationTold:
    """How the implementation of an approved strategy stands."""
    strategy, on = known(asked.by, strategy_id, at=asked.at), day_of(asked.at)
    if strategy.approved_version_id is None:
        raise NotFound("This strategy is not approved yet, so there is nothing to implement.")
    promised = queries.of_strategy(strategy)
    return ImplementationTold(
        strategy_id=strategy.id,
        status=strategy.status,
        last_day=commitments.last_day(strategy),
        open=sum(not each.settled for each in promised),
        commitments=[CommitmentRow.of(each) for each in promised],
        clocks=[ClockTold.of(each, on) for each in clocks_of_implementation(strategy)],
        reports=[ImplementedTold.of(each) for each in reports(strategy)],
    )


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
        "GET",
        "/strategies/<int:strategy_id>/implementation",
        Area.STRATEGIES,
        "Read its implementation",
        one,
        ImplementationTold,
    ),
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

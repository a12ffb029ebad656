"""What whoever is looking can do to a strategy next: each step has a permission and a place in the lifecycle."""

from dataclasses import dataclass

from cxworkflow.lifecycle import Action, after, can
from cxworkflow.models import Strategy
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries.strategies import known
from cxworkflow.services.implementation import waiting
from cxworkflow.web import current


@dataclass(frozen=True)
class Step:
    """A step, the page on which it is taken, and what allows it."""

    label: str
    page: str
    permission: Permission
    action: Action


STEPS = (
    Step("Certify and submit", "submit", Permission.SUBMIT, Action.SUBMIT),
    Step("Assign reviewers", "review", Permission.ASSIGN_REVIEWER, Action.ASSIGN),
    Step("Review", "review", Permission.COMMENT, Action.COMMENT),
    Step("Decide", "decision", Permission.APPROVE, Action.APPROVE),
    Step("Report as implemented", "implemented", Permission.REPORT_IMPLEMENTED, Action.REPORT),
    Step("Withdraw", "withdraw", Permission.WITHDRAW, Action.WITHDRAW),
)


def asked_of(strategy_id: int, permission: Permission) -> Strategy:
    """The strategy of a form, before anything else is read, for who may send it; raises NotFound, NotAllowed.

    The verb asks again.
    """
    strategy = known(current.person(), strategy_id, at=current.now())
    require(current.person(), permission, strategy, at=current.now())
    return strategy


def ask_who_then_when(
    strategy: Strategy, permission: Permission, action: Action | None, *, clause: str | None = None
) -> None:
    """The first two gates, before a page reads what was typed: who may not is not told what a form lacks.

    The verb asks again. Raises NotAllowed, NotNow.
    """
    require(current.person(), permission, strategy, at=current.now(), clause=clause)
    if action is not None:
        after(strategy.status, action)


def next_steps(strategy: Strategy) -> list[Step]:
    """The steps that this person may take now, one for each page, the one most likely meant first."""
    open_to = [
        step
        for step in STEPS
        if can(strategy.status, step.action)
        and may(current.person(), step.permission, strategy, at=current.now())
        and not (step.action is Action.REPORT and waiting(strategy))  # one report at a time waits for its check
    ]
    return list({step.page: step for step in reversed(open_to)}.values())[::-1]

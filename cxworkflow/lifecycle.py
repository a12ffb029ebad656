"""The states of a strategy and the one table of what may follow what: pure."""

from enum import StrEnum

from cxworkflow.errors import NotNow


class Status(StrEnum):
    """Where a strategy stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECOMMENDED = "recommended"
    RETURNED = "returned"
    APPROVED = "approved"
    IMPLEMENTED = "implemented"


class Action(StrEnum):
    """What can be done to a strategy as a whole; the value is the verb of the record."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"
    COMMENT = "comment"
    ANSWER = "answer"
    MARK = "mark"
    RETURN = "return"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    REPORT = "reported"
    SEND_BACK = "report-sent-back"
    IMPLEMENTED = "implemented"


# (status, action) -> status afterwards. What is not here can't be done.
TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.DRAFT, Action.EDIT): Status.DRAFT,
    (Status.RETURNED, Action.EDIT): Status.RETURNED,
    (Status.DRAFT, Action.SUBMIT): Status.SUBMITTED,
    (Status.RETURNED, Action.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Action.WITHDRAW): Status.DRAFT,
    (Status.RECOMMENDED, Action.WITHDRAW): Status.DRAFT,
    (Status.SUBMITTED, Action.ASSIGN): Status.SUBMITTED,
    (Status.SUBMITTED, Action.COMMENT): Status.SUBMITTED,
    (Status.RECOMMENDED, Action.COMMENT): Status.RECOMMENDED,
    (Status.DRAFT, Action.ANSWER): Status.DRAFT,
    (Status.SUBMITTED, Action.ANSWER): Status.SUBMITTED,
    (Status.RECOMMENDED, Action.ANSWER): Status.RECOMMENDED,
    (Status.RETURNED, Action.ANSWER): Status.RETURNED,
    (Status.SUBMITTED, Action.MARK): Status.SUBMITTED,
    (Status.SUBMITTED, Action.RETURN): Status.RETURNED,
    (Status.RECOMMENDED, Action.RETURN): Status.RETURNED,
    (Status.SUBMITTED, Action.RECOMMEND): Status.RECOMMENDED,
    (Status.SUBMITTED, Action.APPROVE): Status.APPROVED,
    (Status.RECOMMENDED, Action.APPROVE): Status.APPROVED,
    (Status.APPROVED, Action.REPORT): Status.APPROVED,
    (Status.APPROVED, Action.SEND_BACK): Status.APPROVED,
    (Status.APPROVED, Action.IMPLEMENTED): Status.IMPLEMENTED,
}

_NEEDS: dict[Action, str] = {
    Action.EDIT: "Only a draft or a returned strategy can be changed",
    Action.SUBMIT: "Only a draft or a returned strategy can be submitted",
    Action.WITHDRAW: "Only a submitted strategy without a decision can be withdrawn",
    Action.ASSIGN: "Reviewers are assigned while a strategy is submitted",
    Action.COMMENT: "Comments are made and settled while a strategy is under review",
    Action.ANSWER: "Comments are answered until a strategy is approved",
    Action.MARK: "A version is rated until the Directorate recommends",
    Action.RETURN: "Only a submitted or recommended strategy can be returned",
    Action.RECOMMEND: "Only a submitted strategy can be recommended",
    Action.APPROVE: "Only a submitted or recommended strategy can be approved",
    Action.REPORT: "Only an approved strategy can be reported as implemented",
    Action.SEND_BACK: "Only the report on an approved strategy can be sent back",
    Action.IMPLEMENTED: "Only the report on an approved strategy can be accepted",
}


def after(status: Status, action: Action) -> Status:
    """The status that follows; raises NotNow where the table has none."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise NotNow(f"{_NEEDS[action]}; this one is {status.value}. Nothing was changed.") from None


def can(status: Status, action: Action) -> bool:
    """Whether the table knows this step."""
    return (status, action) in TRANSITIONS

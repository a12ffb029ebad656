"""The life of a strategy as one table: every status with every action, allowed or refused."""

import pytest

from cxworkflow.errors import NotNow
from cxworkflow.lifecycle import TRANSITIONS, Action, Status, after, can

pytestmark = pytest.mark.unit

# "-": refused; "same": done, and the status stays. Columns in the order of ACTIONS.
ACTIONS = [
    "edit",
    "submit",
    "withdraw",
    "assign",
    "comment",
    "answer",
    "mark",
    "return",
    "recommend",
    "approve",
    "reported",
    "report-sent-back",
    "implemented",
]
TABLE = """
    draft       same submitted -     -    -    same -    -        -           -        -    -    -
    submitted   -    -         draft same same same same returned recommended approved -    -    -
    recommended -    -         draft -    same same -    returned -           approved -    -    -
    returned    same submitted -     -    -    same -    -        -           -        -    -    -
    approved    -    -         -     -    -    -    -    -        -           -        same same implemented
    implemented -    -         -     -    -    -    -    -        -           -        -    -    -
"""
CELLS = [
    (status, action, status if follows == "same" else follows)
    for status, *row in (line.split() for line in TABLE.strip().splitlines())
    for action, follows in zip(ACTIONS, row, strict=True)
]


def test_the_table_knows_every_status_and_every_action() -> None:
    assert {status for status, _, _ in CELLS} == set(Status)
    assert {action for _, action, _ in CELLS} == set(Action)
    assert len(TRANSITIONS) == sum(follows != "-" for _, _, follows in CELLS)


@pytest.mark.asvs("V2.3.1")
@pytest.mark.parametrize(("status", "action", "follows"), CELLS)
def test_what_follows_what(status: str, action: str, follows: str) -> None:
    before, done = Status(status), Action(action)
    assert can(before, done) is (follows != "-")
    if follows != "-":
        assert after(before, done) == follows
    else:
        with pytest.raises(NotNow, match=rf"this one is {status}\. Nothing was changed\."):
            after(before, done)

"""Every verb that asks who may do it: who may not is refused in words, by the table and by the database.

Pages ask before their verbs do. Here nobody does: once the verb works with what row-level security leaves of the rows,
and once it sees all of them and only the table of permissions refuses.
"""

import inspect
import re

import pytest

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed, NotFound
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import SYSTEM, within
from tests.matrix.asking import Asking
from tests.matrix.premises import NOW
from tests.matrix.verbs import VERBS
from tests.test_house import VERBS_OF_SERVICES

pytestmark = pytest.mark.integration

# Who may do none of it here, being of another Component or only looking on, but for what auditors do.
MAY_NOT = ("other lead", "other executive", "other contributor", "without a role", "auditor")
OF_AUDITORS = (
    "account_reviews.take_out",
    "attachments.take_out",
    "evidence.take_out",
    "holds.lift",
    "holds.place",
    "offline.take_out",
    "stories.take_out",
    "taking_out.take_out_preview",
    "taking_out.take_out_record",
    "taking_out.take_out_report",
    "taking_out.take_out_version",
)
TRIED = [(who, verb) for who in MAY_NOT for verb in VERBS if who != "auditor" or verb not in OF_AUDITORS]


def test_every_verb_that_asks_or_holds_a_row_is_among_them() -> None:
    ask = {
        name for name, verb in VERBS_OF_SERVICES.items() if re.search(r"\b(held|require)\(", inspect.getsource(verb))
    }
    asked_before = {"publications.still_prepared"}  # by whoever holds what it gives
    by_the_system = {
        "clocks.restart",
        "implementation.all_implemented",
        "quarter_steps.stop_clock",
        "quarters.opened",
    }
    assert ask - by_the_system - asked_before <= VERBS.keys(), "add it there"


@pytest.mark.parametrize("seen", ["theirs", "all"])
@pytest.mark.parametrize(("who", "verb"), TRIED)
def test_who_may_not_is_refused_in_words(asking: Asking, who: str, verb: str, seen: str) -> None:
    family, state, do = VERBS[verb]
    matter = asking.premises.matters[family][state]
    person = asking.person(who, matter.component)
    scope = scope_of(person, at=NOW) if seen == "theirs" else SYSTEM
    with within(scope), pytest.raises((NotAllowed, NotFound)), session().begin_nested():
        do(matter, person)

"""What is held is not disposed of, for as long as it is held."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotNow
from cxworkflow.models import (
    Person,
    Role,
    Strategy,
)
from cxworkflow.services import disposals, holds
from cxworkflow.services.disposals import disposable, due
from tests.refusals import refused
from tests.retention.proposing import AT, held, proposed
from tests.stage import Stage

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("kind", ["drafts", "e-mails", "people", "account-reviews"])
def test_held_is_not_disposed_of(stage: Stage, strategy: Strategy, administrator: Person, kind: str) -> None:
    gone = session().scalars(select(Person).where(Person.name == "Jane Roe")).one()
    about_people = kind in ("people", "account-reviews")
    held(stage, administrator, **({"person": gone} if about_people else {}))
    assert all(item.held for item in due(disposable(kind), at=AT) if about_people or item.about != "appointed")
    if kind != "e-mails":
        with refused(NotNow, "Nothing of this kind is due that is not held."):
            proposed(kind, administrator)


def test_a_hold_on_one_component_or_person_holds_what_is_theirs_alone(
    stage: Stage, strategy: Strategy, administrator: Person
) -> None:
    stage.approved("ICE")
    hold = held(stage, stage.person(Role.AUDITOR), edition=stage.edition, component=stage.component("CBP"))
    assert {item.about[:3]: item.held for item in due(disposable("drafts"), at=AT)} == {"CBP": True, "ICE": False}
    holds.lift(hold, reason="Closed.", by=administrator, at=AT)
    assert {item.held for item in due(disposable("drafts"), at=AT)} == {False}
    held(stage, administrator, person=stage.person(Role.LEAD, "ICE"))
    assert {item.about[:3]: item.held for item in due(disposable("drafts"), at=AT)} == {"CBP": False, "ICE": True}


def test_a_hold_counts_from_its_first_day_until_its_last(
    stage: Stage, strategy: Strategy, administrator: Person
) -> None:
    first, last = AT.date() + timedelta(days=1), AT.date() + timedelta(days=9)
    holds.place(
        stage.edition, None, None, reason="r", citation="c", from_on=first, until_on=last, by=administrator, at=AT
    )
    kind = disposable("drafts")
    told = [due(kind, at=AT + timedelta(days=days))[0].held for days in (0, 1, 8, 9)]
    assert told == [False, True, True, False]


def test_what_is_held_after_it_was_proposed_stays(
    stage: Stage, strategy: Strategy, administrator: Person, cio: Person
) -> None:
    disposal = proposed("drafts", administrator)
    held(stage, administrator)
    with refused(Conflict, "Some of this is held by now. Nothing was disposed of"):
        disposals.confirm(disposal, by=cio, at=AT)
    disposals.withdraw(disposal, by=cio, at=AT)
    with refused(NotNow, "This proposal is settled already."):
        disposals.confirm(disposal, by=cio, at=AT)


@pytest.mark.parametrize(
    ("subject", "changed", "why"),
    [
        ({}, {}, "Choose either a policy, with or without a Component, or a person."),
        ({"component": "CBP"}, {}, "Choose either a policy, with or without a Component, or a person."),
        ({"edition": "", "person": ""}, {}, "Choose either a policy, with or without a Component, or a person."),
        ({"edition": ""}, {"reason": " "}, "Say why it is held"),
        ({"edition": ""}, {"citation": ""}, "Name the case, the request or the law"),
        ({"edition": ""}, {"until_on": date(2032, 1, 1)}, "has to be after its first day"),
    ],
)
def test_a_hold_says_what_why_and_by_what(
    stage: Stage, administrator: Person, subject: dict[str, str], changed: dict[str, Any], why: str
) -> None:
    edition = stage.edition if "edition" in subject else None
    component = stage.component("CBP") if "component" in subject else None
    person = administrator if "person" in subject else None
    given = {"reason": "r", "citation": "c", "from_on": date(2032, 1, 1), **changed}
    with refused(InvalidInput, why):
        holds.place(edition, component, person, **given, by=administrator, at=AT)


def test_only_the_administrator_and_the_auditor_place_and_lift_holds(stage: Stage, cio: Person) -> None:
    with refused(NotAllowed, "You may not place or lift a legal hold."):
        held(stage, cio)
    hold = held(stage, stage.person(Role.AUDITOR))
    with refused(NotAllowed, "You may not place or lift a legal hold."):
        holds.lift(hold, reason="r", by=cio, at=AT)
    holds.lift(hold, reason="Closed.", by=stage.person(Role.ADMINISTRATOR), at=AT)
    with refused(NotNow, "This hold is lifted already."):
        holds.lift(hold, reason="r", by=stage.person(Role.AUDITOR), at=AT)

"""In whose name lines of the record can be written, by plain SQL and by verbs."""

import json
from contextlib import suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cxworkflow.db import session
from cxworkflow.models import Event, Person, Role
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import NOTHING, SIGNING_IN, SYSTEM, Scope, within
from cxworkflow.services import record
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2024-01-08 09:00")


def append(*of: Person | None, what: str = "read") -> None:
    """Add lines by calling the function of the database, each in the name of one of these."""
    told = {"at": "2024-01-08T14:00:00Z", "what": what, "as": "", "request": "", "details": {}}
    ids = session().scalars(text("select nextval('event_id_seq') from generate_series(1, :n)"), {"n": len(of)})
    names = [{"by": by.id} if by else {} for by in of]
    bodies = [json.dumps({**told, "event": number, **name}) for number, name in zip(ids, names, strict=True)]
    with session().begin_nested():
        session().execute(text("select audit_append(:bodies)"), {"bodies": bodies})


def refused(scope: Scope, *of: Person | None, what: str = "read") -> bool:
    """Whether these lines are refused in this scope: all of them, if any."""
    before = _count()
    with suppress(IntegrityError), within(scope):
        append(*of, what=what)
    return _count() == before


def _count() -> int:
    return session().scalar(text("select count(*) from event")) or 0


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.LEAD, "CBP")


@pytest.fixture
def other(stage: Stage) -> Person:
    return stage.person(Role.CIO)


@pytest.mark.asvs("V16.4.2")
def test_somebody_writes_in_their_own_name_only(lead: Person, other: Person) -> None:
    scope = scope_of(lead, at=AT)
    assert not refused(scope, lead)
    assert refused(scope, other)
    assert refused(scope, lead, other, lead)
    assert refused(scope, None), "nor does it pass for what happened by itself"


def test_nobody_in_particular_writes_nothing(lead: Person) -> None:
    for scope in (NOTHING, SIGNING_IN):
        with as_owner():  # so that the role of nobody is declared, too
            assert refused(scope, lead)
            assert refused(scope, None)


@pytest.mark.parametrize("already", [True, False])
def test_who_signs_in_is_told_before_the_database_knows_them(lead: Person, other: Person, already: bool) -> None:
    scope = scope_of(lead, at=AT, signing_in=True) if already else SIGNING_IN
    for what in ("signed-in", "signed-out", "identity-linked"):
        assert not refused(scope, other, what=what)
    assert refused(scope, other, what="approve")
    assert refused(scope_of(lead, at=AT), other, what="signed-in")


def test_the_system_writes_for_everybody_unless_it_says_whose_act_it_is(lead: Person, other: Person) -> None:
    assert not refused(SYSTEM, lead, None, other)
    of_one = Scope(SYSTEM.role, {"person": str(lead.id)})
    assert not refused(of_one, lead, None)
    assert refused(of_one, lead, other)


def test_what_follows_from_an_act_stands_beside_it_in_the_name_of_nobody(lead: Person) -> None:
    with within(scope_of(lead, at=AT)):
        record.write("read", by=lead, as_role=None, at=AT)
        record.write("clock-lifted", by=None, as_role=None, at=AT)
        session().commit()
    last = select(Event.verb, Event.by_id).order_by(Event.seq.desc()).limit(2)
    assert session().execute(last).tuples().all() == [("clock-lifted", None), ("read", lead.id)]


def test_a_verb_that_writes_in_another_name_is_stopped(lead: Person, other: Person) -> None:
    for beside in (None, lead):
        with within(scope_of(lead, at=AT)):
            record.write("read", by=beside, as_role=None, at=AT)
            record.write("read", by=other, as_role=None, at=AT)
            with pytest.raises(IntegrityError, match="in the name of who writes it"):
                session().commit()
            session().rollback()
    assert session().scalar(select(Event.id).where(Event.verb == "read").limit(1)) is None

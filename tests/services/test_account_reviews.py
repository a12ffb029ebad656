"""Every quarter the administrator confirms the accounts, exactly as they were read."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.documents.csv_file import csv_bytes
from cxworkflow.errors import Conflict, NotAllowed
from cxworkflow.models import Event, Notice, Role
from cxworkflow.services import account_reviews, appointments, jobs, sign_ins
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2024-01-10 09:00")
TODAY = AT.date()


def mark() -> str:
    return account_reviews.mark_of(account_reviews.statement(on=TODAY))


def test_everybody_is_there_with_roles_since_when_and_the_last_sign_in(stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    sign_ins.begin(lead, "demo", at=AT)
    lines = {line["email"]: line for line in account_reviews.statement(on=TODAY)}
    theirs = lines[lead.email]
    assert theirs["last_signed_in_on"] == "2024-01-10"
    assert theirs["roles"] == [
        {"title": "Component lead", "component": "CBP", "from_on": "2023-07-13", "until_on": None}
    ]
    assert lines[stage.person(Role.AUDITOR).email]["last_signed_in_on"] is None


def test_what_was_read_is_confirmed_and_recorded(stage: Stage) -> None:
    administrator = stage.person(Role.ADMINISTRATOR)
    read = mark()
    sign_ins.begin(stage.person(Role.CIO), "demo", at=AT)  # makes no difference to what was read
    review = account_reviews.confirm(read, by=administrator, at=AT)
    assert (review.quarter, review.by_id) == ("2024-Q2", administrator.id)
    line = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (line.verb, line.details["quarter"]) == ("accounts-confirmed", "2024-Q2")


def test_accounts_that_have_changed_meanwhile_are_not_confirmed(stage: Stage) -> None:
    administrator, read = stage.person(Role.ADMINISTRATOR), mark()
    appointments.deactivate(stage.person(Role.AUDITOR), reason="Left.", by=administrator, at=AT)
    with refused(Conflict, "Nothing was confirmed: read it once more."):
        account_reviews.confirm(read, by=administrator, at=AT)


def test_only_the_administrator_confirms(stage: Stage) -> None:
    for role in (Role.CIO, Role.AUDITOR, Role.DIRECTORATE_LEAD):
        with refused(NotAllowed, "You may not confirm the accounts of everybody."):
            account_reviews.confirm(mark(), by=stage.person(role), at=AT)


def test_the_statement_says_who_confirmed_when_and_holds_no_formula(stage: Stage) -> None:
    stage.newcomer("=HYPERLINK(1)", (Role.AUDITOR, None))
    administrator = stage.person(Role.ADMINISTRATOR)
    review = account_reviews.confirm(mark(), by=administrator, at=AT)
    taken = csv_bytes(account_reviews.take_out(review, by=administrator, at=AT)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(taken, newline="")))
    assert rows[:2] == [["Account review", "2024-Q2"], ["Confirmed by", administrator.name]]
    assert "'=HYPERLINK(1)" in {row[0] for row in rows if row}
    assert session().scalars(select(Event.verb).order_by(Event.id.desc()).limit(1)).one() == "exported"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert next(csv.reader(io.StringIO(csv_bytes([[cell]]).decode("utf-8-sig"), newline="")))[0] == f"'{cell}"


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert csv_bytes([["Ada, West", "", 'a"b']]).decode("utf-8-sig") == '"Ada, West",,"a""b"\r\n'


def test_the_administrator_is_asked_on_the_first_day_of_each_fiscal_quarter_once(stage: Stage) -> None:
    asked = select(Notice).where(Notice.kind == "account-review").order_by(Notice.id)
    jobs.do_due(at=eastern("2023-12-31 23:59"))
    before = len(session().scalars(asked).all())
    for when in ("2024-01-01 06:00", "2024-01-01 18:00", "2024-03-31 23:59"):
        jobs.do_due(at=eastern(when))
    (fresh,) = session().scalars(asked).all()[before:]
    assert (fresh.to_role, fresh.facts["quarter"], fresh.owed_on) == ("administrator", "2024-Q2", date(2024, 1, 1))
    jobs.do_due(at=eastern("2024-04-01 00:00"))
    assert len(session().scalars(asked).all()) == before + 2


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2023-10-01", "2023-10-01"),
        ("2023-12-31", "2023-10-01"),
        ("2024-01-01", "2024-01-01"),
        ("2024-06-30", "2024-04-01"),
        ("2024-09-30", "2024-07-01"),
    ],
)
def test_a_fiscal_quarter_begins_in_october_january_april_and_july(day: str, first: str) -> None:
    assert account_reviews.this_quarter(eastern(f"{day} 12:00")).isoformat() == first

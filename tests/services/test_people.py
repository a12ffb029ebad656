"""People and their roles: added once, appointed from a day, found by role or address."""

from datetime import date

import pytest
from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotFound
from cxworkflow.models import Event, Person, Role
from cxworkflow.services import people
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-01 09:00")


def test_an_address_belongs_to_one_person(stage: Stage) -> None:
    first = people.add("Ada West", "Ada.West@Stage.Example ", at=AT)
    assert people.add("A. West", "ada.west@stage.example", at=AT) is first
    assert (first.name, first.email) == ("Ada West", "ada.west@stage.example")
    assert people.person_of(" ADA.WEST@stage.example") is first
    assert session().scalar(select(func.count()).where(Person.email == first.email)) == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [(" ", "name: Give the person's name."), ("A\x00B", "control character"), ("x" * 201, "201 characters")],
)
def test_a_name_is_given_in_ordinary_characters(stage: Stage, name: str, sentence: str) -> None:
    with refused(InvalidInput, sentence):
        people.add(name, "new@stage.example", at=AT)


def test_additions_and_appointments_are_recorded(stage: Stage) -> None:
    person = stage.newcomer("Ada West", (Role.LEAD, "CBP"), from_on="2023-12-01")
    lines = session().scalars(select(Event).order_by(Event.id.desc()).limit(2)).all()
    assert [line.verb for line in lines] == ["appointed", "person-added"]
    assert lines[0].details == {"person": person.id, "role": "lead", "from_on": "2023-12-01"}
    assert lines[0].by_name == "the system"


def test_the_first_appointed_holds_a_role_while_in_office(stage: Stage) -> None:
    cbp, first = stage.component("CBP"), stage.person(Role.LEAD, "CBP")
    second = stage.newcomer("Ada West", (Role.LEAD, "CBP"), from_on="2023-12-01")
    assert people.holder(Role.LEAD, cbp, on=date(2023, 12, 5)) is first
    first.appointments[0].until_on = date(2023, 12, 5)
    session().flush()
    assert people.holder(Role.LEAD, cbp, on=date(2023, 12, 5)) is second
    second.deactivated_at = AT
    session().flush()
    with pytest.raises(NotFound, match=r"There is no Component lead of CBP on December 5, 2023\."):
        people.holder(Role.LEAD, cbp, on=date(2023, 12, 5))


def test_the_lead_of_ocio_is_the_headquarters_lead(stage: Stage) -> None:
    lead = people.holder(Role.LEAD, stage.component("OCIO"), on=date(2023, 12, 5))
    assert [held.role for held in lead.appointments] == [Role.HQ_LEAD]


def test_who_is_not_here_is_said(stage: Stage) -> None:
    with pytest.raises(NotFound, match=r"Nobody here has the address nobody@stage\.example"):
        people.person_of("nobody@stage.example")


def test_a_role_is_read_by_its_title() -> None:
    assert Role.DIRECTORATE_LEAD.title == "CX Directorate lead"
    assert all(role.title[0].isupper() for role in Role)

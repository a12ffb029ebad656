"""What ends a sign-in before its time: another role, plain SQL, an administrator, oneself."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed
from cxworkflow.models import Event, Identity, Role, SignIn
from cxworkflow.services import people, sign_ins
from tests.refusals import refused
from tests.signing_in.surroundings import signed_in_as, time_passes
from tests.stage import Stage, as_owner, eastern
from tests.web.visiting import visitor, words

pytestmark = pytest.mark.integration


def test_a_change_of_roles_ends_every_sign_in_of_that_person_only(app: Flask, stage: Stage) -> None:
    lead, cio = stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    clients, another = [visitor(app, lead), visitor(app, lead)], visitor(app, cio)
    day = eastern("2023-12-01 09:00")
    people.appoint(lead, Role.EXECUTIVE, stage.component("CBP"), from_on=day.date(), at=day)
    session().commit()
    assert [signed_in_as(client) for client in clients] == [None, None]
    assert signed_in_as(another) == cio.name


@pytest.mark.asvs("V7.4.2")
@pytest.mark.parametrize(
    "statement",
    [
        "update appointment set until_on = '2024-01-01' where person_id = :id",
        "delete from appointment where person_id = :id",
        "update person set deactivated_at = now() where id = :id",
        "update person set email = 'another@stage.example' where id = :id",
    ],
)
def test_so_does_a_change_by_plain_sql(app: Flask, stage: Stage, statement: str) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    client = visitor(app, lead)
    with as_owner():
        session().execute(sa.text(statement), {"id": lead.id})
    session().commit()
    assert signed_in_as(client) is None
    assert not session().scalars(sa.select(SignIn)).all()


@pytest.mark.asvs("V7.4.5")
def test_an_administrator_and_nobody_else_signs_people_out(app: Flask, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    clients = [visitor(app, lead), visitor(app, lead)]
    at = eastern("2023-12-18 09:00")
    administrator = stage.newcomer("Ada Minister", (Role.ADMINISTRATOR, None))
    session().commit()
    with refused(NotAllowed, "You may not sign other people out."):
        sign_ins.end_all(lead, by=stage.person(Role.CIO), at=at)
    assert sign_ins.end_all(lead, by=administrator, at=at) == 2
    session().commit()
    assert [signed_in_as(client) for client in clients] == [None, None]


@pytest.mark.asvs("V7.5.2", "V7.4.3")
def test_one_sees_where_else_one_is_signed_in_and_ends_it_after_signing_in_anew(app: Flask, stage: Stage) -> None:
    cio = stage.person(Role.CIO)
    first, second, third = (visitor(app, cio) for _ in range(3))
    another = visitor(app, stage.person(Role.LEAD, "CBP"))
    page = third.get("/me/sign-ins")
    ids = re.findall(r'name="sign_in" value="(\d+)"', page.get_data(as_text=True))
    assert len(ids) == 2, "their own others, and nobody else's"
    assert third.post("/me/sign-ins", data={"sign_in": ids[1]}).status_code == 303
    assert [signed_in_as(each) for each in (first, second, third)] == [None, cio.name, cio.name]
    time_passes(begun="16 minutes")
    late = third.post("/me/sign-ins")
    assert late.status_code == 409
    assert "You signed in too long ago for this" in words(late)
    assert signed_in_as(second) == cio.name
    third.post("/sign-in", data={"person": cio.id})
    assert third.post("/me/sign-ins").status_code == 303
    assert [signed_in_as(each) for each in (second, third, another)] == [
        None,
        cio.name,
        stage.person(Role.LEAD, "CBP").name,
    ]
    assert "Nowhere else" in words(third.get("/me/sign-ins"))


def test_nobody_ends_the_sign_in_of_another(app: Flask, stage: Stage) -> None:
    theirs, ours = visitor(app, stage.person(Role.LEAD, "CBP")), visitor(app, stage.person(Role.CIO))
    of_theirs = session().scalar(sa.select(SignIn.id).order_by(SignIn.id).limit(1))
    assert ours.post("/me/sign-ins", data={"sign_in": str(of_theirs)}).status_code == 303
    assert signed_in_as(theirs) is not None


@pytest.mark.asvs("V14.3.1", "V7.4.1")
def test_signing_out_tells_the_browser_to_forget_the_pages(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.asvs("V16.3.1")
def test_signing_in_and_out_are_lines_of_the_record(app: Flask, stage: Stage) -> None:
    cio = stage.person(Role.CIO)
    visitor(app, cio).post("/sign-out")
    wanted = sa.select(Event.verb, Event.by_id).where(Event.verb.startswith("signed-")).order_by(Event.id)
    assert list(map(tuple, session().execute(wanted))) == [("signed-in", cio.id), ("signed-out", cio.id)]


def test_one_unlinks_who_vouches_for_one_after_signing_in_anew(app: Flask, stage: Stage) -> None:
    cio, lead = stage.person(Role.CIO), stage.person(Role.LEAD, "CBP")
    at = eastern("2023-12-01 09:00")
    mine, theirs = (
        Identity(person_id=who.id, issuer="https://id.example", subject=who.name, linked_at=at) for who in (cio, lead)
    )
    session().add_all([mine, theirs])
    session().commit()
    client, page = visitor(app, cio), "/me/sign-ins/unlinked"
    assert client.post(page, data={"identity": str(theirs.id)}).status_code == 404
    time_passes(begun="16 minutes")
    assert "You signed in too long ago for this" in words(client.post(page, data={"identity": str(mine.id)}))
    assert "https://id.example" in words(client.get("/me/sign-ins"))
    client.post("/sign-in", data={"person": cio.id})
    shown = words(client.post(page, data={"identity": str(mine.id)}, follow_redirects=True))
    assert "https://id.example is not linked to your account any more." in shown
    assert "Who vouches for you" not in shown
    line = session().scalars(sa.select(Event).where(Event.verb == "identity-unlinked")).one()
    assert (line.by_id, line.details) == (cio.id, {"person": cio.id, "issuer": "https://id.example"})
    assert session().scalars(sa.select(Identity.person_id)).all() == [lead.id]

"""The administrator adds people, gives, ends and hands over roles on pages; the CIO names who acts."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Appointment, Event, Identity, Notice, Person, Role
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = pytest.mark.integration


def day(name: str, on: str) -> dict[str, str]:
    """What is typed into the three boxes of a date."""
    year, month, day_of_month = on.split("-")
    return {f"{name}-year": year, f"{name}-month": str(int(month)), f"{name}-day": str(int(day_of_month))}


@pytest.fixture
def client(app: Flask, stage: Stage) -> Browser:
    """The administrator's browser on January 10, 2024."""
    it_is(eastern("2024-01-10 09:00"))
    return visitor(app, stage.person(Role.ADMINISTRATOR))


def added(client: Browser) -> Person:
    answer = client.post("/people/new", data={"name": "Ada West", "email": "Ada.West@dhs.example"})
    assert answer.status_code == 303
    return session().scalars(select(Person).where(Person.email == "ada.west@dhs.example")).one()


def test_somebody_is_added_and_given_a_role(client: Browser, stage: Stage) -> None:
    ada = added(client)
    assert "holds no role and can do nothing here." in words(client.get(f"/people/{ada.id}"))
    form = {"role": "lead", "component": "CBP", **day("from", "2024-01-15")}
    shown = words(client.post(f"/people/{ada.id}/roles", data=form, follow_redirects=True))
    assert "Ada West is Component lead from January 15, 2024, and is told by e-mail." in shown
    assert "Component lead, CBP From January 15, 2024" in shown


def test_faults_are_said_beside_the_boxes_with_what_was_typed(client: Browser, stage: Stage) -> None:
    answer = client.post("/people/new", data={"name": "Ada West", "email": "ada at dhs"})
    assert answer.status_code == 422
    assert words(answer).count("“ada at dhs” is not an e-mail address.") == 2
    assert 'value="Ada West"' in answer.get_data(as_text=True)
    ada = added(client)
    for form, sentence in (
        ({}, "Choose the role."),
        ({"role": "lead", **day("from", "2024-01-15")}, "Choose the Component."),
        ({"role": "auditor"}, "Give month, day and year."),
        ({"role": "auditor", **day("from", "2024-01-09")}, "January 9, 2024 has passed"),
    ):
        assert sentence in words(client.post(f"/people/{ada.id}/roles", data=form))
    assert ada.appointments == []


def test_a_role_is_ended_and_a_component_without_a_lead_is_warned_about(client: Browser, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    held = lead.appointments[0]
    page = f"/people/{lead.id}/roles/{held.id}/end"
    shown = client.post(page, data=day("on", "2024-01-09"))
    assert shown.status_code == 422
    assert words(shown).count("January 9, 2024 has passed") == 2
    shown = client.post(page, data=day("on", "2024-01-10"), follow_redirects=True)
    assert "From then on CBP has no lead: appoint somebody." in words(shown)
    assert "1 Component has no lead today CBP" in words(client.get("/people"))


def test_a_role_is_handed_over(client: Browser, stage: Stage) -> None:
    ada, lead = added(client), stage.person(Role.LEAD, "CBP")
    page = f"/people/{lead.id}/roles/{lead.appointments[0].id}/handover"
    assert "Choose a person." in words(client.post(page, data={"to": "", **day("on", "2024-01-12")}))
    shown = client.post(page, data={"to": str(ada.id), **day("on", "2024-01-12")}, follow_redirects=True)
    assert "Ada West takes over from CBP lead as Component lead on January 12, 2024." in words(shown)
    assert "no lead" not in words(client.get("/people"))


def test_somebody_elses_role_is_not_ended_through_a_person_who_does_not_hold_it(client: Browser, stage: Stage) -> None:
    lead, other = stage.person(Role.LEAD, "CBP"), stage.person(Role.LEAD, "ICE")
    page = f"/people/{other.id}/roles/{lead.appointments[0].id}/end"
    assert client.post(page, data=day("on", "2024-01-10")).status_code == 404


def test_who_is_deactivated_is_out_at_once_and_in_again_when_reactivated(
    app: Flask, client: Browser, stage: Stage
) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    theirs = visitor(app, lead)
    assert theirs.get("/").status_code == 200
    assert "Say why" in words(client.post(f"/people/{lead.id}/deactivation", data={"reason": ""}))
    client.post(f"/people/{lead.id}/deactivation", data={"reason": "Left."})
    assert theirs.get("/").status_code == 302
    assert "Deactivated January 10, 2024" in words(client.get(f"/people/{lead.id}"))
    client.post(f"/people/{lead.id}/reactivation")
    assert visitor(app, lead).get("/").status_code == 200


def test_an_address_at_fault_is_corrected_and_what_waits_goes_to_the_new_one(client: Browser, stage: Stage) -> None:
    stage.submitted("CBP")
    lead = stage.person(Role.LEAD, "CBP")
    address = f"/people/{lead.id}/address"
    taken = stage.person(Role.LEAD, "ICE").email
    assert "“nobody” is not an e-mail address." in words(client.post(address, data={"email": "nobody"}))
    assert "Somebody here has this address already." in words(client.post(address, data={"email": taken}))
    changed = words(client.post(address, data={"email": " Right@dhs.example "}, follow_redirects=True))
    assert "go to right@dhs.example now. What failed can be tried again on its own page." in changed
    owed = session().scalars(select(Notice.to_address).where(Notice.person_id == lead.id))
    assert set(owed) == {"right@dhs.example"}


def test_a_person_is_signed_out_everywhere(app: Flask, client: Browser, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    theirs = visitor(app, lead)
    shown = client.post(f"/people/{lead.id}/signed-out", follow_redirects=True)
    assert "is signed out everywhere: 1 sign-in ended." in words(shown)
    assert theirs.get("/").status_code == 302


def test_an_identity_at_a_provider_is_unlinked(client: Browser, stage: Stage) -> None:
    lead, other = stage.person(Role.LEAD, "CBP"), stage.person(Role.LEAD, "ICE")
    linked = Identity(
        person_id=lead.id, issuer="https://id.example", subject="1", linked_at=eastern("2023-12-01 09:00")
    )
    session().add(linked)
    session().commit()
    page, sent = f"/people/{lead.id}", {"identity": str(linked.id)}
    assert "Known to https://id.example since December 1, 2023." in words(client.get(page))
    assert client.post(f"/people/{other.id}/unlinked", data=sent).status_code == 404
    done = words(client.post(f"{page}/unlinked", data=sent, follow_redirects=True))
    assert "https://id.example is not linked to CBP lead any more." in done
    assert "Known to" not in done
    assert "This identity is not linked any more." in words(client.post(f"{page}/unlinked", data=sent))
    line = session().scalars(select(Event).where(Event.verb == "identity-unlinked")).one()
    assert line.details == {"person": lead.id, "issuer": "https://id.example"}


def test_the_last_administrator_can_not_leave(client: Browser, stage: Stage) -> None:
    me = stage.person(Role.ADMINISTRATOR)
    refused = client.post(f"/people/{me.id}/deactivation", data={"reason": "Enough."})
    assert refused.status_code == 409
    assert "Appoint another administrator first." in words(refused)
    assert "Enough." in words(refused)


def test_the_cio_names_who_acts_and_pages_say_acting(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-10 09:00"))
    client, ada = visitor(app, stage.person(Role.CIO)), stage.newcomer("Ada West")
    session().commit()
    form = {"person": str(ada.id), **day("from", "2024-01-10"), **day("until", "2024-01-20")}
    assert "Give month, day and year." in words(client.post("/people/acting", data={"person": str(ada.id)}))
    shown = words(client.post("/people/acting", data=form, follow_redirects=True))
    assert "Ada West is Acting Chief Information Officer from January 10, 2024 until January 20, 2024." in shown
    assert "Acting Chief Information Officer" in words(visitor(app, ada).get("/"))
    assert client.get("/people/new").status_code == 403
    given = session().scalars(select(Appointment).where(Appointment.acting)).one()
    assert client.post(f"/people/{ada.id}/roles/{given.id}/end").status_code == 403


def test_only_the_administrator_changes_anything(app: Flask, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    client = visitor(app, stage.person(Role.AUDITOR))
    assert "<form" not in client.get(f"/people/{lead.id}").get_data(as_text=True).partition("<h1>")[2]
    for page in ("roles", "deactivation", "reactivation", "signed-out"):
        assert client.post(f"/people/{lead.id}/{page}").status_code == 403
    assert visitor(app, lead).get(f"/people/{lead.id}").status_code == 403

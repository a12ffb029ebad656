"""Sign-ins as rows: what a cookie is worth, from when until when, and what ends it."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from cxworkflow.app import create_app
from cxworkflow.bell import Bell
from cxworkflow.db import session
from cxworkflow.errors import NotAllowed
from cxworkflow.models import Event, Role, SignIn
from cxworkflow.services import people, sign_ins
from tests.refusals import refused
from tests.signing_in.surroundings import browser, signed_in_as
from tests.stage import Stage, as_owner, eastern
from tests.web.addresses import address, routes
from tests.web.visiting import Browser, statements, visitor, words

pytestmark = pytest.mark.integration

NAME = "session"


def cookie(client: Browser) -> str:
    """What the browser's cookie says now."""
    kept = client.get_cookie(NAME)
    assert kept is not None
    return kept.value


def with_cookie(app: Flask, value: str) -> Browser:
    """Another browser that holds this cookie."""
    client = browser(app)
    client.set_cookie(NAME, value)
    return client


def time_passes(seen: str = "0 minutes", begun: str = "0 minutes") -> None:
    """Let real time go on since the last use, or since the beginning, by moving the row into the past."""
    moved = (
        "update sign_in set seen_at = seen_at - cast(:seen as interval), began_at = began_at - cast(:begun as interval)"
    )
    session().execute(sa.text(moved), {"seen": seen, "begun": begun})
    session().commit()


@pytest.mark.asvs("V7.2.3", "V11.5.1")
def test_only_a_hash_of_what_the_cookie_holds_is_in_the_database(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    with client.session_transaction() as kept:
        secret = kept["sign_in"]
    assert len(secret) >= 43, "256 bits"
    row = session().scalar(sa.text("select row::text from sign_in as row")) or ""
    assert secret not in row
    assert not session().scalar(sa.select(Event.id).where(sa.cast(Event.details, sa.Text).contains(secret)))


@pytest.mark.asvs("V7.2.4", "V7.2.2")
def test_signing_in_begins_a_new_session_so_that_none_can_be_fixed(app: Flask, stage: Stage) -> None:
    planted = browser(app)
    planted.get("/sign-in")
    before = cookie(planted)
    planted.post("/sign-in", data={"person": stage.person(Role.CIO).id})
    assert cookie(planted) != before
    assert signed_in_as(with_cookie(app, before)) is None, "who planted the cookie is not signed in by it"


@pytest.mark.asvs("V7.2.4")
def test_signing_in_anew_ends_what_the_same_browser_held(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    stolen = cookie(client)
    client.post("/sign-in", data={"person": stage.person(Role.LEAD, "CBP").id})
    assert signed_in_as(with_cookie(app, stolen)) is None
    assert signed_in_as(client) == stage.person(Role.LEAD, "CBP").name


@pytest.mark.asvs("V7.4.1")
def test_a_cookie_from_before_signing_out_is_worth_nothing(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    kept = cookie(client)
    assert signed_in_as(with_cookie(app, kept)) is not None
    client.post("/sign-out")
    assert signed_in_as(with_cookie(app, kept)) is None
    assert not session().scalars(sa.select(SignIn)).all()


@pytest.mark.asvs("V7.2.1")
@pytest.mark.parametrize("bend", [lambda kept: kept[:-2] + "AA", lambda kept: "x" + kept, lambda _: "", lambda _: "1"])
def test_a_bent_or_invented_cookie_is_worth_nothing(app: Flask, stage: Stage, bend: object) -> None:
    kept = cookie(visitor(app, stage.person(Role.CIO)))
    assert callable(bend)
    assert signed_in_as(with_cookie(app, bend(kept))) is None


@pytest.mark.asvs("V7.2.1")
def test_a_cookie_signed_with_a_stolen_key_still_needs_a_sign_in(app: Flask, stage: Stage) -> None:
    client = browser(app)
    with client.session_transaction() as forged:
        forged["sign_in"] = "made up"
        forged["person_id"] = stage.person(Role.CIO).id
    assert signed_in_as(client) is None


@pytest.mark.asvs("V7.3.1")
def test_thirty_idle_minutes_end_it_and_use_begins_them_anew(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    for _ in range(3):
        time_passes(seen="29 minutes")
        assert signed_in_as(client) is not None
    time_passes(seen="30 minutes")
    assert signed_in_as(client) is None


@pytest.mark.asvs("V7.3.2")
def test_twelve_hours_end_it_whatever_is_done(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    time_passes(begun="11 hours 59 minutes")
    assert signed_in_as(client) is not None
    assert client.post("/sign-in/stay").status_code == 303
    time_passes(begun="1 minute")
    assert signed_in_as(client) is None


def test_use_is_noted_once_a_minute_at_most(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    with statements(app) as seen:
        client.get("/policies/")
    assert not [each for each in seen if each.startswith(("update", "UPDATE", "insert", "INSERT"))]
    time_passes(seen="61 seconds")
    for expected in (1, 0):
        with statements(app) as seen:
            client.get("/policies/")
        assert len([each for each in seen if each.startswith("update sign_in")]) == expected


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    time_passes(seen="29 minutes")
    left = client.get("/sign-in/time-left").get_json()["seconds"]
    assert 0 < left <= 60
    time_passes(seen="1 minute")
    assert client.get("/sign-in/time-left").get_json() == {"seconds": 0}


def test_who_stays_signed_in_has_thirty_minutes_again(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    time_passes(seen="29 minutes 30 seconds")
    told = client.post("/sign-in/stay", headers={"Accept": "application/json"}).get_json()
    assert told["seconds"] > 1790
    page = client.get("/sign-in/stay")
    assert "signed out in 29 minutes" in words(page) or "signed out in 30 minutes" in words(page)
    assert re.search(r'data-staying="1[78]\d\d"', page.get_data(as_text=True))


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


@pytest.mark.asvs("V7.4.4")
def test_every_page_of_who_is_signed_in_offers_to_sign_out(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setitem(app.extensions, "bell", Bell(redis_url))
    for person in (stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO), stage.person(Role.ADMINISTRATOR)):
        client, seen = visitor(app, person), 0
        for rule in routes(app, "GET"):
            page = client.get(address(app, rule))
            if page.mimetype == "text/html" and page.status_code != 302:
                assert 'action="/sign-out"' in page.get_data(as_text=True), rule
                seen += 1
        assert seen > 20


@pytest.mark.asvs("V16.3.1")
def test_signing_in_and_out_are_lines_of_the_record(app: Flask, stage: Stage) -> None:
    cio = stage.person(Role.CIO)
    visitor(app, cio).post("/sign-out")
    wanted = sa.select(Event.verb, Event.by_id).where(Event.verb.startswith("signed-")).order_by(Event.id)
    assert list(map(tuple, session().execute(wanted))) == [("signed-in", cio.id), ("signed-out", cio.id)]


@pytest.mark.asvs("V3.3.1", "V3.3.2", "V3.3.3", "V3.3.4")
def test_every_cookie_of_every_page_is_guarded(app: Flask, stage: Stage) -> None:
    served = create_app(replace(app.extensions["settings"], base_url="https://cx.example.gov", secure_cookies=True))
    assert served.config["SESSION_COOKIE_NAME"] == "__Host-session"
    served.config["WTF_CSRF_ENABLED"] = False
    client = served.test_client()
    pages = ["/sign-in", "/", "/nothing", "/healthz", "/sign-in/time-left", "/glossary"]
    set_by = [
        each
        for page in pages
        for each in client.get(page, base_url="https://cx.example.gov").headers.getlist("Set-Cookie")
    ]
    answer = client.post("/sign-out", base_url="https://cx.example.gov")
    set_by += answer.headers.getlist("Set-Cookie")
    assert set_by
    for each in set_by:
        name, _, attributes = each.partition("=")
        assert name == "__Host-session"
        told = {part.strip() for part in attributes.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= told
        assert not [part for part in told if part.lower().startswith("domain")]


@pytest.mark.asvs("V3.2.2")
def test_what_was_typed_after_the_end_can_be_sent_again(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    time_passes(seen="31 minutes")
    typed = {"policy": "dhs-076-02", "remark": "\nTyped for <an hour>."}
    ours = {"Sec-Fetch-Site": "same-origin"}
    late = client.post("/components/CBP/strategies", data=typed, headers=ours)
    assert late.status_code == 401
    page = late.get_data(as_text=True)
    assert "Send it again" in page
    assert "Typed for &lt;an hour&gt;." in page
    assert 'name="remark"' in page
    assert "Send it again" not in client.post("/components/CBP/strategies", data=typed).get_data(as_text=True)
    client.post("/sign-in", data={"person": stage.person(Role.LEAD, "CBP").id})
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        stale = client.post("/components/CBP/strategies", data=typed, headers=ours)
        token = re.search(r'<form method="post">\s*<input type="hidden" name="csrf_token" value="([^"]+)"', stale.text)
        assert token is not None, "the page of the other sign-in offers a fresh token"
        again = client.post("/components/CBP/strategies", data={**typed, "csrf_token": token[1]}, headers=ours)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert again.status_code == 303

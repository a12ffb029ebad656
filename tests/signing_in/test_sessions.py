"""Sign-ins as rows: what a cookie is worth, and from when until when."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from cxworkflow.app import create_app
from cxworkflow.bell import Bell
from cxworkflow.db import session
from cxworkflow.models import Event, Role, SignIn
from tests.signing_in.surroundings import browser, cookie, signed_in_as, time_passes, with_cookie
from tests.stage import Stage
from tests.web.addresses import address, routes
from tests.web.visiting import statements, visitor, words

pytestmark = pytest.mark.integration


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


@pytest.mark.asvs("V7.4.4")
def test_every_page_of_who_is_signed_in_offers_to_sign_out(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setitem(app.extensions, "bell", Bell(redis_url))
    for person in (stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO), stage.person(Role.ADMINISTRATOR)):
        client, seen = visitor(app, person), 0
        for rule in routes(app, "GET"):
            if rule.endpoint.startswith("published."):
                continue  # these are the same for everybody, signed in or not
            page = client.get(address(app, rule))
            if page.mimetype == "text/html" and page.status_code != 302:
                assert 'action="/sign-out"' in page.get_data(as_text=True), rule
                seen += 1
        assert seen > 20


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

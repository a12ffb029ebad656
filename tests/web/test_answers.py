"""What holds for every answer besides its headers: what it is, and what around a request decides nothing."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from cxworkflow.bell import Bell
from cxworkflow.models import Role
from tests.stage import Stage
from tests.web.addresses import Rows, address, routes
from tests.web.test_hardening import log_lines, made
from tests.web.visiting import statements, visitor, words

pytestmark = pytest.mark.integration

BEGINS = {
    "text/html": rb"\s*<",
    "application/json": rb"[\[{]",
    "application/pdf": rb"%PDF",
    "application/zip": rb"PK",
    "application/vnd.openxmlformats": rb"PK",
    "text/calendar": rb"BEGIN:VCALENDAR",
}


@pytest.mark.asvs("V4.1.1")
def test_every_answer_says_what_it_is_and_is_that(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setitem(app.extensions, "bell", Bell(redis_url))
    strategy = stage.submitted("CBP")
    rows, kinds = Rows(strategy_id=strategy.id, clause="IV.c.5.c"), set()
    for person in (stage.person(Role.CIO), stage.person(Role.AUDITOR), stage.person(Role.LEAD, "CBP")):
        client = visitor(app, person)
        for rule in [*routes(app, "GET"), None]:
            answer = client.get(address(app, rule, rows) if rule else "/nothing")
            content = answer.get_data()
            if not content:
                continue
            told = str(answer.mimetype)
            kinds.add(told)
            if told.startswith("text/"):
                assert answer.mimetype_params == {"charset": "utf-8"}, rule
                content.decode()
            begins = next((each for kind, each in BEGINS.items() if told.startswith(kind)), rb"")
            assert re.match(begins, content), (rule, told, content[:20])
    assert {"text/html", "text/css", "text/plain", "application/json"} <= kinds


@pytest.mark.asvs("V13.4.4")
def test_methods_that_no_page_has_are_refused(app: Flask, stage: Stage) -> None:
    for client in (app.test_client(), visitor(app, stage.person(Role.CIO))):
        for rule in routes(app, "GET"):
            for method in ("TRACE", "CONNECT", "PROPFIND", "TRACK"):
                sent = {"X-Of-The-Test": "7d1c92af"}
                answer = client.open(address(app, rule), method=method, headers=sent)
                assert answer.status_code in (405, 404), (rule, method)
                assert "7d1c92af" not in answer.get_data(as_text=True)


@pytest.mark.asvs("V13.4.1", "V13.4.3", "V5.3.2")
def test_no_folder_and_no_file_is_served_besides_the_pages_own(app: Flask, client: FlaskClient, stage: Stage) -> None:
    version = app.extensions["assets_version"]
    inside = (
        "",
        "vendor",
        "vendor/",
        "vendor/img",
        "../wsgi.py",
        "%2e%2e/wsgi.py",
        "vendor/../../wsgi.py",
        "app.css/..",
    )
    outside = ("/.git/config", "/.git/HEAD", "/.env", "/config/settings.py", "/static/app.css", "/assets", "/assets/")
    for path in (*(f"/assets/{version}/{each}" for each in inside), *outside):
        assert client.get(path).status_code in (308, 404), path
        assert client.get(path, follow_redirects=True).status_code == 404, path


@pytest.mark.asvs("V13.4.2", "V15.2.3")
def test_outside_the_demo_nothing_of_it_is_there_and_nothing_debugs(app: Flask, stage: Stage) -> None:
    with made(app, demo=False) as real:
        assert [real.debug, real.testing, real.config["PROPAGATE_EXCEPTIONS"]] == [False, False, None]
        client = real.test_client()
        for path in ("/demo/clock", "/demo/mailbox/", "/console", "/debug", "/_debug_toolbar/"):
            assert client.get(path).status_code == 404, path
        assert client.get("/sign-in?__debugger__=yes&cmd=resource&f=debugger.js").mimetype == "text/html"


@pytest.mark.asvs("V4.1.3", "V15.3.4")
@pytest.mark.parametrize("proxies", [0, 1])
def test_what_a_visitor_says_about_proxies_decides_nothing(app: Flask, stage: Stage, proxies: int) -> None:
    said = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "for=192.0.2.1;host=evil.example;proto=https",
        "X-Original-URL": "/status",
        "X-HTTP-Method-Override": "POST",
        "X-User-ID": "1",
    }
    with made(app, trusted_proxies=proxies) as behind:
        plain, told = (behind.test_client().get("/components/", headers=each) for each in ({}, said))
        assert (told.status_code, told.location) == (plain.status_code, plain.location) == (302, plain.location)
        page = behind.test_client().get("/sign-in", headers=said)
        assert page.status_code == 200
        assert "evil" not in page.get_data(as_text=True) + str(page.headers)


@pytest.mark.asvs("V1.1.1")
def test_what_is_encoded_is_decoded_once(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    assert client.get("/assets/x/%252e%252e%252fwsgi.py").status_code == 404
    assert client.get("/components/%2543BP").status_code == 404
    assert client.get("/components/CBP").status_code == 200
    page = client.get("/record?verb=%2526lt%253Bb%253E%26lt%3Bb%26gt%3B").get_data(as_text=True)
    assert "%26lt%3Bb%3E" in page
    assert "&amp;lt;b&amp;gt;" in page
    assert "<b>" not in page


@pytest.mark.asvs("V15.3.7")
def test_a_form_is_read_from_its_body_and_the_first_of_two_values_counts(app: Flask, stage: Stage) -> None:
    lead, cio = stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    client = app.test_client()
    assert client.post(f"/sign-in?person={cio.id}").status_code == 422
    client.post(f"/sign-in?person={cio.id}", data={"person": [lead.id, cio.id]})
    assert lead.name in words(client.get("/"))
    client.set_cookie("person", str(cio.id))
    assert lead.name in words(client.get("/?person=" + str(cio.id)))


@pytest.mark.asvs("V15.3.3")
def test_fields_that_a_form_does_not_have_change_nothing(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    added = {"status": "approved", "component_id": "1", "id": "1", "lead_id": "1", "role": "administrator", "by": "1"}
    with statements(app) as sent:
        form = {"title": "Another title", "title_revision": str(strategy.title_revision)} | added
        assert client.post(f"/strategies/{strategy.id}/title", data=form).status_code == 303
    written = [each for each in sent if each.lower().startswith("update strategy")]
    assert written
    changed = " ".join(each.partition(" WHERE ")[0] for each in written)
    assert not re.search(r"\b(status|component_id|role)\s*=", changed)


@pytest.mark.asvs("V16.2.2", "V16.3.3")
def test_what_is_refused_before_any_verb_is_logged_in_utc_with_its_reference(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with log_lines() as logged:
            refused = [
                client.post("/closures"),
                client.post("/", data={"x": "y" * 3_000_000}),
                client.open("/", method="PUT"),
            ]
            lines = [json.loads(line) for line in logged().splitlines() if line.startswith("{")]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    told = {line["request_id"]: line for line in lines if line["event"] == "answered with an error page"}
    for answer in refused:
        line = told[answer.headers["X-Request-ID"]]
        assert line["status"] == answer.status_code >= 400
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["timestamp"])


@pytest.mark.asvs("V11.4.1")
def test_the_cookie_is_sealed_with_sha_256(app: Flask, stage: Stage) -> None:
    kept = visitor(app, stage.person(Role.CIO)).get_cookie("session")
    assert kept is not None
    assert len(kept.value.rpartition(".")[2]) == 43, "256 bits, as base64 writes them; SHA-1 has 27 characters"


@pytest.mark.asvs("V16.5.2")
def test_with_redis_stopped_every_page_answers_and_what_is_sent_is_done(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = "redis://127.0.0.1:1/0"
    limits = app.extensions["limits"]
    for name, value in {
        "_limiter": MovingWindowRateLimiter(storage_from_string(gone)),
        "_storage_dead": False,
        "enabled": True,
    }.items():
        monkeypatch.setattr(limits, name, value)
    monkeypatch.setitem(app.extensions, "bell", Bell(gone))
    rows = Rows(strategy_id=stage.submitted("CBP").id, clause="IV.c.5.c")
    for person in (stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO), stage.person(Role.ADMINISTRATOR)):
        client = visitor(app, person)
        for rule in routes(app, "GET"):
            told = client.get(address(app, rule, rows)).status_code
            assert told < 500 or rule.endpoint == "status.healthz", rule
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    form = {"reason": "One number has to be mended."}
    assert lead.post(f"/strategies/{rows.strategy_id}/withdraw", data=form).status_code == 303
    assert "draft" in words(lead.get(f"/strategies/{rows.strategy_id}")).lower()

"""What holds for every page: guarded, with safe headers, and an answer in plain words when something is refused."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from config.settings import Settings
from cxworkflow import clock, demo
from cxworkflow.app import create_app
from cxworkflow.db import session
from cxworkflow.models import Person, Role
from cxworkflow.web.guard import PUBLIC
from tests.stage import Stage, eastern
from tests.web.visiting import visitor, words

pytestmark = pytest.mark.integration


def test_every_page_says_who_may_open_it(app: Flask) -> None:
    assert all(hasattr(view, "opens_to") for view in app.view_functions.values())


@pytest.mark.asvs("V13.4.5", "V6.3.4")
def test_only_these_pages_are_public(app: Flask) -> None:
    public = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, "opens_to", None) == PUBLIC}
    of_the_demo = {f"demo.{page}" for page in ("clock", "move", "mailbox", "mail", "mail_html", "mail_file")}
    ways_in = {"signin.choose", "signin.enter", "signin.leave", "signin.time_left"}
    ways_in |= {f"sign_in_links.{page}" for page in ("ask", "arrive", "use")}
    ways_in |= {f"providers.{page}" for page in ("begin", "finish", "signed_out", "leave")}
    assert public == of_the_demo | ways_in | {
        "api.document",
        "api_page.one",
        "assets.one",
        "calendar_feeds.feed",
        "privacy.page",
        "prometheus.scraped",  # for who has the token of the scraper
        "status.healthz",
        "well_known.security",
    }


def test_a_page_that_does_not_say_who_may_open_it_stops_the_start(app: Flask, stage: Stage) -> None:
    from cxworkflow.web import guard

    unguarded = Flask("unguarded")
    unguarded.add_url_rule("/open", "open", lambda: "for anybody")
    with pytest.raises(RuntimeError, match="say not who may open them: static, open"):
        guard.check_all_guarded(unguarded)


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(client: FlaskClient, stage: Stage) -> None:
    asked = client.get("/components/?page=2")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/components/?page%3D2"
    lead = stage.person(Role.LEAD, "CBP")
    entered = client.post("/sign-in", data={"person": lead.id, "next": "/components/"})
    assert entered.location == "/components/"


@pytest.mark.asvs("V1.2.2")
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "javascript:1"]
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, stage: Stage, elsewhere: str) -> None:
    entered = client.post("/sign-in", data={"person": stage.person(Role.CIO).id, "next": elsewhere})
    assert entered.location == "/"


@pytest.mark.parametrize(
    ("person", "status"), [("0", 404), ("999999999", 404), ("", 422), ("x", 422), ("９", 422), ("9" * 40, 422)]
)
def test_nobody_signs_in_as_somebody_who_is_not_there(
    client: FlaskClient, stage: Stage, person: str, status: int
) -> None:
    assert client.post("/sign-in", data={"person": person}).status_code == status
    assert client.get("/").status_code == 302


def test_a_person_who_left_is_signed_out_at_once(app: Flask, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    client = visitor(app, lead)
    assert client.get("/").status_code == 200
    session().get_one(Person, lead.id).deactivated_at = eastern("2023-12-01 09:00")
    session().commit()
    assert client.get("/").status_code == 302


def test_signing_out_ends_the_session(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    assert client.post("/sign-out").status_code == 303
    assert client.get("/").status_code == 302


@pytest.fixture
def real(app: Flask) -> Iterator[Flask]:
    """The same application outside the demo."""
    of_the_demo: Settings = app.extensions["settings"]
    made = create_app(replace(of_the_demo, demo=False))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    clock.move_by(demo.offset)


@pytest.mark.asvs("V6.3.4", "V15.2.3")
def test_outside_the_demo_nobody_can_pick_a_person(real: Flask) -> None:
    answer = real.test_client().get("/sign-in")
    assert answer.status_code == 200
    assert "Who do you want to be" not in words(answer)
    assert real.test_client().post("/sign-in", data={"person": "1"}).status_code == 404


@pytest.mark.asvs("V14.2.3")
def test_private_pages_are_kept_nowhere_and_load_nothing_from_elsewhere(app: Flask, stage: Stage) -> None:
    answer = visitor(app, stage.person(Role.CIO)).get("/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    page = answer.get_data(as_text=True)
    assert not re.search(r"<(script|style)>| style=| on[a-z]+=", page)
    loaded = re.findall(r'<(?:script|link|img|use)[^>]+(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/assets/") for address in loaded)


def test_styles_are_kept_for_good_under_the_present_version_only(client: FlaskClient, stage: Stage) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    address = next(iter(re.findall(r'href="(/assets/[0-9a-f]+/app\.css)"', page)))
    assert "immutable" in client.get(address).headers["Cache-Control"]
    old = client.get("/assets/0123456789ab/app.css")
    assert old.status_code == 200
    assert "immutable" not in old.headers["Cache-Control"]
    assert client.get("/assets/x/../../settings.py").status_code == 404


def test_a_form_without_its_token_is_refused_and_nothing_typed_is_lost(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        refused = client.post("/components/CBP/strategies", data={"policy": "dhs-076-02", "remark": "Don't lose this."})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert refused.status_code == 400
    assert "another sign-in" in words(refused)
    assert "Don't lose this." in words(refused)


def test_who_is_signed_out_meanwhile_gets_back_what_they_typed(client: FlaskClient, stage: Stage) -> None:
    refused = client.post("/strategies/1/sections/IV.c.5.a", data={"text": "Written for an hour."})
    assert refused.status_code == 401
    assert "Written for an hour." in words(refused)


def test_what_is_not_there_is_said_in_plain_words(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    for path in (
        "/nothing",
        "/strategies/999",
        "/components/NASA",
        f"/strategies/{10**30}",
        "/strategies/999/versions/1",
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Page not found" in words(answer)


def test_a_failure_of_ours_says_so_and_shows_no_innards(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visitor(app, stage.person(Role.CIO))

    def broken() -> Response:
        raise ZeroDivisionError("the secret of the house")

    broken.opens_to = PUBLIC  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "home.home", broken)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in words(answer)
    assert "secret" not in words(answer)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("kind", ["text", "file", "text without parts"])
def test_far_too_much_is_refused_with_its_limit(app: Flask, stage: Stage, kind: str, chunked: bool) -> None:
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    much: object = "x" * 2_200_000 if kind != "file" else (BytesIO(b"x" * 7_000_000), "much.txt")
    encoded = "application/x-www-form-urlencoded" if kind == "text without parts" else "multipart/form-data"
    told = EnvironBuilder("/components/CBP/strategies", method="POST", data={"policy": much}, content_type=encoded)
    environ = told.get_environ()
    if chunked:  # as it comes from the web server: of no length, but with an end
        del environ["CONTENT_LENGTH"]
        environ["wsgi.input_terminated"] = True
    answer = client.open(environ)
    assert answer.status_code == 413
    assert "larger than 2 MB" in words(answer)

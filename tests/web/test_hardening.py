"""What every answer of every route keeps to: headers, form tokens, hosts, limits, and errors that reveal nothing."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, OperationalError

from config.settings import Settings
from cxworkflow import clock, demo, logs
from cxworkflow.app import create_app
from cxworkflow.models import Role
from cxworkflow.web.hosts import names_of
from cxworkflow.web.signin import own_path
from tests.matrix.asking import is_for_programs
from tests.stage import Stage
from tests.web.addresses import address, routes
from tests.web.visiting import statements, visitor

pytestmark = pytest.mark.integration

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOADED = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}


@contextmanager
def made(app: Flask, **changed: object) -> Iterator[Flask]:
    """The application once more, with other settings."""
    given_before: Settings = app.extensions["settings"]
    again = create_app(replace(given_before, **changed))  # type: ignore[arg-type]
    again.extensions.pop("bell")
    try:
        yield again
    finally:
        clock.move_by(demo.offset)


@contextmanager
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch, endpoint: str, error: Exception) -> Iterator[None]:
    """A page that fails with this error, as it would in production."""

    def fail(**_: object) -> str:
        raise error

    vars(fail).update(vars(app.view_functions[endpoint]))
    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, endpoint, fail)
        patched.setitem(app.config, "TESTING", False)
        patched.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        yield


@contextmanager
def log_lines() -> Iterator[Callable[[], str]]:
    """What is logged within this block, as in production."""
    written = io.StringIO()
    before = structlog.get_config()
    with redirect_stderr(written):
        logs.configure()
        try:
            yield written.getvalue
        finally:
            structlog.configure(**before)


def test_a_page_has_the_headers_of_every_page(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "camera=(), " in answer.headers["Permissions-Policy"]
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == LOADED


@pytest.mark.asvs("V3.2.1", "V3.4.3", "V3.4.4", "V3.4.5", "V3.4.6", "V14.2.2", "V14.3.2")
def test_every_answer_of_every_route_has_the_headers(app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    clients = [app.test_client(), visitor(app, stage.person(Role.CIO))]
    seen: set[int] = set()
    paths = [address(app, rule) for rule in routes(app, "GET")] + ["/nothing", "/strategies/999", "/assets/x/nothing"]
    answers = [(path, client.get(path)) for path in paths for client in clients]
    answers += [(path, client.post(path)) for path in paths for client in clients if not path.startswith("/sign-")]
    with broken(app, monkeypatch, "home.home", ZeroDivisionError()):
        answers.append(("/", clients[1].get("/")))
    for path, answer in answers:
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, path
        assert "camera=(), " in answer.headers["Permissions-Policy"], path
        assert set(answer.headers["Content-Security-Policy"].split("; ")) == LOADED, path
        # What is for everybody may be kept for a minute.
        kept = path.startswith(("/assets/", "/published", "/robots.txt")) and answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store" or kept, path
        assert answer.headers["X-Request-ID"], path
        seen.add(answer.status_code)
    assert {200, 302, 404, 405, 500} <= seen


@pytest.mark.asvs("V3.4.1", "V12.2.1")
def test_over_https_browsers_are_told_to_stay_with_it(app: Flask, client: FlaskClient, stage: Stage) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    with made(app, base_url="https://cx.example.gov", secure_cookies=True) as secure:
        answer = secure.test_client().get("/.well-known/security.txt", base_url="https://cx.example.gov")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.asvs("V3.5.1")
def test_no_form_is_accepted_without_its_token_or_with_somebody_elses(app: Flask, stage: Stage) -> None:
    theirs = visitor(app, stage.person(Role.LEAD, "CBP"))
    ours = [visitor(app, stage.person(role)) for role in (Role.CIO, Role.ADMINISTRATOR)]
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        page = theirs.get("/").get_data(as_text=True)
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        asked = [rule for method in ("POST", "PUT", "PATCH", "DELETE") for rule in routes(app, method)]
        # No cookie opens these, so nobody's browser can be made to use them: tests/api.
        asked = [rule for rule in asked if not is_for_programs(rule)]
        assert len(asked) > 25
        for rule in asked:
            path = address(app, rule)
            for form, header in (({}, {}), ({"csrf_token": token}, {}), ({}, {"X-CSRFToken": token})):
                told = {browser.post(path, data=form, headers=header).status_code for browser in ours}
                # One of the two may open it, and is refused for the token alone.
                assert 400 in told, path
                assert told <= {400, 403}, path
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.asvs("V3.5.3")
def test_looking_at_a_page_changes_nothing(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    people = [stage.person(Role.CIO), stage.person(Role.LEAD, "CBP"), stage.person(Role.ADMINISTRATOR)]
    clients = [visitor(app, person) for person in people]
    for rule in routes(app, "GET"):
        if rule.endpoint.startswith(("providers.", "assets.")):
            continue  # the way through an identity provider writes who came in by it
        path = address(app, rule).replace("/strategies/1", f"/strategies/{strategy.id}")
        for client in clients:
            with statements(app) as sent:
                client.get(path)
            wrote = [each for each in sent if not re.match(r"\s*(select|with|update sign_in)\b", each, re.IGNORECASE)]
            # That one has read somebody's draft is itself put on record.
            assert [each for each in wrote if "event" not in each and "audit" not in each] == [], path


def test_only_our_own_name_is_answered(app: Flask, client: FlaskClient, stage: Stage) -> None:
    for name in ("evil.example", "localhost.evil.example", "localhost@evil.example", ""):
        refused = client.get("/sign-in", headers={"Host": name})
        assert refused.status_code == 400
        assert "does not answer under the name" in refused.get_data(as_text=True)
        assert name not in refused.get_data(as_text=True) or not name
    assert client.get("/sign-in", headers={"Host": "localhost:8076"}).status_code == 200
    assert client.get("/sign-in", headers={"Host": "127.0.0.1:8076"}).status_code == 200
    with made(app, base_url="https://cx.example.gov") as real:
        for host, status in (("cx.example.gov", 200), ("CX.example.gov:443", 200), ("localhost", 400)):
            answer = real.test_client().get("/.well-known/security.txt", headers={"Host": host})
            assert answer.status_code == status, host
        assert real.test_client().get("/healthz", headers={"Host": "10.0.0.7:8076"}).status_code != 400


@pytest.mark.unit
@pytest.mark.parametrize(
    ("base_url", "names"),
    [
        ("https://cx.example.gov", ("cx.example.gov",)),
        ("https://CX.example.gov:8443/at/a/path", ("cx.example.gov",)),
        ("http://localhost:8076", ("localhost", "127.0.0.1", "[::1]")),
        ("http://[::1]:8076", ("localhost", "127.0.0.1", "[::1]")),
        ("http://[fd00::7]:8076", ("[fd00::7]",)),
    ],
)
def test_the_base_address_says_which_name_is_ours(base_url: str, names: tuple[str, ...]) -> None:
    assert names_of(base_url) == names


@pytest.mark.asvs("V3.7.2")
@pytest.mark.unit
@given(st.lists(st.sampled_from(["/", "\\", "\t", "\n", "\r", ":", "@", "?", "#", " ", "evil.example", "https", "a"])))
def test_where_one_goes_on_to_is_always_a_path_of_ours(parts: list[str]) -> None:
    target = own_path("".join(parts))
    as_browsers_read = re.sub(r"[\t\r\n]", "", target).replace("\\", "/").strip()
    assert urlsplit(urljoin("https://ours.example/sign-in", as_browsers_read)).netloc == "ours.example"


@pytest.mark.asvs("V16.3.4", "V16.2.4", "V16.5.1")
@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("secret of the house"),
        KeyError("secret of the house"),
        OperationalError("select secret of the house", {}, Exception("secret of the house")),
        IntegrityError(
            "insert secret of the house", {"email": "jane@people.example"}, Exception("secret of the house")
        ),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_reveals_nothing_but_a_reference_that_is_in_the_log(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    client = visitor(app, stage.person(Role.CIO))
    with log_lines() as logged, broken(app, monkeypatch, "clocks.index", error):
        answer = client.get("/clocks/")
        lines = [json.loads(line) for line in logged().splitlines() if line.startswith("{")]
    page = answer.get_data(as_text=True)
    assert answer.status_code in (500, 503)
    assert not re.search(r"secret|Traceback|select |insert |\.py|psycopg|jane", page)
    reference = answer.headers["X-Request-ID"]
    assert reference in page
    assert {line["request_id"] for line in lines} == {reference}
    assert any(line["level"] == "error" for line in lines)
    assert "jane@people.example" not in json.dumps(lines)


@pytest.mark.asvs("V16.2.5", "V16.4.1", "V14.2.4")
def test_what_is_logged_names_nobody(app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    told = Exception("duplicate key\nDETAIL:  Key (email)=(jane@people.example) already exists. Name is Jane Roe")
    with log_lines() as logged:
        client = visitor(app, lead)
        for rule in routes(app, "GET"):
            client.get(address(app, rule))
        client.post("/components/CBP/strategies", data={"policy": f"{lead.name} wrote to jane@people.example"})
        with broken(app, monkeypatch, "clocks.index", IntegrityError("insert", {"name": lead.name}, told)):
            client.get("/clocks/")
        text = logged()
    assert "a page failed" in text
    assert not re.search(r"[\w.]+@[\w.]+\.example", text)
    assert lead.name not in text
    assert "Jane Roe" not in text


def test_whom_to_tell_of_a_weakness(app: Flask, client: FlaskClient, stage: Stage) -> None:
    with made(app, security_contact="mailto:security@example.gov") as told:
        text = told.test_client().get("/.well-known/security.txt").get_data(as_text=True)
    assert "Contact: mailto:security@example.gov\n" in text
    assert "Canonical: http://localhost/.well-known/security.txt\n" in text
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", text, re.MULTILINE)


@pytest.mark.asvs("V11.2.2")
def test_a_new_secret_key_signs_nobody_out_and_spoils_no_open_form(app: Flask, stage: Stage) -> None:
    old, new = "the former key, kept for a day or two", "the present key, which signs from now on"
    with made(app, secret_key=old) as before:
        cookie, token = _session_and_token(before)
    with made(app, secret_key=new, secret_key_fallbacks=(old,)) as after:
        assert _accepts(after, cookie, token)
    with made(app, secret_key=new) as without:
        assert not _accepts(without, cookie, token)


def _session_and_token(app: Flask) -> tuple[str, str]:
    client = app.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value, re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]


def _accepts(app: Flask, cookie: str, token: str) -> bool:
    client = app.test_client()
    client.set_cookie("session", cookie)
    return client.post("/sign-out", data={"csrf_token": token}).status_code == 303

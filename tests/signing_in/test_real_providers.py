"""Signing in with two providers that really run on this machine: one in Python, one from npm."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import oidc_provider_mock
import pytest
import requests
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import select

from config.providers import Provider
from cxworkflow.db import session
from cxworkflow.models import Event, Role
from tests.signing_in.surroundings import OURS, VENDOR, Visit, address, browser, outside_the_demo, signed_in_as
from tests.stage import Stage, eastern
from tests.web.visiting import words

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def python_provider() -> Iterator[str]:
    """The issuer of oidc-provider-mock."""
    users = [
        oidc_provider_mock.User(sub="1001", claims={"email": "Pat.Doe@DHS.example", "email_verified": True}),
        oidc_provider_mock.User(sub="1002", claims={"email": "pat.doe@dhs.example", "email_verified": True}),
        oidc_provider_mock.User(sub="1003", claims={"email": "pat.doe@dhs.example", "email_verified": False}),
        oidc_provider_mock.User(sub="1004", claims={"email": "nobody@dhs.example", "email_verified": True}),
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


def picks(sub: str) -> Any:
    """Somebody who signs in at the Python provider as one of its users."""
    return lambda page, jar: jar.post(page.url, data={"sub": sub}, allow_redirects=False, timeout=20)


def mock_of(issuer: str) -> Provider:
    """The settings for it."""
    return Provider("mock", issuer, "cxworkflow", "Example ID", client_secret="any will do there")


def test_somebody_signs_in_with_a_verified_address_and_comes_back_to_the_page(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    lead = stage.person(Role.LEAD, "CBP")
    address(lead, "pat.doe@dhs.example")
    client = browser(app)
    assert "Sign in with Example ID" in words(client.get("/sign-in"))
    answer = Visit(client, "mock", picks("1001")).through("/components/")
    assert (answer.status_code, answer.location) == (303, "/components/")
    assert signed_in_as(client) == lead.name


@pytest.mark.asvs("V10.2.1")
def test_the_way_there_carries_code_pkce_state_and_a_nonce_of_32_characters(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    asked = [parse_qs(urlsplit(Visit(browser(app), "mock", picks("1")).sent_to()).query) for _ in range(2)]
    for query in asked:
        assert query["response_type"] == ["code"]
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == [f"{OURS}/sign-in/with/mock/callback"]
        assert len(query["nonce"][0]) == 32
        assert len(query["state"][0]) >= 22
    for secret in ("nonce", "state", "code_challenge"):
        assert asked[0][secret] != asked[1][secret]


@pytest.mark.asvs("V10.5.2")
def test_once_linked_the_subject_decides_whatever_the_address(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    lead, cio = stage.person(Role.LEAD, "CBP"), stage.person(Role.CIO)
    address(lead, "pat.doe@dhs.example")
    assert Visit(browser(app), "mock", picks("1001")).through().status_code == 303
    address(lead, "pat.doe-smith@dhs.example")
    address(cio, "pat.doe@dhs.example")
    client = browser(app)
    Visit(client, "mock", picks("1001")).through()
    assert signed_in_as(client) == lead.name


@pytest.mark.parametrize(
    ("sub", "sentence"),
    [
        ("1002", "belongs to an account that another identity is linked to"),
        ("1003", "Nobody here has the e-mail address that your identity provider has verified"),
        ("1004", "Nobody here has the e-mail address that your identity provider has verified"),
    ],
)
def test_who_is_not_the_linked_one_not_verified_or_not_known_is_turned_away(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str, sub: str, sentence: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    address(stage.person(Role.LEAD, "CBP"), "pat.doe@dhs.example")
    assert Visit(browser(app), "mock", picks("1001")).through().status_code == 303
    client = browser(app)
    answer = Visit(client, "mock", picks(sub)).through()
    assert answer.status_code == 403
    assert sentence in words(answer)
    assert signed_in_as(client) is None
    assert refusals(), "a refusal is a line of the record"


def refusals() -> list[Event]:
    """The sign-ins that the record says were refused."""
    return list(session().scalars(select(Event).where(Event.verb == "sign-in-refused")))


def test_who_was_deactivated_is_turned_away(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    lead = stage.person(Role.LEAD, "CBP")
    address(lead, "pat.doe@dhs.example")
    lead.deactivated_at = eastern("2023-12-01 09:00")
    session().merge(lead)
    session().commit()
    answer = Visit(browser(app), "mock", picks("1001")).through()
    assert answer.status_code == 403
    assert "This account is deactivated" in words(answer)


def test_who_says_no_at_the_provider_is_not_signed_in(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    client = browser(app)
    there = Visit(client, "mock", picks("1001")).sent_to()
    state = parse_qs(urlsplit(there).query)["state"][0]
    answer = client.get(f"/sign-in/with/mock/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert signed_in_as(client) is None


def test_signing_out_offers_to_sign_out_at_the_provider_too(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, python_provider: str
) -> None:
    outside_the_demo(app, monkeypatch, mock_of(python_provider))
    address(stage.person(Role.LEAD, "CBP"), "pat.doe@dhs.example")
    client = browser(app)
    Visit(client, "mock", picks("1001")).through()
    left = client.post("/sign-out")
    assert left.location == "/signed-out/mock"
    assert "Sign out at Example ID" in words(client.get(left.location))
    onward = client.get("/sign-out/with/mock").location
    assert onward.startswith(f"{python_provider}/oauth2/end_session?")
    assert parse_qs(urlsplit(onward).query)["post_logout_redirect_uri"] == [f"{OURS}/sign-in"]


def test_a_provider_that_is_away_is_said_to_be(app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    outside_the_demo(app, monkeypatch, mock_of("http://localhost:1"))
    answer = browser(app).get("/sign-in/with/mock")
    assert answer.status_code == 503
    assert "can't be reached at the moment" in words(answer)
    assert browser(app).get("/sign-in/with/another").status_code == 404


@pytest.fixture(scope="module")
def key() -> ECKey:
    """Our private key."""
    return ECKey.generate_key("P-256")


@pytest.fixture(scope="module")
def npm_provider(key: ECKey) -> Iterator[str]:
    """The issuer of npm's oidc-provider; skipped where npm could not bring it."""
    node = shutil.which("node")
    if node is None or not (VENDOR / "oidc-provider").is_dir():
        pytest.skip("npm's oidc-provider is not here, so signing in with it is left out.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    public = {**key.as_dict(private=False), "alg": "ES256", "use": "sig"}
    script = VENDOR.parents[2] / "signing_in" / "provider.mjs"
    callback, after = f"{OURS}/sign-in/with/npm/callback", f"{OURS}/sign-in"
    command = [node, str(script), str(VENDOR), port, callback, after, json.dumps(public)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "listens" in line:
            break
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(timeout=20)


def fills_in(login: str) -> Any:
    """Somebody who signs in and agrees at the npm provider."""

    def fill(page: requests.Response, jar: requests.Session) -> requests.Response:
        action = re.search(r'<form[^>]+action="([^"]+)"', page.text)
        assert action is not None, page.text
        prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
        data = {"prompt": prompt[1] if prompt else "login", "login": login, "password": "any"}
        return jar.post(urljoin(page.url, action[1]), data=data, allow_redirects=False, timeout=20)

    return fill


@pytest.mark.parametrize("proof", ["signs", "knows-a-secret"])
def test_the_npm_provider_takes_our_signature_or_our_secret(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, npm_provider: str, key: ECKey, proof: str
) -> None:
    pem = key.as_pem(private=True).decode() if proof == "signs" else None
    secret = None if pem else "known to both sides and to nobody else"
    outside_the_demo(app, monkeypatch, Provider("npm", npm_provider, proof, "Agency ID", secret, pem))
    lead = stage.person(Role.LEAD, "CBP")
    address(lead, "pat@dhs.example")
    client = browser(app)
    answer = Visit(client, "npm", fills_in("pat_at_dhs.example")).through("/components/")
    assert (answer.status_code, answer.location) == (303, "/components/"), words(answer)
    assert signed_in_as(client) == lead.name


def test_an_address_that_the_npm_provider_has_not_verified_opens_nothing(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, npm_provider: str
) -> None:
    secret = "known to both sides and to nobody else"
    trusted = Provider("npm", npm_provider, "knows-a-secret", "Agency ID", client_secret=secret)
    outside_the_demo(app, monkeypatch, trusted)
    address(stage.person(Role.LEAD, "CBP"), "unverified@dhs.example")
    client = browser(app)
    assert Visit(client, "npm", fills_in("unverified_at_dhs.example")).through().status_code == 403
    assert signed_in_as(client) is None

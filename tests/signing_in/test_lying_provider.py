"""A provider that lies, in one field after the other: nobody is signed in by it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from config.providers import Provider
from cxworkflow.models import Person
from cxworkflow.web.relying import Direct, NotVouched, RelyingParty
from tests.signing_in import liar as lies
from tests.signing_in.believing import refused, way
from tests.signing_in.liar import Claims, Liar
from tests.signing_in.surroundings import OURS, signed_in_as

pytestmark = pytest.mark.integration


def test_the_liar_is_believed_while_it_tells_the_truth(app: Flask, lead: Person) -> None:
    visit = way(app)
    assert visit.through().status_code == 303
    assert signed_in_as(visit.client) == lead.name


TOKENS: dict[str, Callable[[Claims], object]] = {
    "another nonce": lambda claims: claims.update(nonce="x" * 32),
    "no nonce": lambda claims: claims.pop("nonce"),
    "another audience": lambda claims: claims.update(aud="another"),
    "another audience, though authorised for us": lambda claims: claims.update(aud="another", azp=lies.CLIENT),
    "a second audience": lambda claims: claims.update(aud=[lies.CLIENT, "another"], azp=lies.CLIENT),
    "no audience": lambda claims: claims.pop("aud"),
    "authorised for another": lambda claims: claims.update(azp="another"),
    "another issuer": lambda claims: claims.update(iss="https://another.example"),
    "an issuer with a slash more": lambda claims: claims.update(iss=claims["iss"] + "/"),
    "no issuer": lambda claims: claims.pop("iss"),
    "expired": lambda claims: claims.update(iat=int(time.time()) - 900, exp=int(time.time()) - 300),
    "no expiry": lambda claims: claims.pop("exp"),
    "an expiry in words": lambda claims: claims.update(exp="tomorrow"),
    "issued in the future": lambda claims: claims.update(iat=int(time.time()) + 900),
    "not valid yet": lambda claims: claims.update(nbf=int(time.time()) + 900),
    "no subject": lambda claims: claims.pop("sub"),
    "a subject that is a number": lambda claims: claims.update(sub=1001),
    "an empty subject": lambda claims: claims.update(sub=""),
    "another access token": lambda claims: claims.update(at_hash="x" * 22),
    "an address not verified": lambda claims: claims.update(email_verified=False),
    "verified in words": lambda claims: claims.update(email_verified="true"),
    "verified by silence": lambda claims: claims.pop("email_verified"),
    "an address that is a list": lambda claims: claims.update(email=["pat@dhs.example"]),
}


@pytest.mark.asvs("V10.5.1", "V10.5.4", "V9.2.1", "V9.2.3")
@pytest.mark.parametrize("lie", TOKENS)
def test_a_lie_in_the_id_token_signs_nobody_in(app: Flask, lead: Person, liar: Liar, lie: str) -> None:
    liar.lie_in_token = TOKENS[lie]
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))


@pytest.mark.asvs("V6.8.2", "V9.1.1", "V9.1.2", "V9.1.3")
@pytest.mark.parametrize(
    "sign",
    [
        lies.unsigned,
        lies.signed_with_what_is_public,
        lies.signed_with_our_secret,
        lies.signed_with(lies.ANOTHER),
        lies.signed_with(lies.ANOTHER, kid="2"),
        lies.signed_with(lies.ANOTHER, jwk=lies.ANOTHER.as_dict(private=False)),
        lies.signed_with(lies.ANOTHER, kid="2", jku="http://127.0.0.1:1/jwks", x5u="http://127.0.0.1:1/x"),
        lambda claims: lies.signed_with(lies.KEY)(claims)[:-8] + "AAAAAAAA",
        lambda _: "not.a.token",
        lambda _: None,
    ],
    ids=[
        "none",
        "public key as a secret",
        "our secret",
        "another key",
        "unknown key",
        "a key in the token",
        "keys elsewhere",
        "bent",
        "no token",
        "nothing",
    ],
)
def test_an_id_token_without_the_providers_own_signature_signs_nobody_in(
    app: Flask, lead: Person, liar: Liar, sign: Callable[[Claims], str]
) -> None:
    liar.sign = sign
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))


@pytest.mark.asvs("V9.2.2")
@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", "JWS"])
def test_another_kind_of_token_is_no_id_token_whatever_it_says(app: Flask, lead: Person, liar: Liar, kind: str) -> None:
    liar.sign = lies.signed_with(lies.KEY, typ=kind)
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))
    liar.sign = lies.signed_with(lies.KEY, typ="jwt")
    assert way(app).through().status_code == 303


@pytest.mark.asvs("V9.1.3")
def test_a_key_that_the_provider_has_withdrawn_counts_no_more_after_an_hour(
    app: Flask, lead: Person, liar: Liar
) -> None:
    assert way(app).through().status_code == 303
    liar.key = lies.ANOTHER
    app.extensions["providers"]["liar"].server_metadata["_loaded_at"] -= 3601
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))
    liar.sign = lies.signed_with(lies.ANOTHER)
    assert way(app).through().status_code == 303


@pytest.mark.asvs("V15.3.2")
@pytest.mark.parametrize("moved", ["/.well-known/openid-configuration", "/jwks", "/userinfo"])
def test_we_follow_no_provider_to_somewhere_else(app: Flask, lead: Person, liar: Liar, moved: str) -> None:
    liar.moved = frozenset({moved})
    liar.lie_in_token = lambda claims: (claims.pop("email"), claims.pop("email_verified"))
    visit = way(app)
    if moved.startswith("/.well-known"):
        assert visit.client.get("/sign-in/with/liar").status_code == 503
    else:
        assert refused(visit, visit.back_from(visit.sent_to()))


@pytest.mark.asvs("V12.3.1", "V13.2.4")
@pytest.mark.parametrize("kind", ["authorization", "token", "userinfo", "jwks", "end_session"])
def test_a_provider_with_tls_has_no_address_without(kind: str) -> None:
    party = RelyingParty(Provider("p", "https://id.example", "cx", "P", client_secret="s"), base_url=OURS)
    name = "jwks_uri" if kind == "jwks" else f"{kind}_endpoint"
    told = {"issuer": "https://id.example", "jwks_uri": "https://id.example/jwks", name: "http://id.example/x"}
    with told_at_once(told), pytest.raises(NotVouched):
        party.load_server_metadata()
    with told_at_once({**told, name: "https://elsewhere.example/x"}):
        assert party.load_server_metadata()[name]


@contextmanager
def told_at_once(told: Claims) -> Iterator[None]:
    """What is said about a provider that only listens with TLS, which no server of these tests does."""
    with pytest.MonkeyPatch.context() as patched:
        answer = requests.Response()
        answer.status_code, answer._content = 200, json.dumps(told).encode()
        patched.setattr(Direct, "request", lambda *_, **__: answer)
        yield


@pytest.mark.parametrize("lie", [lambda answer: answer.pop("id_token"), lambda answer: answer.clear()])
def test_an_answer_without_an_id_token_signs_nobody_in(
    app: Flask, lead: Person, liar: Liar, lie: Callable[[Claims], object]
) -> None:
    liar.lie_in_answer = lie
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))


def test_what_is_said_of_another_person_does_not_count(app: Flask, lead: Person, liar: Liar) -> None:
    liar.lie_in_token = lambda claims: (claims.pop("email"), claims.pop("email_verified"))
    liar.lie_in_userinfo = lambda told: told.update(sub="1002")
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))
    liar.lie_in_userinfo = lies.the_truth
    assert way(app).through().status_code == 303, "though the address may come from the second question"


@pytest.mark.asvs("V10.5.3")
@pytest.mark.parametrize("lie", [lambda told: told.update(issuer="https://another.example"), lambda told: told.clear()])
def test_metadata_of_another_issuer_are_not_followed(
    app: Flask, lead: Person, liar: Liar, lie: Callable[[Claims], object]
) -> None:
    liar.lie_in_metadata = lie
    visit = way(app)
    answer = visit.client.get("/sign-in/with/liar")
    assert answer.status_code == 403
    assert "Location" not in answer.headers
    liar.be_honest()
    assert visit.through().status_code == 303, "and are read anew the next time"


def test_metadata_can_not_talk_us_out_of_pkce_or_of_our_algorithms(app: Flask, lead: Person, liar: Liar) -> None:
    liar.lie_in_metadata = lambda told: told.update(
        code_challenge_method=None, scope="openid", token_endpoint_auth_method="none", jwks={"keys": []}
    )
    visit = way(app)
    assert "code_challenge" in parse_qs(urlsplit(visit.sent_to()).query)
    assert visit.through().status_code == 303

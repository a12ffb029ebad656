"""A provider that lies, in one field after the other: nobody is signed in by it."""

import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from config.providers import Provider
from cxworkflow.models import Person, Role
from tests.signing_in import liar as lies
from tests.signing_in.liar import Claims, Liar, lying
from tests.signing_in.surroundings import Visit, address, browser, outside_the_demo, signed_in_as
from tests.stage import Stage
from tests.web.visiting import words

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def one_liar() -> Iterator[Liar]:
    """A liar for all tests here."""
    with lying() as made:
        yield made


@pytest.fixture
def liar(one_liar: Liar) -> Liar:
    """It begins each test with the truth."""
    one_liar.be_honest()
    return one_liar


@pytest.fixture
def lead(app: Flask, stage: Stage, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> Person:
    """The one whom the liar speaks of."""
    outside_the_demo(app, monkeypatch, trusting(liar))
    person = stage.person(Role.LEAD, "CBP")
    address(person, "pat@dhs.example")
    return person


def trusting(liar: Liar, name: str = "liar") -> Provider:
    """The settings for it."""
    return Provider(name, liar.issuer, lies.CLIENT, "The liar", client_secret=lies.SECRET)


def way(app: Flask, name: str = "liar") -> Visit:
    """A new browser's way to the liar, who asks nobody anything."""
    return Visit(browser(app), name, lambda page, _: page)


def refused(visit: Visit, back: str) -> bool:
    """Whether this return ends without a sign-in, in plain words."""
    answer = visit.client.get(back)
    assert "You are not signed in" in words(answer), words(answer)
    assert "Traceback" not in words(answer)
    return answer.status_code in (403, 503) and signed_in_as(visit.client) is None


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


@pytest.mark.asvs("V10.5.1", "V10.5.4")
@pytest.mark.parametrize("lie", TOKENS)
def test_a_lie_in_the_id_token_signs_nobody_in(app: Flask, lead: Person, liar: Liar, lie: str) -> None:
    liar.lie_in_token = TOKENS[lie]
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))


@pytest.mark.parametrize(
    "sign",
    [
        lies.unsigned,
        lies.signed_with_what_is_public,
        lies.signed_with_our_secret,
        lies.signed_with(lies.ANOTHER),
        lies.signed_with(lies.ANOTHER, kid="2"),
        lambda claims: lies.signed_with(lies.KEY)(claims)[:-8] + "AAAAAAAA",
        lambda _: "not.a.token",
        lambda _: None,
    ],
    ids=["none", "public key as a secret", "our secret", "another key", "unknown key", "bent", "no token", "nothing"],
)
def test_an_id_token_without_the_providers_own_signature_signs_nobody_in(
    app: Flask, lead: Person, liar: Liar, sign: Callable[[Claims], str]
) -> None:
    liar.sign = sign
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))


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


@pytest.mark.asvs("V10.1.2")
@pytest.mark.parametrize(
    "lie",
    [
        lambda query: query.update(state="x" * 30),
        lambda query: query.pop("state"),
        lambda query: query.update(code="x" * 22),
        lambda query: query.pop("code"),
        lambda query: query.update(iss="https://another.example"),
        lambda query: query.pop("iss"),
        lambda query: query.update(error="server_error"),
    ],
    ids=["another state", "no state", "another code", "no code", "another issuer", "no issuer", "an error"],
)
def test_a_return_with_anything_mixed_up_signs_nobody_in(
    app: Flask, lead: Person, liar: Liar, lie: Callable[[Claims], object]
) -> None:
    liar.lie_in_return = lie
    visit = way(app)
    assert refused(visit, visit.back_from(visit.sent_to()))


def test_a_code_is_good_once(app: Flask, lead: Person, liar: Liar) -> None:
    visit = way(app)
    back = visit.back_from(visit.sent_to())
    assert visit.client.get(back).status_code == 303
    visit.client.post("/sign-out")
    assert refused(visit, back), "its state is used up"
    code, again = parse_qs(urlsplit(back).query)["code"][0], way(app)
    state = parse_qs(urlsplit(again.sent_to()).query)["state"][0]
    fresh = f"/sign-in/with/liar/callback?code={code}&state={state}&iss={liar.issuer}"
    assert refused(again, fresh), "and with another state the provider refuses it"


@pytest.mark.asvs("V10.1.2")
def test_a_return_is_good_only_in_the_browser_that_left(app: Flask, lead: Person) -> None:
    victim, attacker = way(app), way(app)
    back = attacker.back_from(attacker.sent_to())
    assert refused(victim, back)
    victim.sent_to()
    assert refused(victim, back)


@pytest.mark.asvs("V10.2.2")
def test_a_return_from_one_provider_is_not_taken_for_anothers(
    app: Flask, lead: Person, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside_the_demo(app, monkeypatch, trusting(liar), trusting(liar, "second"))
    visit = way(app)
    back = visit.back_from(visit.sent_to())
    assert refused(visit, back.replace("/with/liar/", "/with/second/"))


def test_a_sign_in_begun_too_often_is_forgotten_but_for_the_latest(app: Flask, lead: Person) -> None:
    visit = way(app)
    first = visit.sent_to()
    for _ in range(5):
        latest = visit.sent_to()
    assert refused(visit, visit.back_from(first))
    assert visit.client.get(visit.back_from(latest)).status_code == 303

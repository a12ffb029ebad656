"""Ways back from a provider: mixed up, used before, from another one, or weaker than was asked for."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import text

from cxworkflow.db import session
from cxworkflow.models import Person
from tests.signing_in import liar as lies
from tests.signing_in.believing import refused, trusting, way
from tests.signing_in.liar import Claims, Liar, lying
from tests.signing_in.surroundings import outside_the_demo, signed_in_as
from tests.web.visiting import words

pytestmark = pytest.mark.integration


@pytest.mark.asvs("V6.8.4")
@pytest.mark.parametrize("said", ["urn:weak", None])
def test_who_signed_in_there_in_a_weaker_way_than_is_asked_for_is_turned_away(
    app: Flask, lead: Person, liar: Liar, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    outside_the_demo(app, monkeypatch, replace(trusting(liar), acr_values=("urn:piv", "urn:mfa")))
    visit = way(app)
    there = visit.sent_to()
    assert parse_qs(urlsplit(there).query)["acr_values"] == ["urn:piv urn:mfa"]
    liar.lie_in_token = lambda claims: claims.update(acr=said) if said else None
    assert refused(visit, visit.back_from(there))
    liar.lie_in_token = lambda claims: claims.update(acr="urn:mfa")
    assert way(app).through().status_code == 303


@pytest.mark.asvs("V6.8.1")
def test_the_word_of_another_provider_opens_no_account_that_is_linked_already(
    app: Flask, lead: Person, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert way(app).through().status_code == 303
    with lying() as second:
        outside_the_demo(app, monkeypatch, trusting(liar), trusting(second, "second"))
        visit = way(app, "second")
        answer = visit.through()
        assert answer.status_code == 403
        assert "another identity is linked to" in words(answer)
        assert signed_in_as(visit.client) is None
        outside_the_demo(app, monkeypatch, trusting(second, "second"))
        assert way(app, "second").through().status_code == 303, "once the first is gone, the address counts again"


@pytest.mark.asvs("V10.1.1", "V14.3.3")
def test_no_token_of_the_provider_is_kept_or_reaches_the_browser(app: Flask, lead: Person, liar: Liar) -> None:
    made: list[str] = []
    liar.sign = lambda claims: made.append(lies.signed_with(lies.KEY)(claims)) or made[0]  # type: ignore[func-returns-value]
    visit = way(app)
    answer = visit.through()
    assert made
    assert made[0] not in answer.get_data(as_text=True) + str(answer.headers)
    with visit.client.session_transaction() as kept:
        assert set(kept) == {"sign_in", "_flashes"}
    for table in ("identity", "sign_in", "event"):
        assert not [row for row in session().scalars(text(f"select r::text from {table} r")) if made[0] in row]


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

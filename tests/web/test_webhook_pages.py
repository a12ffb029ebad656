"""The page of other programs that are told of events: the secret is shown once, each attempt stays, once more."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Delivery, Role, Webhook
from cxworkflow.services import webhooks
from cxworkflow.webhooks.delivery import Sender, deliver
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words
from tests.webhooks.receiver import agreeable, listening

pytestmark = pytest.mark.integration
KEY = "for tests only, and long enough for one"
LATER = eastern("2024-01-09 10:00")


def test_an_address_is_registered_told_seen_and_told_again(app: Flask, stage: Stage) -> None:
    it_is(eastern("2023-12-01 08:00"))
    with listening(lambda call: 500 if call == 1 else 204) as receiver:
        browser = visitor(app, stage.person(Role.CIO))
        typed = {"url": receiver.url, "component": "CBP", "kinds": ["submit", "approve"]}
        page = words(browser.post("/webhooks", data=typed))
        webhook = session().scalars(select(Webhook)).one()
        secret = webhooks.secret_of(webhook, [KEY])
        assert secret
        assert secret in page
        stage.submitted("CBP")
        session().commit()
        deliver(Sender([KEY], loopback=True), now=lambda: LATER)
        delivery = session().scalars(select(Delivery)).one()
        assert receiver.calls[0].is_signed_with(secret)
        told = words(browser.get(f"/webhooks/deliveries/{delivery.id}"))
        assert "strategies: submitted" in told
        assert "500" in told
        assert '"kind":"submit"' in told
        assert secret not in told + words(browser.get(f"/webhooks/{webhook.id}")) + words(browser.get("/webhooks"))
        assert "Waiting" in words(browser.get(f"/webhooks/{webhook.id}?state=owed"))


def test_what_is_wrong_stands_beside_its_box_and_what_was_typed_stays(app: Flask, stage: Stage) -> None:
    browser = visitor(app, stage.person(Role.ADMINISTRATOR))
    typed = {"url": "https://169.254.169.254/latest", "component": "CBP", "kinds": "submit"}
    answer = browser.post("/webhooks", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "169.254.169.254, which is not on the internet" in page
    assert 'value="https://169.254.169.254/latest"' in page
    assert re.search(r'id="kind-submit" value="submit" checked', page)
    assert "Choose at least one" in words(browser.post("/webhooks", data={"url": "http://127.0.0.1:9/"}))
    assert "one of the Components listed" in words(
        browser.post("/webhooks", data={"url": "http://127.0.0.1:9/", "kinds": "submit", "component": "X"})
    )


def test_another_secret_signs_what_follows(app: Flask, stage: Stage) -> None:
    it_is(eastern("2023-12-01 08:00"))
    with listening(agreeable) as receiver:
        browser = visitor(app, stage.person(Role.CIO))
        browser.post("/webhooks", data={"url": receiver.url, "kinds": "submit"})
        webhook = session().scalars(select(Webhook)).one()
        former = webhooks.secret_of(webhook, [KEY])
        page = words(browser.post(f"/webhooks/{webhook.id}/secret"))
        secret = webhooks.secret_of(session().get_one(Webhook, webhook.id, populate_existing=True), [KEY])
        assert secret
        assert secret in page
        assert secret != former
        stage.submitted("CBP")
        session().commit()
        deliver(Sender([KEY], loopback=True), now=lambda: LATER)
        assert receiver.taken[0].is_signed_with(secret)
        browser.post(f"/webhooks/{webhook.id}/ending")
        assert "It is told nothing any more since" in words(browser.get(f"/webhooks/{webhook.id}"))

"""How often something may be asked: whoever asks more often waits, whether Redis counts or each process for itself."""

import pytest
from flask import Flask

from cxworkflow.db import db
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, within
from cxworkflow.web import limits
from tests.stage import Stage, using
from tests.web.addresses import address
from tests.web.test_hardening import made
from tests.web.visiting import visitor, words

pytestmark = pytest.mark.integration

LIMITED = tuple(limits.PER_MINUTE)
# Each page of the table is open to one of these, or to a program.
WHO = (Role.CIO, Role.ADMINISTRATOR, Role.AUDITOR, Role.DIRECTORATE_LEAD)


@pytest.mark.asvs("V2.4.1", "V16.5.2", "V15.2.2", "V6.3.1")
@pytest.mark.parametrize("redis", ["answers", "away"])
def test_who_asks_too_often_is_told_to_wait(app: Flask, stage: Stage, redis: str, redis_url: str) -> None:
    url = redis_url if redis == "answers" else "redis://127.0.0.1:1/0"
    with made(app, redis_url=url) as counted:
        counted.config["WTF_CSRF_ENABLED"] = False
        if redis == "answers":
            counted.extensions["limits"].reset()
        client = counted.test_client()
        client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        answers = [client.post("/sign-in", data={"person": "0"}) for _ in range(62)]
    assert {answer.status_code for answer in answers[:60]} == {404}
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "60"
    assert "asked too often" in words(answers[-1])


def test_each_page_that_is_worth_it_has_its_limit(
    app: Flask, stage: Stage, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_MINUTE", dict.fromkeys(limits.PER_MINUTE, 1))
    bind = db._app_engines[app][None]
    with made(app, redis_url=redis_url) as counted, counted.app_context(), using(counted, bind), within(SYSTEM):
        counted.config["WTF_CSRF_ENABLED"] = False
        counted.extensions["limits"].reset()
        people = [*(stage.person(role) for role in WHO), stage.person(Role.LEAD, "CBP")]
        counted.extensions["limits"].enabled = False
        clients = [visitor(counted, person) for person in people]
        counted.extensions["limits"].enabled = True
        reached = set()
        for rule in counted.url_map.iter_rules():
            if rule.endpoint in LIMITED:
                asked = {"method": "POST" if "POST" in (rule.methods or ()) else "GET"}
                told = {each.open(address(counted, rule), **asked).status_code for each in [*clients, *clients]}
                reached |= {rule.endpoint} if 429 in told else set()
    assert reached == set(LIMITED)


@pytest.mark.asvs("V15.3.4", "V4.1.3")
@pytest.mark.parametrize(("proxies", "told"), [(0, 429), (1, 404), (2, 429)])
def test_behind_proxies_of_ours_each_visitor_is_counted_alone(
    app: Flask, stage: Stage, redis_url: str, proxies: int, told: int
) -> None:
    with made(app, redis_url=redis_url, trusted_proxies=proxies) as counted:
        counted.config["WTF_CSRF_ENABLED"] = False
        counted.extensions["limits"].reset()
        client = counted.test_client()
        # What stands before the proxy's own word is the visitor's, and may be made up.
        for last, times in (("192.0.2.7", 61), ("192.0.2.8", 1)):
            sent = {"X-Forwarded-For": f"198.51.100.1, {last}"}
            answers = [client.post("/sign-in", data={"person": "0"}, headers=sent) for _ in range(times)]
            assert answers[-1].status_code == (429 if times == 61 else told), last

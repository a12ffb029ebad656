"""What goes wrong is told as problem details (RFC 9457), whatever it is; and how often may be asked, in headers."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cxworkflow.db import db, session
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, within
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern, using
from tests.web.test_hardening import broken, log_lines, made
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")


@pytest.fixture
def lead(app: Flask, stage: Stage) -> Program:
    """A program of the lead of CBP."""
    it_is(NOW)
    return Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))


def is_a_problem(answer: TestResponse, status: int, kind: str) -> None:
    told = answer.get_json()
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert (told["status"], told["type"]) == (status, f"http://localhost/api#{kind}")
    assert told["title"]
    assert told["detail"]
    assert told["reference"] == answer.headers["X-Request-ID"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.asvs("V4.1.1", "V16.5.1")
def test_whatever_can_go_wrong_before_a_verb_is_a_problem(app: Flask, stage: Stage, lead: Program) -> None:
    page = f"/strategies/{stage.drafted('CBP').id}"
    is_a_problem(lead.ask("GET", "/nothing"), 404, "not-found")
    is_a_problem(lead.ask("GET", "/strategies/99999"), 404, "not-found")
    is_a_problem(lead.ask("GET", "/strategies/many"), 404, "not-found")
    is_a_problem(lead.ask("GET", "/strategies/%00"), 404, "not-found")
    answer = lead.ask("DELETE", page)
    is_a_problem(answer, 405, "other-method")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    is_a_problem(lead.ask("POST", f"{page}/withdrawal", {"reason": "A wrong figure."}), 409, "not-now")
    is_a_problem(lead.ask("POST", f"{page}/review/reviewers", {"person": 1}), 403, "not-allowed")
    submission = f"{page}/submission"
    is_a_problem(lead.ask("POST", submission, {"certified": True, "sha256": "0"}), 409, "not-now")
    is_a_problem(lead.ask("POST", submission, {"certified": False, "sha256": "0"}), 422, "faults")
    headers = {"Authorization": f"Bearer {lead.secret}"}
    path = f"/api/v1{submission}"
    is_a_problem(lead.client.post(path, data="x=1", headers=headers), 415, "not-json")
    is_a_problem(lead.client.post(path, data="{", content_type="application/json", headers=headers), 400, "unreadable")
    is_a_problem(
        lead.client.post(path, data=b'"\xff"', content_type="application/json", headers=headers), 400, "unreadable"
    )
    is_a_problem(
        lead.client.post(path, data=b"[" * 3_000_000, content_type="application/json", headers=headers),
        413,
        "too-large",
    )
    is_a_problem(lead.client.get("/api/v1/strategies"), 401, "no-token")
    elsewhere = {**headers, "Host": "evil.example"}
    is_a_problem(lead.client.get("/api/v1/strategies", headers=elsewhere), 400, "unreadable")


@pytest.mark.asvs("V16.5.1")
def test_a_fault_of_ours_reveals_nothing_but_its_reference(
    app: Flask, stage: Stage, lead: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with log_lines() as logged, broken(app, monkeypatch, "api.strategies-index", KeyError("secret of the house")):
        answer = lead.ask("GET", "/strategies")
        text = logged()
    is_a_problem(answer, 500, "our-fault")
    assert "secret" not in answer.get_data(as_text=True)
    assert answer.headers["X-Request-ID"] in text


@pytest.mark.asvs("V2.4.1", "V16.5.2")
@pytest.mark.parametrize("redis", ["answers", "away"])
def test_each_answer_says_how_often_may_still_be_asked(
    app: Flask, stage: Stage, lead: Program, redis: str, redis_url: str
) -> None:
    secrets = [lead.secret, token_of(stage.person(Role.LEAD, "CBP"), ["strategies:read"], at=NOW)]
    session().commit()
    bind, url = db._app_engines[app][None], redis_url if redis == "answers" else "redis://127.0.0.1:1/0"
    with made(app, redis_url=url) as counted, counted.app_context(), using(counted, bind), within(SYSTEM):
        if redis == "answers":
            counted.extensions["limits"].reset()
        programs = [Program(counted, secret) for secret in secrets]
        first, second = (each.ask("GET", "/strategies") for each in programs)
        assert [first.headers[name] for name in ("RateLimit-Policy", "RateLimit-Limit")] == ["300;w=60", "300"]
        left = [int(each.headers["RateLimit-Remaining"]) for each in (first, second)]
        assert left == [299, 298], "all tokens of a person count together"
        assert 0 < int(second.headers["RateLimit-Reset"]) <= 61
        writing = [programs[0].ask("POST", "/strategies/1/withdrawal", {"reason": "So."}) for _ in range(63)]
        assert {each.status_code for each in writing[:60]} <= {403, 404}
        is_a_problem(writing[-1], 429, "too-often")
        assert 0 < int(writing[-1].headers["Retry-After"]) <= 61
        assert writing[-1].headers["RateLimit-Remaining"] == "0"
        assert programs[0].ask("GET", "/strategies").status_code == 200, "reading is counted apart"

"""Requests at random by people of one Component: no answer holds a byte of another one's texts.

`make strangers` asks ten thousand times; SEED repeats a run.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine
from werkzeug.test import TestResponse

from cxworkflow.bell import Bell
from cxworkflow.db import CONNECT_ARGS, db
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, within
from tests.api.programs import token_of
from tests.databases import copied
from tests.matrix.asking import is_for_programs
from tests.matrix.marked import ASKING, MARK, fill, known_values, strings
from tests.matrix.premises import NOW
from tests.stage import Stage, using
from tests.web.visiting import Browser, it_is, visitor

pytestmark = pytest.mark.integration

REQUESTS, SEED = int(os.environ.get("REQUESTS", "1000")), int(os.environ.get("SEED", "76"))
ODD = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")


@pytest.fixture(scope="module")
def filled(shared_app: Flask, server_url: str, set_stage: str) -> Iterator[Engine]:
    with copied(server_url, set_stage) as url, shared_app.app_context():
        engine = create_engine(url, connect_args=CONNECT_ARGS)
        with using(shared_app, engine), within(SYSTEM):
            fill(Stage.found())
        yield engine
        engine.dispose()


def all_of(answer: TestResponse) -> bytes:
    """Everything that an answer says: its status line, its headers, its body."""
    return f"{answer.status}\n{answer.headers}\n".encode() + answer.get_data()


@pytest.mark.asvs("V8.4.1", "V15.3.1")
@pytest.mark.timeout(3600)
def test_no_answer_holds_a_foreign_byte(shared_app: Flask, filled: Engine, redis_url: str) -> None:
    rng, seen, statuses, strayed = random.Random(SEED), Counter[str](), Counter[int](), []
    with (
        shared_app.app_context(),
        within(SYSTEM),
        filled.connect() as connection,
        using(shared_app, connection),
    ):
        connection.begin()
        it_is(NOW)
        shared_app.extensions["bell"] = Bell(redis_url)
        stage, routes = Stage.found(), list(shared_app.url_map.iter_rules())
        who = [(code, role) for code in ASKING for role in (Role.LEAD, Role.CONTRIBUTOR, Role.EXECUTIVE)]
        cookies = {("OCIO", Role.HQ_LEAD): _cookie(shared_app, stage, "OCIO", Role.LEAD)}
        cookies |= {(code, role): _cookie(shared_app, stage, code, role) for code, role in who}
        tokens = {("OCIO", Role.HQ_LEAD): token_of(stage.person(Role.LEAD, "OCIO"), at=NOW)}
        tokens |= {(code, role): token_of(stage.person(role, code), at=NOW) for code, role in who}
        known, browser = known_values(), Browser(shared_app, shared_app.response_class, use_cookies=True)
        for _ in range(REQUESTS):
            (code, role), route = rng.choice(list(cookies)), rng.choice(routes)
            values = {name: rng.choice(known.get(name, [1])) for name in sorted(route.arguments)}
            path = shared_app.url_map.bind("localhost").build(route.endpoint, values)
            method = rng.choice(
                ODD if rng.random() < 0.1 else sorted((route.methods or set()) & {"GET", "POST", "PUT"})
            )
            query, form = dict(strings(rng, known)), dict(strings(rng, known))
            browser.set_cookie("session", cookies[code, role])
            db.session.remove()
            before = connection.begin_nested()
            told: dict[str, Any] = {"data": form if method == "POST" else None, "query_string": query}
            if is_for_programs(route):
                secret = tokens[code, role]
                told = {"json": form, "headers": {"Authorization": f"Bearer {secret}", "If-Match": '"1"'}}
            answer = browser.open(path, method=method, **told)
            statuses[answer.status_code] += 1
            for theirs, what in MARK.findall(all_of(answer)):
                seen[what.decode()] += theirs.decode() == code
                if theirs.decode() != code:
                    strayed.append(f"{method} {path} {query} {form} as {role} of {code}: {what!r} of {theirs!r}")
            db.session.remove()
            before.rollback()
        shared_app.extensions.pop("bell")
    print(f"{REQUESTS} requests, seed {SEED}: {dict(statuses)}; marks of one's own seen: {dict(seen)}")
    assert not strayed, "\n".join(strayed)
    # Were nothing of one's own to be seen, there would be nothing to see of others' either.
    assert len(seen) >= 5, seen
    assert {200, 303, 403, 404, 405, 422} <= set(statuses), statuses
    assert not any(status >= 500 and status != 503 for status in statuses), statuses


def _cookie(app: Flask, stage: Stage, code: str, role: Role) -> str:
    kept = visitor(app, stage.person(role, code)).get_cookie("session")
    assert kept is not None
    return kept.value

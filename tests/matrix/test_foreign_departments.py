"""Requests at random by people of two departments with the same codes: no answer holds a byte of the other one."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select

from cxworkflow.bell import Bell
from cxworkflow.db import CONNECT_ARGS, db, session
from cxworkflow.models import Person, PolicyEdition, Role
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import policies
from tests.api.programs import token_of
from tests.databases import copied
from tests.departments import OTHER, beside
from tests.matrix.asking import is_for_programs
from tests.matrix.marked import MARK, fill, known_values, strings
from tests.matrix.premises import NOW
from tests.matrix.test_foreign_bytes import all_of
from tests.stage import OF_NO_COMPONENT, Stage, using
from tests.web.visiting import Browser, it_is, visitor

pytestmark = pytest.mark.integration

REQUESTS, SEED = int(os.environ.get("REQUESTS", "600")), int(os.environ.get("SEED", "77"))
ROLES = [
    (Role.LEAD, "CBP"),
    (Role.EXECUTIVE, "ICE"),
    *OF_NO_COMPONENT,
]


@pytest.fixture(scope="module")
def filled(shared_app: Flask, server_url: str, set_stage: str) -> Iterator[Engine]:
    with copied(server_url, set_stage) as url, shared_app.app_context():
        engine = create_engine(url, connect_args=CONNECT_ARGS)
        with using(shared_app, engine), within(SYSTEM):
            fill(Stage.found(), of="DHS")
            fill(beside(), of="ELSE")
            for person in session().scalars(select(Person)):
                of = "DHS" if person.departments == ["dhs"] else "ELSE"
                person.name = f"zq{of}zqnamezq{person.id}"
            session().commit()
        yield engine
        engine.dispose()


@pytest.mark.asvs("V8.4.1")
@pytest.mark.timeout(3600)
def test_no_answer_holds_a_byte_of_another_department(shared_app: Flask, filled: Engine, redis_url: str) -> None:
    rng, seen, strayed, failed = random.Random(SEED), Counter[str](), [], []
    with shared_app.app_context(), within(SYSTEM), filled.connect() as connection, using(shared_app, connection):
        connection.begin()
        it_is(NOW)
        shared_app.extensions["bell"] = Bell(redis_url)
        # On the demo's own pages anybody reads any mail, and signs in as anybody.
        routes = [
            each for each in shared_app.url_map.iter_rules() if not each.endpoint.startswith(("demo.", "signin."))
        ]
        stages = {"DHS": Stage.found(), "ELSE": Stage(_edition())}
        people = {(of, role): stages[of].person(role, code) for of in stages for role, code in ROLES}
        cookies = {who: _cookie(shared_app, person) for who, person in people.items()}
        tokens = {who: token_of(person, at=NOW) for who, person in people.items()}
        known, browser = known_values(), Browser(shared_app, shared_app.response_class, use_cookies=True)
        known["code"] += ["elsewhere-1"]
        for _ in range(REQUESTS):
            (of, role), route = rng.choice(list(cookies)), rng.choice(routes)
            values = {name: rng.choice(known.get(name, [1])) for name in sorted(route.arguments)}
            path = shared_app.url_map.bind("localhost").build(route.endpoint, values)
            method = rng.choice(sorted((route.methods or set()) & {"GET", "POST"}) or ["GET"])
            query, form = dict(strings(rng, known)), dict(strings(rng, known))
            query |= {"as": "csv"} if rng.random() < 0.2 else {}
            browser.set_cookie("session", cookies[of, role])
            db.session.remove()
            before = connection.begin_nested()
            told: dict[str, Any] = {"data": form if method == "POST" else None, "query_string": query}
            if is_for_programs(route):
                told = {"json": form, "headers": {"Authorization": f"Bearer {tokens[of, role]}", "If-Match": '"1"'}}
            answer = browser.open(path, method=method, **told)
            failed += [path] if answer.status_code == 500 else []
            for theirs, what in MARK.findall(all_of(answer)):
                own = theirs.decode().startswith(of)
                seen[of] += own
                if not own:
                    strayed.append(f"{method} {path} {query} {form} as {role} of {of}: {what!r} of {theirs!r}")
            db.session.remove()
            before.rollback()
        shared_app.extensions.pop("bell")
    print(f"{REQUESTS} requests, seed {SEED}; marks of one's own department seen: {dict(seen)}")
    assert not strayed, "\n".join(strayed[:20])
    assert not failed
    assert min(seen["DHS"], seen["ELSE"]) > 100, seen


def _edition() -> PolicyEdition:
    found = policies.edition_of("elsewhere-1")
    assert found.policy.department == OTHER
    return found


def _cookie(app: Flask, person: Person) -> str:
    kept = visitor(app, person).get_cookie("session")
    assert kept is not None
    return kept.value

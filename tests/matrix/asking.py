"""Asking for an address as one of the people, and undoing what it did."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, select, text
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from cxworkflow.bell import Bell
from cxworkflow.db import db, session
from cxworkflow.models import Event, Person
from tests.api.programs import token_of
from tests.matrix.forms import FORMS, Form
from tests.matrix.premises import NOW, Matter, Premises
from tests.matrix.sent import Brought
from tests.matrix.statement import STATEMENT, Rule
from tests.stage import using
from tests.web.visiting import Browser, it_is, visitor

JSON = Any  # what a program sends


def written(route: Route) -> str:
    """A route's address as the statement writes it: /strategies/…/title."""
    return re.sub(r"<[^>]+>", "…", route.rule)


def is_for_programs(route: Route) -> bool:
    """Whether it takes a token, and no cookie."""
    return str(route.endpoint).startswith("api.") and route.endpoint != "api.document"


def lines_of(answer: TestResponse) -> Sequence[str]:
    """What an answer put on the record, by the verbs of its lines."""
    of_it = select(Event.verb).where(Event.request_id == answer.headers["X-Request-ID"])
    return session().scalars(of_it.order_by(Event.seq)).all()


class Asking:
    """The people with their cookies, and the database on which they ask."""

    def __init__(self, app: Flask, engine: Engine, premises: Premises, bell: Bell) -> None:
        self.app, self.engine, self.premises, self.bell = app, engine, premises, bell
        self.routes = {written(route): route for route in app.url_map.iter_rules()}
        self.browser = Browser(app, app.response_class, use_cookies=True)
        self.cookies: dict[int | None, str] = {None: ""}
        self.tokens: dict[int | None, str] = {None: ""}
        self._people: dict[tuple[str, str | None], int | None] = {}
        self._connection: Connection | None = None
        self.recorded: Sequence[str] = ()  # what the last answer put on the record

    def sign_in(self) -> None:
        """Everybody signs in, for all tests; then one of them is deactivated."""
        components = {matter.component for states in self.premises.matters.values() for matter in states.values()}
        for name in STATEMENT.people:
            for component in components:
                if name == "nobody":
                    self._people[name, component] = None
                    continue
                person = self.premises.person(name, component)
                self._people[name, component] = person.id
                if person.id not in self.cookies:
                    kept = visitor(self.app, person).get_cookie("session")
                    assert kept is not None
                    self.cookies[person.id] = kept.value
                    self.tokens[person.id] = token_of(person, at=NOW)
        gone = session().get_one(Person, self.premises.known["deactivated"])
        gone.deactivated_at = NOW
        session().commit()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Within this block all happens in one transaction, which is undone at its end."""
        with self.app.app_context(), self.engine.connect() as connection:
            outer = connection.begin()
            with using(self.app, connection):
                self._connection, self.app.extensions["bell"] = connection, self.bell
                # Sign-ins are old by now where many tests have run.
                connection.execute(text("update sign_in set seen_at = clock_timestamp(), began_at = clock_timestamp()"))
                it_is(NOW)
                session().commit()
                yield
                self.app.extensions.pop("bell")
            outer.rollback()

    def answer(self, rule: Rule, who: str, state: str, *, complete: bool, recorded: bool = False) -> int:
        """What is answered to one of the people; a form is complete, or empty. `recorded`: look at the record, too."""
        fill_in = FORMS.get(rule.path) if complete and rule.method != "GET" else None
        typed = fill_in(self.premises, self.premises.matters[rule.family][state]) if fill_in else None
        with self.told(rule, who, state, typed) as answer:
            if recorded:
                self.recorded = lines_of(answer)
            return answer.status_code

    @contextmanager
    def told(
        self,
        rule: Rule,
        who: str,
        state: str,
        typed: Form | None = None,
        query: Form | None = None,
        *,
        path: str = "",
    ) -> Iterator[TestResponse]:
        """The answer to one of the people who sends this; what it did is undone at the end of the block.

        It is sent to the address of the rule for the matter, or to a `path` of another one.
        """
        matter = self.premises.matters[rule.family][state]
        # Each time anew: some answers change it, which is undone with the rest.
        self.browser.set_cookie("session", self.cookies[self._people[who, matter.component]])
        with self._alone():
            path = path or self.address(rule, matter)
            yield self.browser.open(path, method=rule.method, data=typed, query_string=query)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """What is done in the block is undone at its end."""
        assert self._connection is not None
        db.session.remove()  # a savepoint of what was only looked up would end with this one
        before = self._connection.begin_nested()
        try:
            with self.app.app_context():
                yield
        finally:
            db.session.remove()
            before.rollback()

    @contextmanager
    def told_program(
        self, address: str, page: Rule, who: str, state: str, sent: JSON = None, etag: str = "1"
    ) -> Iterator[TestResponse]:
        """The answer to a program of one of the people that asks for an address of the API."""
        told = {"If-Match": f'"{etag}"'} if address.startswith("PUT") else {}
        body: dict[str, Any] = {"json": sent}
        if isinstance(sent, Brought):
            body = {"data": sent.content, "content_type": sent.media_type}
            body["query_string"] = {"name": sent.name} if sent.name else {}
        with self.told_case(address, page, who, state, headers=told, **body) as answer:
            yield answer

    @contextmanager
    def told_case(
        self, address: str, page: Rule, who: str, state: str, *, path: str = "", headers: dict[str, str], **sent: Any
    ) -> Iterator[TestResponse]:
        """The answer to a program of one of the people, about the matter, or at a `path` that may lead nowhere."""
        matter = self.premises.matters[page.family][state]
        if secret := self.tokens[self._people[who, matter.component]]:
            headers = {**headers, "Authorization": f"Bearer {secret}"}
        self.browser.delete_cookie("session")
        method, stated = address.split()
        with self._alone():
            path = path or self.address(replace(page, method=method, path=stated), matter)
            yield self.browser.open(path, method=method, headers=headers, **sent)

    def person(self, who: str, component: str | None) -> Person:
        """Who a name of the statement stands for, where the matter is one of this Component."""
        return session().get_one(Person, self._people[who, component])

    def address(self, rule: Rule, matter: Matter) -> str:
        """The address of a rule for this matter."""
        route = self.routes[rule.path]
        values = {
            "code": (matter.component or "CBP") if rule.path.startswith(("/components", "/hisps")) else "dhs-076-02",
            "channel": "website",
            "number": 1,
            "kind_id": "drafts",
            "version": self.app.extensions["assets_version"],
            "filename": "app.css",
            "ending": "docx",
            "revision": 1,
            "secret": "no-such-secret",
            "token_id": 999_999,
            "policy": "dhs-076-02",
            **vars(matter),
        }
        if rule.path.startswith("/published"):
            values |= {"component": "uscis"}
        if rule.path.startswith("/api/"):
            values |= {"policy": "dhs-076-02", "component": matter.component or "CBP"}
        return self.app.url_map.bind("localhost").build(
            route.endpoint, {name: values.get(name, "nothing") for name in route.arguments}
        )

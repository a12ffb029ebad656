"""Programs that use the API with a person's token."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from cxworkflow.db import session
from cxworkflow.models import Person, SignIn
from cxworkflow.services import api_tokens
from cxworkflow.services.sign_ins import Present
from tests.web.visiting import Browser

EVERYTHING = api_tokens.SCOPES


def token_of(person: Person, scopes: Collection[str] = EVERYTHING, *, days: int = 30, at: datetime) -> str:
    """The secret of a token that the person makes."""
    present = Present(SignIn(person_id=person.id, token_sha256="", way="demo"), person, 60, unnoted=False, fresh=True)
    _, secret = api_tokens.make(present, "a test", scopes, days=days, at=at)
    session().commit()
    return secret


class Program:
    """A program that sends one token with each request, and no cookie."""

    def __init__(self, app: Flask, secret: str) -> None:
        self.secret = secret
        self.client = Browser(app, app.response_class, use_cookies=False)

    def ask(self, method: str, path: str, sent: Any = None, *, etag: str = "", **headers: str) -> TestResponse:
        """What is answered; `path` goes on after /api/v1."""
        told = {"Authorization": f"Bearer {self.secret}", **headers}
        if etag:
            told["If-Match"] = etag
        return self.client.open(f"/api/v1{path}", method=method, json=sent, headers=told)

    def told(self, method: str, path: str, sent: Any = None, *, etag: str = "") -> Any:
        """What is answered where it is done; fails with the problem otherwise."""
        answer = self.ask(method, path, sent, etag=etag)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

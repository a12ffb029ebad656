"""Who asks: the person of the token in the header, and nobody else; a cookie says nothing here."""

from typing import Any

from flask import g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from cxworkflow import scope
from cxworkflow.api.endpoint import Endpoint
from cxworkflow.db import unit_of_work
from cxworkflow.models import ApiToken
from cxworkflow.permissions.reach import narrow, scope_of, works_in
from cxworkflow.services import api_tokens
from cxworkflow.web import current

REALM = 'Bearer realm="CX Workflow"'
LONGEST = 200  # characters of a token


class NoToken(Unauthorized):
    """No token, or none that counts; `error` says which to programs, in the words of RFC 6750."""

    def __init__(self, sentence: str, error: str = "") -> None:
        super().__init__(sentence)
        self.told = f'{REALM}, error="{error}"' if error else REALM

    def get_headers(self, *asked: Any, **more: Any) -> list[tuple[str, str]]:
        """With what is asked for."""
        return [*super().get_headers(*asked, **more), ("WWW-Authenticate", self.told)]


class TooNarrow(Forbidden):
    """The token counts, and is not good for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This takes a token with the scope {scope}, which yours has not.")
        self.told = f'{REALM}, error="insufficient_scope", scope="{scope}"'

    def get_headers(self, *asked: Any, **more: Any) -> list[tuple[str, str]]:
        """With what the token would have to be good for."""
        return [*super().get_headers(*asked, **more), ("WWW-Authenticate", self.told)]


def ask(endpoint: Endpoint) -> None:
    """From here on the database shows the token's person what is theirs.

    What there is to refuse waits for `refuse`, which comes after the request is counted: so refusals count, too.
    """
    try:
        _ask(endpoint)
    except (NoToken, TooNarrow) as refusal:
        g.turned_away = refusal


def refuse() -> None:
    """Turn away who sent no token that counts, or one that is not good for this; raises NoToken, TooNarrow."""
    refusal: NoToken | TooNarrow | None = g.get("turned_away")
    if refusal is not None:
        raise refusal


def token() -> ApiToken:
    """The token of this request, which counts."""
    found: ApiToken = g.token
    return found


def _ask(endpoint: Endpoint) -> None:
    scope.enter(scope.SIGNING_IN)
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token or len(given.token) > LONGEST:
        raise NoToken("Send a token of yours in the header Authorization: Bearer …")
    found = api_tokens.find(given.token, at=current.now())
    if found is None:
        raise NoToken("This token does not count: it is unknown, has expired or was revoked.", "invalid_token")
    at = current.now()
    here = works_in(found.person, None, at=at) if found.department is None else found.department
    narrow(found.person, here)
    scope.enter(scope_of(found.person, at=at, department=here))
    g.person, g.token = found.person, found
    if found.used_on != current.today():
        with unit_of_work():
            api_tokens.note_use(found, on=current.today())
    if not found.opens(endpoint.area, endpoint.kind):
        raise TooNarrow(endpoint.scope)

"""Guards that stand in tables: routes, permissions, headers, cookies, limits, sign-ins; how each is removed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, true

from cxworkflow import permissions, web
from cxworkflow.models import ApiToken
from cxworkflow.permissions import reach
from cxworkflow.permissions.predicates import Case, Predicate, always
from cxworkflow.services import api_tokens, sign_ins
from cxworkflow.web import guard, headers, limits, relying
from tests.mutation.switches import SWITCHES

HARDENING, HEADERS, LIMITS, SESSIONS, LIARS, TOKENS = (
    "tests/web/test_hardening.py",
    "tests/web/test_hardening.py::test_a_page_has_the_headers_of_every_page",
    "tests/web/test_limits.py::test_each_page_that_is_worth_it_has_its_limit",
    "tests/signing_in/test_sessions",
    "tests/signing_in/test_lying_provider.py",
    "tests/api/test_tokens.py",
)


@dataclass(frozen=True)
class Guard:
    """A guard, how it is removed in this process, and where tests stand that are to notice.

    `where` is the beginning of their names; without it, they are those in which the guard refused something.
    """

    name: str
    remove: Callable[[], object]
    where: str = ""


def routes(app: Flask) -> Iterator[Guard]:
    """What each page says of who may open it: removed, it is open to anybody signed in, or to anybody at all."""
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        opens_to = view.opens_to
        if opens_to in (guard.PUBLIC, guard.FOR_PROGRAMS):  # of programs the token is asked, below
            continue
        less = guard.SIGNED_IN if opens_to != guard.SIGNED_IN else guard.PUBLIC
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        path = "…".join(part.partition(">")[2] if ">" in part else part for part in rule.rule.split("<"))
        where = f"tests/matrix/test_every_address.py::test_each_is_answered_as_stated[{method} {path}]"
        yield Guard(f"route {method} {path}: {opens_to}", partial(setattr, view, "opens_to", less), where)


def lines() -> Iterator[Guard]:
    """Each line of the table of permissions: taken out, and, where it asks more than for the role, without that."""
    for permission, rules in permissions.TABLE.items():
        for number, (role, predicate) in enumerate(rules):
            line = f"{permission.name}: {role.value}, {predicate.__name__}"
            yield Guard(f"line taken out, {line}", partial(_swap, permission, number, None))
            if getattr(predicate, "__wrapped__", predicate) is not always:
                yield Guard(f"line weakened, {line}", partial(_swap, permission, number, always))


def note_lines() -> None:
    """Let every line of the table note when it decides."""
    for permission, rules in permissions.TABLE.items():
        permissions.TABLE[permission] = tuple(
            (role, _noting(f"{permission.name}: {role.value}, {predicate.__name__}", predicate))
            for role, predicate in rules
        )


def _noting(line: str, predicate: Predicate) -> Predicate:
    @wraps(predicate)
    def noted(case: Case) -> bool:
        allowed = predicate(case)
        SWITCHES.note(f"line {'taken out' if allowed else 'weakened'}, {line}")
        return allowed

    return noted


def _swap(permission: permissions.Permission, number: int, predicate: Predicate | None) -> None:
    """Another predicate in a line of the table, or no such line; the database is told accordingly."""
    rules = list(permissions.TABLE[permission])
    role, _ = rules.pop(number)
    if predicate is not None:
        rules.insert(number, (role, predicate))
    permissions.TABLE[permission] = tuple(rules)
    for name, declared in reach.DECLARED.items():
        if declared is permission:
            told = [(name, getattr(asked, "__wrapped__", asked)) for of, asked in rules if of is role]
            reach._RULES[role] = [*(each for each in reach._RULES[role] if each[0] != name), *told]


def browsers(app: Flask) -> Iterator[Guard]:
    """Headers, parts of the content security policy, form tokens, attributes of cookies, limits on size."""
    for name in headers.ALWAYS:
        yield Guard(f"header {name}", partial(headers.ALWAYS.pop, name), HEADERS)
    for part in headers.POLICY.split("; "):
        without = "; ".join(each for each in headers.POLICY.split("; ") if each != part)
        yield Guard(f"content security policy: {part}", partial(setattr, headers, "POLICY", without), HEADERS)
    yield Guard(
        "header Strict-Transport-Security", partial(setattr, headers, "TWO_YEARS", 0), f"{HARDENING}::test_over_https"
    )
    yield Guard(
        "form tokens", partial(_set, app, "WTF_CSRF_CHECK_DEFAULT", False), f"{HARDENING}::test_a_new_secret_key"
    )
    yield Guard(
        "trusted hosts",
        partial(setattr, web.hosts, "register", lambda _app: None),
        f"{HARDENING}::test_only_our_own_name",
    )
    for setting in ("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_SECURE"):
        yield Guard(f"cookie {setting}", partial(_set, app, setting, None), SESSIONS)
    yield Guard("cookie SESSION_COOKIE_NAME", partial(_set, app, "SESSION_COOKIE_NAME", "session"), SESSIONS)
    for setting in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE"):
        yield Guard(f"limit {setting}", partial(_set, app, setting, None), "tests/web/test_foundation.py")
    yield Guard("former keys", partial(_set, app, "SECRET_KEY_FALLBACKS", []), f"{HARDENING}::test_a_new_secret_key")
    for endpoint in limits.PER_MINUTE:
        yield Guard(f"limit of {endpoint}", partial(limits.PER_MINUTE.pop, endpoint), LIMITS)


def _set(app: Flask, setting: str, value: object) -> None:
    """This application, and those that are made from here on, have another setting."""
    app.config[setting] = value
    register = web.register

    def changed(app: Flask) -> None:
        app.config[setting] = value
        register(app)

    web.register = changed


def _alive_while(condition: ColumnElement[bool]) -> None:
    """Sign-ins last as long as one of the two conditions says."""
    sign_ins._ALIVE = (condition, true())
    sign_ins._FOUND = sign_ins._who_holds(condition)


def ways_in() -> Iterator[Guard]:
    """The rules of sign-ins, and what is asked of an identity provider beside what our own code asks."""
    idle, longest = sign_ins._ALIVE
    yield Guard("sign-ins end when idle", partial(_alive_while, longest), SESSIONS)
    yield Guard("sign-ins end after 12 hours", partial(_alive_while, idle), SESSIONS)
    yield Guard("only a hash is kept", partial(setattr, sign_ins, "_hash", lambda token: token), SESSIONS)
    yield Guard("a token's scope", partial(setattr, ApiToken, "opens", lambda *_: True), TOKENS)
    yield Guard("of a token only a hash is kept", partial(setattr, api_tokens, "_hash", lambda secret: secret), TOKENS)
    yield Guard("what keeps nobody signed in", partial(setattr, guard, "NO_USE", frozenset()), SESSIONS)
    yield Guard("algorithms of providers", partial(setattr, relying, "ALGORITHMS", ["none", "HS256", "RS256"]), LIARS)
    yield Guard("age of what providers say", partial(setattr, relying, "LEEWAY", 10**9), LIARS)

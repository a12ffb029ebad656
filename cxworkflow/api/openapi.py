"""The OpenAPI 3.1 document, made from the table of endpoints and the shapes of what goes in and comes out."""

import json
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from cxworkflow.api.endpoint import Endpoint, Shape
from cxworkflow.api.problems import KINDS, MEDIA_TYPE
from cxworkflow.api.table import ENDPOINTS

PREFIX = "/api/v1"
TITLE = "CX Workflow API"
ABOUT = (
    "The verbs of CX Workflow for programs, with the permissions of the pages. A program works in the name of the "
    "person whose token it sends, within the token’s scope. Dates are calendar days in Eastern time; moments have "
    "their offset. What one may not know of is not found (404)."
)
SCHEMAS = "#/components/schemas/"
Mode = Literal["validation", "serialization"]


class ProblemError(Shape):
    """One thing wrong with what was sent: where it stands, and what to do about it."""

    where: str
    detail: str


class Problem(Shape):
    """Problem details (RFC 9457); `reference` leads to the line in the log."""

    type: str
    title: str
    status: int
    detail: str
    reference: str
    errors: tuple[ProblemError, ...] = ()


@lru_cache(maxsize=1)
def document() -> str:
    """The document as JSON; it is the same for everybody."""
    return json.dumps(described(), ensure_ascii=False)


@lru_cache(maxsize=1)
def described() -> dict[str, Any]:
    """The document as JSON values."""
    _, definitions = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(f"{PREFIX}{endpoint.address}", {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": area} for area in dict.fromkeys(each.area.value for each in ENDPOINTS)],
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of one’s own, made at /me/tokens.",
                }
            },
            "headers": {name: {"description": said, "schema": {"type": "string"}} for name, said in HEADERS.items()},
            "responses": {kind.name: _problem(status) for status, kind in KINDS.items()},
        },
    }


HEADERS = {
    "ETag": "Names the state that was read. Send it in If-Match with a change.",
    "RateLimit-Policy": "How often may be asked: times; seconds.",
    "RateLimit-Limit": "How often may be asked in a minute.",
    "RateLimit-Remaining": "How often still.",
    "RateLimit-Reset": "In how many seconds it counts anew.",
    "Retry-After": "How many seconds to wait.",
    "WWW-Authenticate": "What a token is needed for.",
    "X-Request-ID": "The request’s reference, which its lines of the log and of the record bear.",
}
ALWAYS = ("RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID")
OF_STATUS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.area.value],
        "summary": endpoint.title,
        "description": f"{endpoint.do.__doc__ or ''}\n\nNeeds a token with the scope `{endpoint.scope}`.",
        "parameters": _parameters(endpoint),
        "responses": {
            "200": {
                "description": "Done." if endpoint.method != "GET" else "As it stands.",
                "headers": _headers(*(("ETag",) if endpoint.edits else ()), *ALWAYS),
                "content": _given(endpoint),
            },
            **{str(status): {"$ref": f"#/components/responses/{KINDS[status].name}"} for status in endpoint.statuses},
        },
    }
    if endpoint.takes is not None:
        content = {"application/json": {"schema": _named(endpoint.takes, "validation")}}
        found["requestBody"] = {"required": True, "content": content}
    if endpoint.brings is not None:
        content = {each: {"schema": {"type": "string", "format": "binary"}} for each in endpoint.brings.media_types}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _given(endpoint: Endpoint) -> dict[str, Any]:
    if isinstance(endpoint.gives, tuple):
        binary = {"type": "string", "format": "binary"}
        return {each: {"schema": {} if each == "application/json" else binary} for each in endpoint.gives}
    return {"application/json": {"schema": _named(endpoint.gives)}}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    schemas: dict[str, dict[str, Any]] = {
        "int": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
        "uuid": {"type": "string", "format": "uuid"},
        "string": {"type": "string", "minLength": 1, "maxLength": 100},
    }
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": schemas[kind],
        }
        for kind, name in endpoint.named
    ]
    for name, schema in endpoint.asks.model_json_schema().get("properties", {}).items():
        said = schema.get("description", "")
        # What may be left out can't be sent as null in an address.
        kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
        plain = {key: value for key, value in kinds[0].items() if key not in ("title", "description", "default")}
        found.append({"name": name, "in": "query", "description": said, "schema": plain})
    if endpoint.edits and endpoint.method == "PUT":
        etag = {"type": "string", "pattern": '^"[0-9]{1,18}"$'}
        said = "The ETag of the state that the change builds on."
        found.append({"name": "If-Match", "in": "header", "required": True, "description": said, "schema": etag})
    return found


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": f"{KINDS[status].title}. {KINDS[status].advice}",
        "headers": _headers(*OF_STATUS.get(status, ()), *ALWAYS),
        "content": {MEDIA_TYPE: {"schema": _named(Problem)}},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


@lru_cache(maxsize=1)
def _schemas() -> tuple[dict[Any, Any], dict[str, Any]]:
    """Where each shape stands in the document, by shape and way, and all of them."""
    sent: list[tuple[type[BaseModel], Mode]] = [(each.takes, "validation") for each in ENDPOINTS if each.takes]
    shapes = [each.gives for each in ENDPOINTS if not isinstance(each.gives, tuple)]
    told: list[tuple[type[BaseModel], Mode]] = [(shape, "serialization") for shape in shapes]
    problem: list[tuple[type[BaseModel], Mode]] = [(Problem, "serialization")]
    wanted = list(dict.fromkeys([*sent, *told, *problem]))
    return models_json_schema(wanted, ref_template=f"{SCHEMAS}{{model}}")


def _named(shape: type[BaseModel], mode: Mode = "serialization") -> dict[str, Any]:
    found: dict[str, Any] = _schemas()[0][shape, mode]
    return found

"""The page about the API for people: how it is used, and every endpoint with what it takes and gives."""

from typing import Any

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.api import routes
from cxworkflow.api.openapi import PREFIX, SCHEMAS, described
from cxworkflow.api.problems import KINDS
from cxworkflow.api.table import ENDPOINTS
from cxworkflow.web.guard import public
from cxworkflow.web.tokens import AREAS


def register(app: Flask) -> None:
    """Give the application the page."""
    pages = Blueprint("api_page", __name__)
    pages.add_url_rule("/api", "one", public(_one))
    app.register_blueprint(pages)


def _one() -> ResponseReturnValue:
    """Everything that a program can ask for."""
    return render_template(
        "api/reference.html",
        prefix=PREFIX,
        areas=[(title, [each for each in ENDPOINTS if each.area is area]) for area, title in AREAS.items()],
        operation=lambda endpoint: described()["paths"][f"{PREFIX}{endpoint.address}"][endpoint.method.lower()],
        schemas=described()["components"]["schemas"],
        fields=fields,
        kinds=KINDS,
        per_minute=routes.PER_MINUTE,
    )


def fields(schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The fields of a shape: name, type in words, and what is said of it."""
    needed = schema.get("required", [])
    return [
        (
            name,
            words_of(field) + ("" if name in needed else ", may be left out"),
            field.get("description", ""),
        )
        for name, field in schema.get("properties", {}).items()
    ]


def words_of(schema: dict[str, Any]) -> str:
    """The type of a value, in words."""
    kind = schema.get("type", "any JSON value")
    if "$ref" in schema:
        words = schema["$ref"].removeprefix(SCHEMAS)
    elif "anyOf" in schema:
        words = " or ".join(map(words_of, schema["anyOf"]))
    elif kind == "array":
        words = f"list of {words_of(schema.get('items', {}))}"
    elif kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        words = f"object of {words_of(schema['additionalProperties'])}"
    else:
        words = {"date": "date", "date-time": "moment"}.get(schema.get("format", ""), kind)
    return str(words)

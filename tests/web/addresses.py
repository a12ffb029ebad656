"""An address of every route, with whatever row it names: for what has to hold on all pages."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule


@dataclass(frozen=True)
class Rows:
    """The rows that addresses name; 1 leads nowhere in particular."""

    strategy_id: int = 1
    clock_id: int = 1
    notice_id: int = 1
    request_id: int = 1
    number: int = 1
    component: str = "CBP"
    policy: str = "dhs-076-02"
    clause: str = "IV.c.3"
    what: str = "directorate"
    kind_id: str = "drafts"
    address: str = "00000000-0000-4000-8000-000000000000"


def routes(app: Flask, method: str) -> list[Rule]:
    """Every route that takes this method, by its address."""
    return sorted((rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())), key=str)


def address(app: Flask, rule: Rule, rows: Rows = Rows()) -> str:
    """The address of a route for these rows."""
    found = {
        "code": rows.component if rule.rule.startswith("/components") else rows.policy,
        "version": app.extensions["assets_version"],
        "filename": "app.css",
        "ending": "docx",
        "name": "nothing",
        **{name: getattr(rows, name) for name in Rows.__dataclass_fields__},
    }
    wanted = {name: found.get(name, 1) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, wanted)

"""The page about the API: the whole table of endpoints is on it, every link leads somewhere, nothing is foreign."""

import re

import pytest
from flask import Flask

from cxworkflow.api.openapi import PREFIX, described
from cxworkflow.api.problems import KINDS
from cxworkflow.api.table import ENDPOINTS
from cxworkflow.models import Area, Role
from cxworkflow.services.api_tokens import AREAS_READ_ONLY, SCOPES
from tests.stage import Stage
from tests.web.visiting import visitor, words

pytestmark = pytest.mark.integration


def test_every_endpoint_shape_and_problem_is_on_the_page_and_every_link_in_it_leads_somewhere(
    app: Flask, stage: Stage
) -> None:
    page = app.test_client().get("/api").get_data(as_text=True)
    said = re.sub(r"<[^>]+>", "", page)
    for endpoint in ENDPOINTS:
        assert f"{endpoint.method} {PREFIX}{endpoint.address}" in said
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert {f"shape-{name}" for name in described()["components"]["schemas"]} <= anchors
    assert {kind.name for kind in KINDS.values()} <= anchors
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
    assert set(re.findall(r'<script src="([^"]+)"', page)) == set(re.findall(r'<script src="(/assets/[^"]+)"', page))
    assert "None" not in said


def test_who_is_signed_in_reads_it_with_their_navigation(app: Flask, stage: Stage) -> None:
    page = visitor(app, stage.person(Role.CIO)).get("/api")
    assert page.status_code == 200
    assert "Sign out" in words(page)


def test_every_area_has_its_endpoints_and_only_those_of_a_token_can_be_asked_for() -> None:
    assert {endpoint.area for endpoint in ENDPOINTS} == set(Area)
    assert {endpoint.scope for endpoint in ENDPOINTS} <= set(SCOPES)
    assert {endpoint.area for endpoint in ENDPOINTS if endpoint.kind == "write"} == set(Area) - AREAS_READ_ONLY


def test_each_endpoint_is_called_by_one_name_and_says_what_it_does() -> None:
    assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS)
    assert len({(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}) == len(ENDPOINTS)
    assert all(endpoint.do.__doc__ for endpoint in ENDPOINTS)

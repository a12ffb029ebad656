"""Schemathesis asks the API for everything that its document allows, and what it forbids: no answer is undocumented.

Each endpoint is asked about real matters and about what is not there, by people who may and by people who may not. Set
EXAMPLES to ask more often.
"""

import os
import re
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import TestResponse

from cxworkflow.api.endpoint import Endpoint, NothingAsked
from cxworkflow.api.openapi import PREFIX, described
from cxworkflow.api.table import ENDPOINTS
from tests.matrix.asking import Asking
from tests.matrix.statement import STATEMENT

pytestmark = pytest.mark.integration

EXAMPLES = int(os.environ.get("EXAMPLES", "8"))  # of each endpoint, for each way
KEEPS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PAGES = dict(STATEMENT.programs)
SCHEMA = schemathesis.openapi.from_dict(described())
WAYS = settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize="EXAMPLES" not in os.environ,  # the suite asks the same every time
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PEOPLE = [who for who in STATEMENT.people if who not in ("nobody", "deactivated")]


SEEN = Counter[int]()  # the statuses of all answers


def stated(endpoint: Endpoint) -> str:
    """An endpoint as the statement writes it."""
    return f"{endpoint.method} {PREFIX}{re.sub('<[^>]+>', '…', endpoint.path)}"


def ask(asking: Asking, endpoint: Endpoint, case: Case[Any], who: str, state: str, *, there: bool) -> TestResponse:
    """What is answered to this case; `there`: about a real matter, and on its first state."""
    sent: dict[str, Any] = case.as_transport_kwargs(base_url="http://localhost")
    told = {name: value for name, value in (sent.get("headers") or {}).items() if name.lower() != "authorization"}
    body = {name: sent[name] for name in ("json", "data") if sent.get(name) is not None}
    if there and "If-Match" in told:
        told["If-Match"] = '"1"'
    address, path = stated(endpoint), "" if there else str(case.formatted_path)
    more = {"query_string": sent.get("params"), **body}
    with asking.told_case(address, PAGES[address], who, state, path=path, headers=told, **more) as answer:
        return answer


@pytest.mark.timeout(300)
@pytest.mark.asvs("V4.1.1", "V16.5.1")
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.address}")
def test_no_answer_is_undocumented_or_our_fault(asking: Asking, endpoint: Endpoint) -> None:
    operation = SCHEMA[f"{PREFIX}{endpoint.address}"][endpoint.method]
    modes = [GenerationMode.POSITIVE]
    if endpoint.takes is not None or endpoint.asks is not NothingAsked or endpoint.edits:
        modes.append(GenerationMode.NEGATIVE)
    page = PAGES[stated(endpoint)]
    anybody = [(who, state) for who in PEOPLE for state in page.states]
    may = [(who, state) for who, state in anybody if page.answer(who, state) == page.answers]
    for mode in modes:

        @WAYS
        @given(
            case=operation.as_strategy(generation_mode=mode),
            whose=st.sampled_from(may) | st.sampled_from(anybody),
            there=st.sampled_from((True, True, True, False))
            if mode is GenerationMode.POSITIVE
            else st.just(value=True),
        )
        def each(case: Case[Any], whose: tuple[str, str], *, there: bool) -> None:
            answer = ask(asking, endpoint, case, *whose, there=there)
            SEEN[answer.status_code] += 1
            case.validate_response(answer, checks=KEEPS)

        each()


def test_asked_like_this_they_do_things_and_refuse_them() -> None:
    if sum(SEEN.values()) < len(ENDPOINTS) * EXAMPLES:
        pytest.skip("Only some endpoints were asked.")
    print(f"answers: {dict(sorted(SEEN.items()))}")
    assert {200, 403, 404, 409, 422} <= set(SEEN), SEEN


def test_the_document_says_what_each_endpoint_takes_gives_and_needs() -> None:
    assert described()["openapi"] == "3.1.0"
    SCHEMA.validate()
    for endpoint in ENDPOINTS:
        told = described()["paths"][f"{PREFIX}{endpoint.address}"][endpoint.method.lower()]
        assert ("requestBody" in told) == (endpoint.takes is not None or endpoint.brings is not None)
        assert endpoint.scope in told["description"]
        assert {"401", "403", "429"} <= set(told["responses"])
        assert told["summary"], endpoint

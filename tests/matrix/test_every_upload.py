"""Every address that takes a file: limited in number and size, and the scanner looks at it before it is taken.

Addresses are taken from the table that lets files in, from the templates and from the endpoints of the API.
"""

import ast
import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from cxworkflow.api.table import ENDPOINTS
from cxworkflow.services import quarter_files
from cxworkflow.web import sent_files
from cxworkflow.web.limits import PER_MINUTE
from tests.matrix.asking import Asking, lines_of
from tests.matrix.forms import FORMS, Form
from tests.matrix.sent import Brought
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule
from tests.matrix.test_every_act_is_recorded import SENT, those_who_may
from tests.matrix.test_every_program import PREFIX, complete, etag, expected
from tests.test_gates import TEMPLATES, where
from tests.uploads.samples import png
from tests.uploads.test_scanning import scanner

WORM = b"stream: Worm FOUND\0"
FAR_TOO_LARGE = 120_000  # bytes, where the largest file has a thousand


BRINGING = {
    f"{each.method} {PREFIX}{re.sub('<[^>]+>', '…', each.path)}" for each in ENDPOINTS if each.brings is not None
}
PROGRAMS = [pytest.param(*each, id=each[0]) for each in STATEMENT.programs if each[0] in BRINGING]


def reads(*names: str) -> set[str]:
    """The files in which this is read out of a request."""
    wanted = {f"request.{name}" for name in names}
    return where(lambda tree: any(isinstance(n, ast.Attribute) and ast.unparse(n) in wanted for n in ast.walk(tree)))


@pytest.mark.unit
def test_files_are_read_out_of_requests_in_one_place_for_pages_and_one_for_programs() -> None:
    # Where a form is offered once more, errors.py only asks whether a file came with it.
    assert reads("files") == {"cxworkflow/web/sent_files.py", "cxworkflow/web/errors.py"}
    assert reads("data", "get_data", "stream", "json", "get_json") == {"cxworkflow/api/asked.py"}


@pytest.mark.unit
def test_whatever_takes_a_file_is_limited_in_a_minute_to_what_checking_files_is() -> None:
    assert [endpoint for endpoint in sent_files.LARGEST if PER_MINUTE.get(endpoint, 1_000) > 20] == []
    assert [each.name for each in ENDPOINTS if each.brings is not None and each.pace != "bring"] == []
    assert len(PROGRAMS) == len(BRINGING)


@pytest.mark.integration
def test_the_forms_that_send_files_lead_to_the_addresses_of_the_table(app: Flask) -> None:
    sending = re.compile(r'(?:form)?action="([^"]+)"(?=[^>]*(?:enctype|formenctype)="multipart/form-data")')
    ends = {each.rpartition("}}")[2] for text in TEMPLATES.values() for each in sending.findall(text)}
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in sent_files.LARGEST}
    assert len(rules) == len(ends) == len(sent_files.LARGEST)
    assert {end for end in ends if not any(rule.endswith(end) for rule in rules)} == set()


@pytest.mark.integration
def test_an_address_without_a_line_in_the_table_takes_no_file(app: Flask) -> None:
    with app.test_request_context("/closures", method="POST", data={"file": (BytesIO(png()), "seen.png")}):
        for take in (sent_files.examined, sent_files.examined_if_any, lambda: sent_files.scanned("A file.")):
            with pytest.raises(RuntimeError, match=r"closures\.announce takes no file"):
                take()


@pytest.fixture
def pages(asking: Asking) -> list[tuple[Rule, str, str, Form]]:
    """Each address of the table: somebody who may send a file there, when, and the form with its file."""
    found = []
    for rule in SENT:
        if asking.routes[rule.path].endpoint in sent_files.LARGEST:
            state, who = next((state, who) for state in rule.states for who in those_who_may(rule, state))
            typed = FORMS[rule.path](asking.premises, asking.premises.matters[rule.family][state])
            found.append((rule, state, who, {"file": (BytesIO(png()), "seen.png"), **typed}))
    assert {asking.routes[rule.path].endpoint for rule, *_ in found} == sent_files.LARGEST.keys()
    return found


@pytest.mark.integration
@pytest.mark.asvs("V5.4.3")
def test_what_the_scanner_objects_to_is_taken_by_no_page(
    asking: Asking, pages: list[tuple[Rule, str, str, Form]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for rule, state, who, typed in pages:
        with scanner(WORM) as (url, heard):
            scanned = replace(asking.app.extensions["settings"], clamd_url=url)
            monkeypatch.setitem(asking.app.extensions, "settings", scanned)
            with asking.told(rule, who, state, typed) as answer:
                assert "the virus scanner found Worm in it" in answer.get_data(as_text=True), rule.address
                assert (answer.status_code, list(lines_of(answer))) == (422, []), rule.address
        assert heard, rule.address


@pytest.mark.integration
@pytest.mark.asvs("V5.2.1")
def test_what_is_far_too_large_is_read_by_no_page(
    asking: Asking, pages: list[tuple[Rule, str, str, Form]], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = replace(asking.app.extensions["settings"], largest_attachment=1_000)
    monkeypatch.setitem(asking.app.extensions, "settings", narrow)
    monkeypatch.setattr(quarter_files, "LARGEST", 1_000)
    for rule, state, who, typed in pages:
        large = {**typed, "file": (BytesIO(b"x" * FAR_TOO_LARGE), "seen.png")}
        with asking.told(rule, who, state, large) as answer:
            assert (answer.status_code, list(lines_of(answer))) == (413, []), rule.address


@pytest.mark.integration
@pytest.mark.asvs("V5.4.3", "V5.2.1")
@pytest.mark.parametrize(("address", "page"), PROGRAMS)
def test_what_the_scanner_objects_to_or_is_too_large_is_taken_from_no_program(
    asking: Asking, address: str, page: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, who = next(
        (state, who)
        for state in page.states
        for who in STATEMENT.people
        if who not in OUTSIDE and expected(page, who, state) == 200
    )
    before = asking.app.extensions["settings"]
    sent, base = complete(asking, address, page, state), etag(asking, address, page, state)
    assert isinstance(sent, Brought)
    with scanner(WORM) as (url, heard):
        monkeypatch.setitem(asking.app.extensions, "settings", replace(before, clamd_url=url))
        with asking.told_program(address, page, who, state, sent, base) as answer:
            assert "the virus scanner found Worm in it" in answer.get_data(as_text=True)
            assert (answer.status_code, list(lines_of(answer))) == (422, [])
    assert heard
    monkeypatch.setitem(asking.app.extensions, "settings", replace(before, largest_attachment=1_000))
    monkeypatch.setattr(quarter_files, "LARGEST", 1_000)
    large = replace(sent, content=b"x" * FAR_TOO_LARGE)
    with asking.told_program(address, page, who, state, large, base) as answer:
        assert (answer.status_code, list(lines_of(answer))) == (413, [])

"""Every address that takes something typed: what is too long or holds hidden characters is refused in words or inert.

An address, a field or a filter that is new is among them by itself: they are taken from the routes, from the complete
forms of the matrix, from the filters that a list declares, and from the code that reads others.
"""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import cxworkflow.web
from cxworkflow.db import Base, session
from tests.matrix.asking import Asking
from tests.matrix.forms import FORMS, Form
from tests.matrix.lists import READ, list_at
from tests.matrix.premises import Matter, Premises
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule

pytestmark = pytest.mark.integration

PASTE = "paste " * 34_000  # 200 kB
HIDDEN = "Approved \u202egnihton and a bell\x07"
BAD = {"a paste of 200 kB": PASTE, "hidden characters": HIDDEN, "bytes in another encoding": b"Caf\xe9 au lait"}

WEB = Path(cxworkflow.web.__file__).parent
PLAIN = [rule for rule in STATEMENT.rules if rule.method == "POST" and rule.path != "/strategies/…/offline"]
LATER_ROW = re.compile(r"-[1-9]\d*-")
READS_A_FILTER = re.compile(r'(?:filters\.(?:one_of|day|number)|request\.args\.get)\(\s*"(\w+)"')


def complete(rule: Rule, premises: Premises, matter: Matter) -> Form:
    """The whole form as somebody would send it."""
    return FORMS[rule.path](premises, matter) if rule.path in FORMS else {}


def who_may(rule: Rule) -> tuple[str, str]:
    """One of those who may send it, and a state in which it is taken."""
    found = [
        (who, state)
        for state in rule.states
        for who in STATEMENT.people
        if who not in OUTSIDE and rule.answer(who, state) == rule.answers
    ]
    return found[0]


def kept_anywhere(*marks: str) -> list[str]:
    """The tables that hold any of these characters."""
    held = " or ".join(f"strpos(r::text, :mark{place}) > 0" for place in range(len(marks)))
    tables = " union all ".join(
        f"select '{table}' where exists (select from {table} r where {held})" for table in Base.metadata.tables
    )
    return list(session().scalars(text(tables), {f"mark{place}": mark for place, mark in enumerate(marks)}))


@pytest.mark.asvs("V2.2.1", "V1.1.1")
@pytest.mark.parametrize("rule", PLAIN, ids=lambda rule: rule.address)
def test_what_is_typed_badly_is_refused_in_words_and_given_back(asking: Asking, rule: Rule) -> None:
    who, state = who_may(rule)
    matter = asking.premises.matters[rule.family][state]
    whole = complete(rule, asking.premises, matter)
    # Of rows that are alike, the first.
    boxes = [name for name, value in whole.items() if isinstance(value, str) and not LATER_ROW.search(name)]
    for name in boxes:
        for kind, bad in BAD.items():
            typed: dict[str, Any] = {**complete(rule, asking.premises, matter), name: bad}
            with asking.told(rule, who, state, typed) as answer:
                told = f"{rule.address}, {name}, {kind}: {answer.status_code}"
                assert answer.status_code < 500, told
                if answer.status_code in (200, 302, 303):
                    # It was taken for something else than a text, and is kept nowhere as it came.
                    assert not isinstance(bad, str) or not kept_anywhere("\u202e", "\x07", PASTE[:30_000]), told
                    continue
                assert answer.status_code in (400, 403, 404, 409, 413, 422), told
                page = answer.get_data(as_text=True)
                assert re.search(r"fault-summary|This was not done|<h1", page), told
                if name in GIVEN_BACK and isinstance(bad, str):
                    assert bad[:20].strip() in page, f"{told}: what was typed is lost"


# The boxes in which people write.
GIVEN_BACK = {
    *("reason", "why", "text", "answer", "statement", "recommendation", "title", "name", "declining", "authority"),
    *("citation", "metrics-0-name", "metrics-0-source"),
}


@pytest.mark.asvs("V2.2.1")
@pytest.mark.parametrize("rule", READ, ids=lambda rule: rule.address)
def test_whatever_a_filter_is_given_the_page_says_so_or_shows_nothing_of_it(asking: Asking, rule: Rule) -> None:
    who, state = who_may(rule)
    view = asking.app.view_functions[asking.routes[rule.path].endpoint]
    with list_at(asking, rule) as (_, listing):
        offered = [each.name for each in listing.offered] if listing else []
    read = READS_A_FILTER.findall(Path(inspect.getfile(view)).read_text(encoding="utf-8"))
    for name in {"page", "sort", "as", "policy", *offered, *read}:
        for bad in (HIDDEN, "\0", "9" * 400):
            with asking.told(rule, who, state, query={name: bad}) as answer:
                told = f"{rule.address}?{name}={bad[:20]!r}: {answer.status_code}"
                assert answer.status_code < 500, told
                if answer.mimetype == "text/html":
                    assert not re.search("[\x00\x07\u202e]", answer.get_data(as_text=True)), told


def test_tables_go_out_as_inert_text_only() -> None:
    """CSV through the module that makes cells inert, workbooks through the two that write no formulas."""
    code = [path for path in WEB.parent.rglob("*.py") if re.search(r"csv\.\w*[wW]riter|Workbook\(", path.read_text())]
    assert {path.name for path in code} == {"csv_file.py", "workbook.py", "xlsx_file.py"}

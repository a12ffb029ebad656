"""A strategy file that is broken as JSON, or hides something in it, is refused where that stands."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.unit

Answers = dict[str, Any]
Write = Callable[..., bytes]
Refused = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b'{"policy": "dhs-076-02", "answers": {', "cut short: it ends in the middle, at line 1, column 38"),
        (b'{\n"policy": "dhs', "cut short: it ends in the middle, at line 2, column 15"),
        (b'{"policy": tru', "cut short"),
        (b'{"policy": "x" "title": "y"}', "a comma is missing at line 1, column 16"),
        (b"<html></html>", "not JSON"),
        (b'{} and more', "more text after the end"),
        (b'{"policy":\n"\xe9"}', "Line 2 is not in UTF-8"),
        (b"[1]", "not a list"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b" " * 5_000_001, "5 MB"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why_and_where(faults_of: Refused, raw: bytes, says: str) -> None:
    faults = faults_of(raw)

    assert list(faults) == [""]
    assert says in faults[""]


@pytest.mark.asvs("V1.3.3")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\\u0000b", "Character 2 is a control character (U+0000)"),
        ("a\\u001bb", "control character (U+001B)"),
        ("\\ud800", "half of a broken character"),
        ("\\uffff", "not a character"),
        ("a\\u202eb", "changes the direction of the text (U+202E)"),
        ("a\\u2066b", "changes the direction of the text (U+2066)"),
    ],
)
def test_characters_that_hide_or_break_text_are_refused_where_they_stand(
    faults_of: Refused, written: Write, answers: Answers, text: str, says: str
) -> None:
    answers["IV.c.5.a"]["text"] = "HERE"

    faults = faults_of(written(answers).replace(b"HERE", text.encode()))

    assert list(faults) == ["answers.IV.c.5.a.text"]
    assert says in faults["answers.IV.c.5.a.text"]


def test_such_characters_are_refused_in_names_too(faults_of: Refused, written: Write, answers: Answers) -> None:
    answers["IV.c.5.a"]["te\u202ext"] = "x"

    assert "changes the direction" in faults_of(written(answers))["answers.IV.c.5.a.te\\u202ext"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "1000000000000000"])
def test_numbers_that_are_none_or_too_large_are_refused(
    faults_of: Refused, written: Write, answers: Answers, number: str
) -> None:
    answers["IV.c.3"]["metrics"][0]["baseline"] = "HERE"

    faults = faults_of(written(answers).replace(b'"HERE"', number.encode()))

    assert list(faults) == ["answers.IV.c.3.metrics[0].baseline"]


def test_a_key_given_twice_is_refused_wherever_it_stands(faults_of: Refused, written: Write, answers: Answers) -> None:
    raw = written(answers).replace(b'"reports_to":', b'"reports_to": "Chief", "reports_to":')

    assert "more than once" in faults_of(raw)["answers.IV.c.2.reports_to"]

"""What pages show is escaped, in whichever way it comes."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from cxworkflow.web.fragments import Templates, escaped


class Shouted(str):
    """A text of a kind of its own, which says otherwise what it is."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"<{self.upper()}>"


@given(st.text() | st.text("&<>'\"a") | st.integers() | st.none() | st.booleans() | st.dates() | st.text().map(Markup))
def test_a_value_is_escaped_as_the_library_does_it(value: Any) -> None:
    assert escaped(value) == str(escape(value))


def test_a_text_of_another_kind_is_escaped_by_what_it_says() -> None:
    assert escaped(Shouted("loud")) == str(escape(Shouted("loud")))


@pytest.mark.parametrize(
    "template",
    [
        "{{ typed }}",
        "{% macro said(what) %}{{ what }}{% endmacro %}{{ said(typed) }}",
        "{% set kept %}{{ typed }}{% endset %}{{ kept }}",
        "{% for each in [typed] %}{{ each }}{% endfor %}",
        "{{ typed ~ '' }}",
        "{% autoescape true %}{{ typed }}{% endautoescape %}",
        "{% call(x) wrap() %}{{ typed }}{% endcall %}",
        "{{ typed | default('none') }}",
    ],
)
def test_nothing_that_was_typed_becomes_part_of_a_page(template: str) -> None:
    app = Flask("escaped")
    page = Templates(app, autoescape=True).from_string("{% macro wrap() %}{{ caller(1) }}{% endmacro %}" + template)
    assert page.render(typed="<script>'\"&") == "&lt;script&gt;&#39;&#34;&amp;"

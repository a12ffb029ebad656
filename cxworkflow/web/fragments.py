"""Parts of pages that are the same in every answer: what a page says of itself alone is worked out anew."""

import re
from collections.abc import MutableMapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from flask.templating import Environment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr, Template
from markupsafe import Markup, escape

from cxworkflow.policies import Names
from cxworkflow.web import current, words
from cxworkflow.web.navigation import Place

PLACES = "parts/places.html"
_to_escape = re.compile("[&<>'\"]").search


def escaped(value: Any) -> str:
    """A value as it may stand in a page, the same as `markupsafe.escape` makes of it.

    Most values have nothing in them to escape, and to wrap them takes longer than to look.
    """
    kind = type(value)
    if kind is str:
        return value if _to_escape(value) is None else escape(value)
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


class Written(CodeGenerator):
    """What Jinja makes of a template, with our way to escape what pages show."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Templates(Environment):
    """Jinja with the globals of the start in a plain dictionary: each macro that a page imports compares them all."""

    code_generator_class = Written
    escaped = staticmethod(escaped)

    def _parse(self, source: str, name: str | None, filename: str | None) -> Template:
        """A template as it is read, with its fixed words in those of the page."""
        read: Template = words.Worded().visit(super()._parse(source, name, filename))
        read.set_environment(self)
        return read

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template as they are when it is first used, by when all are there."""
        return {**self.globals, **(d or {})}


def register(app: Flask) -> None:
    """Give templates the parts that are kept."""
    kept: dict[tuple[str, bool, Names], Markup] = {}

    def fixed(name: str, for_all: bool = False) -> Markup:
        which = (name, for_all, words.spoken())
        if which not in kept:
            drawn = app.jinja_env.get_template(name).render(for_all=for_all)
            kept[which] = Markup(drawn)  # noqa: S704  # templates escape what they are given
        return kept[which]

    app.jinja_env.globals.update(fixed=fixed, places_drawn=places_drawn, days_tag=days_tag)


def places_drawn(places: list[Place], here: str) -> Markup:
    """The entries of the navigation, of which this address, and that under which it lies, are marked."""
    above = [place.path for place in places if place.path != "/" and here.startswith(place.path)]
    marked = here if any(place.path == here for place in places) else ""
    return _drawn(tuple(places), tuple(above), marked, words.spoken())


@lru_cache(maxsize=1_000)
def _drawn(places: tuple[Place, ...], above: tuple[str, ...], here: str, names: Names) -> Markup:
    """What follows from these values alone, for everybody who has the same places."""
    said = [replace(place, label=names.in_words(place.label)) for place in places]
    drawn = current_app.jinja_env.get_template(PLACES).render(places=said, above=above, here=here)
    return Markup(drawn)  # noqa: S704  # templates escape what they are given


def days_tag(due_on: date, required: bool = True) -> Markup:
    """Days left of what is not yet done, as a short coloured word. Nothing is overdue by a target."""
    return _days_tag((due_on - current.today()).days, required)


@lru_cache(maxsize=1_000)
def _days_tag(left: int, required: bool) -> Markup:
    drawn = current_app.jinja_env.get_template("parts/days.html").render(left=left, required=required)
    return Markup(drawn)  # noqa: S704  # templates escape what they are given

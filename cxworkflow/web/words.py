"""In whose words a page speaks: those of the policy that it is about, else those that its department's policies share.

Templates and views are written in the Department's own words, "a Component's strategy". What stands fixed in a template
is put into the words of the page here, for all of them; what was typed by people, or comes from a file, stays as it is.
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask, before_render_template, g
from jinja2 import nodes, pass_context
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from cxworkflow.documents import sentences
from cxworkflow.policies import Names, Policy
from cxworkflow.policies.names import USUAL, is_ours, shared
from cxworkflow.queries import clocks

Labelled = TypeVar("Labelled", bound=Any)
# What a template is given under these names says which policy its page is about, the first of them that is there.
_ABOUT = ("policy", "edition", "strategy", "clock", "paper")
# Those of the page that is being drawn: asked for dozens of times on each.
_drawn_in: ContextVar[Names] = ContextVar("drawn in", default=USUAL)


def register(app: Flask) -> None:
    """Let templates speak in the words of their page."""
    before_render_template.connect(_heed, app)
    app.jinja_env.filters.update(own_words=_own_words, own_sentence=in_sentence)
    app.jinja_env.globals.update(names=LocalProxy(spoken))


def speak_of(policy: Policy) -> None:
    """From here on, the answer to this request speaks in the words of this policy."""
    g.names = _known(policy.names)


def spoken() -> Names:
    """The names that the answer to this request uses."""
    if "names" not in g:
        g.names = _of_the_department()
    names: Names = g.names
    return names


def in_words(said: str) -> str:
    """Fixed words of ours, in those of this page."""
    names = spoken()
    return said if names is USUAL else _put(names, said)


def in_the_midst(said: str) -> str:
    """The same of words that stand within a sentence: Components have a capital there, and agencies have none."""
    return in_words(f" {said}")[1:]


def in_sentence(said: object) -> str:
    """A sentence that tells of something, such as a refusal, in the words of this page."""
    return spoken().in_sentence(str(said))


def each_in_words(said: Mapping[Any, str]) -> dict[Any, str]:
    """The same of all that stands in a table of ours."""
    return {key: in_words(words) for key, words in said.items()}


def labelled(listed: Iterable[Labelled], label: str) -> tuple[Labelled, ...]:
    """What a page lists, with the label of each that has one in the words of the page."""
    if spoken() is USUAL:
        return tuple(listed)
    return tuple(
        replace(each, **{label: in_words(getattr(each, label))}) if hasattr(each, label) else each for each in listed
    )


def role_title(role: str, names: Names | None = None) -> str:
    """What the page calls somebody in a role."""
    return sentences.role_title(role, names or spoken())


def event_words(event: sentences.Told, names: Names | None = None) -> str:
    """What was done, in the words of the page."""
    return sentences.event_words(event, names or spoken())


def _of_the_department() -> Names:
    department = g.get("department")
    if not department or g.get("person") is None:
        return USUAL
    editions = g.get("editions") or clocks.latest_editions()
    return _known(shared([each.policy.names for each in editions if each.policy.department == department]))


def _known(names: Names) -> Names:
    """The usual names as the one object by which they are known at a glance: then nothing has to be put."""
    return USUAL if names == USUAL else names


def _heed(_app: Flask, context: Mapping[str, Any], **_more: object) -> None:
    """Before a page is drawn: hear from what it is given which policy it is about."""
    for name in _ABOUT:
        about = context.get(name)
        policy = getattr(getattr(about, "edition", about), "policy", about)
        if isinstance(policy, Policy):
            speak_of(policy)
            break
    _drawn_in.set(spoken())


@pass_context  # so that it is asked for each page anew, and not once when the template is read
def _own_words(_context: Context, said: str) -> str:
    names = _drawn_in.get()
    return said if names is USUAL else _put(names, said)


@lru_cache(maxsize=10_000, typed=True)
def _put(names: Names, said: str) -> str:
    if not isinstance(said, Markup):
        return names.in_words(said)
    safe = Names(**{name: str(escape(word)) for name, word in names.model_dump().items()})
    return Markup(safe.in_words(str(said)))  # noqa: S704  # markup of a template, with words that are escaped


class Worded(NodeTransformer):
    """Puts the fixed words of a template that it reads into those of the page, when the page is drawn."""

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802  # by the name of the node
        """Text between the tags."""
        return _worded(node) if is_ours(node.data) else node

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802  # by the name of the node
        """A text within a tag: a label, a heading; one small word alone is a name for programs."""
        said = node.value
        fixed = isinstance(said, str) and (" " in said or said[:1].isupper()) and is_ours(said)
        return _worded(node) if fixed else node

    def visit_Pair(self, node: nodes.Pair) -> nodes.Node:  # noqa: N802  # by the name of the node
        """Of a table in a template its values, not its keys."""
        node.value = self.visit(node.value)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802  # by the name of the node
        """What a table says, not under which key."""
        node.node = self.visit(node.node)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802  # by the name of the node
        """What is compared is not shown."""
        return node


def _worded(node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, "own_words", [], [], None, None, lineno=node.lineno)

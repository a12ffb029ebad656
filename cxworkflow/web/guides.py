"""Help: where to find what, a tour for each role, and links from words to the glossary."""

import re
from collections.abc import Sequence
from functools import lru_cache

from flask import Blueprint, Flask, g, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from cxworkflow.errors import NotFound
from cxworkflow.models import Event, Person, Role
from cxworkflow.policies.characters import shown
from cxworkflow.policies.parts import anchor
from cxworkflow.queries.clocks import editions
from cxworkflow.queries.newcomers import ONLY_LOOKED, is_new
from cxworkflow.web import current, navigation
from cxworkflow.web.guard import signed_in
from cxworkflow.web.tours import TOURS

pages = Blueprint("guides", __name__)

Known = tuple[tuple[str, str], ...]  # words as they are written in texts, and the ids of their entries


def register(app: Flask) -> None:
    """Add what templates need to link words and to greet newcomers."""
    app.jinja_env.filters["glossed"] = glossed
    app.jinja_env.globals.update(tours_of_newcomer=tours_of_newcomer)


@pages.get("/help")
@signed_in
def index() -> ResponseReturnValue:
    """Where to find what; the tours of one's own roles first."""
    own = own_roles()
    return render_template("help/index.html", own=own, others=[role for role in TOURS if role not in own], tours=TOURS)


@pages.get("/help/<name>")
@signed_in
def tour(name: str) -> ResponseReturnValue:
    """The way through the work of one role, step by step."""
    role = next((role for role in TOURS if role.value == name), None)
    if role is None:
        raise NotFound(f"There is no tour “{shown(name)}”. The page of help has all of them.")
    return render_template("help/tour.html", role=role, tour=TOURS[role], own=role in own_roles())


def own_roles() -> list[Role]:
    """The roles held today, each once."""
    return list(dict.fromkeys(held.role for held in navigation.roles_of(current.person())))


def tours_of_newcomer(person: Person, events: Sequence[Event] = ()) -> list[Role]:
    """The roles whose tours are offered at home: none to somebody who has done something here.

    Mostly the latest events tell that already.
    """
    if any(each.by_id == person.id and each.verb not in ONLY_LOOKED for each in events):
        return []
    roles = own_roles()
    return roles if roles and is_new(person) else []


def glossed(text: str) -> Markup:
    """The text, escaped; the words of the glossary link to it where they first stand on the page.

    Not where a word begins a name, as in “Executive Order”, nor where it says what somebody does: “who leads it”.
    """
    if "glossed" not in g:
        g.glossed = set()
        words = {word.word for edition in editions() for word in edition.policy.words}
        g.known_words = tuple(sorted((form, anchor("word", word)) for word in words for form in _forms(word)))
    linked: set[str] = g.glossed
    known = dict(g.known_words)

    def link(found: re.Match[str]) -> str:
        entry = known[_singular(found[1], known)]
        if entry in linked:
            return str(escape(found[0]))
        linked.add(entry)
        return f'<a class="usa-link" href="/glossary#{entry}">{escape(found[1])}</a>'

    parts, end = [], 0
    for found in _pattern(g.known_words).finditer(text):
        parts += [str(escape(text[end : found.start()])), link(found)]
        end = found.end()
    return Markup("".join([*parts, str(escape(text[end:]))]))  # noqa: S704  # every part of it is escaped


def _forms(word: str) -> list[str]:
    """How a word is written in texts: "High Impact Service Provider (HISP)" with its name, or by its letters."""
    named = re.fullmatch(r"(.+) \((.+)\)", word)
    return [form.casefold() for form in (named.groups() if named else (word,))]


def _singular(found: str, known: dict[str, str]) -> str:
    folded = found.casefold()
    return next(form for form in (folded, folded.removesuffix("s"), f"{folded.removesuffix('ies')}y") if form in known)


@lru_cache(maxsize=8)
def _pattern(known: Known) -> re.Pattern[str]:
    forms = sorted((form for form, _ in known), key=len, reverse=True)
    written = "|".join(
        f"{re.escape(form)}s?" if not form.endswith("y") else f"{re.escape(form[:-1])}(?:y|ies)" for form in forms
    )
    doing = "".join(rf"(?<!\b{word} )" for word in ("that", "which", "who", "customers"))
    return re.compile(rf"{doing}\b((?i:{written}))\b(?!\s[A-Z])")

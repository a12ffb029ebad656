"""Search: what was found, each with the words around it and a link to the very place."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import day_of
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.models import Component
from cxworkflow.permissions import Permission, may
from cxworkflow.policies.characters import character_fault
from cxworkflow.queries import components, people, search
from cxworkflow.queries.candidates import Source
from cxworkflow.queries.paging import AT_ONCE
from cxworkflow.queries.search import Hit, Kind
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.library_forms import KINDS as KINDS_OF_GUIDANCE
from cxworkflow.web.list_files import as_file
from cxworkflow.web.lists import MOST_OFFERED, Code, iso
from cxworkflow.web.reading import answer_id, field_id, place_words
from cxworkflow.web.words import each_in_words, in_words

pages = Blueprint("search", __name__)

LONGEST = 200  # characters of what is looked for
CODE = Code("component", "Component (its code)")
HEADINGS = ("Where", "Kind", "More about it", "Written, submitted or published", "Words around it", "Address")
ORDERS = {search.BEST: "The best first", search.LATEST: "The latest first", search.OLDEST: "The oldest first"}
KINDS = {
    Kind.STRATEGIES: "Strategies",
    Kind.COMMENTS: "Comments",
    Kind.GUIDANCE: "Guidance",
    Kind.COMPONENTS: "Components",
    Kind.PEOPLE: "People",
}


@dataclass(frozen=True)
class Card:
    """A hit as the page shows it: where it leads, what it is, and what stands around it."""

    path: str
    title: str
    tag: str
    about: str


@dataclass(frozen=True)
class Wanted:
    """What is looked for, where, and in which order."""

    words: str
    kind: Kind | None
    component: Component | None
    order: str

    def find(self, number: int, size: int = search.SIZE) -> search.Found | None:
        """A page of what was found. Whose drafts are among it is noted, for the record tells of those who read them."""
        found = search.find(
            current.person(),
            self.words,
            kind=self.kind,
            component=self.component,
            number=number,
            at=current.now(),
            order=self.order,
            size=size,
        )
        if found is not None:
            drafts = [hit.strategy for hit in found.page.rows if hit.source is Source.DRAFT]
            g.drafts_read = [*g.get("drafts_read", ()), *drafts]
        return found


@pages.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    """What the words are found in, the best first; without words, how to search."""
    words = " ".join(request.args.get("q", "").split())
    offered = people.components(on=current.today(), most=MOST_OFFERED + 1)
    too_many = len(offered) > MOST_OFFERED
    shown: dict[str, object] = {
        "words": words[:LONGEST],
        "kinds": [(each.value, label) for each, label in each_in_words(KINDS).items()],
        "components": [] if too_many else [(each.code, f"{each.code}: {each.name}") for each in offered],
        "orders": ORDERS,
        "kind": None,
        "component": None,
        "order": search.BEST,
        "found": None,
        "cards": [],
    }
    try:
        kind = filters.one_of("kind", KINDS)
        code = CODE.read() if too_many else filters.one_of("component", [each.code for each in offered])
        order = filters.one_of("sort", ORDERS) or search.BEST
        shown |= {"kind": kind, "component": code, "order": order}
        number, as_csv = filters.page_number(), filters.one_of("as", ["csv"]) is not None
        _check(words)
    except WorkflowError as refusal:
        return refused("search/index.html", refusal, **shown)
    if words:
        component = next((each for each in offered if each.code == code), None) or components.coded(code)
        wanted = Wanted(words, Kind(kind) if kind else None, component, order)
        found = wanted.find(number)
        if found is None:
            reason = "These words stand in almost every text, or are only to be left out. Add a word that says more."
            return refused("search/index.html", InvalidInput(None, [Fault("q", reason)]), **shown)
        if as_csv:
            return as_file("places found", HEADINGS, found.page.total, _all_of_it(wanted, found.page.total))
        shown |= {"found": found, "cards": [(card(hit), hit) for hit in found.page.rows]}
    return render_template("search/index.html", **shown)


def _all_of_it(wanted: Wanted, total: int) -> Iterator[list[str]]:
    """What was found as the lines of a file, under the `HEADINGS`."""
    for number in range(1, -(-total // AT_ONCE) + 1):
        found = wanted.find(number, AT_ONCE)
        for hit in found.page.rows if found else ():
            told, text = card(hit), "".join(piece.text for piece in hit.excerpt.pieces) if hit.excerpt else ""
            on = iso(day_of(hit.at)) if hit.at else ""
            yield [told.title, told.tag, told.about, on, text, current.settings().base_url + told.path]


def _check(words: str) -> None:
    if len(words) > LONGEST:
        reason = f"This has {len(words):,} characters; the most to search for is {LONGEST}. Use the words that matter."
        raise InvalidInput(None, [Fault("q", reason)])
    if fault := character_fault("q", words):
        raise InvalidInput(None, [fault])


def card(hit: Hit) -> Card:
    """Where a hit leads, and what is said of it."""
    match hit.source:
        case Source.DRAFT | Source.VERSION:
            return _in_a_strategy(hit)
        case Source.COMMENT | Source.REPLY:
            return _in_a_review(hit)
        case Source.GUIDANCE:
            passage, policy = hit.found.passage, hit.found.edition.policy
            page = url_for(*_PAGES[passage.page], **({"code": policy.id} if passage.page == "policy" else {}))
            return Card(f"{page}#{passage.anchor}", passage.title, "Guidance", policy.short_title)
        case Source.LIBRARY:
            path = url_for("library.one", guidance_id=hit.found.id)
            return Card(path, hit.found.title, KINDS_OF_GUIDANCE[hit.found.kind], hit.found.tags)
        case Source.COMPONENT:
            path = url_for("components.one", code=hit.found.code)
            return Card(path, f"{hit.found.code}: {hit.found.name}", in_words("Component"), "")
    return _of_a_person(hit)


_PAGES = {"policy": ("policies.one",), "glossary": ("policies.glossary",)}


def _in_a_strategy(hit: Hit) -> Card:
    strategy, section, key = hit.strategy, hit.section, hit.excerpt.key if hit.excerpt else ""
    assert section is not None
    about = strategy.component.name
    if hit.excerpt:
        about = f"{about}. {place_words(key, section)}{_label(hit)}"
    title = f"{strategy.component.code}, {section.clause} {section.title}"
    if hit.source is Source.VERSION:
        path = url_for("versions.one", strategy_id=strategy.id, number=hit.found.number)
        return Card(f"{path}#{answer_id(section.clause, key)}", title, f"Version {hit.found.number}", about)
    path = url_for("sections.one", strategy_id=strategy.id, clause=section.clause)
    writes = may(current.person(), Permission.EDIT, strategy, at=current.now(), clause=section.clause)
    anchor = (field_id(key) or "main-content") if writes else answer_id(section.clause, key)
    return Card(f"{path}#{anchor}", title, "Draft", about)


def _label(hit: Hit) -> str:
    assert hit.section is not None
    assert hit.excerpt is not None
    named = hit.excerpt.key.partition("[")[0]
    field = next((each for each in hit.section.fields if each.key == named), None)
    if field is None:
        return "Why this is not needed"
    column = hit.excerpt.key.rpartition(".")[2]
    return next((each.label for each in field.columns if each.key == column), field.label)


def _in_a_review(hit: Hit) -> Card:
    comment = hit.found.comment if hit.source is Source.REPLY else hit.found
    strategy = hit.strategy
    path = url_for("reviews.review", strategy_id=strategy.id)
    says = "answered a comment on" if hit.source is Source.REPLY else "commented on"
    title = f"{hit.found.by.name} {says} {strategy.component.code}, {comment.clause}"
    team = "For the review team only" if comment.audience.value == "team" else ""
    return Card(f"{path}#comment-{comment.id}", title, "Comment", team)


def _of_a_person(hit: Hit) -> Card:
    held = [each for each in hit.found.appointments if each.in_force(day_of(current.now()))]
    roles = [f"{each.title}{f', {each.component.code}' if each.component else ''}" for each in held]
    if may(current.person(), Permission.SEE_PEOPLE, at=current.now()):
        path = url_for("people.one", person_id=hit.found.id)
    else:
        path = url_for("components.one", code=next(each.component.code for each in held if each.component))
    return Card(path, hit.found.name, "Person", "; ".join(roles))

"""Which of the policies in force a page is about: of those under which strategies are filed."""

from flask import g

from cxworkflow.models import PolicyEdition
from cxworkflow.queries import clocks
from cxworkflow.services import policies
from cxworkflow.services.policies import Beside
from cxworkflow.web import filters, words
from cxworkflow.web.lists import Choice


def chosen() -> tuple[PolicyEdition | None, list[PolicyEdition]]:
    """The edition that the address names, or the latest; and all there are. None where no policy is in force."""
    g.editions = clocks.editions()
    named = {name: edition for name, edition in _named(g.editions).items() if edition.policy.sections}
    chosen = filters.one_of("policy", list(named))
    first = next(iter(named.values()), None)
    about = named.get(chosen or "", first)
    if about is not None:
        words.speak_of(about.policy)
    return about, list(named.values())


def beside(edition: PolicyEdition) -> Beside:
    """Of the edition that is `chosen`, the others of its policy."""
    return policies.among(edition, g.editions)


def chosen_policy() -> tuple[PolicyEdition | None, list[PolicyEdition]]:
    """The policy that the address names, or the latest, in its latest edition; and all there are."""
    offered = [each for each in clocks.latest_editions() if each.policy.sections]
    named = {each.code: each for each in offered}
    chosen = filters.one_of("policy", list(named))
    about = named.get(chosen or "", next(iter(offered), None))
    if about is not None:
        words.speak_of(about.policy)
    return about, offered


def _named(editions: list[PolicyEdition]) -> dict[str, PolicyEdition]:
    """Editions by their name in an address: of each policy the latest by its code, those before with their number."""
    found: dict[str, PolicyEdition] = {}
    for edition in editions:
        found[f"{edition.code}~{edition.id}" if edition.code in found else edition.code] = edition
    return found


def policy_filter(editions: list[PolicyEdition]) -> Choice:
    """The filter by which a list goes over to another policy; without it, it is about the latest."""
    offered = [
        (name, edition.policy.short_title + ("" if name == edition.code else ", an earlier edition"))
        for name, edition in _named(editions).items()
    ]
    return Choice("policy", "Policy", offered, every="The latest")

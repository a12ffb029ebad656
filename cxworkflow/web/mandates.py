"""Which of the policies in force a page is about: of those under which strategies are filed."""

from cxworkflow.models import PolicyEdition
from cxworkflow.queries import clocks
from cxworkflow.web import filters
from cxworkflow.web.lists import Choice


def chosen() -> tuple[PolicyEdition | None, list[PolicyEdition]]:
    """The edition that the address names, or the latest; and all there are. None where no policy is in force."""
    named = {name: edition for name, edition in _named(clocks.editions()).items() if edition.policy.sections}
    chosen = filters.one_of("policy", list(named))
    first = next(iter(named.values()), None)
    return named.get(chosen or "", first), list(named.values())


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

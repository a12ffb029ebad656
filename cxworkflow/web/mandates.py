"""Which of the policies in force a page is about: of those under which strategies are filed."""

from cxworkflow.models import PolicyEdition
from cxworkflow.queries import clocks
from cxworkflow.web import filters
from cxworkflow.web.lists import Choice


def chosen() -> tuple[PolicyEdition | None, list[PolicyEdition]]:
    """The edition that the address names, or the latest; and all there are. None where no policy is in force."""
    editions = [edition for edition in clocks.editions() if edition.policy.sections]
    code = filters.one_of("policy", [edition.code for edition in editions])
    first = editions[0] if editions else None
    return next((each for each in editions if each.code == code), first), editions


def policy_filter(editions: list[PolicyEdition]) -> Choice:
    """The filter by which a list goes over to another policy; without it, it is about the latest."""
    offered = [(edition.code, edition.policy.short_title) for edition in editions]
    return Choice("policy", "Policy", offered, every="The latest")

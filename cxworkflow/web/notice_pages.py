"""Where a notice leads: the page on which its reader can act on it, as far as that is theirs to open."""

from cxworkflow.mail import compose
from cxworkflow.models import Notice
from cxworkflow.permissions import may
from cxworkflow.queries.clocks import sees_strategy_of
from cxworkflow.web import current, navigation


def page_for(notice: Notice) -> str | None:
    """The page that the e-mail links to, if whoever reads this may open it."""
    page, person, at = compose.page_of(notice), current.person(), current.now()
    needed = next((place.permission for place in navigation.PLACES if place.path == page), None)
    if needed and not may(person, needed, at=at):
        return None
    if page.startswith("/strategies/") and not sees_strategy_of(person, notice.component_id, at=at):
        return None
    return page

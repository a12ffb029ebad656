"""What is prepared so that an act can be done to which the premises leave no occasion, and what is sent then."""

from collections.abc import Callable
from dataclasses import dataclass, field

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.models import ApiToken, Identity, Person, Strategy
from cxworkflow.policies import read_policy
from cxworkflow.services import assignments, calendar_feeds, drafting, editions, policies
from cxworkflow.services.disposals import disposable, mark_of
from cxworkflow.services.disposals import due as past_its_time
from tests.matrix.forms import FORMS, WHY, Form, renamed
from tests.matrix.premises import CLAUSE, NOW, Matter, Premises
from tests.stage import eastern
from tests.web.visiting import it_is


@dataclass(frozen=True)
class Sent:
    """A form, and the address to which it goes if it is not that of the matter."""

    typed: Form = field(default_factory=dict)
    path: str = ""


Prepared = Callable[[Premises, Matter, Person], Sent]


def _another_edition(_: Premises, __: Matter, ___: Person) -> Sent:
    present = policies.edition_of("dhs-076-02").policy
    editions.bring_in(present.model_copy(update={"title": f"{present.title}, once more"}), at=NOW)
    return Sent(WHY)


def _an_order(_: Premises, matter: Matter, __: Person) -> Sent:
    """A policy that asks Components for something beside their paper."""
    order = read_policy(POLICIES / "eo-12862.toml").model_copy(update={"department": "dhs"})
    policies.load(order, at=NOW)
    path = f"/components/{matter.component}/deliverables/{order.id}/survey-report"
    return Sent({"statement": "Sent to the President."}, path)


def _years_later(_: Premises, __: Matter, ___: Person) -> Sent:
    later = eastern("2032-03-01 09:00")
    it_is(later)
    found = past_its_time(disposable("e-mails"), at=later)
    return Sent({"mark": mark_of([item for item in found if not item.held])}, "/retention/e-mails/proposals")


def _signed_in_there(_: Premises, __: Matter, who: Person) -> Sent:
    identity = Identity(person_id=who.id, issuer="https://id.example", subject=who.name, linked_at=NOW)
    session().add(identity)
    session().flush()
    return Sent({"identity": str(identity.id)})


def _own_token(_: Premises, __: Matter, who: Person) -> Sent:
    token = session().query(ApiToken).filter_by(person_id=who.id).one()
    return Sent(path=f"/me/tokens/{token.id}/end")


def _own_calendar(_: Premises, __: Matter, who: Person) -> Sent:
    calendar_feeds.make(by=who, at=NOW)
    return Sent()


def _known_here(premises: Premises, _: Matter, __: Person) -> Sent:
    return Sent({"address": premises.person("CIO", None).email})


def _written_since(_: Premises, matter: Matter, who: Person) -> Sent:
    paper = session().get_one(Strategy, matter.strategy_id)
    now = renamed(paper.contents[CLAUSE])
    saved = drafting.save_section(paper, CLAUSE, now, base_revision=1, by=who, at=NOW)
    return Sent({"base_revision": str(saved.revision)})


def _given_the_section(premises: Premises, matter: Matter, who: Person) -> Sent:
    paper, lead = session().get_one(Strategy, matter.strategy_id), premises.person("own lead", matter.component)
    assignments.assign(paper, CLAUSE, who, by=lead, at=NOW)
    return Sent(FORMS["/strategies/…/sections/…/live"](premises, matter))


# What makes room for the act, and the line that it leaves.
PREPARED: dict[str, tuple[Prepared, *tuple[str, ...]]] = {
    "/components/…/deliverables/…/…": (_an_order, "delivered"),
    "/inbox/calendar/end": (_own_calendar, "calendar-revoked"),
    "/me/sign-ins/unlinked": (_signed_in_there, "identity-unlinked"),
    "/me/tokens/…/end": (_own_token, "token-revoked"),
    "/retention/…/proposals": (_years_later, "disposal-proposed"),
    "/sign-in/link": (_known_here, "sign-in-link-asked"),
    # The clock under the former edition gives way to one under the new one.
    "/strategies/…/edition": (_another_edition, "moved", "clock-lifted", "clock-opened"),
    "/strategies/…/sections/…/live": (_given_the_section, "saved"),
    "/strategies/…/sections/…/history/…/restore": (_written_since, "saved"),
}

"""The rows of the matters on which verbs are tried, and what is told to verbs of every kind."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from cxworkflow.db import Base, session
from cxworkflow.models import (
    AccountReview,
    ApiToken,
    Appointment,
    Clock,
    CloseLine,
    Comment,
    Commitment,
    CommitmentChange,
    ConcurrenceComment,
    Delivery,
    Disposal,
    ExtensionRequest,
    FiscalClose,
    Guidance,
    LegalHold,
    Notice,
    Person,
    Publication,
    QuarterReport,
    Reading,
    Round,
    Service,
    Strategy,
    Webhook,
)
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import (
    policies,
    quarters,
)
from cxworkflow.uploads.examining import examine
from tests.matrix.premises import HISP, Matter
from tests.uploads.samples import png

TO, WHY = date(2024, 12, 2), "It has to be."
FIGURES = examine("other.png", png(), largest=10_000, clamd_url=None)
Found = TypeVar("Found", bound=Base)
Verb = Callable[[Matter, Person], object]


def row_of(kind: type[Found], row_id: int) -> Found:
    with within(SYSTEM):
        return session().get_one(kind, row_id)


def _quarter(matter: Matter) -> QuarterReport:
    with within(SYSTEM):
        found = quarters.report_of(policies.component_of(HISP), matter.cycle)
    assert found is not None
    return found


def _token_of_another(person: Person) -> int:
    with within(SYSTEM):
        wanted = select(ApiToken.id).where(ApiToken.person_id != person.id).limit(1)
        return session().scalars(wanted).one()


class Row:
    """Finds the row of a matter, seen or not: a verb is handed it by whoever has found it."""

    paper = staticmethod(lambda matter: row_of(Strategy, matter.strategy_id))
    clock = staticmethod(lambda matter: row_of(Clock, matter.clock_id))
    remark = staticmethod(lambda matter: row_of(Comment, matter.comment_id))
    request = staticmethod(lambda matter: row_of(ExtensionRequest, matter.request_id))
    notice = staticmethod(lambda matter: row_of(Notice, matter.notice_id))
    person = staticmethod(lambda matter: row_of(Person, matter.person_id))
    role = staticmethod(lambda matter: row_of(Appointment, matter.appointment_id))
    hold = staticmethod(lambda matter: row_of(LegalHold, matter.hold_id))
    account_review = staticmethod(lambda matter: row_of(AccountReview, matter.review_id))
    round = staticmethod(lambda matter: row_of(Round, matter.round_id))
    disposable = staticmethod(lambda matter: row_of(ConcurrenceComment, matter.remark_id))
    close = staticmethod(lambda matter: row_of(FiscalClose, matter.close_id))
    close_line = staticmethod(lambda matter: row_of(CloseLine, matter.line_id))
    commitment = staticmethod(lambda matter: row_of(Commitment, matter.commitment_id))
    change = staticmethod(lambda matter: row_of(CommitmentChange, matter.change_id))
    reading = staticmethod(lambda matter: row_of(Reading, matter.reading_id))
    publication = staticmethod(lambda matter: row_of(Publication, matter.publication_id))
    piece = staticmethod(lambda matter: row_of(Guidance, matter.guidance_id))
    service = staticmethod(lambda matter: row_of(Service, matter.service_id))
    quarter = staticmethod(_quarter)
    token_of_another = staticmethod(_token_of_another)
    webhook = staticmethod(lambda matter: row_of(Webhook, matter.webhook_id))
    delivery = staticmethod(lambda matter: row_of(Delivery, matter.delivery_id))
    disposal = staticmethod(lambda matter: row_of(Disposal, matter.disposal_id))

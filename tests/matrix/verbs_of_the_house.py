"""What keeps the house: clocks and their dates, people and roles, retention, notices, other programs."""

from cxworkflow.models import (
    Role,
)
from cxworkflow.services import (
    account_reviews,
    api_tokens,
    appointments,
    clocks,
    closures,
    disposals,
    extensions,
    holds,
    identities,
    personal_data,
    sign_ins,
    undelivered,
    webhooks,
)
from tests.matrix.premises import NOW
from tests.matrix.rows import TO, WHY, Row, Verb

WEBHOOK = "http://127.0.0.1:9/"

VERBS: dict[str, tuple[str, str, Verb]] = {
    "account_reviews.confirm": ("The Department", "", lambda _, by: account_reviews.confirm("", by=by, at=NOW)),
    "account_reviews.take_out": (
        "The Department",
        "",
        lambda m, by: account_reviews.take_out(Row.account_review(m), by=by, at=NOW),
    ),
    "appointments.invite": (
        "The Department",
        "",
        lambda _, by: appointments.invite("Nia New", "nia.new@stage.example", by=by, at=NOW),
    ),
    "closures.announce": (
        "The Department",
        "",
        lambda _, by: closures.announce("dhs", TO, reason=WHY, authority=WHY, by=by, at=NOW),
    ),
    "webhooks.register": (
        "The Department",
        "",
        lambda _, by: webhooks.register(WEBHOOK, ["submit"], loopback=True, key=WHY, by=by, at=NOW),
    ),
    "webhooks.renew": ("A webhook", "in use", lambda m, by: webhooks.renew(Row.webhook(m), key=WHY, by=by, at=NOW)),
    "webhooks.end": ("A webhook", "in use", lambda m, by: webhooks.end(Row.webhook(m), by=by, at=NOW)),
    "webhooks.replay": (
        "A delivery to another program",
        "failed",
        lambda m, by: webhooks.replay(Row.delivery(m), by=by, at=NOW),
    ),
    "personal_data.take_out": (
        "A person",
        "active",
        lambda m, by: personal_data.take_out(Row.person(m), by=by, at=NOW),
    ),
    "disposals.propose": (
        "The Department",
        "",
        lambda _, by: disposals.propose(disposals.disposable("drafts"), "", by=by, at=NOW),
    ),
    "holds.place": (
        "A person",
        "active",
        lambda m, by: holds.place(
            None, None, Row.person(m), reason=WHY, citation=WHY, from_on=NOW.date(), by=by, at=NOW
        ),
    ),
    "sign_ins.end_all": ("A person", "active", lambda m, by: sign_ins.end_all(Row.person(m), by=by, at=NOW)),
    "api_tokens.revoke": (
        "A person",
        "active",
        lambda _, by: api_tokens.revoke(Row.token_of_another(by), by=by, at=NOW),
    ),
    "identities.unlink": (
        "A person",
        "active",
        lambda m, by: identities.unlink(Row.person(m), m.identity_id, by=by, at=NOW),
    ),
    "appointments.appoint": (
        "A person",
        "active",
        lambda m, by: appointments.appoint(Row.person(m), Role.AUDITOR, None, from_on=NOW.date(), by=by, at=NOW),
    ),
    "appointments.readdress": (
        "A person",
        "active",
        lambda m, by: appointments.readdress(Row.person(m), "another@stage.example", by=by, at=NOW),
    ),
    "appointments.end": (
        "A person",
        "active",
        lambda m, by: appointments.end(Row.role(m), on=NOW.date(), by=by, at=NOW),
    ),
    "appointments.deactivate": (
        "A person",
        "active",
        lambda m, by: appointments.deactivate(Row.person(m), reason=WHY, by=by, at=NOW),
    ),
    "appointments.reactivate": (
        "A person",
        "deactivated",
        lambda m, by: appointments.reactivate(Row.person(m), by=by, at=NOW),
    ),
    "clocks.extend": (
        "A clock",
        "running",
        lambda m, by: clocks.extend(Row.clock(m), to=TO, reason=WHY, by=by, at=NOW),
    ),
    "clocks.pause": ("A clock", "running", lambda m, by: clocks.pause(Row.clock(m), reason=WHY, by=by, at=NOW)),
    "clocks.resume": ("A clock", "paused", lambda m, by: clocks.resume(Row.clock(m), by=by, at=NOW)),
    "disposals.confirm": (
        "A disposal",
        "proposed",
        lambda m, by: disposals.confirm(Row.disposal(m), by=by, at=NOW),
    ),
    "disposals.withdraw": (
        "A disposal",
        "proposed",
        lambda m, by: disposals.withdraw(Row.disposal(m), by=by, at=NOW),
    ),
    "extensions.ask": (
        "A clock",
        "running",
        lambda m, by: extensions.ask(Row.clock(m), to=TO, reason=WHY, by=by, at=NOW),
    ),
    "extensions.grant": ("A clock", "asked", lambda m, by: extensions.grant(Row.request(m), by=by, at=NOW)),
    "extensions.refuse": (
        "A clock",
        "asked",
        lambda m, by: extensions.refuse(Row.request(m), reason=WHY, by=by, at=NOW),
    ),
    "holds.lift": ("A legal hold", "in force", lambda m, by: holds.lift(Row.hold(m), reason=WHY, by=by, at=NOW)),
    "undelivered.try_again": ("A notice", "failed", lambda m, by: undelivered.try_again(Row.notice(m), by=by, at=NOW)),
    "undelivered.send_again": (
        "A notice",
        "in doubt",
        lambda m, by: undelivered.send_again(Row.notice(m), by=by, at=NOW),
    ),
    "undelivered.was_sent": ("A notice", "in doubt", lambda m, by: undelivered.was_sent(Row.notice(m), by=by, at=NOW)),
}

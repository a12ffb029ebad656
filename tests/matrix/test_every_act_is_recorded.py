"""Every address that takes a form: what is accepted there, and what is forbidden, is on the record of that request."""

import pytest

from tests.matrix.asking import Asking
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule

pytestmark = pytest.mark.integration

SENT = [rule for rule in STATEMENT.rules if rule.method != "GET"]
# These keep nothing by themselves. Where "live" saves, it is the verb that records it.
KEEP_NOTHING = {
    "/strategies/…/edition",  # there is one edition
    "/retention/…/proposals",  # nothing of the premises is old enough
    "/closures/preview",
    "/sign-in/stay",
    "/me/department",
    "/strategies/…/sections/…/here",
    "/strategies/…/sections/…/live",
    "/what-if",
}
RECORDED = {
    "/clocks/…/extension": "extended",
    "/clocks/…/pause": "paused",
    "/clocks/…/requests": "extension-asked",
    "/clocks/…/requests/…/grant": "extended",
    "/clocks/…/requests/…/refuse": "extension-refused",
    "/clocks/…/resumption": "resumed",
    "/closures": "offices-closed",
    "/closes/statements/…": "close-stated",
    "/closes/…/signature": "close-signed",
    "/commitments/…/acceptance": "accepted-done",
    "/commitments/…/changes": "change-proposed",
    "/commitments/…/changes/…/acceptance": "change-accepted",
    "/commitments/…/changes/…/refusal": "change-refused",
    "/commitments/…/done": "reported-done",
    "/commitments/…/evidence": "evidence-attached",
    "/commitments/…/evidence/removal": "evidence-removed",
    "/commitments/…/progress": "progress",
    "/commitments/…/readings": "reading",
    "/commitments/…/readings/…/correction": "reading-corrected",
    "/commitments/…/return": "sent-back-done",
    "/components/…/deliverables/…/…": "refused",  # nothing is asked for under 076-02
    "/components/…/strategies": "begun",
    "/demo/clock": "asked",
    "/directorate/actions/…/…/links": "action-linked",
    "/directorate/actions/…/…/links/…/removal": "action-unlinked",
    "/directorate/actions/…/…/standing": "action-stands",
    "/directorate/actions/…/…/steps": "action-step",
    "/directorate/actions/…/…/steps/…": "action-step-moved",
    "/directorate/…/deliverables/…": "delivered",
    "/hisps/services/…": "service-changed",
    "/hisps/…/import": "quarter-imported",
    "/hisps/…/services/new": "service-added",
    "/hisps/…/…/clearance": "quarter-cleared",
    "/hisps/…/…/correction": "quarter-corrected",
    "/hisps/…/…/return": "quarter-returned",
    "/hisps/…/…/sending": "quarter-sent",
    "/hisps/…/…/services/…/…": "quarter-entered",
    "/hisps/…/…/submission": "quarter-submitted",
    "/inbox/calendar": "calendar-made",
    "/inbox/calendar/end": "asked",  # there was none
    "/inbox/preferences": "preferred",
    "/inbox/read": "asked",
    "/inbox/…/opened": "asked",
    "/me/sign-ins": "own-sign-ins-ended",
    "/me/sign-ins/unlinked": "refused",
    "/me/tokens": "token-made",
    "/me/tokens/…/end": "refused",  # nobody has a token of this number
    "/notices/…/send-again": "send-again",
    "/notices/…/try-again": "try-again",
    "/notices/…/was-sent": "was-sent",
    "/guidance/new": "offered-lesson",
    "/guidance/…/acknowledgement": "acknowledged",
    "/guidance/…/publication": "published-guidance",
    "/guidance/…/text": "wrote-guidance",
    "/guidance/…/version": "wrote-guidance",
    "/guidance/…/withdrawal": "withdrew-guidance",
    "/papers/…/…/drafts": "drafted-paper",
    "/papers/…/…/rounds": "circulated",
    "/papers/…/…/signature": "signed-paper",
    "/people/acting": "appointed",
    "/people/new": "person-added",
    "/people/review": "accounts-confirmed",
    "/people/…/address": "address-changed",
    "/people/…/deactivation": "deactivated",
    "/people/…/reactivation": "reactivated",
    "/people/…/roles": "appointed",
    "/people/…/roles/…/end": "role-ended",
    "/people/…/roles/…/handover": "role-ended",
    "/people/…/signed-out": "sign-ins-ended",
    "/people/…/unlinked": "identity-unlinked",
    "/publications/…/drop": "publication-dropped",
    "/publications/…/release": "published",
    "/publications/…/sections": "publication-changed",
    "/publications/…/withdrawal": "publication-withdrawn",
    "/publications/…/withholdings": "withheld",
    "/publications/…/withholdings/…/removal": "shown-again",
    "/retention/disposals/…/confirmation": "disposed",
    "/retention/disposals/…/withdrawal": "disposal-withdrawn",
    "/retention/holds": "hold-placed",
    "/retention/holds/…/lifting": "hold-lifted",
    "/rounds/…/answers": "answered-round",
    "/rounds/…/closing": "closed-round",
    "/rounds/…/comments/…/disposition": "disposed-comment",
    "/sign-in": "signed-in",
    "/sign-in/link": "asked",  # nobody here has the address; it is not told
    "/sign-in/link/…/…": "refused",
    "/sign-out": "signed-out",
    "/strategies/…/assignments": "assigned-section",
    "/strategies/…/assignments/end": "took-back-section",
    "/strategies/…/decision/approval": "approve",
    "/strategies/…/decision/return": "return",
    "/strategies/…/implementation/acceptance": "implemented",
    "/strategies/…/implementation/return": "report-sent-back",
    "/strategies/…/implemented": "reported",
    "/strategies/…/review/comments": "comment",
    "/strategies/…/review/comments/…/answers": "answer",
    "/strategies/…/review/comments/…/kind": "turned",
    "/strategies/…/review/comments/…/settled": "settled",
    "/strategies/…/review/declined": "declined",
    "/strategies/…/review/recommendation": "recommend",
    "/strategies/…/review/recusal": "recused",
    "/strategies/…/review/return": "return",
    "/strategies/…/review/reviewers": "assign",
    "/strategies/…/review/reviewers/…/off": "taken-off",
    "/strategies/…/review/rubric": "asked",  # nothing was rated
    "/strategies/…/publications": "publication-prepared",
    "/strategies/…/offline": "asked",  # no file came
    "/strategies/…/sections/…": "saved",
    "/strategies/…/sections/…/attachments": "attached",
    "/strategies/…/sections/…/attachments/removal": "detached",
    "/strategies/…/sections/…/history/…/restore": "asked",  # it reads like that already
    "/strategies/…/submit": "submit",
    "/strategies/…/title": "renamed",
    "/strategies/…/withdraw": "withdraw",
    "/webhooks": "webhook-registered",
    "/webhooks/deliveries/…/replay": "webhook-replayed",
    "/webhooks/…/ending": "webhook-ended",
    "/webhooks/…/secret": "webhook-renewed",
}


def test_every_address_that_takes_a_form_is_among_them() -> None:
    assert {rule.path for rule in SENT} == RECORDED.keys() | KEEP_NOTHING, "say here what it leaves on the record"


@pytest.mark.parametrize("rule", [rule for rule in SENT if rule.path in RECORDED], ids=lambda rule: rule.address)
def test_what_is_accepted_leaves_the_line_that_tells_of_it(asking: Asking, rule: Rule) -> None:
    for state in rule.states:
        allowed = [who for who in STATEMENT.people if who not in OUTSIDE and rule.answer(who, state) == rule.answers]
        for who in allowed[:1]:
            asking.answer(rule, who, state, complete=True, recorded=True)
            # To begin what is begun changes nothing, and is on the record all the same.
            expected = "asked" if (rule.path, state) == ("/components/…/strategies", "begun") else RECORDED[rule.path]
            assert expected in asking.recorded, f"{rule.address} ({state}), {who}: {asking.recorded}"


@pytest.mark.parametrize("rule", SENT, ids=lambda rule: rule.address)
def test_what_is_forbidden_leaves_a_line_too(asking: Asking, rule: Rule) -> None:
    for state in rule.states:
        forbidden = [who for who in STATEMENT.people if who not in OUTSIDE and rule.answer(who, state) in (403, 404)]
        for who in forbidden[:1]:
            asking.answer(rule, who, state, complete=False, recorded=True)
            assert list(asking.recorded) == ["refused"], f"{rule.address} ({state}), {who}"

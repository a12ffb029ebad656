"""Every address that takes a form: what is accepted there is one line of the record, and what is forbidden another.

Forms are whole and the acts succeed. Where the premises leave nothing to be done, `prepared` sees to it first.
"""

from collections.abc import Sequence

import pytest

from cxworkflow.db import session
from cxworkflow.models import Role, SignInLink
from cxworkflow.services import sign_in_links
from tests.matrix.asking import Asking, lines_of
from tests.matrix.prepared import PREPARED
from tests.matrix.statement import OUTSIDE, STATEMENT, Rule
from tests.web.visiting import Browser

pytestmark = pytest.mark.integration

SENT = [rule for rule in STATEMENT.rules if rule.method != "GET"]
# What is sent to these is kept nowhere.
KEEP_NOTHING = {
    "/strategies/…/edition",  # there is one edition, so it is refused
    "/retention/…/proposals",  # nothing of the premises is old enough, so it is refused
    "/closures/preview",
    "/sign-in/stay",
    "/strategies/…/sections/…/here",
    "/strategies/…/sections/…/live",  # who does not write the section is told so in the answer
    "/what-if",  # a rehearsal; it is asked here for a number of days that is none
}
# The one line that each of the others leaves.
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
    "/me/department": "asked",
    "/me/sign-ins": "own-sign-ins-ended",
    "/me/sign-ins/unlinked": "refused",  # nobody has signed in with this provider
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
    "/people/…/roles/…/handover": "appointed",
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
    "/sign-in/link/…/…": "refused",  # none was sent
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
    "/strategies/…/review/rubric": "mark",
    "/strategies/…/publications": "publication-prepared",
    "/strategies/…/offline": "saved",  # of many sections in the file one reads otherwise
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

# Where it is not that one line: the lines, by address and state ("" for each).
OTHERWISE: dict[tuple[str, str], tuple[str, ...]] = {
    # To begin what is begun changes nothing, and is on the record all the same.
    ("/components/…/strategies", "begun"): ("asked",),
    # What was promised in the paper becomes commitments, which have a history of their own.
    ("/strategies/…/decision/approval", ""): ("approve", "committed"),
    # Who reviewed the version before is named for this one, too.
    ("/strategies/…/submit", "withdrawn"): ("submit", "assign"),
    ("/strategies/…/submit", "returned"): ("submit", "assign"),
    # The signed paper is a deliverable of the Directorate, which stops its clock.
    ("/papers/…/…/signature", ""): ("signed-paper", "delivered"),
    # The roles of two people change.
    ("/people/…/roles/…/handover", ""): ("appointed", "role-ended"),
}


def due(path: str, state: str) -> list[str]:
    """The lines that what is accepted at an address leaves."""
    found = OTHERWISE.get((path, state)) or OTHERWISE.get((path, ""))
    return list(found or (() if path in KEEP_NOTHING else (RECORDED[path],)))


def those_who_may(rule: Rule, state: str) -> Sequence[str]:
    """One of those who are answered there as stated, if anybody is."""
    return [who for who in STATEMENT.people if who not in OUTSIDE and rule.answer(who, state) == rule.answers][:1]


def test_every_address_that_takes_a_form_is_among_them() -> None:
    assert {rule.path for rule in SENT} == RECORDED.keys() | KEEP_NOTHING, "say here what it leaves on the record"
    assert not RECORDED.keys() & KEEP_NOTHING


def test_only_what_changes_nothing_leaves_a_line_that_it_was_asked_for() -> None:
    """Whatever is refused or changes nothing on the premises alone is made to succeed as well."""
    short = {path for path, verb in RECORDED.items() if verb in ("asked", "refused")} | KEEP_NOTHING
    for_oneself = {"/demo/clock", "/inbox/read", "/inbox/…/opened", "/me/department"}
    looked_at = {"/closures/preview", "/sign-in/stay", "/strategies/…/sections/…/here", "/what-if"}
    assert short - for_oneself - looked_at - {"/sign-in/link/…/…"} == PREPARED.keys()


@pytest.mark.parametrize("rule", SENT, ids=lambda rule: rule.address)
def test_what_is_accepted_leaves_just_the_lines_that_tell_of_it(asking: Asking, rule: Rule) -> None:
    for state in rule.states:
        for who in those_who_may(rule, state):
            assert asking.answer(rule, who, state, complete=True, recorded=True) == rule.answers
            assert list(asking.recorded) == due(rule.path, state), f"{rule.address} ({state}), {who}"


@pytest.mark.parametrize("rule", [rule for rule in SENT if rule.path in PREPARED], ids=lambda rule: rule.address)
def test_where_there_is_something_to_be_done_it_is_one_line_too(asking: Asking, rule: Rule) -> None:
    prepare, *lines = PREPARED[rule.path]
    state, who = next((state, who) for state in rule.states for who in those_who_may(rule, state))
    matter = asking.premises.matters[rule.family][state]
    sent = prepare(asking.premises, matter, asking.person(who, matter.component))
    session().commit()
    with asking.told(rule, who, state, sent.typed, path=sent.path) as answer:
        assert answer.status_code in (200, 303), answer.get_data(as_text=True)
        assert list(lines_of(answer)) == lines


def test_a_link_is_one_line_when_it_is_asked_for_and_one_when_it_is_used(asking: Asking) -> None:
    person = asking.premises.stage.person(Role.CIO)
    client = Browser(asking.app, asking.app.response_class, use_cookies=True)
    asked = client.post("/sign-in/link", data={"address": person.email})
    assert list(lines_of(asked)) == ["sign-in-link-asked"]
    link = session().query(SignInLink).one()
    secret = sign_in_links.secret_of(link, asking.app.extensions["settings"].secret_key)
    used = client.post(f"/sign-in/link/{link.id}/{secret}")
    assert list(lines_of(used)) == ["signed-in"]


@pytest.mark.parametrize("rule", SENT, ids=lambda rule: rule.address)
def test_what_is_forbidden_leaves_a_line_too(asking: Asking, rule: Rule) -> None:
    for state in rule.states:
        forbidden = [who for who in STATEMENT.people if who not in OUTSIDE and rule.answer(who, state) in (403, 404)]
        for who in forbidden[:1]:
            asking.answer(rule, who, state, complete=False, recorded=True)
            assert list(asking.recorded) == ["refused"], f"{rule.address} ({state}), {who}"

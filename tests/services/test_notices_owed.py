"""Who is told of what: e-mails are owed in the transaction of their cause, once to each, vacancies to the next up."""

from collections.abc import Callable
from datetime import date, datetime
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.mail import compose
from cxworkflow.models import (
    Commitment,
    Event,
    ExtensionRequest,
    Guidance,
    GuidanceKind,
    Notice,
    Outcome,
    Person,
    Position,
    Publication,
    Role,
    Round,
    Strategy,
)
from cxworkflow.services import (
    clocks,
    commitment_changes,
    coordination,
    deliverables,
    duty_drafts,
    extensions,
    guidance,
    implementation,
    notices,
    people,
    progress,
    publications,
    reminders,
    reviews,
    signatures,
    strategies,
)
from cxworkflow.services.public_texts import public
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT, LATER = eastern("2024-01-05 10:00"), eastern("2024-02-05 10:00")


def told_of(kind: str) -> set[tuple[str, str]]:
    """The roles that were told of the last event of this kind, each with the address it went to."""
    session().flush()
    owed = session().scalars(select(Notice).where(Notice.kind == kind)).all()
    last = max((str(each.key).split("/")[1] for each in owed), key=int, default="")
    return {(each.to_role, each.to_address.partition("@")[0]) for each in owed if str(each.key).split("/")[1] == last}


def withdrawn(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    strategies.withdraw(strategy, reason="A figure.", by=stage.person(Role.LEAD, "CBP"), at=AT)


def assigned(stage: Stage) -> None:
    reviews.assign(stage.submitted("CBP"), stage.person(Role.REVIEWER), by=stage.person(Role.DIRECTORATE_LEAD), at=AT)


def recommended(stage: Stage) -> None:
    reviews.recommend(stage.submitted("CBP"), Outcome.APPROVED, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)


def implemented(stage: Stage) -> None:
    stage.implemented(stage.approved("CBP"), "2024-02-01 10:00")


def reported(stage: Stage) -> None:
    strategy, lead = stage.approved("CBP"), stage.person(Role.LEAD, "CBP")
    implementation.report(strategy, statement="Done.", by=lead, at=eastern("2024-02-01 10:00"))


def sent_back(stage: Stage) -> None:
    reported(stage)
    strategy = session().scalars(select(Strategy)).one()
    checker = stage.person(Role.DIRECTORATE_LEAD)
    implementation.send_back(strategy, reason="Not all of it.", by=checker, at=eastern("2024-02-02 10:00"))


def hire(stage: Stage) -> Commitment:
    stage.approved("CBP")
    return session().scalars(select(Commitment).where(Commitment.kind == "hire").limit(1)).one()


def commitment_reported(stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    progress.report(hire(stage), statement="They are here.", by=lead, at=eastern("2024-02-01 10:00"))


def change_proposed(stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    commitment_changes.propose(hire(stage), drops=True, reason="No funds.", by=lead, at=eastern("2024-02-01 10:00"))


def extended(stage: Stage) -> None:
    clock = stage.clock("strategy", "CBP")
    clocks.extend(clock, to=date(2024, 2, 8), reason="A storm.", by=stage.person(Role.CIO), at=AT)


def asked(stage: Stage) -> ExtensionRequest:
    clock, lead = stage.clock("strategy", "CBP"), stage.person(Role.LEAD, "CBP")
    return extensions.ask(clock, to=date(2024, 2, 8), reason="A storm.", by=lead, at=AT)


def not_extended(stage: Stage) -> None:
    extensions.refuse(asked(stage), reason="There is time enough.", by=stage.person(Role.CIO), at=AT)


def paused(stage: Stage) -> None:
    clocks.pause(stage.clock("strategy", "CBP"), reason="Lapse.", by=stage.person(Role.CIO), at=AT)


def resumed(stage: Stage) -> None:
    paused(stage)
    clocks.resume(stage.clock("strategy", "CBP"), by=stage.person(Role.CIO), at=AT)


def delivered(stage: Stage) -> None:
    deliverables.deliver(stage.edition, "cx-directorate", by=stage.person(Role.CIO), at=AT)


def circulated(stage: Stage) -> Round:
    lead, edition, cbp = stage.person(Role.DIRECTORATE_LEAD), stage.edition, stage.component("CBP")
    draft = duty_drafts.save(edition, "directive", "All serve.", by=lead, at=AT)
    return coordination.circulate(edition, "directive", [cbp], until_on=date(2024, 2, 8), base=draft.id, by=lead, at=AT)


def answered_round(stage: Stage) -> Round:
    asked, own = circulated(stage), stage.person(Role.LEAD, "CBP")
    coordination.answer(asked, stage.component("CBP"), Position.CONCUR, by=own, at=AT)
    return asked


def paper_signed(stage: Stage) -> None:
    asked = answered_round(stage)
    coordination.close(asked, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    signatures.sign(stage.edition, "directive", draft_sha256=asked.draft.sha256, by=stage.person(Role.CIO), at=AT)


def guidance_published(stage: Stage) -> Guidance:
    lead, words = stage.person(Role.DIRECTORATE_LEAD), guidance.Words("Plain forms", "", "Ask less.")
    piece = guidance.write(stage.edition, GuidanceKind.PLAYBOOK, words, by=lead, at=AT)
    guidance.publish(piece, [stage.component("CBP")], acknowledge_by=None, by=lead, at=AT)
    return piece


def guidance_withdrawn(stage: Stage) -> None:
    guidance.withdraw(guidance_published(stage), reason="It is old.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)


def plan_published(stage: Stage) -> None:
    paper, cio = stage.approved("CBP"), stage.person(Role.CIO)
    prepared = publications.prepare(paper, ["IV.c.5.a"], by=stage.person(Role.DIRECTORATE_LEAD), at=LATER)
    publications.release(prepared, sha256=public(prepared).sha256, by=cio, at=LATER)


def lesson_offered(stage: Stage) -> None:
    own, words = stage.person(Role.LEAD, "CBP"), guidance.Words("Call back", "", "Sooner.")
    guidance.offer(stage.edition, stage.component("CBP"), words, by=own, at=AT)


LEAD, EXECUTIVE = ("lead", "lead.cbp"), ("executive", "executive.cbp")
DIRECTORATE, CIO = ("directorate-lead", "directorate-lead"), ("cio", "cio")
EVENTS: list[tuple[str, Callable[[Stage], object], set[tuple[str, str]]]] = [
    ("submitted", lambda stage: stage.submitted("CBP"), {LEAD, EXECUTIVE, DIRECTORATE}),
    ("withdrawn", withdrawn, {LEAD, EXECUTIVE, DIRECTORATE}),
    ("assigned", assigned, {("directorate-reviewer", "directorate-reviewer")}),
    ("returned", lambda stage: stage.returned("CBP"), {LEAD, EXECUTIVE}),
    ("recommended", recommended, {CIO}),
    ("approved", lambda stage: stage.approved("CBP"), {LEAD, EXECUTIVE, DIRECTORATE}),
    ("implementation-reported", reported, {DIRECTORATE}),
    ("implementation-sent-back", sent_back, {LEAD, EXECUTIVE}),
    ("commitment-reported", commitment_reported, {DIRECTORATE}),
    ("commitment-change-proposed", change_proposed, {DIRECTORATE}),
    ("implemented", implemented, {LEAD, EXECUTIVE, DIRECTORATE, CIO}),
    ("extended", extended, {LEAD, EXECUTIVE, DIRECTORATE}),
    ("extension-asked", asked, {CIO, DIRECTORATE}),
    ("extension-refused", not_extended, {LEAD, EXECUTIVE, DIRECTORATE}),
    ("paused", paused, {LEAD, EXECUTIVE, DIRECTORATE}),
    ("resumed", resumed, {LEAD, EXECUTIVE, DIRECTORATE}),
    ("delivered", delivered, {CIO, DIRECTORATE}),
    ("circulated", circulated, {LEAD}),
    ("answered-round", answered_round, {DIRECTORATE}),
    ("paper-signed", paper_signed, {LEAD, EXECUTIVE}),
    ("plan-published", plan_published, {LEAD, EXECUTIVE}),
    ("guidance-published", guidance_published, {LEAD}),
    ("guidance-withdrawn", guidance_withdrawn, {LEAD}),
    ("lesson-offered", lesson_offered, {DIRECTORATE}),
]


@pytest.mark.clause("VII")
@pytest.mark.parametrize(("kind", "happen", "told"), EVENTS, ids=[kind for kind, _, _ in EVENTS])
def test_of_each_event_the_right_people_are_told(
    stage: Stage, kind: str, happen: Callable[[Stage], object], told: set[tuple[str, str]]
) -> None:
    happen(stage)
    assert told_of(kind) == told


def test_every_kind_of_event_notice_in_the_policy_is_shown_above(stage: Stage) -> None:
    of_office_closures = {"recomputed", "close-drawn-up", "close-statement-asked", "close-signed"}
    assert {kind for kind, _, _ in EVENTS} == set(stage.edition.policy.notices) - of_office_closures


def test_an_e_mail_is_owed_in_the_transaction_of_its_cause_or_not_at_all(stage: Stage) -> None:
    before = session().scalars(select(Notice.id)).all()
    with session().begin_nested() as savepoint:
        stage.submitted("CBP")
        assert told_of("submitted")
        savepoint.rollback()
    assert session().scalars(select(Notice.id)).all() == before


def test_the_facts_are_frozen_when_it_is_owed(stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-12-18 15:00")
    strategy.component.name = "Another name"
    session().flush()
    notice = session().scalars(select(Notice).where(Notice.kind == "submitted", Notice.to_role == "lead")).one()
    assert notice.facts["component_name"] == "U.S. Customs and Border Protection"
    assert notice.facts["version"] == 1
    assert [each["clock"] for each in notice.facts["next"]] == ["review"]
    assert (notice.owed_on, notice.owed_at) == (date(2023, 12, 18), eastern("2023-12-18 15:00"))


def test_one_person_in_two_roles_is_told_once_in_the_first_of_them(stage: Stage) -> None:
    both = stage.newcomer("Kim Day", (Role.LEAD, "CBP"), (Role.EXECUTIVE, "CBP"))
    stage.submitted("CBP")
    owed = session().scalars(select(Notice).where(Notice.kind == "submitted", Notice.person_id == both.id)).all()
    assert [each.to_role for each in owed] == ["lead"]


def test_telling_of_the_same_event_again_owes_nothing_more(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    event = session().scalars(select(Event).where(Event.verb == "submit")).one()
    before = session().scalars(select(Notice.id)).all()
    notices.owe(
        "submitted", event, edition=stage.edition, component=strategy.component, strategy=strategy, facts={}, at=AT
    )
    assert session().scalars(select(Notice.id)).all() == before


def read(notice: Notice, at: datetime) -> str:
    """The text of an e-mail, on one line."""
    content = compose.message(notice, sender="cx@agency.gov", base_url="http://localhost", at=at)
    text = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert text is not None
    return " ".join(text.get_content().split())


def end_of(person: Person, strategy_day: str = "2023-12-01") -> None:
    person.appointments[0].until_on = date.fromisoformat(strategy_day)
    session().flush()


def test_while_there_is_no_lead_the_executive_hears_and_after_them_the_directorate(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    end_of(stage.person(Role.LEAD, "CBP"))
    submit(stage, strategy)
    assert told_of("submitted") == {("lead", "executive.cbp"), DIRECTORATE}
    held = session().scalars(select(Notice).where(Notice.kind == "submitted", Notice.to_role == "lead")).one()
    assert held.facts["held_role"] == "executive"


def test_who_is_acting_is_told_as_such(stage: Stage) -> None:
    ada, cbp, first, end = stage.newcomer("Ada West"), stage.component("CBP"), date(2023, 12, 1), date(2024, 2, 1)
    people.appoint(ada, Role.LEAD, cbp, from_on=first, until_on=end, acting=True, at=eastern("2023-12-01 09:00"))
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    stage.submitted("CBP")
    told = {each.kind: each for each in session().scalars(select(Notice).where(Notice.person_id == ada.id))}
    for kind in ("submitted", "deadline"):
        assert told[kind].facts["held_role"] == "acting-lead"
        mail = compose.facts(told[kind], base_url="http://localhost", at=eastern("2024-01-17 06:00"))
        assert (mail["role"], mail["vacant"]) == ("Acting Component lead of CBP", None)


def test_while_a_component_has_nobody_the_directorate_lead_stands_in_once(stage: Stage) -> None:
    strategy = stage.submitted("CBP", "2023-11-30 09:00")
    for role in (Role.LEAD, Role.EXECUTIVE):
        end_of(stage.person(role, "CBP"))
    reviews.send_back(strategy, reason="Baselines.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    assert told_of("returned") == {("lead", "directorate-lead")}


def test_somebody_who_was_deactivated_is_told_nothing_more(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    stage.person(Role.LEAD, "CBP").deactivated_at = AT
    submit(stage, strategy)
    assert told_of("submitted") == {("lead", "executive.cbp"), DIRECTORATE}


def test_who_was_told_of_a_release_is_told_of_its_withdrawal_and_who_has_left_is_not_told_why(stage: Stage) -> None:
    gone = stage.newcomer("Fay Old", (Role.EXECUTIVE, "CBP"))
    plan_published(stage)
    end_of(gone, "2024-02-06")
    lead = stage.newcomer("Ned New", (Role.LEAD, "CBP"))
    public_now = session().scalars(select(Publication)).one()
    cio, day = stage.person(Role.CIO), eastern("2024-02-07 09:00")
    assert session().scalar(select(Event.id).where(Event.verb == "published"))  # written before what is undone
    with session().begin_nested() as savepoint:
        publications.withdraw(public_now, reason="A figure is wrong.", by=cio, at=day)
        savepoint.rollback()
    assert told_of("plan-withdrawn") == set()
    publications.withdraw(public_now, reason="A figure is wrong.", by=cio, at=day)
    assert told_of("plan-published") <= told_of("plan-withdrawn")
    owed = session().scalars(select(Notice).where(Notice.kind == "plan-withdrawn")).all()
    said = {each.person_id: read(each, day) for each in owed}
    assert len(owed) == len(said) == 4
    assert "A figure is wrong." in said[lead.id]
    assert f"http://localhost/strategies/{public_now.strategy_id}" in said[lead.id]
    assert "A figure is wrong." not in said[gone.id]
    assert "because you were told that it was published" in said[gone.id]


def test_who_was_told_of_a_release_and_was_deactivated_is_not_told_of_its_withdrawal(stage: Stage) -> None:
    plan_published(stage)
    stage.person(Role.LEAD, "CBP").deactivated_at = LATER
    session().flush()
    public_now = session().scalars(select(Publication)).one()
    publications.withdraw(public_now, reason="A figure is wrong.", by=stage.person(Role.CIO), at=LATER)
    assert told_of("plan-withdrawn") == {("lead", "executive.cbp")}


def test_what_concerns_no_component_goes_to_no_lead_in_whose_place_others_would_stand(stage: Stage) -> None:
    clock = stage.clock("department")
    clocks.pause(clock, reason="Lapse.", by=stage.person(Role.CIO), at=AT)
    assert told_of("paused") == {DIRECTORATE}


def submit(stage: Stage, strategy: Strategy) -> None:
    strategies.submit(strategy, by=stage.person(Role.EXECUTIVE, "CBP"), at=eastern("2023-12-18 15:00"))

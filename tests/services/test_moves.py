"""A strategy moved to the latest edition: what was submitted stays as it was, what runs goes on, who writes is told."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.documents.story import Folder
from cxworkflow.errors import InvalidInput, NotNow
from cxworkflow.mail.compose import subject_of
from cxworkflow.models import Clock, Event, Kind, Notice, PolicyEdition, Role, Strategy
from cxworkflow.policies import Policy, read_policy
from cxworkflow.queries.editions import kept
from cxworkflow.services import (
    assignments,
    clocks,
    comments,
    drafting,
    editions,
    moves,
    record_checks,
    reminders,
    reviews,
    strategies,
)
from tests.refusals import refused
from tests.services.plain_sql import done, refuses
from tests.stage import Stage, as_owner, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2024-01-08 09:00")
TEXT = (POLICIES / "dhs-076-02.toml").read_text(encoding="utf-8")
WHY = "The Secretary has simplified the policy."


def simpler() -> Policy:
    """076-02 with 210 days for the strategy, without its section IV.c.7, and without "Reports to" in IV.c.2."""
    policy = read_policy(TEXT.replace("days = 180\nat_risk_days = 30", "days = 210\nat_risk_days = 30", 1).encode())
    left = []
    for section in policy.sections:
        fields = tuple(field for field in section.fields if field.key != "reports_to")
        if section.clause != "IV.c.7":
            left.append(section.model_copy(update={"fields": fields}))
    return policy.model_copy(update={"sections": tuple(left)})


def moved(strategy: Strategy, stage: Stage, when: str = "2024-01-08 09:00") -> PolicyEdition:
    """The strategy, moved by the CX Directorate lead to the simpler edition, which comes into force that day."""
    latest = editions.bring_in(simpler(), at=eastern(when))
    moves.move(strategy, reason=WHY, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern(when))
    session().expire_all()
    return latest


def clocks_open(code: str, edition: PolicyEdition) -> dict[str, date]:
    """The due dates of a Component's open clocks under an edition, by kind."""
    found = select(Clock).where(Clock.edition_id == edition.id, Clock.stopped_on.is_(None))
    return {
        each.kind: each.due_on for each in session().scalars(found) if each.component and each.component.code == code
    }


def test_a_version_keeps_the_edition_under_which_it_was_submitted(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    latest = moved(strategy, stage)
    first = strategy.versions[0]
    assert first.edition_id == stage.edition.id
    assert "IV.c.7" in [each.clause for each in first.sections]
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-09 09:00"))
    session().expire_all()
    second = strategy.versions[1]
    assert second.edition_id == latest.id
    assert "IV.c.7" not in second.content
    assert "reports_to" not in second.content["IV.c.2"]
    line = session().scalars(select(Event).where(Event.verb == "submit", Event.version_id == second.id)).one()
    assert line.details["edition"] == latest.sha256
    assert record_checks.check().faults == []


def test_the_edition_of_a_version_is_never_changed_and_is_that_of_its_strategy(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    latest = editions.bring_in(simpler(), at=AT)
    session().commit()
    refuses(f"update version set edition_id = {latest.id} where strategy_id = {strategy.id}", "append-only")
    columns = "title, content, sha256, submitted_at, by_id, by_role, days_late"
    other = f"select {latest.id}, strategy_id, 2, {columns} from version"
    refuses(
        f"insert into version (edition_id, strategy_id, number, {columns}) {other}",
        "the edition that its strategy is on",
    )


def test_the_record_tells_a_version_that_was_put_under_another_edition(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    latest = editions.bring_in(simpler(), at=AT)
    done("select")
    with as_owner():
        done("alter table version disable trigger append_only")
        done(f"update version set edition_id = {latest.id} where strategy_id = {strategy.id}")
        done("alter table version enable trigger append_only")
    session().expire_all()
    (fault,) = record_checks.check().faults
    assert fault == "Version 1 of CBP (dhs-076-02) was submitted under another edition."


def test_what_is_implemented_stays_and_a_report_is_checked_first(stage: Stage) -> None:
    strategy = stage.approved("CBP")
    stage.implemented(strategy, "2024-03-01 09:00")
    editions.bring_in(simpler(), at=eastern("2024-03-02 09:00"))
    with refused(NotNow, "This strategy is implemented, so it stays on its edition"):
        moves.move(strategy, reason=WHY, by=stage.person(Role.CIO), at=eastern("2024-03-02 09:00"))


def test_clocks_that_run_go_on_under_the_latest_edition_as_was_foreseen(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    latest = editions.bring_in(simpler(), at=AT)
    before = clocks_open("CBP", stage.edition)
    assert before.keys() == {"revision"}
    told = {each.title: each.due_on for each in moves.foreseen(strategy, latest, at=AT)}
    moves.move(strategy, reason=WHY, by=stage.person(Role.CIO), at=AT)
    session().expire_all()
    after = clocks_open("CBP", latest)
    assert after == before
    assert told == {latest.policy.clock(kind).title: due_on for kind, due_on in after.items()}
    assert clocks_open("CBP", stage.edition) == {}
    stopped = select(Clock.stopped_on).where(Clock.edition_id == latest.id, Clock.kind == "strategy")
    assert session().scalar(stopped.where(Clock.component_id == strategy.component_id)) == date(2023, 12, 18)


def test_days_of_a_pause_count_until_the_move_and_it_goes_on(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    clock = stage.clock("strategy", "CBP")
    clocks.extend(clock, to=date(2024, 3, 1), reason="A storm.", by=stage.person(Role.CIO), at=AT)
    clocks.pause(clock, reason="A lapse.", by=stage.person(Role.CIO), at=AT)
    later = eastern("2024-01-18 09:00")
    latest = editions.bring_in(simpler(), at=later)
    (told,) = moves.foreseen(strategy, latest, at=later)
    moves.move(strategy, reason=WHY, by=stage.person(Role.CIO), at=later)
    session().expire_all()
    assert clocks_open("CBP", latest) == {"strategy": date(2024, 3, 11)}
    assert (told.before_on, told.due_on, told.paused) == (date(2024, 3, 1), date(2024, 3, 11), True)


def test_a_withdrawal_after_the_move_lets_the_clock_of_the_latest_edition_run(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    latest = moved(strategy, stage)
    strategies.withdraw(strategy, reason="A figure.", by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-01-08 10:00"))
    session().expire_all()
    assert clocks_open("CBP", latest) == {"strategy": date(2024, 2, 8)}
    assert clocks_open("CBP", stage.edition) == {}


def test_a_submission_before_the_latest_edition_was_signed_stays_on_time(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    latest = editions.bring_in(simpler().model_copy(update={"signed_on": date(2024, 1, 7)}), at=AT)
    moves.move(strategy, reason=WHY, by=stage.person(Role.CIO), at=AT)
    stopped = select(Clock).where(Clock.edition_id == latest.id, Clock.kind == "strategy")
    clock = session().scalars(stopped.where(Clock.component_id == strategy.component_id)).one()
    assert (clock.stopped_on, clock.days_late(AT.date())) == (date(2024, 1, 7), 0)


def test_commitments_keep_their_clocks(stage: Stage) -> None:
    strategy = stage.approved("CBP")
    promised = select(Clock).where(Clock.strategy_id == strategy.id, Clock.commitment_id.is_not(None))
    before = {each.id: (each.due_on, each.stopped_on) for each in session().scalars(promised)}
    latest = moved(strategy, stage, "2024-02-01 09:00")
    assert before
    assert {each.id: (each.due_on, each.stopped_on) for each in session().scalars(promised)} == before
    assert "implementation" in clocks_open("CBP", latest)


def test_a_decision_after_the_move_speaks_of_the_version_as_it_was(stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    reviewer, lead = stage.person(Role.REVIEWER), stage.person(Role.DIRECTORATE_LEAD)
    reviews.assign(strategy, reviewer, by=lead, at=eastern("2023-12-19 09:00"))
    for clause in ("IV.c.7", "IV.c.1"):
        at = eastern("2023-12-19 10:00")
        comments.comment(strategy, clause, "Why so much?", kind=Kind.MUST_CHANGE, by=reviewer, at=at)
    moved(strategy, stage)
    decision = reviews.send_back(strategy, reason="See below.", by=lead, at=eastern("2024-01-08 12:00"))
    assert [each["clause"] for each in decision.must_changes] == ["IV.c.1", "IV.c.7"]
    assert decision.must_changes[1]["title"] == stage.edition.policy.section("IV.c.7").title


def test_no_word_is_lost_what_is_no_longer_asked_stays_to_be_read(app: Flask, stage: Stage) -> None:
    strategy = stage.returned("CBP")
    stood = {clause: dict(content) for clause, content in strategy.contents.items()}
    moved(strategy, stage)
    found = {each.section.clause: each.content for each in kept(strategy)}
    assert found == {clause: stood[clause] for clause in ("IV.c.2", "IV.c.7")}
    lead = stage.person(Role.LEAD, "CBP")
    content = {key: value for key, value in strategy.contents["IV.c.2"].items() if key != "reports_to"}
    drafting.save_section(strategy, "IV.c.2", {**content, "text": "Elsewhere."}, by=lead, at=AT, base_revision=1)
    it_is(AT)
    page = words(visitor(app, lead).get(f"/strategies/{strategy.id}"))
    assert "What earlier editions asked" in page
    assert stood["IV.c.2"]["reports_to"] in page


def test_pages_of_old_versions_and_comparisons_show_the_sections_as_they_were(app: Flask, stage: Stage) -> None:
    strategy = stage.returned("CBP")
    moved(strategy, stage)
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=AT)
    it_is(AT)
    lead, base = visitor(app, stage.person(Role.DIRECTORATE_LEAD)), f"/strategies/{strategy.id}"
    title = stage.edition.policy.section("IV.c.7").title
    old, new = (words(lead.get(f"{base}/versions/{number}")) for number in (1, 2))
    assert f"IV.c.7 {title}" in old
    assert "its sections are shown as they were then" in old
    assert f"IV.c.7 {title}" not in new
    changes = words(lead.get(f"{base}/changes?from=1&to=2"))
    assert f"IV.c.7 {title}" in changes
    assert "Reports to" in changes
    for page in ("", "/review", "/decision", "/review/rubric", "/edition", "/record.pdf", "/versions/1/strategy.docx"):
        assert lead.get(base + page).status_code == 200, page


def test_who_takes_it_out_can_read_each_edition_and_check_it(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    latest = moved(strategy, stage)
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=AT)
    session().expire_all()
    files = {name: b"".join(pieces) for name, pieces in Folder(strategy, "a@b.example", "https://c.example").files()}
    for edition in (stage.edition, latest):
        assert f"editions/{edition.sha256}.json" in files
    assert b"IV.c.7" in files["versions/1.html"]
    assert b"IV.c.7" not in files["versions/2.html"]


def test_the_lead_and_who_writes_are_told_what_changes_who_moved_it_and_why(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    lead, writer = stage.person(Role.LEAD, "CBP"), stage.person(Role.CONTRIBUTOR, "CBP")
    stage.newcomer("Una Idle", (Role.CONTRIBUTOR, "CBP"))
    assignments.assign(strategy, "IV.c.7", writer, by=lead, at=AT)
    moved(strategy, stage)
    found = session().scalars(select(Notice).where(Notice.kind == "edition-moved").order_by(Notice.id)).all()
    assert {each.person_id for each in found} == {lead.id, writer.id}
    facts = found[0].facts
    assert facts["by"] == stage.person(Role.DIRECTORATE_LEAD).name
    assert facts["reason"] == WHY
    assert "clock “strategy”: days was 180 and is 210." in facts["changes"]
    assert "section “IV.c.7”: is gone." in facts["changes"]
    (day,) = facts["dates"]
    assert (day["before_on"], day["due_on"]) == ("2024-01-09", "2024-02-08")
    subject = subject_of(found[0], base_url="https://cx.example", at=AT)
    assert subject == "CBP: customer experience strategy moved to the latest edition of DHS Policy Statement 076-02"


def test_nobody_is_reminded_anew_of_what_they_were_reminded_of_before(stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    reminders.sweep(at=AT)
    moved(strategy, stage)
    before = session().scalars(select(Notice.id).where(Notice.component_id == strategy.component_id)).all()
    reminders.sweep(at=AT)
    after = session().scalars(select(Notice.id).where(Notice.component_id == strategy.component_id)).all()
    assert after == before
    reminders.sweep(at=eastern("2024-02-07 09:00"))
    again = session().scalars(select(Notice.id).where(Notice.component_id == strategy.component_id)).all()
    assert len(again) > len(after)


def test_a_field_keeps_its_type_under_its_key(stage: Stage) -> None:
    policy = simpler()
    place = next(each for each in policy.sections if each.clause == "IV.c.2")
    fields = tuple(each.model_copy(update={"type": "line"}) if each.key == "text" else each for each in place.fields)
    other = place.model_copy(update={"fields": fields})
    sections = tuple(other if each.clause == "IV.c.2" else each for each in policy.sections)
    with refused(InvalidInput, "Give what replaces it another key."):
        editions.bring_in(policy.model_copy(update={"sections": sections}), at=AT)

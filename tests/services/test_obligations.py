"""A changed register: who has to file from now on gets the clocks of the others, who no longer has to is let off."""

from datetime import date

import pytest
from sqlalchemy import select

from config.settings import ORGANIZATIONS
from cxworkflow.db import session
from cxworkflow.explain import explain
from cxworkflow.models import Clock, Event, Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.policies.organizations import read_organization
from cxworkflow.services import implementation, obligations, policies, reminders, strategies
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b.note-1")]

CHANGED_AT = eastern("2024-02-01 10:00")


def filing(files: str) -> dict[str, str | None]:
    """What a line says of who files so."""
    return {"files": files, "covered_by": "OCIO" if files == "covered" else None}


def register(*, at: str = "2024-02-01 10:00", **files: str) -> int:
    """The register now says of these Components (& is written _) that they file so; returns how many clocks changed."""
    listed = read_organization(ORGANIZATIONS / "dhs.toml")
    said = {code.replace("_", "&"): value for code, value in files.items()}
    components = tuple(each.model_copy(update=filing(said.get(each.code, each.files))) for each in listed.components)
    policies.load_organization(listed.model_copy(update={"components": components}), at=eastern(at))
    return obligations.bring_up_to_date(policies.edition_of("dhs-076-02"), at=eastern(at))


def clocks_of(code: str) -> list[Clock]:
    """Every clock of a Component, the first started first."""
    wanted = select(Clock).where(Clock.component.has(code=code)).order_by(Clock.id)
    return list(session().scalars(wanted))


def recorded(verb: str) -> list[Event]:
    """The lines of the record that say so."""
    return list(session().scalars(select(Event).where(Event.verb == verb).order_by(Event.id)))


def test_a_register_that_says_what_it_said_changes_nothing(stage: Stage) -> None:
    assert register() == 0
    assert not recorded("clock-opened")
    assert not recorded("clock-lifted")


def test_who_has_to_file_from_now_on_gets_a_clock_as_of_the_policys_date_and_one_reminder(stage: Stage) -> None:
    reminders.sweep(at=eastern("2024-01-31 06:00"))
    stage.newcomer("Ada Quill", (Role.LEAD, "OGC"))
    assert register(OGC="self") == 1
    (clock,) = clocks_of("OGC")
    assert (clock.kind, clock.started_on, clock.due_on) == ("strategy", date(2023, 7, 13), date(2024, 1, 9))
    assert clock.days_late(date(2024, 2, 1)) == 23
    assert clock.changes[0].at == CHANGED_AT, "the record says when it was opened in truth"
    (event,) = recorded("clock-opened")
    assert (event.by_name, event.clock_id, event.at) == ("the system", clock.id, CHANGED_AT)
    reminders.sweep(at=eastern("2024-02-01 11:00"))
    owed = select(Notice).where(Notice.clock_id == clock.id, Notice.state == NoticeState.OWED)
    assert {notice.rung for notice in session().scalars(owed)} == {14}, "the latest, and none of those before"
    assert len({notice.person_id for notice in session().scalars(owed)}) == len(session().scalars(owed).all())
    assert register(OGC="self") == 0


def test_its_submission_is_stamped_with_the_days_that_it_is_late(stage: Stage) -> None:
    stage.newcomer("Ada Quill", (Role.LEAD, "OGC"))
    register(OGC="self")
    lead = stage.person(Role.LEAD, "OGC")
    strategy = stage.drafted("OGC", "2024-02-02 09:00")
    version = strategies.submit(
        strategy, reason="We had to file only since February.", by=lead, at=eastern("2024-02-08 09:00")
    )
    assert (version.due_on, version.days_late) == (date(2024, 1, 9), 30)


def test_what_a_component_is_no_longer_asked_for_is_closed_with_the_reason_and_without_an_e_mail(stage: Stage) -> None:
    clock = stage.clock("strategy", "CWMD")
    reminders.sweep(at=eastern("2024-01-31 06:00"))
    before = len(session().scalars(select(Notice)).all())
    assert register(CWMD="covered") == 1
    assert (clock.lifted, clock.stopped_on, clock.state(date(2024, 2, 1)).value) == (True, date(2024, 2, 1), "lifted")
    assert clock.days_late(date(2024, 2, 1)) == 0
    assert clock.changes[-1].reason == "The register changed: CWMD is covered by the submission of OCIO."
    rule = clock.edition.policy.clock("strategy")
    told = explain(clock.edition.policy, rule, [line.change for line in clock.changes])
    assert told[-1].sentences == ("Closed on February 1, 2024: this is no longer asked for.",)
    assert [event.clock_id for event in recorded("clock-lifted")] == [clock.id]
    reminders.sweep(at=eastern("2024-03-01 06:00"))
    mine = select(Notice).where(Notice.clock_id == clock.id)
    assert {notice.state for notice in session().scalars(mine)} == {NoticeState.SUPERSEDED}
    assert before == len(session().scalars(select(Notice).where(Notice.owed_at < CHANGED_AT)).all())


def test_who_has_to_file_again_gets_a_new_clock_with_the_old_date(stage: Stage) -> None:
    register(CWMD="covered")
    assert register(CWMD="self", at="2024-02-05 10:00") == 1
    old, new = clocks_of("CWMD")
    assert (old.lifted, new.lifted) == (True, False)
    assert new.due_on == old.due_on == date(2024, 1, 9)


def test_a_component_that_comes_later_counts_from_its_own_first_day(stage: Stage) -> None:
    listed = read_organization(ORGANIZATIONS / "dhs.toml")
    new = listed.component("CISA").model_copy(update={"code": "NEW", "from_on": date(2024, 1, 20)})
    policies.load_organization(listed.model_copy(update={"components": (*listed.components, new)}), at=CHANGED_AT)
    assert obligations.bring_up_to_date(stage.edition, at=CHANGED_AT) == 1
    assert [(clock.started_on, clock.due_on) for clock in clocks_of("NEW")] == [(date(2024, 1, 20), date(2024, 7, 18))]


def test_who_submitted_without_having_to_is_not_asked_again(stage: Stage) -> None:
    stage.newcomer("Ida Grant", (Role.LEAD, "OIG"))
    stage.submitted("OIG", "2023-12-18 15:00")
    assert register(OIG="self") == 1
    strategy_clock = next(clock for clock in clocks_of("OIG") if clock.kind == "strategy")
    assert (strategy_clock.stopped_on, strategy_clock.state(date(2024, 2, 1)).value) == (date(2023, 12, 18), "met")


@pytest.mark.clause("IV.d")
def test_who_files_without_having_to_gets_a_target_for_putting_it_into_practice(stage: Stage) -> None:
    stage.newcomer("Ida Grant", (Role.LEAD, "OIG"))
    strategy = stage.approved("OIG", "2024-06-03 10:00")
    (clock,) = [each for each in clocks_of("OIG") if each.stopped_on is None and not each.commitment_id]
    rule = clock.edition.policy.clock(clock.kind)
    assert (clock.kind, rule.set_by, clock.due_on) == ("voluntary-implementation", "directorate", date(2024, 11, 30))
    approved = session().scalars(
        select(Notice.facts).where(Notice.kind == "approved", Notice.strategy_id == strategy.id)
    )
    assert [each["set_by"] for each in approved.first()["next"]] == ["directorate"]  # type: ignore[index]
    lead = stage.person(Role.LEAD, "OIG")
    implementation.report(strategy, statement="All is done.", by=lead, at=eastern("2024-10-15 12:00"))
    assert clock.state(date(2024, 10, 15)).value == "met"


@pytest.mark.clause("IV.d")
def test_a_target_becomes_a_required_date_when_the_component_has_to_file(stage: Stage) -> None:
    stage.newcomer("Ida Grant", (Role.LEAD, "OIG"))
    stage.approved("OIG", "2024-01-09 10:00")
    assert register(OIG="self") == 3
    kinds = {clock.kind: (clock.lifted, clock.stopped_on is None, clock.due_on) for clock in clocks_of("OIG")}
    assert kinds["voluntary-implementation"][:2] == (True, False)
    assert kinds["implementation"] == (False, True, date(2024, 7, 7))
    assert kinds["strategy"][:2] == (False, False)


@pytest.mark.clause("IV.e")
def test_the_department_is_done_when_the_last_that_was_waited_for_is_let_off(stage: Stage) -> None:
    department = stage.clock("department")
    waited_for = [each.code for each in policies.obliged("dhs", on=date(2024, 2, 1))]
    for code in waited_for[1:]:
        stage.implemented(stage.approved(code), "2024-01-20 12:00")
    assert department.stopped_on is None
    register(**{waited_for[0].replace("&", "_"): "covered"})
    assert department.stopped_on == date(2024, 2, 1)

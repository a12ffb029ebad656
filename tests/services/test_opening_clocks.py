"""The clocks that a policy opens, the Directorate's own deliverables, and the Department's clock."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.calendar import ClockState
from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, Event, PolicyEdition, Role
from cxworkflow.policies import read_policy
from cxworkflow.policies.organizations import FormerName, read_organization
from cxworkflow.services import deliverables, implementation, policies
from tests.refusals import every_row, refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

SIGNED_AT = eastern("2023-07-13 09:00")
POLICY = read_policy(POLICIES / "dhs-076-02.toml")
DHS = read_organization(ORGANIZATIONS / "dhs.toml")


@pytest.mark.clause("IV.b.note-1")
def test_one_strategy_clock_runs_for_each_component_that_files_itself(stage: Stage) -> None:
    holders = session().scalars(select(Component.code).join(Clock).where(Clock.kind == "strategy")).all()
    assert sorted(holders) == sorted(each.code for each in DHS.obliged(POLICY.signed_on))
    assert {"I&A", "S&T", "OCIO"} <= set(holders)
    assert not {"OIG", "MGMT", "PRIV"} & set(holders)


def test_the_directorate_and_the_department_have_one_clock_each(stage: Stage) -> None:
    due = {clock.kind: clock.due_on for clock in session().scalars(select(Clock).where(Clock.component_id.is_(None)))}
    assert due == {"directorate": date(2023, 10, 11), "department": date(2024, 9, 30)}


def test_loading_the_same_policy_and_register_again_changes_nothing(stage: Stage) -> None:
    before = every_row()
    policies.load_organization(DHS, at=SIGNED_AT)
    assert policies.load(POLICY, at=SIGNED_AT) is stage.edition
    session().flush()
    assert every_row() == before


def test_another_text_under_the_same_name_is_refused(stage: Stage) -> None:
    with refused(NotNow, "DHS Policy Statement 076-02 is in force in another edition."):
        policies.load(POLICY.model_copy(update={"title": "Another title"}), at=SIGNED_AT)


def test_a_changed_register_is_taken_over_and_recorded(stage: Stage) -> None:
    former = FormerName(name=DHS.component("OHS").name, until_on=SIGNED_AT.date())
    name = {"name": "Office of Health", "formerly": (former,)}
    renamed = [each.model_copy(update=name if each.code == "OHS" else {}) for each in DHS.components]
    policies.load_organization(DHS.model_copy(update={"components": tuple(renamed)}), at=SIGNED_AT)
    assert stage.component("OHS").name == "Office of Health"
    last = session().scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (last.verb, last.details) == (
        "organization-loaded",
        {"organization": "dhs", "added": [], "changed": ["OHS"]},
    )


def test_a_component_that_did_not_exist_at_signature_has_no_clock(app: object) -> None:
    gone = {"OSA": {"until_on": date(2023, 7, 13), "from_on": date(2020, 1, 1)}, "OHS": {"from_on": date(2023, 8, 1)}}
    listed = tuple(each.model_copy(update=gone.get(each.code, {})) for each in DHS.components)
    policies.load_organization(DHS.model_copy(update={"components": listed}), at=SIGNED_AT)
    policies.load(POLICY, at=SIGNED_AT)
    holders = set(session().scalars(select(Component.code).join(Clock)))
    assert not {"OSA", "OHS"} & holders
    assert "CWMD" in holders


@pytest.mark.clause("IV.a")
@pytest.mark.parametrize("first_and_second", [(0, 1), (1, 0)])
def test_the_second_deliverable_stops_the_directorates_clock(stage: Stage, first_and_second: tuple[int, int]) -> None:
    clock, cio = stage.clock("directorate"), stage.person(Role.CIO)
    whats = ["cx-directorate", "directive-and-instruction-begun"]
    one, other = (whats[place] for place in first_and_second)
    deliverables.deliver(stage.edition, one, by=cio, at=eastern("2023-09-12 10:00"))
    assert clock.state(date(2023, 9, 12)) is ClockState.RUNNING
    deliverables.deliver(stage.edition, other, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-10-12 00:01"))
    assert (clock.stopped_on, clock.days_late(date(2024, 1, 1))) == (date(2023, 10, 12), 1)
    assert deliverables.delivered(stage.edition) == set(whats)


@pytest.mark.clause("IV.a")
def test_a_deliverable_is_delivered_once_by_those_who_answer_for_it(stage: Stage) -> None:
    at, cio = eastern("2023-09-12 10:00"), stage.person(Role.CIO)
    with refused(NotFound, "asks for no “cake”. It asks for: cx-directorate, directive-and-instruction-begun, "):
        deliverables.deliver(stage.edition, "cake", by=cio, at=at)
    for role, code in ((Role.REVIEWER, None), (Role.LEAD, "CBP"), (Role.ADMINISTRATOR, None)):
        with refused(NotAllowed, "You may not record the Directorate's deliverables."):
            deliverables.deliver(stage.edition, "cx-directorate", by=stage.person(role, code), at=at)
    deliverables.deliver(stage.edition, "cx-directorate", by=cio, at=at)
    with refused(NotNow, "“CX Directorate set up” is recorded as done already."):
        deliverables.deliver(stage.edition, "cx-directorate", by=cio, at=at)


@pytest.mark.clause("IV.d")
def test_the_lead_reports_an_approved_strategy_as_implemented(stage: Stage) -> None:
    strategy, lead = stage.approved("CBP"), stage.person(Role.LEAD, "CBP")
    clock, at = stage.clock("implementation", "CBP"), eastern("2024-07-15 12:00")
    with refused(InvalidInput, "statement: Say what has been implemented"):
        implementation.report(strategy, statement=" ", by=lead, at=at)
    report = implementation.report(strategy, statement="Every part is in place.", by=lead, at=at)
    assert (report.statement, strategy.status, clock.stopped_on) == (
        "Every part is in place.",
        Status.APPROVED,
        date(2024, 7, 15),
    )
    with refused(NotNow, "This strategy is reported as implemented already, and waits for the Directorate’s check."):
        implementation.report(strategy, statement="Again.", by=lead, at=at)
    checker, later = stage.person(Role.DIRECTORATE_LEAD), eastern("2024-08-01 12:00")
    implementation.accept(strategy, answer="The metrics run on.", by=checker, at=later)
    assert (strategy.status, clock.stopped_on) == (Status.IMPLEMENTED, date(2024, 7, 15))
    with refused(NotNow, "Only an approved strategy can be reported as implemented; this one is implemented."):
        implementation.report(strategy, statement="Again.", by=lead, at=later)


@pytest.mark.clause("IV.d")
def test_a_report_that_is_sent_back_lets_the_clock_run_on_to_its_own_date(stage: Stage) -> None:
    strategy, lead = stage.approved("CBP"), stage.person(Role.LEAD, "CBP")
    clock, checker = stage.clock("implementation", "CBP"), stage.person(Role.DIRECTORATE_LEAD)
    due_on = clock.due_on
    with refused(NotNow, "Nothing waits to be checked"):
        implementation.accept(strategy, by=checker, at=eastern("2024-06-01 12:00"))
    implementation.report(strategy, statement="Nearly all.", by=lead, at=eastern("2024-06-03 12:00"))
    with refused(InvalidInput, "reason: Say what is missing"):
        implementation.send_back(strategy, reason=" ", by=checker, at=eastern("2024-06-10 12:00"))
    with refused(NotAllowed, "You may not check what this Component reports as done."):
        implementation.send_back(strategy, reason="No.", by=lead, at=eastern("2024-06-10 12:00"))
    implementation.send_back(strategy, reason="The hires are missing.", by=checker, at=eastern("2024-06-10 12:00"))
    assert (strategy.status, clock.stopped_on, clock.due_on) == (Status.APPROVED, None, due_on)
    implementation.report(strategy, statement="All of it.", by=lead, at=eastern("2024-07-01 12:00"))
    with refused(InvalidInput, "commitments of this strategy are open. Say why it is accepted all the same."):
        implementation.accept(strategy, by=checker, at=eastern("2024-07-20 12:00"))
    implementation.accept(strategy, answer="The rest is measured.", by=checker, at=eastern("2024-07-20 12:00"))
    assert (strategy.status, clock.stopped_on) == (Status.IMPLEMENTED, date(2024, 7, 1))


def test_only_the_component_reports_and_only_after_approval(stage: Stage) -> None:
    strategy, at = stage.submitted("CBP"), eastern("2024-07-15 12:00")
    with refused(NotNow, "Only an approved strategy can be reported as implemented; this one is submitted."):
        implementation.report(strategy, statement="Done.", by=stage.person(Role.LEAD, "CBP"), at=at)
    stage.approve(strategy, "2024-01-09 10:00")
    for role, code in ((Role.LEAD, "ICE"), (Role.CONTRIBUTOR, "CBP"), (Role.CIO, None), (Role.DIRECTORATE_LEAD, None)):
        with refused(NotAllowed, "You may not report this strategy as implemented."):
            implementation.report(strategy, statement="Done.", by=stage.person(role, code), at=at)


@pytest.mark.clause("IV.e")
def test_the_last_obliged_component_stops_the_departments_clock(stage: Stage) -> None:
    clock = stage.clock("department")
    obliged = [each.code for each in DHS.obliged(POLICY.signed_on)]
    stage.newcomer("Ida Grant", (Role.LEAD, "OIG"))
    stage.submitted("OIG")  # invited, not bound: nobody waits for it
    for count, code in enumerate(obliged, start=1):
        assert clock.stopped_on is None
        strategy = stage.approved(code)
        stage.implemented(strategy, f"2024-03-{count:02} 12:00")
    assert clock.stopped_on == date(2024, 3, len(obliged))
    stopped = Counter(session().execute(select(Clock.kind).where(Clock.stopped_on.is_not(None))).scalars())
    assert stopped["implementation"] == len(obliged)


def test_a_policy_or_component_that_there_is_not_is_named(stage: Stage) -> None:
    with pytest.raises(NotFound, match="No policy “eo-1” is in force here"):
        policies.edition_of("eo-1")
    with pytest.raises(NotFound, match="There is no Component “NASA”"):
        policies.component_of("NASA")
    assert [edition.code for edition in policies.editions()] == ["dhs-076-02"]
    assert session().scalar(select(func.count()).select_from(PolicyEdition)) == 1

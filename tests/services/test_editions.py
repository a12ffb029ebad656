"""A new edition of a policy: who has begun a strategy stays on theirs until somebody moves it, with a reason."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.models import Clock, Component, Event, PolicyEdition, Role, Strategy
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.comparison import changes
from cxworkflow.queries import standings
from cxworkflow.queries.editions import concerned
from cxworkflow.services import clocks, deliverables, editions, extensions, moves, policies, strategies
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2023-12-11 09:00")
TEXT = (POLICIES / "dhs-076-02.toml").read_text(encoding="utf-8")
WHY = "The Secretary has given all Components 30 days more."


def longer() -> Policy:
    """076-02 with 210 days for the strategy, and another question in the section on contracts."""
    text = TEXT.replace("days = 180\nat_risk_days = 30", "days = 210\nat_risk_days = 30", 1)
    return read_policy(text.replace('label = "Reports to"', 'label = "Who leads it reports to"', 1).encode())


def clock_of(code: str, kind: str = "strategy") -> tuple[int, date]:
    """The edition and the due date of a Component's one open clock of a kind."""
    open_now = select(Clock).join(Component, Component.id == Clock.component_id)
    open_now = open_now.where(Component.code == code, Clock.kind == kind, Clock.stopped_on.is_(None))
    clock = session().scalars(open_now).one()
    return clock.edition_id, clock.due_on


@pytest.fixture
def begun(stage: Stage) -> Strategy:
    """CBP's strategy, begun under the first edition."""
    return strategies.begin(stage.edition, stage.component("CBP"), by=stage.person(Role.LEAD, "CBP"), at=AT)


@pytest.fixture
def latest(begun: Strategy) -> PolicyEdition:
    """The second edition, in force since then."""
    return editions.bring_in(longer(), at=AT)


def test_who_has_not_begun_goes_by_the_new_edition_and_who_has_stays(
    stage: Stage, begun: Strategy, latest: PolicyEdition
) -> None:
    assert clock_of("USCG") == (latest.id, date(2024, 2, 8))
    assert clock_of("CBP") == (stage.edition.id, date(2024, 1, 9))
    assert begun.edition_id == stage.edition.id
    of_each = {edition.id: sum(standings.statuses(edition, at=AT).values()) for edition in (stage.edition, latest)}
    assert of_each == {stage.edition.id: 1, latest.id: 14}
    new = strategies.begin(latest, stage.component("USCG"), by=stage.person(Role.LEAD, "USCG"), at=AT)
    assert new.edition_id == latest.id


def test_the_same_text_again_is_no_new_edition(stage: Stage) -> None:
    assert editions.bring_in(stage.edition.policy, at=AT).id == stage.edition.id
    assert len(policies.editions_of(stage.edition.code)) == 1


def test_an_edition_for_another_department_or_of_an_earlier_day_is_refused(stage: Stage) -> None:
    with refused(InvalidInput, "Keep that."):
        editions.bring_in(longer().model_copy(update={"department": "executive-branch"}), at=AT)
    with refused(InvalidInput, "Write that day or a later one."):
        editions.bring_in(longer().model_copy(update={"signed_on": date(2023, 7, 12)}), at=AT)


def test_a_strategy_is_moved_with_its_clocks_and_a_reason_on_the_record(
    stage: Stage, begun: Strategy, latest: PolicyEdition
) -> None:
    lead = stage.person(Role.DIRECTORATE_LEAD)
    with refused(InvalidInput, "Say why it is moved"):
        moves.move(begun, reason=" ", by=lead, at=AT)
    with refused(NotAllowed, "You may not move this strategy to another edition."):
        moves.move(begun, reason=WHY, by=stage.person(Role.LEAD, "CBP"), at=AT)
    moves.move(begun, reason=WHY, by=lead, at=AT)
    assert begun.edition_id == latest.id
    assert clock_of("CBP") == (latest.id, date(2024, 2, 8))
    line = session().scalars(select(Event).where(Event.verb == "moved")).one()
    assert (line.details["reason"], line.details["to"]) == (WHY, latest.sha256)
    with refused(NotNow, "on the latest edition of its policy already"):
        moves.move(begun, reason=WHY, by=lead, at=AT)


def test_what_the_cio_granted_is_kept(stage: Stage, begun: Strategy, latest: PolicyEdition) -> None:
    cio = stage.person(Role.CIO)
    clock = stage.clock("strategy", "CBP")
    clocks.extend(clock, to=date(2024, 3, 1), reason="A storm.", by=cio, at=AT)
    clocks.pause(clock, reason="A lapse in appropriations.", by=cio, at=AT)
    moves.move(begun, reason=WHY, by=cio, at=AT)
    assert clock_of("CBP") == (latest.id, date(2024, 3, 1))
    session().expire_all()
    moved = clocks.open_clock(latest, "strategy", stage.component("CBP"))
    assert moved is not None
    assert moved.paused_on == AT.date()


def test_what_the_cio_granted_to_who_has_not_begun_is_kept(stage: Stage) -> None:
    cio = stage.person(Role.CIO)
    clocks.extend(stage.clock("strategy", "USCG"), to=date(2024, 3, 1), reason="A storm.", by=cio, at=AT)
    clocks.pause(stage.clock("strategy", "FEMA"), reason="A flood.", by=cio, at=AT)
    edition = editions.bring_in(longer(), at=AT)
    assert clock_of("USCG") == (edition.id, date(2024, 3, 1))
    assert clock_of("ICE") == (edition.id, date(2024, 2, 8))
    paused = clocks.open_clock(edition, "strategy", stage.component("FEMA"))
    assert paused is not None
    assert paused.paused_on == AT.date()


def test_a_request_that_waits_for_the_cio_waits_for_the_clock_that_counts_now(stage: Stage, begun: Strategy) -> None:
    cio, to = stage.person(Role.CIO), date(2024, 3, 1)
    asked = [
        extensions.ask(stage.clock("strategy", code), to=to, reason="A storm.", by=stage.person(Role.LEAD, code), at=AT)
        for code in ("CBP", "USCG")
    ]
    edition = editions.bring_in(longer(), at=AT)
    moves.move(begun, reason=WHY, by=cio, at=AT)
    for request in asked:
        extensions.grant(request, by=cio, at=AT)
    assert clock_of("CBP") == clock_of("USCG") == (edition.id, to)


def test_a_strategy_stays_with_its_policy_and_once_implemented_on_its_edition(stage: Stage) -> None:
    strategy = stage.returned("CBP")
    implemented = stage.approved("USCG")
    stage.implemented(implemented, "2024-03-01 09:00")
    latest = editions.bring_in(longer(), at=eastern("2024-03-01 10:00"))
    other = policies.load(read_policy(POLICIES / "omb-a11-280.toml"), at=AT)
    session().commit()
    for strategy_id, edition in ((strategy.id, other), (implemented.id, latest)):
        moved = update(Strategy).where(Strategy.id == strategy_id).values(edition_id=edition.id)
        with pytest.raises(IntegrityError, match="stays its Component"), session().begin_nested():
            session().execute(moved)


def test_what_the_directorate_has_delivered_stays_delivered(stage: Stage) -> None:
    cio = stage.person(Role.CIO)
    for what in ("cx-directorate", "directive-and-instruction-begun"):
        deliverables.deliver(stage.edition, what, by=cio, at=eastern("2023-09-12 10:00"))
    latest = editions.bring_in(longer(), at=AT)
    assert deliverables.delivered(latest) == {"cx-directorate", "directive-and-instruction-begun"}
    of_nobody = select(Clock.kind).where(Clock.edition_id == latest.id, Clock.component_id.is_(None))
    assert session().scalars(of_nobody).all() == ["department"]


def test_it_is_told_which_running_strategies_an_edition_would_concern(stage: Stage, begun: Strategy) -> None:
    stage.submitted("USCG")
    found = changes(stage.edition.policy, longer())
    told = list(concerned(longer(), found, at=AT))
    assert len(told) == 2
    assert told[0].startswith("CBP (draft), begun under the edition in force since July 13, 2023: section IV.c.2; ")
    assert told[0].endswith("clock strategy, due January 9, 2024, would be February 8, 2024.")
    assert told[1].endswith(": section IV.c.2.")


def test_the_directorate_lead_reads_what_changes_and_moves_it(
    app: Flask, stage: Stage, begun: Strategy, latest: PolicyEdition
) -> None:
    it_is(AT)
    lead, path = visitor(app, stage.person(Role.DIRECTORATE_LEAD)), f"/strategies/{begun.id}/edition"
    page = words(lead.get(path))
    assert "clock “strategy”: days was 180 and is 210." in page
    assert lead.post(path, data={"reason": ""}).status_code == 422
    assert lead.post(path, data={"reason": WHY}).status_code == 303
    assert "is on the latest edition" in words(lead.get(path))
    own = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert own.post(path, data={"reason": WHY}).status_code == 403
    assert "Who leads it reports to" in words(own.get(f"/strategies/{begun.id}/sections/IV.c.2"))
    for address in ("/", "/components/CBP", "/policies/dhs-076-02", f"/strategies/{begun.id}"):
        assert own.get(address).status_code == 200

"""Drafting: sections saved and assigned, the title, a whole strategy from a file; nothing overwritten silently."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Answer, AnswerRevision, Event, Person, Role, Strategy
from cxworkflow.policies.answers import StrategyFile, read_strategy
from cxworkflow.services import assignments, drafting, policies, strategies
from cxworkflow.services.drafting import SectionChanged
from tests.refusals import every_row, refused
from tests.stage import Stage, answers, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

AT = eastern("2023-12-06 10:00")
PLACEMENT = answers(hisp=True)["IV.c.2"]


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.LEAD, "CBP")


@pytest.fixture
def strategy(stage: Stage, lead: Person) -> Strategy:
    """CBP's strategy, begun and empty."""
    return strategies.begin(stage.edition, stage.component("CBP"), by=lead, at=AT)


def save(strategy: Strategy, content: dict[str, Any], base: int, by: Person, clause: str = "IV.c.2") -> Answer:
    return drafting.save_section(strategy, clause, content, base_revision=base, by=by, at=AT)


def test_a_strategy_is_begun_once(stage: Stage, strategy: Strategy, lead: Person) -> None:
    assert strategy.title == "U.S. Customs and Border Protection: customer experience strategy"
    assert strategies.begin(stage.edition, stage.component("CBP"), by=lead, at=AT) is strategy
    assert session().scalar(select(func.count()).where(Event.verb == "begun")) == 1


@pytest.mark.clause("IV.b.note-1")
def test_an_office_that_ocio_covers_begins_none(stage: Stage) -> None:
    lead = stage.newcomer("Pat Gray", (Role.LEAD, "MGMT"))
    with refused(NotNow, "Management Directorate is covered by the submission of OCIO and files no strategy"):
        strategies.begin(stage.edition, stage.component("MGMT"), by=lead, at=AT)


@pytest.mark.parametrize(
    ("role", "code"), [(Role.CONTRIBUTOR, "CBP"), (Role.EXECUTIVE, "CBP"), (Role.LEAD, "ICE"), (Role.CIO, None)]
)
def test_only_the_lead_begins_it(stage: Stage, role: Role, code: str | None) -> None:
    with refused(NotAllowed, "You may not draft this strategy."):
        strategies.begin(stage.edition, stage.component("CBP"), by=stage.person(role, code), at=AT)


def test_each_saved_state_of_a_section_is_kept(strategy: Strategy, lead: Person) -> None:
    first = save(strategy, PLACEMENT, 0, lead)
    assert (first.revision, first.content, first.by_id) == (1, PLACEMENT, lead.id)
    changed = {**PLACEMENT, "text": "The branch moves to headquarters."}
    save(strategy, changed, 1, lead)
    kept = session().scalars(select(AnswerRevision).order_by(AnswerRevision.revision)).all()
    assert [each.revision for each in kept] == [1, 2]
    assert kept[0].content == PLACEMENT


def test_saving_the_same_again_changes_nothing(strategy: Strategy, lead: Person) -> None:
    save(strategy, PLACEMENT, 0, lead)
    before = every_row()
    for base in (0, 1):
        assert save(strategy, PLACEMENT, base, lead).revision == 1
    assert every_row() == before


def test_a_draft_may_be_incomplete_but_not_of_the_wrong_type(strategy: Strategy, lead: Person) -> None:
    assert save(strategy, {"personnel": [{"role": "Analyst"}]}, 0, lead, clause="IV.c.1").revision == 1
    with refused(InvalidInput, "IV.c.1.personnel[0].fte"):
        save(strategy, {"personnel": [{"role": "Analyst", "fte": "half"}]}, 1, lead, clause="IV.c.1")
    with refused(InvalidInput, "control character"):
        save(strategy, {"personnel": [{"role": "Ana\x00lyst"}]}, 1, lead, clause="IV.c.1")


def test_two_people_on_one_section_see_each_others_text(stage: Stage, strategy: Strategy, lead: Person) -> None:
    colleague = stage.newcomer("Sam Cole", (Role.LEAD, "CBP"))
    save(strategy, PLACEMENT, 0, lead)
    with refused(SectionChanged, "Somebody saved this section while you were writing. Nothing was overwritten") as told:
        save(strategy, {}, 0, colleague)
    theirs = told.value.answer
    assert (theirs.content, theirs.revision, theirs.by) == (PLACEMENT, 1, lead)


def test_an_earlier_text_that_never_was_is_refused(strategy: Strategy, lead: Person) -> None:
    with refused(Conflict, "This section has not been begun, so there is no earlier text of it."):
        save(strategy, PLACEMENT, 3, lead)


@pytest.mark.parametrize("clause", ["IV.z", "IV.g.1", ""])
def test_only_what_the_component_is_asked_can_be_saved(stage: Stage, clause: str) -> None:
    lead = stage.person(Role.LEAD, "ICE")
    strategy = strategies.begin(stage.edition, stage.component("ICE"), by=lead, at=AT)
    with refused(NotFound, f"{clause} is not a section that ICE is asked for."):
        save(strategy, {}, 0, lead, clause=clause)
    with refused(NotFound, "is not a section that ICE is asked for."):
        assignments.assign(strategy, clause, stage.person(Role.CONTRIBUTOR, "ICE"), by=lead, at=AT)


def test_a_contributor_writes_the_sections_assigned_to_them(stage: Stage, strategy: Strategy, lead: Person) -> None:
    writer = stage.person(Role.CONTRIBUTOR, "CBP")
    with refused(NotAllowed, "You may not write this section."):
        save(strategy, PLACEMENT, 0, writer)
    assignments.assign(strategy, "IV.c.2", writer, by=lead, at=AT)
    assignments.assign(strategy, "IV.c.2", writer, by=lead, at=AT)
    assert save(strategy, PLACEMENT, 0, writer).by_id == writer.id
    with refused(NotAllowed, "You may not write this section."):
        save(strategy, {}, 0, writer, clause="IV.c.3")


@pytest.mark.parametrize("scene", ["submitted", "approved"])
def test_what_was_submitted_is_not_written_on(stage: Stage, lead: Person, scene: str) -> None:
    strategy = getattr(stage, scene)("CBP")
    with refused(NotNow, "Only a draft or a returned strategy can be changed"):
        save(strategy, {}, 1, lead)
    with refused(NotNow, "Only a draft or a returned strategy can be changed"):
        drafting.rename(strategy, "Another title", base_revision=2, by=lead, at=AT)


def test_the_title_is_changed_like_a_section(strategy: Strategy, lead: Person) -> None:
    for title, sentence in (
        (" ", "title: Give the strategy a title."),
        ("A\nB", "title: Write this on one line"),
        ("A\x07", "control character"),
        ("x" * 301, "title: This has 301 characters; the most allowed is 300."),
    ):
        with refused(InvalidInput, sentence):
            drafting.rename(strategy, title, base_revision=1, by=lead, at=AT)
    drafting.rename(strategy, " Faster at the border ", base_revision=1, by=lead, at=AT)
    assert (strategy.title, strategy.title_revision) == ("Faster at the border", 2)
    with refused(Conflict, "it is now “Faster at the border”. Nothing was overwritten."):
        drafting.rename(strategy, "Something else", base_revision=1, by=lead, at=AT)


def test_a_file_fills_the_draft_and_its_export_changes_nothing(stage: Stage, lead: Person) -> None:
    component, edition = stage.component("CBP"), stage.edition
    file = StrategyFile(edition.code, "CBP", "CBP: a strategy", answers(hisp=True))
    assert drafting.fill(edition, component, file, by=lead, at=AT) is True
    strategy = strategies.find(edition, component)
    assert strategy is not None
    assert (strategy.title, strategy.contents) == ("CBP: a strategy", file.answers)
    before = every_row()
    exported = {
        "policy": edition.code,
        "component": "CBP",
        "title": strategy.title,
        "answers": strategy.contents,
    }
    known = {each.code: each.hisp for each in policies.components("dhs")}
    again = read_strategy(json.dumps(exported).encode(), edition.policy, known)
    assert drafting.fill(edition, component, again, by=lead, at=AT) is False
    assert every_row() == before


def test_an_export_can_be_imported_again_even_after_approval(stage: Stage, lead: Person) -> None:
    strategy = stage.approved("CBP")
    file = StrategyFile(stage.edition.code, "CBP", strategy.title, strategy.contents)
    assert drafting.fill(stage.edition, strategy.component, file, by=lead, at=AT) is False
    other = StrategyFile(stage.edition.code, "CBP", "Another title", strategy.contents)
    with refused(NotNow, "Only a draft or a returned strategy can be changed; this one is approved."):
        drafting.fill(stage.edition, strategy.component, other, by=lead, at=AT)


def test_what_a_file_replaces_is_kept(stage: Stage, strategy: Strategy, lead: Person) -> None:
    save(strategy, {}, 0, lead)
    file = StrategyFile(stage.edition.code, "CBP", "CBP: a strategy", answers(hisp=True))
    drafting.fill(stage.edition, strategy.component, file, by=lead, at=AT)
    kept = session().scalars(select(AnswerRevision).where(AnswerRevision.clause == "IV.c.2")).all()
    assert sorted(each.revision for each in kept) == [1, 2]


@pytest.mark.parametrize(("role", "code"), [(Role.CONTRIBUTOR, "CBP"), (Role.LEAD, "ICE"), (Role.AUDITOR, None)])
def test_only_the_lead_fills_a_draft_from_a_file(stage: Stage, role: Role, code: str | None) -> None:
    file = StrategyFile(stage.edition.code, "CBP", "CBP: a strategy", answers(hisp=True))
    with refused(NotAllowed, "You may not draft this strategy."):
        drafting.fill(stage.edition, stage.component("CBP"), file, by=stage.person(role, code), at=AT)

"""Undo to any saved state of a section: who saved what is seen, and going back loses nothing."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role, Strategy
from cxworkflow.services import drafting
from tests.stage import Stage, eastern
from tests.web.test_section_pages import path, saved
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.c.5.a")]

TEXTS = ("Forms are tested.", "Forms are tested with five people.", "Forms are tested with nine people.")


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's draft, of which forms design was written in two sittings."""
    drafted, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    for text, when in zip(TEXTS, ("10:00", "10:05", "15:00"), strict=True):
        base = next(answer for answer in drafted.answers if answer.clause == "IV.c.5.a").revision
        at = eastern(f"2023-12-11 {when}")
        drafting.save_section(drafted, "IV.c.5.a", {"text": text}, base_revision=base, live=True, by=lead, at=at)
    session().commit()
    it_is(eastern("2023-12-11 16:00"))
    return drafted


@pytest.fixture
def lead(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    """CBP's lead at work."""
    return visitor(app, stage.person(Role.LEAD, "CBP"))


def test_the_history_has_one_line_for_each_sitting_and_every_state_its_page(lead: Browser, strategy: Strategy) -> None:
    history = f"{path(strategy, 'IV.c.5.a')}/history"
    told = words(lead.get(history))
    assert "State 4 Now CBP lead, December 11, 2023, 3:00 p.m." in told
    assert "State 3 CBP lead, December 11, 2023, 10:05 a.m." in told
    assert "State 2" not in told
    assert "[removed: five ] [added: nine ]" in " ".join(words(lead.get(f"{history}/4")).split())
    assert "Forms are tested." in words(lead.get(f"{history}/2"))
    assert lead.get(f"{history}/9").status_code == 404


def test_the_history_is_narrowed_down_turned_around_and_taken_out(lead: Browser, strategy: Strategy) -> None:
    history = f"{path(strategy, 'IV.c.5.a')}/history"
    first = words(lead.get(f"{history}?sort=first"))
    assert first.index("State 3") < first.index("State 4")
    assert "State 4" in words(lead.get(f"{history}?by=CBP+lead&from=2023-12-11&to=2023-12-11"))
    assert "No saved state is like that." in words(lead.get(f"{history}?from=2023-12-12"))
    assert lead.get(f"{history}?by=Nobody").status_code == 422
    lines = lead.get(f"{history}?as=csv").get_data(as_text=True).splitlines()
    assert [line.split(",")[0] for line in lines[1:]][:2] == ["4", "3"]


def test_going_back_makes_a_new_state_and_keeps_the_others(lead: Browser, strategy: Strategy) -> None:
    history = f"{path(strategy, 'IV.c.5.a')}/history"
    assert lead.post(f"{history}/2/restore", data={"base_revision": "4"}).status_code == 303
    assert (saved(strategy, "IV.c.5.a").content, saved(strategy, "IV.c.5.a").revision) == ({"text": TEXTS[0]}, 5)
    assert TEXTS[2] in words(lead.get(f"{history}/4"))


def test_going_back_overwrites_nothing_that_was_saved_meanwhile(lead: Browser, strategy: Strategy) -> None:
    history = f"{path(strategy, 'IV.c.5.a')}/history"
    assert lead.post(f"{history}/2/restore", data={"base_revision": "3"}).status_code == 409
    assert saved(strategy, "IV.c.5.a").content == {"text": TEXTS[2]}


def test_more_states_need_no_more_statements(app: Flask, stage: Stage, lead: Browser, strategy: Strategy) -> None:
    history = f"{path(strategy, 'IV.c.5.a')}/history"
    lead.get(history)
    with statements(app) as few:
        lead.get(history)
    for number in range(20):
        at = eastern(f"2023-12-11 1{number % 2}:{number:02}")
        drafting.save_section(
            strategy,
            "IV.c.5.a",
            {"text": f"Text {number}"},
            base_revision=4 + number,
            by=stage.person(Role.LEAD, "CBP"),
            at=at,
        )
    session().commit()
    with statements(app) as many:
        lead.get(history)
    assert len(many) == len(few)

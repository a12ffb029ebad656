"""What an open section page asks by itself: saved while one writes, never over another's text; who else is here."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import AnswerRevision, Event, Presence, Role, Strategy
from cxworkflow.services import assignments, strategies
from tests.refusals import every_row
from tests.stage import Stage, eastern
from tests.web.test_section_pages import form, path, saved
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.c.3")]


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's complete draft, on December 11; its contributor writes forms design."""
    it_is(eastern("2023-12-11 14:14"))
    drafted = stage.drafted("CBP")
    writer, lead = stage.person(Role.CONTRIBUTOR, "CBP"), stage.person(Role.LEAD, "CBP")
    assignments.assign(drafted, "IV.c.5.a", writer, by=lead, at=eastern("2023-12-11 08:00"))
    session().commit()
    return drafted


@pytest.fixture
def lead(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    """CBP's lead at work."""
    return visitor(app, stage.person(Role.LEAD, "CBP"))


def states(strategy: Strategy, clause: str) -> list[dict[str, object]]:
    """Every saved state of a section, the first one first."""
    kept = select(AnswerRevision.content).where(
        AnswerRevision.strategy_id == strategy.id, AnswerRevision.clause == clause
    )
    return list(session().scalars(kept.order_by(AnswerRevision.revision)))


def test_what_is_typed_is_saved_and_every_state_of_it_is_kept(lead: Browser, strategy: Strategy) -> None:
    for text in ("Every form", "Every form is", "Every form is tested."):
        typed = form(strategy, "IV.c.5.a", text=text, page_key="one page")
        told = lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data=typed)
        assert "Saved at 2:14 p.m." in words(told)
        assert f'value="{saved(strategy, "IV.c.5.a").revision}"' in told.get_data(as_text=True)
    assert [state["text"] for state in states(strategy, "IV.c.5.a")][-3:] == [
        "Every form",
        "Every form is",
        "Every form is tested.",
    ]


def test_one_sitting_is_one_line_of_the_record(lead: Browser, strategy: Strategy) -> None:
    lines = select(Event.id).where(Event.verb == "saved", Event.details["clause"].astext == "IV.c.5.a")
    before = len(session().scalars(lines).all())
    for minute, text in ((14, "A"), (16, "B"), (25, "C"), (40, "D")):
        it_is(eastern(f"2023-12-11 14:{minute}"))
        lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data=form(strategy, "IV.c.5.a", text=text))
    assert len(session().scalars(lines).all()) == before + 2
    lead.post(path(strategy, "IV.c.5.a"), data=form(strategy, "IV.c.5.a", text="By the button"))
    assert len(session().scalars(lines).all()) == before + 3


def test_a_page_that_never_heard_the_answer_is_not_in_its_own_way(lead: Browser, strategy: Strategy) -> None:
    unheard = form(strategy, "IV.c.5.a", text="First words", page_key="one page")
    lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data=unheard)
    once_more = lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data={**unheard, "text": "First words, and more"})
    assert 'data-state="saved"' in once_more.get_data(as_text=True)
    assert lead.post(path(strategy, "IV.c.5.a"), data={**unheard, "text": "The end"}).status_code == 303
    assert saved(strategy, "IV.c.5.a").content == {"text": "The end"}


def test_another_page_of_the_same_person_is_shown_both_texts(lead: Browser, strategy: Strategy) -> None:
    stale = form(strategy, "IV.c.5.a", text="In the second window", page_key="second")
    lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data={**stale, "text": "In the first", "page_key": "first"})
    told = lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data=stale)
    assert "You saved this section in another window while you were writing" in words(told)
    assert saved(strategy, "IV.c.5.a").content == {"text": "In the first"}


def test_who_saves_second_sees_both_texts_and_saves_a_merged_one(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    mine = form(strategy, "IV.c.5.a", text="My text.", page_key="mine")
    writer = visitor(app, stage.person(Role.CONTRIBUTOR, "CBP"))
    writer.post(f"{path(strategy, 'IV.c.5.a')}/live", data={**mine, "text": "Their text.", "page_key": "theirs"})
    told = lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data=mine)
    assert told.status_code == 200
    assert "CBP contributor saved this section while you were writing" in words(told)
    assert "CBP contributor saved: Their text." in words(told)
    assert "Save mine over the newer text" in words(told)
    assert saved(strategy, "IV.c.5.a").content == {"text": "Their text."}

    newer = {**mine, "base_revision": str(saved(strategy, "IV.c.5.a").revision), "text": "Their text. My text."}
    assert lead.post(path(strategy, "IV.c.5.a"), data=newer).status_code == 303
    assert [state["text"] for state in states(strategy, "IV.c.5.a")][-2:] == ["Their text.", "Their text. My text."]


def test_what_can_t_be_read_is_said_and_nothing_is_saved(lead: Browser, strategy: Strategy) -> None:
    before = every_row()
    typed = form(strategy, "IV.c.3", **{"metrics-0-target": "?"})
    told = lead.post(f"{path(strategy, 'IV.c.3')}/live", data=typed)
    assert "Metric 1: Target: “?” is not a number." in words(told)
    assert "Metric 1: Fill in “Target”." not in words(told)
    assert "Not saved since" in words(told)
    assert every_row() == before


def test_what_is_missing_leads_to_the_box_where_the_row_stands_now(lead: Browser, strategy: Strategy) -> None:
    typed = form(strategy, "IV.c.3")
    moved = {name: typed.getlist(name) for name in typed if not name.startswith("metrics-0-")}
    moved |= {"metrics-7-name": ["A new one"]}
    told = lead.post(f"{path(strategy, 'IV.c.3')}/live", data=moved).get_data(as_text=True)
    assert 'href="#metrics-7-baseline"' in told


def test_rows_are_added_up_while_they_are_written(lead: Browser, strategy: Strategy) -> None:
    typed = {"base_revision": str(saved(strategy, "IV.c.1").revision)}
    rows = [("0.1", "2024", "100"), ("0.2", "2024", "$2,000.50"), ("3", "2025", "7")]
    for place, (fte, year, amount) in enumerate(rows):
        typed |= {
            f"personnel-{place}-fte": fte,
            f"funds-{place}-fiscal_year": year,
            f"funds-{place}-amount_usd": amount,
        }
    told = words(lead.post(f"{path(strategy, 'IV.c.1')}/live", data=typed))
    assert "Full-time equivalents (FTE), in all: 3.3" in told
    assert "Amount in US dollars, fiscal year 2024, in all: $2,100.50" in told
    assert "Amount in US dollars, fiscal year 2025, in all: $7" in told
    assert "Amount in US dollars, in all: $2,107.50" in told


def test_what_was_submitted_meanwhile_is_refused_in_words(lead: Browser, stage: Stage, strategy: Strategy) -> None:
    typed = form(strategy, "IV.c.5.a", text="Too late")
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-11 14:14"))
    session().commit()
    told = lead.post(f"{path(strategy, 'IV.c.5.a')}/live", data=typed)
    assert "Not saved. Only a draft or a returned strategy can be changed; this one is submitted." in words(told)


def test_those_who_have_a_section_open_are_named_to_each_other_for_a_minute(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    writer = visitor(app, stage.person(Role.CONTRIBUTOR, "CBP"))
    asked = {"base_revision": "1", "page_key": "x"}
    assert words(lead.post(f"{path(strategy, 'IV.c.3')}/here", data=asked)) == ""
    assert "CBP lead has section IV.c.3 open." in words(writer.post(f"{path(strategy, 'IV.c.5.a')}/here", data=asked))
    lead.post(f"{path(strategy, 'IV.c.5.a')}/here", data=asked)
    assert "CBP lead has this section open, too." in words(writer.get(path(strategy, "IV.c.5.a")))
    assert "CBP contributor writes section IV.c.5.a now" in words(lead.get(f"/strategies/{strategy.id}"))
    it_is(eastern("2023-12-11 14:16"))
    assert "CBP lead" not in words(writer.post(f"{path(strategy, 'IV.c.5.a')}/here", data=asked))
    assert len(session().scalars(select(Presence)).all()) == 2


def test_an_open_page_says_when_somebody_has_saved_a_newer_text(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    mine = form(strategy, "IV.c.5.a")
    writer = visitor(app, stage.person(Role.CONTRIBUTOR, "CBP"))
    writer.post(f"{path(strategy, 'IV.c.5.a')}/live", data={**mine, "text": "Newer.", "page_key": "theirs"})
    asked = {"base_revision": mine["base_revision"], "page_key": "mine"}
    told = words(lead.post(f"{path(strategy, 'IV.c.5.a')}/here", data=asked))
    assert "CBP contributor saved a newer text of this section at 2:14 p.m." in told
    assert "newer" not in words(writer.post(f"{path(strategy, 'IV.c.5.a')}/here", data={**asked, "page_key": "theirs"}))


def test_who_may_not_write_a_section_is_neither_saved_nor_seen_there(
    app: Flask, stage: Stage, strategy: Strategy
) -> None:
    before = every_row()
    writer, other = visitor(app, stage.person(Role.CONTRIBUTOR, "CBP")), visitor(app, stage.person(Role.LEAD, "TSA"))
    typed = form(strategy, "IV.c.5.b", text="Not mine.")
    assert "Not saved. You may not write this section." in words(
        writer.post(f"{path(strategy, 'IV.c.5.b')}/live", data=typed)
    )
    assert writer.post(f"{path(strategy, 'IV.c.5.b')}/here", data=typed).status_code == 403
    for question in ("live", "here"):
        assert other.post(f"{path(strategy, 'IV.c.5.b')}/{question}", data=typed).status_code == 404
    assert every_row() == before


def test_the_statements_of_a_live_saving_do_not_grow_with_the_rows(
    app: Flask, lead: Browser, strategy: Strategy
) -> None:
    address = f"{path(strategy, 'IV.c.3')}/live"
    lead.post(address, data=form(strategy, "IV.c.3", text="First"))  # of a sitting, only this is a line of the record
    sent = form(strategy, "IV.c.3", text="One")
    with statements(app) as few:
        lead.post(address, data=sent)
    sent = form(strategy, "IV.c.3", text="Two")
    for place in range(2, 200):
        sent[f"metrics-{place}-name"] = f"Metric {place}"
    with statements(app) as many:
        lead.post(address, data=sent)
    assert len(many) == len(few), "\n".join(many)

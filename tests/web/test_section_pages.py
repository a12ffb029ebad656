"""Writing a section without JavaScript: nothing typed is lost, nobody's text is overwritten unseen."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from cxworkflow.db import session
from cxworkflow.models import Answer, Role, Strategy
from cxworkflow.services import assignments, drafting
from tests.boxes import boxes
from tests.refusals import every_row
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.c.3")]


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's complete draft, on December 11."""
    it_is(eastern("2023-12-11 09:00"))
    drafted = stage.drafted("CBP")
    session().commit()
    return drafted


@pytest.fixture
def lead(app: Flask, stage: Stage, strategy: Strategy) -> Browser:
    """CBP's lead at work."""
    return visitor(app, stage.person(Role.LEAD, "CBP"))


def saved(strategy: Strategy, clause: str) -> Answer:
    """The draft of a section, as it stands in the database."""
    session().expire_all()
    return next(answer for answer in strategy.answers if answer.clause == clause)


def form(strategy: Strategy, clause: str, **changed: Any) -> MultiDict[str, str]:
    """What a browser would send of a section's form, with some boxes changed."""
    answer = saved(strategy, clause)
    sent: MultiDict[str, str] = MultiDict(boxes(strategy.edition.policy.section(clause), answer.content))
    for name, value in {"base_revision": str(answer.revision), **changed}.items():
        sent[name] = value
    return sent


def path(strategy: Strategy, clause: str) -> str:
    """The address of a section."""
    return f"/strategies/{strategy.id}/sections/{clause}"


def test_what_is_saved_unchanged_stays_as_it_is(lead: Browser, strategy: Strategy) -> None:
    for clause in ("IV.c.1", "IV.c.3", "IV.c.4", "IV.c.6", "IV.g.2"):
        before = saved(strategy, clause)
        revision, content = before.revision, before.content
        told = lead.post(path(strategy, clause), data=form(strategy, clause), follow_redirects=True)
        assert f"Section {clause} is saved. It is complete." in words(told)
        assert (saved(strategy, clause).revision, saved(strategy, clause).content) == (revision, content)


def test_a_row_more_is_a_box_more_and_saves_nothing_yet(lead: Browser, strategy: Strategy) -> None:
    rows = len(saved(strategy, "IV.c.3").content["metrics"])
    before = every_row()
    more = lead.post(path(strategy, "IV.c.3"), data=form(strategy, "IV.c.3", add="metrics", text="Half a thought"))
    page = more.get_data(as_text=True)
    assert more.status_code == 200
    assert f'name="metrics-{rows}-name"' in page
    assert "Half a thought" in page
    assert every_row() == before


def test_a_row_less_is_gone_only_when_it_is_saved(lead: Browser, strategy: Strategy) -> None:
    names = [row["name"] for row in saved(strategy, "IV.c.3").content["metrics"]]
    less = lead.post(path(strategy, "IV.c.3"), data=form(strategy, "IV.c.3", remove="metrics-0")).get_data(as_text=True)
    assert names[0] not in less
    assert names[1] in less
    assert [row["name"] for row in saved(strategy, "IV.c.3").content["metrics"]] == names


def test_faults_are_said_at_their_boxes_and_nothing_is_saved(lead: Browser, strategy: Strategy) -> None:
    typed = {"metrics-0-baseline": "about 70", "metrics-1-by-month": "2", "metrics-1-by-day": "30"}
    sent = form(strategy, "IV.c.3", **typed, **{"metrics-1-by-year": "2024", "metrics-0-name": "A clearer name"})
    del sent["metrics-1-by"]
    before = every_row()
    refused = lead.post(path(strategy, "IV.c.3"), data=sent)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "2 things have to be mended" in words(refused)
    assert 'href="#metrics-0-baseline"' in page
    assert 'id="metrics-0-baseline-fault"' in page
    assert "Metric 1: Baseline: “about 70” is not a number." in words(refused)
    assert 'href="#metrics-1-by"' in page
    assert "Metric 2: By: There is no such day. For January 9, 2024 choose January and write 9 and 2024." in words(
        refused
    )
    for kept in (
        "about 70",
        "A clearer name",
        'name="metrics-1-by-day" inputmode="numeric" autocomplete="off" value="30"',
    ):
        assert kept in page
    assert every_row() == before


def test_an_unfinished_draft_can_be_saved_and_says_what_is_missing(lead: Browser, strategy: Strategy) -> None:
    told = lead.post(
        path(strategy, "IV.c.3"), data=form(strategy, "IV.c.3", **{"metrics-0-baseline": ""}), follow_redirects=True
    )
    assert "Section IV.c.3 is saved. 1 thing still missing." in words(told)
    assert 'href="#metrics-0-baseline"' in told.get_data(as_text=True)
    assert saved(strategy, "IV.c.3").content["metrics"][0]["baseline"] is None


def test_saving_can_lead_on_to_the_next_section(lead: Browser, strategy: Strategy) -> None:
    on = lead.post(path(strategy, "IV.c.3"), data=form(strategy, "IV.c.3", then="next"))
    assert on.location == path(strategy, "IV.c.4")
    end = lead.post(path(strategy, "IV.g.2"), data=form(strategy, "IV.g.2", then="next"))
    assert end.location == f"/strategies/{strategy.id}"


def test_two_who_write_one_section_see_both_texts_and_neither_is_lost(
    lead: Browser, stage: Stage, strategy: Strategy
) -> None:
    mine = form(strategy, "IV.c.5.a", text="My text.")
    stage_at = eastern("2023-12-11 08:59")
    assignments.assign(
        strategy, "IV.c.5.a", stage.person(Role.CONTRIBUTOR, "CBP"), by=stage.person(Role.LEAD, "CBP"), at=stage_at
    )
    drafting.save_section(
        strategy,
        "IV.c.5.a",
        {"text": "Their text."},
        base_revision=int(mine["base_revision"]),
        by=stage.person(Role.CONTRIBUTOR, "CBP"),
        at=stage_at,
    )
    session().commit()
    both = lead.post(path(strategy, "IV.c.5.a"), data=mine)
    assert both.status_code == 409
    assert "CBP contributor saved this section while you were writing" in words(both)
    assert "CBP contributor saved: Their text." in words(both)
    assert "My text.</textarea>" in both.get_data(as_text=True)
    assert saved(strategy, "IV.c.5.a").content == {"text": "Their text."}

    newer = saved(strategy, "IV.c.5.a").revision
    assert f'name="base_revision" value="{newer}"' in both.get_data(as_text=True)
    over = lead.post(path(strategy, "IV.c.5.a"), data={**mine, "base_revision": str(newer)})
    assert over.status_code == 303
    assert saved(strategy, "IV.c.5.a").content == {"text": "My text."}


def test_a_section_not_needed_needs_a_reason_instead(lead: Browser, strategy: Strategy) -> None:
    sent = {"base_revision": str(saved(strategy, "IV.c.6").revision), "needed": "no", "reason": "All are here."}
    told = lead.post(path(strategy, "IV.c.6"), data=sent, follow_redirects=True)
    assert "It is complete." in words(told)
    assert saved(strategy, "IV.c.6").content == {"needed": False, "reason": "All are here."}


def test_a_contributor_writes_what_is_assigned_and_reads_the_rest(app: Flask, stage: Stage, strategy: Strategy) -> None:
    writer = stage.person(Role.CONTRIBUTOR, "CBP")
    at = eastern("2023-12-11 08:00")
    assignments.assign(strategy, "IV.c.4", writer, by=stage.person(Role.LEAD, "CBP"), at=at)
    session().commit()
    client = visitor(app, writer)
    assert "<form" in client.get(path(strategy, "IV.c.4")).get_data(as_text=True).partition("<main")[2]
    read_only = client.get(path(strategy, "IV.c.5.a")).get_data(as_text=True).partition("<main")[2]
    assert "<form" not in read_only
    refused = client.post(path(strategy, "IV.c.5.a"), data={"base_revision": "1", "text": "Not mine to write."})
    assert refused.status_code == 403
    assert "Not mine to write." in words(refused)


def test_the_section_of_another_component_or_policy_is_not_there(
    app: Flask, stage: Stage, lead: Browser, strategy: Strategy
) -> None:
    assert visitor(app, stage.person(Role.LEAD, "TSA")).get(path(strategy, "IV.c.1")).status_code == 404
    assert visitor(app, stage.person(Role.REVIEWER)).get(path(strategy, "IV.c.1")).status_code == 404
    assert lead.get(path(strategy, "IV.z")).status_code == 404
    other = stage.drafted("ICE")
    session().commit()
    assert visitor(app, stage.person(Role.LEAD, "ICE")).get(path(other, "IV.g.1")).status_code == 404


@pytest.mark.asvs("V15.3.3")
@pytest.mark.parametrize("broken", [{"base_revision": "x"}, {}, {"base_revision": "-1"}])
def test_a_form_that_was_tampered_with_changes_nothing(
    lead: Browser, strategy: Strategy, broken: dict[str, str]
) -> None:
    before = every_row()
    assert lead.post(path(strategy, "IV.c.5.a"), data={"text": "x", **broken}).status_code == 422
    assert every_row() == before


@pytest.mark.asvs("V1.1.2", "V1.2.1")
def test_what_people_typed_is_text_and_never_markup(lead: Browser, strategy: Strategy) -> None:
    lead.post(path(strategy, "IV.c.5.a"), data=form(strategy, "IV.c.5.a", text="<script>alert(1)</script>{{ 7 * 7 }}"))
    page = lead.get(path(strategy, "IV.c.5.a")).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page


def test_the_number_of_statements_does_not_grow_with_the_rows(app: Flask, lead: Browser, strategy: Strategy) -> None:
    with statements(app) as few:
        lead.get(path(strategy, "IV.c.3"))
    sent = form(strategy, "IV.c.3")
    for place in range(2, 200):
        sent[f"metrics-{place}-name"] = f"Metric {place}"
    assert lead.post(path(strategy, "IV.c.3"), data=sent).status_code == 303
    with statements(app) as many:
        lead.get(path(strategy, "IV.c.3"))
    assert len(many) == len(few)


def test_the_statements_of_a_saving_do_not_grow_with_the_rows(app: Flask, lead: Browser, strategy: Strategy) -> None:
    sent = form(strategy, "IV.c.3", text="One")
    with statements(app) as few:
        assert lead.post(path(strategy, "IV.c.3"), data=sent).status_code == 303
    sent = form(strategy, "IV.c.3", text="Two")
    for place in range(2, 200):
        sent[f"metrics-{place}-name"] = f"Metric {place}"
    with statements(app) as many:
        assert lead.post(path(strategy, "IV.c.3"), data=sent).status_code == 303
    assert len(saved(strategy, "IV.c.3").content["metrics"]) == 200
    assert len(many) == len(few), "\n".join(many)

"""Help: a tour for each role, offered to newcomers; words that lead to the glossary."""

import re

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.services import drafting
from cxworkflow.web.guides import glossed
from cxworkflow.web.tours import TOURS
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("V")]


def of(stage: Stage, role: Role) -> tuple[Role, str | None]:
    return (role, "CBP") if role in (Role.LEAD, Role.CONTRIBUTOR, Role.EXECUTIVE, Role.HQ_LEAD) else (role, None)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_a_tour_whose_every_link_is_open_to_it(app: Flask, stage: Stage, role: Role) -> None:
    it_is(eastern("2024-01-08 10:00"))
    client = visitor(app, stage.newcomer("Nia New", of(stage, role)))
    page = client.get(f"/help/{role.value}").get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main")]
    shown = [step.title for step in TOURS[role].steps if step.title in main]
    assert shown == [step.title for step in TOURS[role].steps]
    linked = {step.path for step in TOURS[role].steps if step.path}
    assert linked <= set(re.findall(r'href="([^"]+)"', main)), "a step has no link to its page"
    for path in linked - {"/status"}:  # asks a Redis that is not here
        assert client.get(path, follow_redirects=True).status_code == 200


def test_a_newcomer_is_offered_the_tour_until_something_is_done(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-08 10:00"))
    strategy = stage.drafted("CBP")
    person = stage.newcomer("Nia New", (Role.LEAD, "CBP"))
    session().commit()
    client = visitor(app, person)
    assert "New here? Take the tour: Component lead" in words(client.get("/"))
    drafting.rename(
        strategy, "Another title", base_revision=strategy.title_revision, by=person, at=eastern("2024-01-08 11:00")
    )
    session().commit()
    assert "New here?" not in words(client.get("/"))


def test_who_has_no_role_is_told_so(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.newcomer("Norm Null"))
    assert "You hold no role yet" in words(client.get("/help"))
    assert client.get("/help/emperor").status_code == 404


def test_words_of_the_glossary_link_to_it_where_they_first_stand(app: Flask, stage: Stage) -> None:
    with app.test_request_context():
        told = glossed("Two CLOCKS & <b>one clock</b>; an Executive Order on HISPs, whose activities are due.")
        assert told.count("<a ") == 3
        assert '<a class="usa-link" href="/glossary#word-clock">CLOCKS</a> &amp; &lt;b&gt;one clock&lt;/b&gt;' in told
        assert '<a class="usa-link" href="/glossary#word-high-impact-service-provider-hisp">HISPs</a>' in told
        assert '<a class="usa-link" href="/glossary#word-activity">activities</a>' in told
        assert "<a" not in glossed("The clock is known by now.")
        assert glossed("Name who leads it, and what customers notice.").count("<a ") == 1, "customers"


def test_every_link_to_the_glossary_leads_to_a_word(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    session().commit()
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    glossary = client.get("/glossary").get_data(as_text=True)
    pages = ["/policies/dhs-076-02", "/clocks/", "/help/lead", f"/strategies/{strategy.id}/sections/IV.c.3"]
    found = {
        anchor
        for page in pages
        for anchor in re.findall(r'href="/glossary#([^"]+)"', client.get(page).get_data(as_text=True))
    }
    assert len(found) > 10
    assert all(f'id="{anchor}"' in glossary for anchor in found)

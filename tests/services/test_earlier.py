"""A strategy under a new policy starts from what the Component filed under the one before."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.models import Answer, Event, Person, PolicyEdition, Published, Role
from cxworkflow.policies import read_policy
from cxworkflow.services import drafting, earlier, policies, publications, strategies
from cxworkflow.services.public_texts import Place, public
from tests.api.programs import Program, token_of
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

AT = eastern("2024-02-01 09:00")


@pytest.fixture
def following(stage: Stage, tmp_path: Path) -> PolicyEdition:
    """The next mandate: it asks the placement of the CX office as a number, and of contracts nothing."""
    text = (POLICIES / "dhs-076-02.toml").read_text()
    text = text.replace('id = "dhs-076-02"', 'id = "dhs-next"', 1).replace("Statement 076-02", "Statement 076-03", 1)
    before, contracts = text.split('[[sections]]\nclause = "IV.c.7"')
    text = f"{before}[[sections]]{contracts.partition('[[sections]]')[2]}"
    before, clause = text.split('[[clauses]]\nid = "IV.c.7"')
    text = f"{before}[[clauses]]{clause.partition('[[clauses]]')[2]}"
    path = tmp_path / "dhs-next.toml"
    path.write_text(text.replace('key = "personnel"', 'key = "staff"', 1))
    return policies.load(read_policy(path), at=AT)


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.LEAD, "CBP")


def test_what_fits_is_taken_over_and_the_rest_is_named(stage: Stage, following: PolicyEdition, lead: Person) -> None:
    source = stage.approved("CBP")
    strategy = strategies.begin(following, stage.component("CBP"), by=lead, at=AT)
    taken = earlier.take_over(strategy, source, by=lead, at=AT)
    assert (taken.not_whole, taken.left_out) == (["IV.c.1"], ["IV.c.7"])
    assert len(taken.clauses) == len(following.policy.sections)
    assert strategy.contents["IV.c.3"] == source.contents["IV.c.3"]
    assert strategy.contents["IV.c.1"]["funds"] == source.contents["IV.c.1"]["funds"]
    assert strategy.contents["IV.c.1"]["staff"] == []
    told = select(Event.details).where(Event.verb == "took-over")
    assert session().scalars(told).one() == {"source": source.id, "version": 1}


def test_what_was_written_is_not_replaced(stage: Stage, following: PolicyEdition, lead: Person) -> None:
    source = stage.approved("CBP")
    strategy = strategies.begin(following, stage.component("CBP"), by=lead, at=AT)
    drafting.save_section(strategy, "IV.c.5.a", {"text": "My own."}, base_revision=0, by=lead, at=AT)
    with refused(NotNow, "Sections of this strategy are written already"):
        earlier.take_over(strategy, source, by=lead, at=AT)
    assert session().scalars(select(Answer.clause).where(Answer.strategy_id == strategy.id)).all() == ["IV.c.5.a"]


def test_only_what_the_component_filed_itself_can_be_started_from(
    stage: Stage, following: PolicyEdition, lead: Person
) -> None:
    strategy, draft = strategies.begin(following, stage.component("CBP"), by=lead, at=AT), stage.drafted("CBP")
    with refused(NotFound, "CBP has filed no such strategy before."):
        earlier.take_over(strategy, draft, by=lead, at=AT)
    lead_of_both = stage.newcomer("Ann Both", (Role.LEAD, "CBP"), (Role.LEAD, "ICE"))
    of_another = stage.approved("ICE")
    with refused(NotFound, "CBP has filed no such strategy before."):
        earlier.take_over(strategy, of_another, by=lead_of_both, at=AT)


def test_on_its_page_the_lead_begins_from_the_earlier_one(
    app: Flask, stage: Stage, following: PolicyEdition, lead: Person
) -> None:
    source = stage.approved("CBP")
    session().commit()
    it_is(AT)
    client = visitor(app, lead)
    assert "Begin with the text of an earlier strategy “CBP: a strategy”" in words(client.get("/components/CBP"))
    typed = {"policy": "dhs-next", "from": source.id}
    begun = words(client.post("/components/CBP/strategies", data=typed, follow_redirects=True))
    assert "begun with the text of version 1 of “CBP: a strategy”" in begun
    assert "Not everything fits the new questions in IV.c.1: look there first." in begun
    assert "No longer asked, and left out: IV.c.7." in begun
    assert client.post("/components/CBP/strategies", data=typed).status_code == 409


def test_before_anything_was_filed_there_is_nothing_to_start_from(
    app: Flask, stage: Stage, following: PolicyEdition, lead: Person
) -> None:
    stage.drafted("CBP")
    it_is(AT)
    assert "Begin with the text" not in words(visitor(app, lead).get("/components/CBP"))


def test_a_draft_starts_from_what_another_component_has_published(stage: Stage) -> None:
    source, at = stage.approved("ICE"), eastern("2024-01-10 09:00")
    directorate, cio = stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.CIO)
    assert source.approved_version is not None
    made = publications.prepare(source, list(source.approved_version.content), by=directorate, at=at)
    publications.withhold(made, Place("IV.c.3", "metrics", 0, "name"), "privileged", by=directorate, at=at)
    passage = source.contents["IV.c.5.a"]["text"][:10].strip()
    publications.withhold(made, Place("IV.c.5.a", "text"), "privileged", passage=passage, by=directorate, at=at)
    publications.release(made, sha256=public(made).sha256, by=cio, at=at)
    published = session().scalars(select(Published)).one()
    lead = stage.person(Role.LEAD, "USCG")
    strategy = strategies.begin(stage.edition, stage.component("USCG"), by=lead, at=AT)
    taken = earlier.take_over_published(strategy, published, by=lead, at=AT)
    assert taken.version is None
    assert strategy.contents["IV.c.1"] == source.contents["IV.c.1"]
    assert strategy.contents["IV.c.3"]["metrics"][0]["name"] is None
    assert strategy.contents["IV.c.3"]["metrics"][0]["unit"] == source.contents["IV.c.3"]["metrics"][0]["unit"]
    assert "Withheld" not in str(strategy.contents)
    assert passage not in strategy.contents["IV.c.5.a"]["text"]
    with refused(NotNow, "Sections of this strategy are written already"):
        earlier.take_over_published(strategy, published, by=lead, at=AT)


def test_a_program_begins_with_an_earlier_text(
    app: Flask, stage: Stage, following: PolicyEdition, lead: Person
) -> None:
    source, other = stage.approved("CBP"), stage.approved("ICE")
    it_is(AT)
    program = Program(app, token_of(lead, at=AT))
    path, given = "/components/CBP/strategies", {"policy": following.code, "from_strategy": source.id}
    both = given | {"from_published": {"policy": "dhs-076-02", "component": "ice"}}
    assert program.ask("POST", path, both).status_code == 422
    assert program.ask("POST", path, given | {"from_strategy": other.id}).status_code == 404
    assert [each["id"] for each in program.told("GET", "/strategies")["items"]] == [source.id], "nothing is begun by it"
    begun = program.told("POST", path, given)
    taken = begun["taken"]
    assert (taken["version"], taken["not_whole"], taken["left_out"]) == (1, ["IV.c.1"], ["IV.c.7"])
    section = program.told("GET", f"/strategies/{begun['id']}/sections/IV.c.3")
    assert section["content"] == source.contents["IV.c.3"]
    assert program.ask("POST", path, given).status_code == 409
    assert program.told("POST", path, {"policy": following.code})["taken"] is None


def test_a_program_begins_with_what_another_component_has_published(app: Flask, stage: Stage) -> None:
    source, at = stage.approved("ICE"), eastern("2024-01-10 09:00")
    assert source.approved_version is not None
    directorate = stage.person(Role.DIRECTORATE_LEAD)
    made = publications.prepare(source, list(source.approved_version.content), by=directorate, at=at)
    publications.release(made, sha256=public(made).sha256, by=stage.person(Role.CIO), at=at)
    it_is(AT)
    program = Program(app, token_of(stage.person(Role.LEAD, "USCG"), at=AT))
    path, given = "/components/USCG/strategies", {"policy": "dhs-076-02"}
    of_tsa, of_ice = ({"policy": "dhs-076-02", "component": code} for code in ("tsa", "ice"))
    assert program.ask("POST", path, given | {"from_published": of_tsa}).status_code == 404
    begun = program.told("POST", path, given | {"from_published": of_ice})
    assert begun["taken"]["version"] is None
    section = program.told("GET", f"/strategies/{begun['id']}/sections/IV.c.1")
    assert section["content"] == source.contents["IV.c.1"]


def test_the_page_of_a_component_offers_what_others_have_published(app: Flask, stage: Stage) -> None:
    source, at = stage.approved("ICE"), eastern("2024-01-10 09:00")
    assert source.approved_version is not None
    made = publications.prepare(source, ["IV.c.3"], by=stage.person(Role.DIRECTORATE_LEAD), at=at)
    publications.release(made, sha256=public(made).sha256, by=stage.person(Role.CIO), at=at)
    it_is(AT)
    browser = visitor(app, stage.person(Role.LEAD, "USCG"))
    assert "Begin with the text of ICE" in words(browser.get("/components/USCG"))
    form = {"policy": "dhs-076-02", "published": str(source.id)}
    answer = browser.post("/components/USCG/strategies", data=form, follow_redirects=True)
    assert "The strategy is begun with what U.S. Immigration and Customs Enforcement has published." in words(answer)

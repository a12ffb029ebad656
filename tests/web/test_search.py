"""Search finds what one may read, with a link to the very field, and nothing of what is not theirs."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import cast, func, null, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.exc import ProgrammingError

from cxworkflow.db import session
from cxworkflow.models import Answer, Audience, Comment, Event, Kind, Person, Reply, Role, Strategy, Version
from cxworkflow.models.event import READ_DRAFT
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.queries import comments as read_comments
from cxworkflow.queries import search
from cxworkflow.queries.candidates import Source
from cxworkflow.scope import NOTHING, PUBLIC, within
from cxworkflow.services import comments, drafting, recusals, reviews, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = [pytest.mark.integration]

NOW = eastern("2024-01-08 10:00")
WORD = "marigold"


def written(stage: Stage, strategy: Strategy, clause: str, text: str) -> None:
    """Its lead writes this into a section."""
    answer = next(each for each in strategy.answers if each.clause == clause)
    drafting.save_section(
        strategy,
        clause,
        {**answer.content, "text": text},
        base_revision=answer.revision,
        by=stage.person(Role.LEAD, strategy.component.code),
        at=eastern("2023-12-18 10:00"),
    )


@pytest.fixture
def papers(stage: Stage) -> dict[str, Strategy]:
    """In each state a strategy with the word: ICE writes, TSA was returned and writes again, CBP is under review with
    a comment to the Component, its answer, and one among the team."""
    it_is(NOW)
    lead, reviewer = stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.REVIEWER)
    drafts = {code: stage.drafted(code) for code in ("ICE", "TSA", "CBP")}
    for code, strategy in drafts.items():
        written(stage, strategy, "IV.c.5.c", f"We plant a {WORD} at {code}.")
    for code in ("TSA", "CBP"):
        strategies.submit(drafts[code], by=stage.person(Role.LEAD, code), at=eastern("2023-12-18 15:00"))
    reviews.send_back(drafts["TSA"], reason="More.", by=lead, at=eastern("2023-12-19 15:00"))
    reviews.assign(drafts["CBP"], reviewer, by=lead, at=NOW)
    for audience in Audience:
        remark = comments.comment(
            drafts["CBP"], "IV.c.1", f"Why a {WORD}?", kind=Kind.COMMENT, audience=audience, by=lead, at=NOW
        )
        session().flush()
        if audience is Audience.COMPONENT:
            comments.answer(remark, f"A {WORD} lasts.", by=stage.person(Role.LEAD, "CBP"), at=NOW)
    session().commit()
    return drafts


def found_by(person: Person, wanted: str = WORD) -> list[search.Hit]:
    """What a person finds, as the database lets them."""
    with within(scope_of(person, at=NOW)):
        found = search.find(person, wanted, kind=None, component=None, number=1, at=NOW)
        assert found is not None
        assert sum(found.tally.values()) == found.page.total == len(found.page.rows)
        return list(found.page.rows)


def everybody(stage: Stage) -> Iterator[Person]:
    for code in ("CBP", "ICE", "TSA", "FEMA"):
        yield from (stage.person(role, code) for role in (Role.LEAD, Role.CONTRIBUTOR, Role.EXECUTIVE))
    alone = (Role.REVIEWER, Role.DIRECTORATE_LEAD, Role.CIO, Role.AUDITOR, Role.ADMINISTRATOR)
    yield from (stage.person(role) for role in alone)
    yield stage.newcomer("Holds None")
    yield stage.newcomer("Leads And Reviews", (Role.LEAD, "CBP"), (Role.REVIEWER, None))


@pytest.mark.asvs("V8.2.2")
def test_each_person_finds_what_their_pages_show_and_nothing_else(stage: Stage, papers: dict[str, Strategy]) -> None:
    recusals.recuse(papers["CBP"], reason="A cousin.", by=(out := stage.person(Role.REVIEWER)), at=NOW)
    comments.comment(papers["CBP"], "IV.c.1", f"My {WORD}.", by=stage.person(Role.DIRECTORATE_LEAD), at=NOW)
    gone = stage.person(Role.EXECUTIVE, "TSA")
    gone.appointments[0].until_on = NOW.date()
    session().commit()
    for person in [*everybody(stage), out, gone]:
        found = {(hit.source, hit.strategy.component.code) for hit in found_by(person)}
        readable = {
            (Source.REPLY if reply else Source.COMMENT, code)
            for code, paper in papers.items()
            for said in read_comments.threads(person, paper, at=NOW)
            if paper.current_version_id
            for reply in (False, *(True for _ in said.replies))
        }
        for code, paper in papers.items():
            if may(person, Permission.SEE_DRAFT, paper, at=NOW) and code in ("ICE", "TSA"):
                readable.add((Source.DRAFT, code))
            if may(person, Permission.SEE_SUBMITTED, paper, at=NOW) and paper.current_version_id:
                readable.add((Source.VERSION, code))
        assert found == readable, (person.name, [held.role for held in person.appointments])
        said = {hit.found.id for hit in found_by(person) if hit.source is Source.COMMENT}
        assert said == {each.id for each in read_comments.threads(person, papers["CBP"], at=NOW)}, person.name


@pytest.mark.asvs("V8.2.2")
def test_what_looks_by_index_gives_no_number_of_a_row_that_its_asker_can_not_read(
    stage: Stage, papers: dict[str, Strategy]
) -> None:
    asked = cast(WORD, TSQUERY)
    looks = (
        (Answer, func.drafts_with(asked)),
        (Version, func.versions_with(asked, 10, null())),
        (Comment, func.comments_with(asked)),
        (Reply, func.replies_with(asked)),
    )
    given = set[str]()
    for person in everybody(stage):
        session().commit()
        with within(scope_of(person, at=NOW)):
            for row, ids in looks:
                numbers = set(session().scalar(select(ids)) or ())
                assert numbers <= set(session().scalars(select(row.id))), (person.name, row)
                given |= {row.__name__} if numbers else set()
            session().commit()
    assert given == {"Answer", "Version", "Comment", "Reply"}
    session().connection()  # a transaction is open, so the scope is declared in it
    with within(NOTHING):
        assert [session().scalar(select(ids)) for _, ids in looks] == [[], [], [], []]
    with within(PUBLIC), pytest.raises(ProgrammingError, match="permission denied"):
        session().scalar(select(func.drafts_with(asked)))
    session().rollback()


def test_the_best_versions_of_others_leave_room_for_those_of_the_component_that_is_asked_for(
    stage: Stage, papers: dict[str, Strategy]
) -> None:
    asked = cast(WORD, TSQUERY)
    wanted = {code: (stage.component(code).id, papers[code].current_version_id) for code in ("CBP", "TSA")}
    with within(scope_of(stage.person(Role.AUDITOR), at=NOW)):
        assert len(session().scalars(select(func.versions_with(asked, 1, null()))).one()) == 1
        for component_id, version_id in wanted.values():
            assert session().scalars(select(func.versions_with(asked, 1, component_id))).one() == [version_id]
        session().commit()


@pytest.mark.asvs("V8.2.2")
def test_a_foreign_word_is_found_by_no_stranger_not_even_by_its_number(
    app: Flask, stage: Stage, papers: dict[str, Strategy]
) -> None:
    page = "/search?q={}&kind={}&component={}"
    for role in (Role.LEAD, Role.CONTRIBUTOR, Role.EXECUTIVE):
        stranger = visitor(app, stage.person(role, "FEMA"))
        stranger.get("/")
        for kind in ("", "strategies", "comments"):
            for code in ("", "CBP", "ICE"):
                there, not_there = (stranger.get(page.format(word, kind, code)) for word in (WORD, "marzipan"))
                assert there.status_code == 200
                assert words(there).replace(WORD, "marzipan") == words(not_there)


def test_a_hit_is_shown_in_its_section_with_the_words_around_it_and_leads_to_its_field(
    app: Flask, stage: Stage, papers: dict[str, Strategy]
) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "ICE"))
    page = lead.get(f"/search?q={WORD}s").get_data(as_text=True)
    assert f"We plant a <mark>{WORD}</mark> at ICE." in page
    path = f"/strategies/{papers['ICE'].id}/sections/IV.c.5.c#text"
    assert f'href="{path}"' in page
    assert 'id="text"' in lead.get(path).get_data(as_text=True)
    reviewer = visitor(app, stage.person(Role.REVIEWER))
    page = reviewer.get(f"/search?q={WORD}&component=TSA").get_data(as_text=True)
    path = f"/strategies/{papers['TSA'].id}/versions/1#answer-IV-c-5-c-text"
    assert f'href="{path}"' in page
    assert 'id="answer-IV-c-5-c-text"' in reviewer.get(path).get_data(as_text=True)


def test_a_row_is_found_and_where_one_only_reads_the_link_leads_to_the_row(
    app: Flask, stage: Stage, papers: dict[str, Strategy]
) -> None:
    row = next(each for each in papers["ICE"].answers if each.clause == "IV.c.4").content["activities"][0]
    client = visitor(app, stage.person(Role.EXECUTIVE, "ICE"))
    page = client.get("/search", query_string={"q": f'"{row["what"]}"', "kind": "strategies"}).get_data(as_text=True)
    path = f"/strategies/{papers['ICE'].id}/sections/IV.c.4#answer-IV-c-4-activities-0"
    assert path in page
    assert "Activity 1: " in page
    assert 'id="answer-IV-c-4-activities-0"' in client.get(path).get_data(as_text=True)


def test_comments_guidance_components_and_people_are_found_each_on_its_page(
    app: Flask, stage: Stage, papers: dict[str, Strategy]
) -> None:
    cio = visitor(app, stage.person(Role.CIO))
    remark = session().scalars(select(Comment).order_by(Comment.id)).first()
    assert remark is not None
    named = stage.person(Role.LEAD, "USCG").name
    for asked, path in (
        (f"{WORD} why", f"/strategies/{papers['CBP'].id}/review#comment-{remark.id}"),
        ("midnight eastern", "/glossary#word-due-date"),
        ("coast guard", "/components/USCG"),
        (named, f"/people/{stage.person(Role.LEAD, 'USCG').id}"),
    ):
        page = cio.get("/search", query_string={"q": asked}).get_data(as_text=True)
        assert f'href="{path}"' in page, asked
        place, _, anchor = path.partition("#")
        assert f'id="{anchor}"' in cio.get(place).get_data(as_text=True) or not anchor


def test_people_are_found_where_a_page_shows_them(app: Flask, stage: Stage) -> None:
    it_is(NOW)
    lead, auditor = stage.person(Role.LEAD, "USCG"), stage.person(Role.AUDITOR)
    session().commit()
    stranger = visitor(app, stage.person(Role.CONTRIBUTOR, "ICE"))
    page = stranger.get("/search", query_string={"q": lead.name}).get_data(as_text=True)
    assert 'href="/components/USCG"' in page
    assert "Nothing was found" in words(stranger.get("/search", query_string={"q": f'"{auditor.name}"'}))
    lead.deactivated_at = NOW
    session().commit()
    assert "Nothing was found" in words(stranger.get("/search", query_string={"q": f'"{lead.name}"'}))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("were being", "stand in almost every text"),
        ("-queue", "stand in almost every text"),
        ("x" * 201, "This has 201 characters; the most to search for is 200."),
        ("safe\u202etext", "a mark that changes the direction of the text"),
        ("a\x00b", "a control character"),
    ],
)
def test_what_can_not_be_looked_for_is_said_in_plain_words(app: Flask, stage: Stage, asked: str, told: str) -> None:
    answer = visitor(app, stage.person(Role.CIO)).get("/search", query_string={"q": asked})
    assert answer.status_code == 422
    assert told in words(answer)
    assert "How to search" in words(answer)


@pytest.mark.parametrize(
    "asked", ["", "'\"(((", "a & | !b", "100%", "<script>alert(1)</script>", "\\", "a:*b", "'; --"]
)
def test_whatever_else_is_typed_is_looked_for(app: Flask, stage: Stage, asked: str) -> None:
    answer = visitor(app, stage.person(Role.CIO)).get("/search", query_string={"q": asked})
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_what_was_written_as_markup_comes_out_as_text(app: Flask, stage: Stage, papers: dict[str, Strategy]) -> None:
    written(stage, papers["ICE"], "IV.c.5.c", f'<img src=x onerror=alert(1)> {WORD} <b>bold</b> & "quoted" \u2192')
    session().commit()
    page = visitor(app, stage.person(Role.LEAD, "ICE")).get(f"/search?q={WORD}").get_data(as_text=True)
    assert f"<mark>{WORD}</mark>" in page
    assert "bold" in page
    assert "&amp; &#34;quoted&#34; \u2192" in page
    assert "<img src=x" not in page
    assert "<b>" not in page


def test_finding_the_draft_of_others_is_on_the_record_as_reading_it(
    app: Flask, stage: Stage, papers: dict[str, Strategy]
) -> None:
    cio = stage.person(Role.CIO)
    visitor(app, cio).get(f"/search?q={WORD}&kind=strategies")
    lines = session().scalars(select(Event).where(Event.verb == READ_DRAFT, Event.by_id == cio.id)).all()
    assert {line.strategy_id for line in lines} == {papers["ICE"].id, papers["TSA"].id}
    assert {line.details["page"] for line in lines} == {"search.index"}
    assert not [line for line in lines if WORD in str(line.details)]


def test_however_much_is_found_it_takes_as_many_statements(
    app: Flask, stage: Stage, papers: dict[str, Strategy]
) -> None:
    client = visitor(app, stage.person(Role.REVIEWER))
    counts = []
    for asked in (f"/search?q={WORD}&component=TSA&kind=strategies", "/search?q=customers&kind=strategies"):
        client.get(asked)
        with statements(app) as sent:
            answer = client.get(asked)
        assert "found for" in words(answer)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_long_lists_have_pages(app: Flask, stage: Stage, papers: dict[str, Strategy]) -> None:
    client = visitor(app, stage.person(Role.CIO))
    first, second = (client.get(f"/search?q=customers&page={number}") for number in (1, 2))
    assert re.search(r"1 to 20 of \d+ places", words(first))
    assert "21 to" in words(second)


def test_more_words_than_the_database_can_keep_are_no_reason_to_lose_what_is_saved(
    stage: Stage, papers: dict[str, Strategy]
) -> None:
    answer = next(each for each in papers["ICE"].answers if each.clause == "IV.c.1")
    answer.content = {"text": WORD, "more": [" ".join(f"{n}a{m}b{n * m}" for m in range(2000)) for n in range(100)]}
    session().commit()
    assert session().scalar(select(Answer.words).where(Answer.id == answer.id))

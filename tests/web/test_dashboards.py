"""The pages that count: every figure leads to its list, every picture has its table, each sees only what is theirs."""

import csv
import gzip
import io
import re

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Event, Mark, Role
from cxworkflow.services import reviews, rubrics
from cxworkflow.web.assets import FOLDER, ONE_YEAR
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

LISTS = (
    "/clocks/",
    "/notices/",
    "/record",
    "/people",
    "/components/",
    "/directorate/queue",
    "/directorate/workload",
    "/directorate/workload/sections",
    "/directorate/clauses",
    "/department",
    "/department/trend",
    "/policies/dhs-076-02/map/IV.b",
)
FIGURE = re.compile(r'class="figure[^"]*" href="([^"]+)"[^>]*><strong>([\d,]+)</strong>')


@pytest.fixture
def scene(app: Flask, stage: Stage) -> Stage:
    """January 10, 2024: TSA is under review and rated, ICE approved, FEMA returned, CBP drafting, the others late."""
    strategy = stage.submitted("TSA")
    at = eastern("2023-12-19 09:00")
    reviews.assign(strategy, stage.person(Role.REVIEWER), by=stage.person(Role.DIRECTORATE_LEAD), at=at)
    rubrics.mark(strategy, {"IV.c.3": (Mark.NOT, "No baseline.")}, by=stage.person(Role.REVIEWER), at=at)
    stage.approved("ICE")
    stage.returned("FEMA")
    stage.drafted("CBP")
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    return stage


@pytest.fixture
def cio(app: Flask, scene: Stage) -> Browser:
    return visitor(app, scene.person(Role.CIO))


def table_of(client: Browser, address: str) -> list[list[str]]:
    """A list as CSV."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("page", ["/directorate", "/directorate/queue", "/department"])
def test_every_figure_leads_to_a_list_of_as_many_rows(cio: Browser, page: str) -> None:
    figures = FIGURE.findall(cio.get(page).get_data(as_text=True))
    assert len(figures) >= 3
    for address, figure in figures:
        bare = address.replace("&amp;", "&").partition("#")[0]
        assert len(table_of(cio, f"{bare}&as=csv")) - 1 == int(figure.replace(",", "")), address


@pytest.mark.parametrize("address", LISTS)
def test_every_list_sorts_pages_and_downloads(cio: Browser, address: str) -> None:
    shown = cio.get(address).get_data(as_text=True)
    for order in re.findall(r'<option value="([\w-]+)"', shown.partition('id="sort"')[2].partition("</select>")[0]):
        assert cio.get(f"{address}?sort={order}").status_code == 200
    assert cio.get(f"{address}?sort=sideways").status_code == 422
    assert cio.get(f"{address}?page=9999").status_code == 200
    assert cio.get(f"{address}?as=pdf").status_code == 422
    rows = table_of(cio, f"{address}?as=csv")
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    taken_out = session().query(Event).filter_by(verb="exported").one()
    assert taken_out.details["what"].startswith("a list of ")


def test_a_heading_sorts_one_way_and_then_the_other(cio: Browser) -> None:
    codes = [row[0] for row in table_of(cio, "/components/?as=csv")[1:]]
    assert codes == sorted(codes)
    assert 'aria-sort="ascending"' in cio.get("/components/").get_data(as_text=True)
    assert "sort=-code" in cio.get("/components/").get_data(as_text=True)
    backwards = [row[0] for row in table_of(cio, "/components/?sort=-code&as=csv")[1:]]
    assert backwards == codes[::-1]


def test_what_somebody_wrote_into_a_name_is_no_formula_in_a_csv(app: Flask, cio: Browser, scene: Stage) -> None:
    scene.person(Role.AUDITOR).name = '=HYPERLINK("http://elsewhere.example")'
    session().commit()
    names = [row[0] for row in table_of(cio, "/people?as=csv")]
    assert '\'=HYPERLINK("http://elsewhere.example")' in names


def test_filters_of_the_register_narrow_it_down(cio: Browser) -> None:
    def codes(query: str) -> list[str]:
        return [row[0] for row in table_of(cio, f"/components/?{query}&as=csv")[1:]]

    assert codes("status=submitted") == ["TSA"]
    assert codes("status=not-begun&kind=support") == ["CWMD", "I&A", "OHS", "OSA", "S&T"]
    assert codes("standing=late&kind=operational") == ["CBP", "CISA", "FLETC", "USCG", "USCIS", "USSS"]
    assert "OGC" in codes("files=covered")
    assert codes("rated=IV.c.3:not") == ["TSA"]
    for refused in ("status=lost", "standing=vertical", "kind=imaginary", "rated=IV.c.3:brilliant", "policy=none"):
        assert cio.get(f"/components/?{refused}").status_code == 422, refused


@pytest.mark.clause("IV.e")
def test_the_time_line_is_a_picture_with_title_description_and_the_same_facts_as_a_table(cio: Browser) -> None:
    page = cio.get("/department").get_data(as_text=True)
    picture = page.partition("<svg viewBox")[2].partition("</svg>")[0]
    assert "<title id=" in picture
    assert "<desc id=" in picture
    for line in ("90 days: October 11, 2023", "180 days: January 9, 2024", "End of FY2024: September 30, 2024"):
        assert line in picture
    assert "ICE: approved Jan 9" in picture
    assert "ICE: due Jul 7" in picture
    shown = words(cio.get("/department"))
    assert "ICE December 18, 2023 January 9, 2024 – July 7, 2024 , ICE Strategy implementation On time" in shown
    assert "CBP HISP – – – January 9, 2024 , CBP Strategy submission Late" in shown


def test_the_page_says_what_at_risk_means_in_the_words_of_the_policy(cio: Browser) -> None:
    shown = words(cio.get("/department"))
    assert "at risk from 30 days before the due date of “Strategy submission”" in shown
    assert "or 60 days before the due date of “Strategy implementation”" in shown
    assert "180 days to implement it would no longer end by September 30, 2024" in shown


def test_the_trend_tells_the_weeks_as_a_picture_and_as_a_table(cio: Browser) -> None:
    page = cio.get("/department/trend")
    assert "<title id=" in page.get_data(as_text=True)
    shown = words(page)
    assert "January 10, 2024, today" in shown
    then = "on January 7, 2024"
    assert f"January 7, 2024 3 on time {then} 12 at risk {then} 0 late {then}" in shown
    assert cio.get("/department/trend?policy=none").status_code == 422


def test_the_queue_says_how_long_each_paper_waits_and_who_reviews_it(app: Flask, cio: Browser, scene: Stage) -> None:
    shown = words(cio.get("/directorate/queue"))
    assert "waiting 23 days" in shown
    assert scene.person(Role.REVIEWER).name in shown
    assert "No paper is like that." in words(cio.get("/directorate/queue?age=week"))
    work = words(cio.get("/directorate/workload"))
    assert "1 paper of" in work
    assert re.search(r"1 rated by [\w ]+ of 12 of ", work)


def test_the_clauses_show_each_mark_as_a_word_and_a_sign(cio: Browser) -> None:
    page = cio.get("/directorate/clauses").get_data(as_text=True)
    assert '<td class="heat heat--not"><span aria-hidden="true">✕</span><span class="usa-sr-only">Does not meet' in page
    assert "rated=IV.c.3:not" in page
    assert "Not asked" in page  # of those that are no High Impact Service Provider


def test_who_is_of_a_component_sees_how_it_stands_and_of_the_others_only_that_they_exist(
    app: Flask, scene: Stage
) -> None:
    lead = visitor(app, scene.person(Role.LEAD, "TSA"))
    rows = {row[0]: row for row in table_of(lead, "/components/?as=csv")[1:]}
    assert rows["TSA"][3:5] == ["Under review", "Review of the strategy"]
    assert rows["ICE"][4:7] == ["", "", ""]
    assert [row[0] for row in table_of(lead, "/components/?standing=on-time&as=csv")[1:]] == ["TSA"]
    assert lead.get("/components/?rated=IV.c.3:not").status_code == 200  # no filter of theirs: the whole register
    assert len(table_of(lead, "/components/?rated=IV.c.3:not&as=csv")) == len(rows) + 1
    for page in ("/department", "/department/trend", "/directorate/queue", "/directorate/workload"):
        assert lead.get(page).status_code == 403


def test_marks_on_ones_own_paper_are_in_no_figure_of_who_reviews_for_both(app: Flask, scene: Stage) -> None:
    both = scene.newcomer("Both Sides", (Role.LEAD, "TSA"), (Role.REVIEWER, None))
    session().commit()
    page = visitor(app, both).get("/directorate/clauses").get_data(as_text=True)
    assert "heat--not" not in page.partition("heatmap")[2]


@pytest.mark.parametrize("address", [*LISTS, "/", "/directorate", "/inbox/"])
def test_more_papers_need_no_more_statements(app: Flask, scene: Stage, cio: Browser, address: str) -> None:
    cio.get(address)
    with statements(app) as few:
        cio.get(address)
    for code in ("CISA", "FLETC", "USCG", "USSS", "USCIS"):
        strategy = scene.submitted(code, "2024-01-09 09:00")
        at = eastern("2024-01-09 10:00")
        reviews.assign(strategy, scene.person(Role.REVIEWER), by=scene.person(Role.DIRECTORATE_LEAD), at=at)
        rubrics.mark(strategy, {"IV.c.3": (Mark.NOT, "No baseline.")}, by=scene.person(Role.REVIEWER), at=at)
    session().commit()
    cio.get(address)
    with statements(app) as many:
        cio.get(address)
    assert len(many) == len(few), "\n".join(many)


def test_pages_ship_less_than_150_kb_of_script_and_style_and_keep_them_for_good(app: Flask, scene: Stage) -> None:
    lead = visitor(app, scene.person(Role.LEAD, "CBP"))
    strategy = next(iter(re.findall(r"/strategies/\d+", lead.get("/").get_data(as_text=True))))
    page = lead.get(f"{strategy}/sections/IV.c.3").get_data(as_text=True)  # the page with the most scripts
    shipped = set(re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', page))
    assert len(shipped) >= 6
    weight = 0
    for address in shipped:
        answer = lead.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Cache-Control"] == f"public, max-age={ONE_YEAR}, immutable"
        assert gzip.decompress(answer.get_data()) == (FOLDER / address.split("/", 3)[3]).read_bytes()
        weight += len(answer.get_data())
    assert weight < 150_000

"""Every figure opens the list behind it, which has as many rows as the figure says."""

import csv
import html
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import FiscalClose, Mark, Role, Webhook
from cxworkflow.services import closes, reviews, rubrics
from cxworkflow.webhooks.delivery import Sender, deliver
from tests.matrix import promised
from tests.stage import Stage, eastern
from tests.web.test_webhook_pages import KEY
from tests.web.visiting import Browser, it_is, visitor
from tests.webhooks.receiver import agreeable, listening

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

# A link that begins with a number, also where a tag stands around it.
FIGURE = re.compile(r'<a [^>]*href="([^"]+)">(?:<span class="tag[^>]*>)?([\d,]+)\b')


def figures(browser: Browser, page: str, begins: str) -> dict[str, int]:
    """The figures of a page that lead to addresses that begin so: each address with its figure."""
    answer = browser.get(page)
    assert answer.status_code == 200
    found = {html.unescape(address): figure for address, figure in FIGURE.findall(answer.get_data(as_text=True))}
    return {each: int(figure.replace(",", "")) for each, figure in found.items() if each.startswith(begins)}


def rows_of(browser: Browser, address: str) -> int:
    """How many rows the list of this address has."""
    bare = address.partition("#")[0]
    answer = browser.get(f"{bare}{'&' if '?' in bare else '?'}as=csv")
    assert answer.status_code == 200, address
    return len(list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))) - 1


def each_is_the_length_of_its_list(browser: Browser, found: dict[str, int], *, most: int = 100) -> None:
    for address, figure in list(found.items())[:most]:
        assert rows_of(browser, address) == figure, address


@pytest.mark.parametrize("day", ["2024-01-24", "2024-04-24", "2024-11-06"])
def test_past_weeks_of_the_trend_lead_to_who_stood_so(app: Flask, stage: Stage, day: str) -> None:
    stage.submitted("TSA")
    stage.approved("ICE")
    stage.returned("FEMA")
    stage.drafted("CBP")
    session().commit()
    it_is(eastern(f"{day} 09:00"))
    cio = visitor(app, stage.person(Role.CIO))
    found = figures(cio, "/department/trend", "/department/trend?")
    assert len(found) == 3 * 11
    assert len(set(found.values())) > 2
    each_is_the_length_of_its_list(cio, found)
    assert cio.get("/department/trend?on=2023-01-01").status_code == 422


def test_each_figure_of_a_principle_leads_to_its_metrics(app: Flask, stage: Stage) -> None:
    strategy = stage.approved("TSA", "2023-12-19 10:00")
    promised.at_work(stage, strategy.id, "TSA")
    session().commit()
    it_is(eastern("2024-03-01 10:00"))
    browser = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    linked = figures(browser, "/metrics", "/metrics?principle=")
    found = {address: figure for address, figure in linked.items() if "result=" in address}
    assert any(found.values())
    each_is_the_length_of_its_list(browser, found)


def test_the_workload_leads_to_the_sections_that_it_counts(app: Flask, stage: Stage) -> None:
    reviewer, at = stage.person(Role.REVIEWER), eastern("2023-12-19 09:00")
    for code in ("TSA", "ICE"):
        strategy = stage.submitted(code)
        reviews.assign(strategy, reviewer, by=stage.person(Role.DIRECTORATE_LEAD), at=at)
    rubrics.mark(strategy, {"IV.c.3": (Mark.NOT, "No baseline.")}, by=reviewer, at=at)
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    cio = visitor(app, stage.person(Role.CIO))
    found = figures(cio, "/directorate/workload", "/directorate/workload/sections")
    assert min(found.values()) == 1
    assert max(found.values()) > 20
    each_is_the_length_of_its_list(cio, found)
    not_yet = rows_of(cio, f"/directorate/workload/sections?reviewer={reviewer.id}&rated=no")
    assert not_yet + 1 == max(found.values())


def test_the_deliveries_of_an_address_lead_to_their_lists(app: Flask, stage: Stage) -> None:
    it_is(eastern("2023-12-01 08:00"))
    with listening(agreeable) as receiver:
        browser = visitor(app, stage.person(Role.CIO))
        browser.post("/webhooks", data={"url": receiver.url, "kinds": ["submit"]})
        stage.submitted("CBP")
        session().commit()
        deliver(Sender([KEY], loopback=True), now=lambda: eastern("2024-01-09 10:00"))
        stage.submitted("TSA")
        session().commit()
        webhook = session().scalars(select(Webhook)).one()
        found = figures(browser, "/webhooks", f"/webhooks/{webhook.id}?")
        assert {address.partition("=")[2] for address in found} == {"delivered", "not-yet", "failed"}
        assert found[f"/webhooks/{webhook.id}?state=delivered"] == 1
        each_is_the_length_of_its_list(browser, found)


def test_the_states_of_a_clause_lead_to_the_components_that_stand_so(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    stage.approved("ICE")
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    cio = visitor(app, stage.person(Role.CIO))
    found = figures(cio, "/policies/dhs-076-02/map", "/policies/dhs-076-02/map/")
    stands = {address: figure for address, figure in found.items() if "state=" in address}
    assert len({address.partition("state=")[2] for address in stands}) > 2
    each_is_the_length_of_its_list(cio, stands)
    proofs = {address: figure for address, figure in found.items() if address.endswith("#tests")}
    address, figure = next(iter(proofs.items()))
    told = cio.get(address).get_data(as_text=True).partition('id="tests"')[2].partition("</ul>")[0]
    assert told.count("<li>") == figure


def test_a_close_leads_to_who_had_implemented_and_who_is_silent(app: Flask, stage: Stage) -> None:
    stage.implemented(stage.approved("USCG"), "2024-06-03 10:00")
    last = eastern("2024-09-30 07:00")
    closes.draw_up_all(last.date(), last)
    close = session().scalars(select(FiscalClose)).one()
    line = next(each for each in close.lines if each.component.code == "CBP")
    closes.state(line, statement="In November.", by=stage.person(Role.LEAD, "CBP"), at=eastern("2024-10-01 09:00"))
    session().commit()
    it_is(eastern("2024-10-02 09:00"))
    cio = visitor(app, stage.person(Role.CIO))
    all_of_them = figures(cio, "/closes/", f"/closes/{close.id}")
    assert sorted(all_of_them.values()) == [1, len(close.lines)]
    each_is_the_length_of_its_list(cio, all_of_them)
    found = figures(cio, f"/closes/{close.id}", f"/closes/{close.id}")
    assert sorted(found.values()) == [1, len(close.lines) - 2, len(close.lines)]
    each_is_the_length_of_its_list(cio, found)
    assert "Sign this close" in cio.get(f"/closes/{close.id}").text
    assert "Sign this close" not in cio.get(f"/closes/{close.id}?stands=implemented").text, "it is signed as a whole"


def test_what_was_found_is_sorted_by_its_day_and_taken_out(app: Flask, stage: Stage) -> None:
    stage.drafted("CBP", "2023-11-01 09:00")
    stage.submitted("TSA", "2023-12-18 15:00")
    session().commit()
    it_is(eastern("2024-01-10 09:00"))
    cio = visitor(app, stage.person(Role.CIO))
    total = rows_of(cio, "/search?q=customers")
    assert f"{total:,} places were found" in cio.get("/search?q=customers").text
    assert total > 20, "more than a page"

    def days(order: str) -> list[str]:
        told = cio.get(f"/search?q=customers&sort={order}&as=csv").get_data().decode("utf-8-sig")
        return [row["Written, submitted or published"] for row in csv.DictReader(io.StringIO(told))]

    dated = [day for day in days("oldest") if day]
    assert dated == sorted(dated)
    assert days("latest") == [*sorted(dated, reverse=True), *[""] * (total - len(dated))]
    assert cio.get("/search?q=customers&sort=sideways").status_code == 422
    assert cio.get("/search?q=customers&as=pdf").status_code == 422

"""What refuses, warns or only tries, in a real browser: as readable as the pages that links lead to."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functional.accessible import faults_of
from tests.functional.conftest import Demo
from tests.functional.test_main_job import sign_in, strategy_of

pytestmark = [pytest.mark.browser, pytest.mark.integration]

# Links of the summary that lead to no box of the page.
ASTRAY = """links => links.map(link => link.getAttribute('href'))
    .filter(href => href.startsWith('#') && !document.getElementById(href.slice(1)))"""


def sent(page: Page, button: str) -> int:
    """Press the button, wait for the page that comes, and say with what status it does."""
    with page.expect_navigation() as answered:
        page.get_by_role("button", name=button, exact=True).last.click()
    return answered.value.status if answered.value else 0


@pytest.mark.parametrize(
    ("name", "path", "status", "said"),
    [
        ("Rosa Delgado", "/record", 403, "This is not open to you"),
        ("Ben Nakamura", "/strategies/{CBP}/submit", 403, "This is not open to you"),
        ("Rosa Delgado", "/strategies/{FLETC}", 404, "Page not found"),
        ("Thomas Eckhart", "/help/gardener", 404, "There is no tour"),
        ("Ellen Prescott", f"/components/{'W' * 120}", 404, "Page not found"),
        ("Alice Tremblay", "/strategies/{FLETC}/submit", 409, "This could not be done now"),
    ],
)
def test_who_is_refused_a_page_is_told_so_readably(visit: Page, name: str, path: str, status: int, said: str) -> None:
    sign_in(visit, "Marcus Oyelaran")
    for code in ("CBP", "FLETC"):
        if f"{{{code}}}" in path:
            path = path.replace(f"/strategies/{{{code}}}", strategy_of(visit, code))
    sign_in(visit, name)
    answer = visit.goto(path)
    assert answer is not None
    assert answer.status == status
    expect(visit.locator("main")).to_contain_text(said)
    expect(visit.get_by_role("link", name="Go to the home page")).to_be_visible()
    assert faults_of(visit) == []


def test_who_was_signed_out_meanwhile_gets_back_what_was_typed(visit: Page) -> None:
    sign_in(visit, "Rosa Delgado")
    visit.goto("/guidance/new")
    visit.locator("#title").fill("Ask early")
    visit.context.clear_cookies()
    assert sent(visit, "Offer it") == 401
    expect(visit.get_by_role("heading", level=1)).to_have_text("You are signed out")
    expect(visit.get_by_label("title")).to_have_value("Ask early")
    assert faults_of(visit) == []


@pytest.mark.parametrize(
    ("name", "path", "button"),
    [
        ("Ellen Prescott", "/closures", "See which clocks move"),
        ("Ellen Prescott", "{USCIS}/decision", "Return version 1"),
        ("Ellen Prescott", "{clock}", "Pause this clock"),
        ("Ellen Prescott", "{clock}", "Extend this clock"),
        ("Lucia Ferreira", "/people/new", "Add this person"),
        ("Lucia Ferreira", "/people/acting", "Name this person"),
        ("Lucia Ferreira", "/webhooks", "Register"),
        ("Lucia Ferreira", "/retention", "Place this hold"),
        ("Rosa Delgado", "/guidance/new", "Offer it"),
        ("Rosa Delgado", "/me/tokens", "Make the token"),
        ("Rosa Delgado", "{clock}", "Ask for more time"),
        ("Rosa Delgado", "/demo/clock", "To this day"),
    ],
)
def test_what_has_to_be_mended_is_summed_up_on_top_and_leads_to_its_box(
    visit: Page, name: str, path: str, button: str
) -> None:
    sign_in(visit, name)
    if path == "{clock}":
        visit.goto("/components/CBP")
        path = visit.locator("main a[href^='/clocks/']").first.get_attribute("href") or ""
    elif path.startswith("{USCIS}"):
        path = path.replace("{USCIS}", strategy_of(visit, "USCIS"))
    visit.goto(path)
    assert sent(visit, button) == 422
    summed_up(visit)


def summed_up(page: Page) -> None:
    """The faults are read first, each leads to its box, and the page is as readable as ever."""
    expect(page.locator("#faults")).to_be_focused()
    expect(page.locator("#faults")).to_contain_text("to be mended")
    assert page.locator("#faults a").evaluate_all(ASTRAY) == []
    assert faults_of(page) == []


def test_rows_and_figures_of_a_section_that_can_not_be_read_are_pointed_out(visit: Page) -> None:
    sign_in(visit, "Rosa Delgado")
    visit.goto(f"{strategy_of(visit, 'CBP')}/sections/IV.c.3")
    visit.route("**/live", lambda route: route.abort())  # so that nothing is mended before it is sent
    visit.locator("#metrics-0-baseline").fill("a good deal")
    visit.locator("#metrics-1-by-day").fill("99")
    assert sent(visit, "Save") == 422
    summed_up(visit)
    visit.locator("#faults a").first.click()
    expect(visit.locator("#metrics-0-baseline")).to_be_focused()


def test_a_mark_without_its_reason_is_pointed_out(visit: Page) -> None:
    sign_in(visit, "Priya Raman")
    visit.goto(f"{strategy_of(visit, 'FLETC')}/review/rubric")
    visit.locator("main label").get_by_text("Does not meet it", exact=True).first.click()
    visit.locator("main textarea").first.fill("")
    assert sent(visit, "Save my marks") == 422
    summed_up(visit)


@pytest.mark.clause("IV.b")
def test_who_saves_second_sees_both_texts(visit: Page, browser: Browser, demo: Demo) -> None:
    sign_in(visit, "Rosa Delgado")
    visit.goto(f"{strategy_of(visit, 'CBP')}/sections/IV.c.3")
    visit.route("**/live", lambda route: route.abort())  # as without JavaScript: the page is sent as it stands
    quicker = browser.new_page(base_url=demo.address)
    sign_in(quicker, "Rosa Delgado")
    quicker.goto(visit.url)
    quicker.locator("#text").fill("The first of two texts.")
    quicker.locator("#metrics-0-unit").fill("of a hundred")
    assert sent(quicker, "Save") == 200  # of the page to which saving leads
    quicker.close()

    visit.locator("#text").fill("The second of two texts.")
    assert sent(visit, "Save") == 409
    expect(visit.locator("#faults")).to_be_focused()
    expect(visit.locator("#faults")).to_contain_text("saved this section in another window while you were writing")
    expect(visit.locator("#text-theirs")).to_contain_text("The first of two texts.")
    expect(visit.locator("#text")).to_have_value("The second of two texts.")
    expect(visit.locator("#metrics-theirs")).to_contain_text("of a hundred")
    assert faults_of(visit) == []
    visit.unroute("**/live")
    assert sent(visit, "Save mine over the newer text") == 200
    expect(visit.locator("#text")).to_have_value("The second of two texts.")


def test_a_day_on_which_offices_close_is_looked_at_before_it_is_announced(visit: Page) -> None:
    sign_in(visit, "Ellen Prescott")
    visit.goto("/closures")
    visit.locator("#day").select_option("12")
    visit.locator("#day-day").fill("26")
    visit.locator("#day-year").fill("2023")
    visit.locator("#authority").fill("Executive Order 14129")
    visit.locator("#reason").fill("Offices close on the day after Christmas.")
    assert sent(visit, "See which clocks move") == 200
    expect(visit.get_by_role("heading", level=1)).to_have_text("Before you announce December 26, 2023")
    expect(visit.locator("main")).to_contain_text("Nothing is changed yet.")
    assert faults_of(visit) == []


@pytest.mark.clause("IV.e")
def test_what_if_is_played_and_told_readably(visit: Page) -> None:
    sign_in(visit, "Ellen Prescott")
    visit.goto("/what-if")
    visit.get_by_label("Approvals slip by how many days?").fill("many")
    assert sent(visit, "Play it") == 422
    summed_up(visit)
    visit.set_default_timeout(120_000)
    visit.get_by_label("Approvals slip by how many days?").fill("60")
    assert sent(visit, "Play it") == 200
    expect(visit.locator("#outcome")).to_be_visible()
    expect(visit.locator("main")).to_contain_text("Components would miss September 30, 2024")
    visit.locator("summary", has_text="Every one of them").click()
    assert faults_of(visit) == []

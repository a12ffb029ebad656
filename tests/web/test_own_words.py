"""Pages and e-mails about one policy speak its own words: an agency's plan, not a Component's strategy."""

import re
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.db import session
from cxworkflow.mail.compose import message
from cxworkflow.models import Clock, Notice, Outcome, Person, Role, Strategy
from cxworkflow.policies import Names, read_policy
from cxworkflow.policies.answers import StrategyFile, placeholder
from cxworkflow.policies.names import shared
from cxworkflow.policies.organizations import read_organization
from cxworkflow.services import drafting, policies, reviews, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

OF_ANOTHER_POLICY = re.compile(
    r"\bstrateg(?:y|ies)\b|\bComponents?\b|\bChief Information Officer\b|\bCIOs?\b|\bDirectorate\b", re.IGNORECASE
)
CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
# Before one signs in, for all departments together; for programs; and what files other than policies say, for all.
ABOUT_THE_INSTALLATION = (
    *("/api", "/sign-in", "/sign-out", "/demo", "/published", "/assets", "/healthz", "/status"),
    *("/glossary", "/hisps", "/privacy", "/retention"),
)
BEGUN, AT = eastern("2011-06-01 09:00"), eastern("2011-09-01 09:00")


@pytest.fixture
def order(app: Flask) -> Stage:
    """Executive Order 13571 in force, with people who are not called after their roles."""
    stage = Stage.set(POLICIES / "eo-13571.toml")
    session().execute(update(Person).values(name=func.concat("Pat ", Person.id)))
    session().commit()
    return stage


@pytest.fixture
def plan(order: Stage) -> Strategy:
    """The plan of Veterans Affairs, complete."""
    department, lead = order.component("VA"), order.person(Role.LEAD, "VA")
    sections = order.edition.policy.sections_for(hisp=department.hisp)
    written = {each.clause: placeholder(each, on=AT.date()) for each in sections}
    file = StrategyFile(order.edition.code, "VA", "VA: customer service plan", written)
    drafting.fill(order.edition, department, file, by=lead, at=BEGUN)
    found = strategies.find(order.edition, department)
    assert found is not None
    return found


def foreign(page: str) -> set[str]:
    """The words of another policy that a page says, each with what stands around it."""
    seen = CODE.sub(" ", page)
    said = re.sub(r"<[^>]+>", " ", seen)
    labels = re.findall(r'(?:aria-label|title|placeholder|data-label)="([^"]*)"', seen)
    text = re.sub(r"\S+@\S+|https?://\S+", " ", " ".join([said, *labels]))
    return {
        " ".join(text[max(0, each.start() - 40) : each.end() + 40].split()) for each in OF_ANOTHER_POLICY.finditer(text)
    }


def shown(app: Flask, person: Person, paths: list[str]) -> dict[str, set[str]]:
    """What of these pages is in the words of another policy, by their paths."""
    browser = visitor(app, person)
    found = {}
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        if said := foreign(answer.get_data(as_text=True)):
            found[path] = said
    return found


def pages_of(plan: Strategy, *names: str) -> list[str]:
    return [f"/strategies/{plan.id}{name}" for name in names]


def test_pages_of_a_draft(app: Flask, order: Stage, plan: Strategy) -> None:
    it_is(AT)
    clause = order.edition.policy.sections[0].clause
    clock = session().scalars(select(Clock.id).where(Clock.component_id == plan.component_id)).first()
    paths = pages_of(plan, "", f"/sections/{clause}", f"/sections/{clause}/history", "/offline", "/submit")
    assert (
        shown(
            app,
            order.person(Role.LEAD, "VA"),
            [*paths, f"/clocks/{clock}", "/policies/eo-13571", "/policies/eo-13571/map"],
        )
        == {}
    )


def test_pages_of_a_review_a_decision_and_the_implementation(app: Flask, order: Stage, plan: Strategy) -> None:
    it_is(AT)
    lead, directorate, decider = (
        order.person(Role.LEAD, "VA"),
        order.person(Role.DIRECTORATE_LEAD),
        order.person(Role.CIO),
    )
    strategies.submit(plan, by=lead, at=AT)
    of_all = pages_of(plan, "", "/review", "/review/rubric", "/decision", "/versions/1")
    assert shown(app, lead, pages_of(plan, "/withdraw", "/review", "/versions/1")) == {}
    assert shown(app, directorate, of_all) == {}
    reviews.recommend(plan, Outcome.APPROVED, text="It is complete.", by=directorate, at=AT)
    assert shown(app, decider, of_all) == {}
    order.approve(plan, "2011-09-02 09:00")
    it_is(eastern("2011-09-03 09:00"))
    files = ("/record.csv", "/record.json")
    assert shown(app, lead, pages_of(plan, "", "/decision", "/implementation", *files)) == {}
    assert shown(app, directorate, ["/department/report?policy=eo-13571"]) == {}
    for notice in session().scalars(select(Notice).where(Notice.strategy_id == plan.id)):
        sent = message(notice, sender="a@b.example", base_url="https://cx.example", at=AT)
        text = re.sub(r"=\r\n", "", sent.decode())
        said = re.sub(r"CX Workflow|https?://\S+|Content-\S+: \S+", " ", text)
        assert foreign(said) == set(), notice.kind


def test_fixed_words_change_with_their_article_and_their_capital() -> None:
    names = Names(decider="Chief Performance Officer", directorate="Office", component="agency", paper="plan")
    assert names.in_words("Component lead") == "Agency lead"
    assert names.in_words("when a Component submits its strategy") == "when an agency submits its plan"
    assert names.in_words("Strategies of all Components, the Chief Information Officer’s") == (
        "Plans of all agencies, the Chief Performance Officer’s"
    )
    assert names.in_words("{by} withdrew the strategy of {component}.") == "{by} withdrew the plan of {component}."
    assert Names().in_words("a Component") == "a Component"
    assert Names.of_told(names.told) == names


def lists_of(app: Flask) -> list[str]:
    """The addresses of all pages that are about nothing in particular."""
    rules = [each for each in app.url_map.iter_rules() if "GET" in (each.methods or ()) and not each.arguments]
    return sorted(each.rule for each in rules if not each.rule.startswith(ABOUT_THE_INSTALLATION))


@pytest.mark.parametrize("role", [Role.LEAD, Role.DIRECTORATE_LEAD, Role.CIO, Role.AUDITOR, Role.ADMINISTRATOR])
def test_lists_of_a_department_whose_policies_agree(app: Flask, order: Stage, plan: Strategy, role: Role) -> None:
    it_is(AT)
    strategies.submit(plan, by=order.person(Role.LEAD, "VA"), at=AT)
    person = order.person(role, "VA" if role is Role.LEAD else None)
    browser, found = visitor(app, person), {}
    for path in [*lists_of(app), "/components/VA"]:
        answer = browser.get(path)
        if answer.mimetype == "text/html" and (said := foreign(answer.get_data(as_text=True))):
            found[path] = said
    assert found == {}


def test_a_refusal_speaks_of_the_plan_and_leaves_typed_words_alone(app: Flask, order: Stage, plan: Strategy) -> None:
    it_is(AT)
    lead = visitor(app, order.person(Role.LEAD, "VA"))
    answer = lead.post(f"/strategies/{plan.id}/withdraw", data={"reason": "Of our Component strategy."})
    assert answer.status_code == 409
    said = words(answer)
    assert "Only a submitted plan without a decision can be withdrawn" in said
    assert foreign(answer.get_data(as_text=True).replace("Of our Component strategy.", "")) == set()
    told = lead.post(f"/strategies/{plan.id}/submit", data={})
    assert "Tick the box to certify the plan before you submit it." in words(told)


def test_what_people_wrote_is_shown_as_they_wrote_it(app: Flask, order: Stage, plan: Strategy) -> None:
    it_is(AT)
    title = "A Component’s strategy for the CX Directorate"
    by = order.person(Role.LEAD, "VA")
    drafting.rename(plan, title, base_revision=plan.title_revision, by=by, at=AT)
    for path in (f"/strategies/{plan.id}", "/components/VA"):
        assert title in words(visitor(app, by).get(path)), path


def test_where_the_policies_of_a_department_differ_its_lists_use_neutral_words(app: Flask, order: Stage) -> None:
    it_is(AT)
    policies.load(read_policy(POLICIES / "eo-12862.toml"), at=AT)
    auditor = visitor(app, order.person(Role.AUDITOR))
    people, register = words(auditor.get("/people")), words(auditor.get("/components/?policy=eo-13571"))
    assert "Agency lead" in people  # here they agree
    assert "Deciding official" in people
    assert "Chief Performance Officer" not in people
    assert "With the Chief Performance Officer" in register  # this list is about one of them


def test_the_lists_of_a_department_with_the_usual_words_keep_them(app: Flask) -> None:
    stage = Stage.set()
    policies.load_organization(read_organization(ORGANIZATIONS / "executive-branch.toml"), at=AT)
    policies.load(read_policy(POLICIES / "eo-13571.toml"), at=AT)
    it_is(eastern("2023-12-18 09:00"))
    auditor = visitor(app, stage.person(Role.AUDITOR))
    said = words(auditor.get("/components/")) + words(auditor.get("/people"))
    for usual in ("Components", "With the CIO", "Component lead", "CX Directorate lead"):
        assert usual in said
    assert "Agency lead" not in said


def test_policies_share_what_they_call_alike() -> None:
    one = Names(decider="Chief Performance Officer", component="agency", paper="plan")
    other = Names(decider="Secretary", component="agency", paper="plan")
    assert shared([one, one]) == one
    assert shared([]) == Names()
    assert shared([one, other]) == Names(decider="deciding official", component="agency", paper="plan")
    assert shared([one, Names()]).in_words("a Component’s strategy") == "an organization’s paper"


def test_addresses_names_of_boxes_and_quotations_stay() -> None:
    names = Names(decider="Secretary", directorate="Customer Directorate", component="agency", paper="plan")
    markup = '<a class="strategy" href="/strategies/1?of=strategy" data-label="Strategy">Its strategy, of the CIO</a>'
    assert names.in_words(markup) == (
        '<a class="strategy" href="/strategies/1?of=strategy" data-label="Plan">Its plan, of the Secretary</a>'
    )
    assert names.in_words("The CX Directorate. Strategies wait.") == "The Customer Directorate. Plans wait."
    assert names.in_sentence("“A strategy” is no strategy of a Component.") == "“A strategy” is no plan of an agency."


@pytest.mark.parametrize("role", [Role.LEAD, Role.DIRECTORATE_LEAD, Role.CIO])
def test_whatever_is_asked_of_a_plan_the_answer_is_in_its_words(
    app: Flask, order: Stage, plan: Strategy, role: Role
) -> None:
    it_is(AT)
    browser = visitor(app, order.person(role, "VA" if role is Role.LEAD else None))
    rules = [each.rule for each in app.url_map.iter_rules() if each.arguments == {"strategy_id"}]
    found = {}
    for state in ("draft", "submitted", "approved"):
        if state == "submitted":
            strategies.submit(plan, by=order.person(Role.LEAD, "VA"), at=AT)
        elif state == "approved":
            order.approve(plan, "2011-09-01 09:00")
        for path in sorted({re.sub("<[^>]+>", str(plan.id), rule) for rule in rules}):
            for answer in (browser.get(path), browser.post(path, data={}, follow_redirects=True)):
                if answer.mimetype == "text/html" and (said := foreign(answer.get_data(as_text=True))):
                    found[f"{state} {path} {answer.status}"] = said
    assert found == {}


def test_pages_of_one_thing_and_files_of_lists(app: Flask, order: Stage, plan: Strategy) -> None:
    it_is(AT)
    strategies.submit(plan, by=order.person(Role.LEAD, "VA"), at=AT)
    notice, person = session().scalars(select(Notice.id)).first(), order.person(Role.LEAD, "VA")
    auditor, admin = visitor(app, order.person(Role.AUDITOR)), visitor(app, order.person(Role.ADMINISTRATOR))
    for browser, path in (
        *((admin, each) for each in (f"/notices/{notice}", f"/people/{person.id}")),
        *((auditor, f"/help/{each.value}") for each in Role if each is not Role.HQ_LEAD),
        (auditor, "/policies/eo-13571/map/2"),
        (auditor, "/components/?as=csv"),
        (auditor, "/department?as=csv"),
        (auditor, "/record?as=csv"),
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert foreign(answer.get_data(as_text=True)) == set(), path
    file = auditor.get("/components/?as=csv").headers["Content-Disposition"]
    assert "filename=agencies-2011-09-01.csv" in file


def test_the_file_to_fill_in_is_of_the_plan(app: Flask, order: Stage, plan: Strategy) -> None:
    it_is(AT)
    answer = visitor(app, order.person(Role.LEAD, "VA")).get(f"/strategies/{plan.id}/offline/strategy.xlsx")
    assert "VA plan draft 2011-09-01.xlsx" in answer.headers["Content-Disposition"]
    first = load_workbook(BytesIO(answer.get_data())).worksheets[0]
    assert str(first["A2"].value).startswith("Each of the other sheets is one table of the plan.")

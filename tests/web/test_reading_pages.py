"""What can be read up: the record, the policy in plain language, the words, the people."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role
from cxworkflow.services import people
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


def test_the_record_says_who_did_what_as_whom_and_when(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    session().commit()
    shown = words(visitor(app, stage.person(Role.AUDITOR)).get("/record"))
    assert "TSA lead (Component lead) certified and submitted version 1 TSA" in shown
    assert "December 18, 2023, 3:00 p.m. Eastern time" in shown
    assert "SHA-256" in shown


def test_the_record_is_narrowed_by_component_verb_person_and_day(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    stage.submitted("CBP", "2023-12-19 15:00")
    session().commit()
    client = visitor(app, stage.person(Role.CIO))
    assert "1 to 2 of 2 lines" in words(client.get("/record?verb=submit"))
    assert "1 of 1 line" in words(client.get("/record?verb=submit&component=CBP"))
    assert "1 of 1 line" in words(client.get("/record?by=CBP+lead&from=2023-12-19&to=2023-12-19"))
    assert "No line of the record is like that." in words(client.get("/record?from=2030-01-01"))
    for refused in ("verb=dance", "component=XYZ", "by=Nobody", "from=soon", "to=2024-02-30", "to=9999-12-31"):
        assert client.get(f"/record?{refused}").status_code == 422


def test_the_record_is_for_those_who_oversee(app: Flask, stage: Stage) -> None:
    for role, code in ((Role.LEAD, "CBP"), (Role.ADMINISTRATOR, None), (Role.REVIEWER, None)):
        assert visitor(app, stage.person(role, code)).get("/record").status_code == 403


def test_the_policy_is_told_in_plain_language(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    shown = words(client.get("/policies/", follow_redirects=True))
    assert "180 days from July 13, 2023 is January 9, 2024." in shown
    assert "Clause IV.e names the day: September 30, 2024." in shown
    assert "60 days before Component lead" in shown
    assert "Then again every 14 days until the clock stops." in shown
    assert client.get("/policies/no-such-policy").status_code == 404


@pytest.mark.clause("V")
def test_every_clause_of_the_policy_is_on_its_page(app: Flask, stage: Stage) -> None:
    page = visitor(app, stage.person(Role.AUDITOR)).get("/policies/dhs-076-02").get_data(as_text=True)
    for clause in stage.edition.policy.clauses:
        assert f">{clause.id}</th>" in page


@pytest.mark.clause("V")
def test_the_glossary_explains_every_word_of_the_policy(app: Flask, stage: Stage) -> None:
    shown = words(visitor(app, stage.person(Role.LEAD, "CBP")).get("/glossary"))
    assert all(word.word in shown for word in stage.edition.policy.words)


def test_people_are_listed_with_the_roles_they_hold_and_held(app: Flask, stage: Stage) -> None:
    it_is(eastern("2024-01-10 09:00"))
    acting = stage.person(Role.REVIEWER)
    given = people.appoint(
        acting, Role.CIO, None, from_on=eastern("2024-02-01 00:00").date(), at=eastern("2024-01-09 09:00")
    )
    given.until_on = eastern("2024-03-01 00:00").date()
    session().commit()
    shown = words(visitor(app, stage.person(Role.ADMINISTRATOR)).get("/people"))
    assert "Chief Information Officer February 1, 2024 to March 1, 2024" in shown
    assert "CBP lead Component lead, CBP of CBP lead" in shown
    assert visitor(app, stage.person(Role.LEAD, "CBP")).get("/people").status_code == 403


@pytest.mark.parametrize("page", ["/record", "/people"])
def test_more_people_and_lines_need_no_more_statements(app: Flask, stage: Stage, page: str) -> None:
    client, at = visitor(app, stage.person(Role.CIO)), eastern("2023-12-01 09:00")
    with statements(app) as few:
        client.get(page)
    for number in range(5):
        person = people.add(f"Somebody {number}", f"somebody{number}@dhs.example", at=at)
        people.appoint(person, Role.CONTRIBUTOR, stage.component("CBP"), from_on=at.date(), at=at)
    stage.submitted("TSA")
    session().commit()
    with statements(app) as many:
        client.get(page)
    assert len(many) == len(few)

"""What the public reads: the same for everybody, kept for a minute, and not one withheld byte in any of it."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cxworkflow.db import session
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.models import Person, Publication, Role, Strategy
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.services import attachments, drafting, publications, reviews, strategies
from cxworkflow.services.public_texts import Place, public
from cxworkflow.uploads.examining import examine
from cxworkflow.web.guard import FOR_ALL
from tests.documents.conftest import faults_of
from tests.stage import Stage, answers, eastern
from tests.uploads.samples import png
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = [pytest.mark.integration]

AT = eastern("2024-01-10 09:00")
PLAN = "/published/dhs-076-02/cbp"
SECRET, OPEN = "zqwithheld{}zq", "zqopen{}zq"


def marked(stage: Stage) -> Strategy:
    """CBP's approved strategy, full of marks: those of what will be withheld, and those of what will be read."""
    content = answers(hisp=True)
    content["IV.c.5.a"]["text"] = f"We test forms. {SECRET.format(1)} at the border. {OPEN.format(1)}"
    content["IV.c.5.b"]["text"] = SECRET.format(2)
    content["IV.c.3"]["metrics"][0] |= {"name": SECRET.format(3), "source": SECRET.format(4), "target": 987_654}
    content["IV.c.4"]["activities"][0] |= {"what": OPEN.format(2), "owner": SECRET.format(5)}
    content["IV.c.1"]["funds"][0] |= {"source": OPEN.format(3), "amount_usd": 7_654_321}
    content["IV.c.5.c"]["text"] = SECRET.format(6)
    title = f"CBP: {OPEN.format(4)} and {SECRET.format(7)}"
    component, lead = stage.component("CBP"), stage.person(Role.LEAD, "CBP")
    file = StrategyFile(stage.edition.code, "CBP", title, content)
    drafting.fill(stage.edition, component, file, by=lead, at=eastern("2023-12-01 09:00"))
    strategy = strategies.find(stage.edition, component)
    assert strategy is not None
    picture = examine(f"{SECRET.format(8)}.png", png(), largest=10_000, clamd_url=None)
    attachments.attach(strategy, "IV.c.3", picture, most=100_000, by=lead, at=eastern("2023-12-01 09:00"))
    strategies.submit(strategy, by=lead, at=eastern("2023-12-18 15:00"))
    version = strategies.under_review(strategy)
    reviews.approve(
        strategy,
        version_number=1,
        sha256=version.sha256,
        conditions=[SECRET.format(9)],
        reason=SECRET.format(10),
        by=stage.person(Role.CIO),
        at=eastern("2024-01-09 10:00"),
    )
    return strategy


def prepared(stage: Stage, strategy: Strategy) -> Publication:
    """A publication of it in which all secrets are withheld: as a passage, an answer, a row, a cell, a section."""
    lead = stage.person(Role.DIRECTORATE_LEAD)
    assert strategy.approved_version is not None
    clauses = [clause for clause in strategy.approved_version.content if clause != "IV.c.5.c"]
    made = publications.prepare(strategy, clauses, by=lead, at=AT)
    for place, basis, passage in (
        (Place("", "title"), "privileged", SECRET.format(7)),
        (Place("IV.c.5.a", "text"), "law-enforcement", f"{SECRET.format(1)} at the border"),
        (Place("IV.c.5.b", "text"), "national-security", ""),
        (Place("IV.c.3", "metrics", 0), "prohibited-by-law", ""),
        (Place("IV.c.4", "activities", 0, "owner"), "pre-decisional", ""),
        (Place("IV.c.1", "funds", 0, "amount_usd"), "law-enforcement", ""),
    ):
        publications.withhold(made, place, basis, passage=passage, by=lead, at=AT)
    return made


@pytest.fixture
def publication(stage: Stage) -> Publication:
    """It is released, and committed."""
    it_is(AT)
    made = prepared(stage, marked(stage))
    publications.release(made, sha256=public(made).sha256, by=stage.person(Role.CIO), at=AT)
    session().commit()
    return made


@pytest.fixture
def anybody(app: Flask, publication: Publication) -> FlaskClient:
    """A browser that never signed in."""
    return app.test_client()


def every_public_address(app: Flask) -> Iterator[str]:
    """Each address that opens to all, filled in."""
    for route in app.url_map.iter_rules():
        if getattr(app.view_functions[route.endpoint], "opens_to", None) == FOR_ALL:
            endings = [*FILE_KINDS, "exe"] if "ending" in route.arguments else [""]
            for ending in endings:
                values = {"policy": "dhs-076-02", "component": "cbp", "ending": ending}
                yield app.url_map.bind("localhost").build(
                    route.endpoint, {name: values[name] for name in route.arguments}
                )


def everything_in(answer: TestResponse) -> str:
    """All that an answer says, unpacked: its headers, its body, what a PDF reads as, each file of an archive."""
    content, said = answer.get_data(), f"{answer.headers}\n"
    if content.startswith(b"%PDF"):
        read = pypdf.PdfReader(BytesIO(content))
        said += f"{read.metadata} {read.xmp_metadata and read.xmp_metadata.stream.get_data()!r}"
        said += " ".join(page.extract_text() for page in read.pages)
        said += " ".join(str(each.get_object()) for each in objects_of(read))
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            said += " ".join(f"{name} {packed.read(name).decode('utf-8', 'replace')}" for name in packed.namelist())
    return said + content.decode("utf-8", "replace")


def objects_of(read: pypdf.PdfReader) -> Iterator[Any]:
    """Every object of a PDF, with what it is called by and replaced with."""
    for number in range(1, len(read.xref[0]) + 1 if 0 in read.xref else 1):
        yield pypdf.generic.IndirectObject(number, 0, read)


def leaked(said: str) -> list[str]:
    """What of the secrets is in it: marks, also where a line was broken in one, and figures in any writing."""
    bare = re.sub(r"[\s­-]+", "", said)
    found = re.findall(r"zqwithheld\d+zq", bare)
    return found + [figure for figure in ("7654321", "7,654,321", "987654", "987,654") if figure in bare]


def test_no_withheld_word_is_in_any_public_answer(app: Flask, anybody: FlaskClient) -> None:
    seen, answered = set[str](), 0
    for path in every_public_address(app):
        for headers in ({}, {"Accept": "application/json"}):
            answer = anybody.get(path, headers=headers)
            assert answer.status_code == (404 if path.endswith(".exe") else 200), path
            said = everything_in(answer)
            assert leaked(said) == [], path
            seen |= set(re.findall(r"zqopen\d+zq", said))
            answered += 1
    assert answered >= 24
    assert seen == {OPEN.format(number) for number in range(1, 5)}


def test_the_same_test_would_see_what_is_not_withheld(app: Flask, anybody: FlaskClient) -> None:
    """In every file, also in the PDF, the open marks are found: so the hidden ones would be."""
    for ending in FILE_KINDS:
        said = everything_in(anybody.get(f"{PLAN}/plan.{ending}"))
        for number in range(1, 5):
            assert OPEN.format(number) in re.sub(r"\s+", "", said), (ending, number)
        assert "[Withheld: law enforcement]" in said.replace("\n", " "), ending


def test_signing_in_shows_the_public_pages_no_differently(app: Flask, stage: Stage, anybody: FlaskClient) -> None:
    signed_in = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    for path in every_public_address(app):
        if not path.endswith(".exe"):
            mine, theirs = signed_in.get(path), anybody.get(path)
            assert mine.get_etag() == theirs.get_etag(), path
            assert "Set-Cookie" not in mine.headers
            assert "Set-Cookie" not in theirs.headers


def test_an_answer_is_kept_for_a_minute_and_asked_for_again_by_its_tag(app: Flask, anybody: FlaskClient) -> None:
    for path in every_public_address(app):
        if path.endswith(".exe"):
            continue
        answer = anybody.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=60, must-revalidate", path
        assert "Vary" not in answer.headers, path
        again = anybody.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b""), path


def test_no_person_is_named_in_public(app: Flask, anybody: FlaskClient) -> None:
    names = session().scalars(select(Person.name).where(Person.name.like("% %"))).all()
    for path in every_public_address(app):
        said = everything_in(anybody.get(path))
        found = [name for name in names if name in said and name != "Chief Information Officer"]
        assert found == [], path


def test_public_pages_ask_for_nothing_but_what_is_published(app: Flask, anybody: FlaskClient) -> None:
    for path in every_public_address(app):
        with statements(app) as asked:
            anybody.get(path)
        tables = set(re.findall(r"\b(?:from|join)\s+(\w+)", " ".join(asked), flags=re.IGNORECASE))
        assert tables <= {"published"}, (path, tables)


def test_the_list_is_narrowed_sorted_and_downloaded_as_any_other(anybody: FlaskClient) -> None:
    listed = anybody.get("/published?policy=dhs-076-02&sort=-published")
    assert "U.S. Customs and Border Protection (CBP)" in words(listed)
    assert "/published/strategies.csv?policy=dhs-076-02" in listed.get_data(as_text=True)
    file = anybody.get("/published/strategies.csv?policy=dhs-076-02").get_data().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(file)))
    assert [line["Component"] for line in lines] == ["CBP"]
    odd = anybody.get("/published?policy=a-parade")
    assert odd.status_code == 422
    assert "“a-parade” is not in this list. There is: dhs-076-02." in words(odd)


def test_the_page_reads_as_the_plan_with_the_basis_in_place_of_words(anybody: FlaskClient) -> None:
    said = words(anybody.get(PLAN))
    assert "We test forms. [Withheld: law enforcement]. zqopen1zq" in said
    assert "[Withheld: national security] stands where something is withheld." in said
    assert "Metrics at a glance" in said
    assert "Forms design" in said
    assert "IV.c.5.c" not in said.replace("Published in part", "")


def test_the_pdf_passes_the_validator_and_the_json_is_the_very_text_released(
    anybody: FlaskClient, publication: Publication
) -> None:
    assert faults_of(anybody.get(f"{PLAN}/plan.pdf").get_data()) == []
    assert anybody.get(f"{PLAN}/plan.json").get_data(as_text=True) == publication.document


def test_open_data_and_the_feed_are_well_formed(anybody: FlaskClient) -> None:
    listed = json.loads(anybody.get("/published/strategies.json").get_data())["strategies"]
    assert [each["address"] for each in listed] == [f"http://localhost{PLAN}"]
    lines = list(csv.DictReader(io.StringIO(anybody.get("/published/metrics.csv").get_data().decode("utf-8-sig"))))
    assert {line["Component"] for line in lines} == {"CBP"}
    feed = ET.fromstring(anybody.get("/published/feed.atom").get_data())  # noqa: S314  # our own
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert [entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in entries] == [f"http://localhost{PLAN}"]


def test_what_was_withdrawn_is_gone_everywhere(app: Flask, stage: Stage, publication: Publication) -> None:
    publications.withdraw(publication, reason="A figure.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    session().commit()
    anybody = app.test_client()
    for path in every_public_address(app):
        answer = anybody.get(path)
        assert answer.status_code == (404 if path.startswith(PLAN) else 200), path
        assert "zqopen" not in everything_in(answer), path
    assert "What was published here was withdrawn." in words(anybody.get(PLAN))
    assert anybody.get(PLAN).headers["Cache-Control"] == "no-store"


def test_nothing_else_opens_to_the_public(anybody: FlaskClient, publication: Publication) -> None:
    for path in ("", "/preview", "/preview.json", "/withholding?clause=IV.c.5.a&field=text"):
        answer = anybody.get(f"/publications/{publication.id}{path}")
        assert answer.status_code == 302, path
        assert leaked(everything_in(answer)) == []
    assert anybody.get("/robots.txt").get_data(as_text=True).splitlines()[-1] == "Disallow: /"

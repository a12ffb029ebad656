"""Publishing: only what is approved, by two people, and not one withheld word in what leaves."""

import json
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Commitment, Event, Person, Publication, Published, Role, Strategy
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import PUBLIC, within
from cxworkflow.services import publications, readings
from cxworkflow.services.public_texts import Place, public
from tests.refusals import refused
from tests.stage import Stage, as_owner, eastern

pytestmark = [pytest.mark.integration]

AT, LATER = eastern("2024-01-10 09:00"), eastern("2024-01-12 09:00")
TEXT = Place("IV.c.5.a", "text")


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    return stage.approved("CBP")


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


@pytest.fixture
def second(stage: Stage) -> Person:
    return stage.newcomer("Sec Ond", (Role.DIRECTORATE_LEAD, None))


@pytest.fixture
def publication(strategy: Strategy, lead: Person) -> Publication:
    return publications.prepare(strategy, list(strategy.approved_version.content), by=lead, at=AT)  # type: ignore[union-attr]


def released(publication: Publication, by: Person) -> Published:
    """What the public reads after the release."""
    publications.release(publication, sha256=public(publication).sha256, by=by, at=LATER)
    return session().scalars(select(Published)).one()


def answer(publication: Publication, clause: str, field: str) -> Any:
    return publication.version.content[clause][field]


def test_what_is_released_is_what_was_previewed_and_is_kept_under_its_hash(
    publication: Publication, second: Person
) -> None:
    seen = public(publication)
    told = released(publication, second)
    assert told.document == seen.text
    assert told.sha256 == publication.sha256 == seen.sha256
    assert (told.policy, told.component, told.path) == ("dhs-076-02", "cbp", "/published/dhs-076-02/cbp")
    assert session().scalars(select(Event.details).where(Event.verb == "published")).one()["sha256"] == seen.sha256


def test_a_passage_gives_way_to_its_basis_wherever_it_stands_in_the_answer(
    publication: Publication, lead: Person, second: Person
) -> None:
    words = answer(publication, "IV.c.5.a", "text")
    passage = words.split()[1]
    made = publications.withhold(publication, TEXT, "law-enforcement", passage=passage, by=lead, at=AT)
    assert len(made) == words.count(passage)
    part = next(part for part in public(publication).document["parts"] if part["key"] == "IV.c.5.a")
    assert part["blocks"][0]["words"] == words.replace(passage, "[Withheld: law enforcement]")  # type: ignore[typeddict-item]


def test_of_a_row_nothing_is_left_but_the_row_and_no_total_gives_it_away(
    publication: Publication, lead: Person
) -> None:
    publications.withhold(publication, Place("IV.c.1", "funds", 0), "privileged", by=lead, at=AT)
    publications.withhold(publication, Place("IV.c.3", "metrics", 0, "target"), "pre-decisional", by=lead, at=AT)
    document = public(publication).document
    funds = next(block for part in document["parts"] for block in part["blocks"] if block["key"] == "funds")
    assert funds["kind"] == "table"
    assert {cell["words"] for cell in funds["rows"][0]} == {"[Withheld: privileged]"}
    assert {cell["value"] for cell in funds["rows"][0]} == {None}
    assert funds["totals"] == ["Totals are not shown, since part of this table is withheld."]
    metric = public(publication).metrics[0]
    assert metric["target"] is None
    assert metric["baseline"] is not None
    assert len(document["notes"]) == 2


def test_what_overlaps_is_withheld_as_one(publication: Publication, lead: Person) -> None:
    words = answer(publication, "IV.c.5.a", "text")
    publications.withhold(publication, TEXT, "privileged", passage=words[:20].strip(), by=lead, at=AT)
    publications.withhold(publication, TEXT, "national-security", passage=words[10:30].strip(), by=lead, at=AT)
    shown = next(part for part in public(publication).document["parts"] if part["key"] == "IV.c.5.a")["blocks"][0]
    assert shown["kind"] == "text"
    assert shown["words"].startswith("[Withheld: privileged] [Withheld: national security]")
    assert shown["words"].endswith(words[30:])


def test_only_chosen_sections_leave(publication: Publication, lead: Person) -> None:
    read = publications.mark_of(publication)
    publications.choose(publication, ["IV.c.3", "IV.c.5.a"], base=read, by=lead, at=AT)
    document = public(publication).document
    assert [part["key"] for part in document["parts"]] == ["IV.c.3", "IV.c.5.a"]
    assert {"label": "Published in part", "words": "Sections IV.c.3, IV.c.5.a"} in document["facts"]


def test_who_chooses_second_is_told_and_takes_nothing_back(publication: Publication, lead: Person) -> None:
    read = publications.mark_of(publication)
    publications.choose(publication, ["IV.c.3"], base=read, by=lead, at=AT)
    with refused(Conflict, "Somebody else chose other sections meanwhile."):
        publications.choose(publication, ["IV.c.5.a"], base=read, by=lead, at=AT)
    assert publication.clauses == ["IV.c.3"]


def test_words_that_stand_elsewhere_too_are_pointed_out(publication: Publication, lead: Person) -> None:
    words = answer(publication, "IV.c.5.a", "text")
    assert public(publication).strays == []
    publications.withhold(publication, TEXT, "privileged", by=lead, at=AT)
    title = publication.version.title
    publications.withhold(publication, Place("", "title"), "privileged", passage=title[:3], by=lead, at=AT)
    others = [part for part in public(publication).document["parts"] if words in json.dumps(part)]
    assert len(public(publication).strays) == len(others)


def test_nothing_is_said_of_who_wrote_it_nor_what_its_hash_was(publication: Publication, stage: Stage) -> None:
    text = public(publication).text
    assert publication.version.sha256 not in text
    for name in session().scalars(select(Person.name)):
        assert name not in text, name


def test_who_prepared_or_changed_it_does_not_release_it(publication: Publication, lead: Person, second: Person) -> None:
    sha256 = public(publication).sha256
    with refused(NotAllowed, "You prepared this. Another person has to release it"):
        publications.release(publication, sha256=sha256, by=lead, at=LATER)
    publications.withhold(publication, TEXT, "privileged", by=second, at=AT)
    with refused(NotAllowed, "You prepared this"):
        publications.release(publication, sha256=public(publication).sha256, by=second, at=LATER)


RELEASE = "update publication set released_at = now(), released_by_id = {by}, document = '{{}}', sha256 = {sha256}"
HASH = "encode(sha256('{}'), 'hex')"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (RELEASE.format(by="by_id", sha256=HASH), "two_people"),
        (RELEASE.format(by="(select max(id) from person)", sha256="'x'"), "hash_is_of_document"),
        ("update publication set withdrawn_at = now(), withdrawn_by_id = by_id", "withdrawn_says_why"),
        ("delete from publication", "change"),
        ("truncate publication cascade", "change"),
    ],
)
def test_plain_sql_does_not_pass_over_the_second_person(publication: Publication, statement: str, why: str) -> None:
    session().flush()
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        session().execute(text(statement))


def test_who_marked_a_passage_does_not_release_it_by_plain_sql(
    publication: Publication, lead: Person, second: Person
) -> None:
    publications.withhold(publication, TEXT, "privileged", by=second, at=AT)
    publications.withhold(publication, Place("IV.c.3", "metrics", 0), "privileged", by=lead, at=AT)
    release = text(RELEASE.format(by=second.id, sha256=HASH))
    with pytest.raises(DatabaseError, match="second person"), session().begin_nested(), as_owner():
        session().execute(release)


def test_a_change_after_the_preview_is_noticed(publication: Publication, lead: Person, second: Person) -> None:
    seen = public(publication).sha256
    publications.withhold(publication, TEXT, "privileged", by=lead, at=AT)
    with refused(Conflict, "What would be published is not what you read"):
        publications.release(publication, sha256=seen, by=second, at=LATER)


def test_what_was_withdrawn_leaves_no_word(publication: Publication, lead: Person, second: Person) -> None:
    told = released(publication, second)
    with refused(InvalidInput, "Say why it is withdrawn"):
        publications.withdraw(publication, reason=" ", by=lead, at=LATER)
    publications.withdraw(publication, reason="A figure was wrong.", by=lead, at=LATER)
    session().refresh(told)
    assert (told.document, told.sha256, told.title) == (None, None, "")
    assert publication.state == "withdrawn"
    with refused(NotNow, "there is nothing to withdraw"):
        publications.withdraw(publication, reason="Again.", by=lead, at=LATER)


def test_a_second_release_takes_the_place_of_the_first(
    strategy: Strategy, publication: Publication, lead: Person, second: Person
) -> None:
    released(publication, second)
    with refused(NotNow, "released, so it is not changed"):
        publications.withhold(publication, TEXT, "privileged", by=lead, at=LATER)
    again = publications.prepare(strategy, ["IV.c.3"], by=second, at=LATER)
    with refused(NotNow, "being prepared already"):
        publications.prepare(strategy, ["IV.c.3"], by=lead, at=LATER)
    told = released(again, lead)
    session().refresh(told)
    assert told.publication_id == again.id
    assert [part["key"] for part in json.loads(told.document or "")["document"]["parts"]] == ["IV.c.3"]
    with refused(NotNow, "not what the public reads"):
        publications.withdraw(publication, reason="The old one.", by=lead, at=LATER)


def test_only_what_is_approved_is_published_and_by_the_directorate(stage: Stage, lead: Person) -> None:
    submitted = stage.submitted("ICE")
    with refused(NotNow, "Only an approved strategy is published"):
        publications.prepare(submitted, ["IV.c.3"], by=lead, at=AT)
    approved = stage.approved("CBP")
    with pytest.raises(NotAllowed):
        publications.prepare(approved, ["IV.c.3"], by=stage.person(Role.LEAD, "CBP"), at=AT)
    with refused(InvalidInput, "Choose at least one of the sections"):
        publications.prepare(approved, [], by=lead, at=AT)
    with refused(InvalidInput, "Choose at least one of the sections"):
        publications.prepare(approved, ["IV.c.3", "nothing"], by=lead, at=AT)


def test_bad_places_and_passages_are_refused(publication: Publication, lead: Person) -> None:
    for place in (Place("IV.c.3", "metrics", 99), Place("IV.c.3", "none"), Place("IV.c.3", "metrics", None, "name")):
        with pytest.raises(NotFound):
            publications.withhold(publication, place, "privileged", by=lead, at=AT)
    with refused(InvalidInput, "These words do not stand there"):
        publications.withhold(publication, TEXT, "privileged", passage="nowhere said", by=lead, at=AT)
    with refused(InvalidInput, "Choose the basis"):
        publications.withhold(publication, TEXT, "embarrassing", by=lead, at=AT)


def test_the_public_reads_one_table_and_no_other(publication: Publication, second: Person) -> None:
    released(publication, second)
    tables = session().scalars(
        text("select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' "
             "and has_table_privilege('cxworkflow_public', c.oid, 'select')")
    ).all()  # fmt: skip
    assert tables == ["published"]
    with within(PUBLIC):
        assert session().scalar(text("select count(*) from published")) == 1
        for table in ("publication", "withholding", "version", "person", "event"):
            with pytest.raises(DatabaseError, match="permission denied"), session().begin_nested():
                session().execute(text(f"select count(*) from {table}"))
        with pytest.raises(DatabaseError, match="permission denied"), session().begin_nested():
            session().execute(text("update published set title = 'x'"))


def test_nobody_writes_what_the_public_reads_but_the_release(
    publication: Publication, second: Person, stage: Stage
) -> None:
    released(publication, second)
    for person in (second, stage.person(Role.CIO)):
        with (
            within(scope_of(person, at=LATER)),
            pytest.raises(DatabaseError, match="permission denied"),
            session().begin_nested(),
        ):
            session().execute(text("update published set title = 'x'"))


def test_readings_are_published_with_their_metric_and_withheld_with_it(
    publication: Publication, lead: Person, second: Person, stage: Stage
) -> None:
    wanted = select(Commitment).where(Commitment.target.is_not(None), Commitment.version_id == publication.version_id)
    metric = session().scalars(wanted.order_by(Commitment.position)).first()
    assert metric is not None
    by = stage.person(Role.LEAD, "CBP")
    readings.read(metric, value="64.5", as_of=AT.date(), by=by, at=AT)
    assert public(publication).metrics[0]["readings"] == [{"on": "2024-01-10", "value": 64.5}]
    publications.withhold(publication, Place("IV.c.3", "metrics", 0, "source"), "privileged", by=lead, at=AT)
    assert public(publication).metrics[0]["readings"] != []
    publications.withhold(publication, Place("IV.c.3", "metrics", 0, "target"), "privileged", by=lead, at=AT)
    assert public(publication).metrics[0]["readings"] == []
    assert "64.5" not in public(publication).text

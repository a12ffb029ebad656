"""Documents through the API: the same files that pages hand out, to whoever may have them."""

from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cxworkflow.db import session
from cxworkflow.documents.files import FILE_KINDS, FileKind
from cxworkflow.models import Decision, DecisionLetter, Event, Role
from cxworkflow.services import publications
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor

pytestmark = pytest.mark.integration

NOW = eastern("2024-01-12 10:00")


def of(app: Flask, stage: Stage, role: Role, code: str | None = None) -> Program:
    """A program of whoever holds a role."""
    it_is(NOW)
    return Program(app, token_of(stage.person(role, code), at=NOW))


def said(answer: TestResponse) -> bytes | dict[str, bytes]:
    """What a file says: of one that is packed each part, whenever it was packed."""
    content = answer.get_data()
    if not content.startswith(b"PK"):
        return content
    with ZipFile(BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("kind", FILE_KINDS.values(), ids=lambda kind: kind.ending)
def test_a_program_gets_the_very_file_that_the_page_hands_out(app: Flask, stage: Stage, kind: FileKind) -> None:
    strategy, lead = stage.approved("CBP"), of(app, stage, Role.LEAD, "CBP")
    directorate = stage.person(Role.DIRECTORATE_LEAD)
    made = publications.prepare(strategy, ["IV.c.3"], by=directorate, at=NOW)
    session().commit()
    ending, by = kind.ending, of(app, stage, Role.DIRECTORATE_LEAD)
    version, record = f"/strategies/{strategy.id}/versions/1", f"/strategies/{strategy.id}/record"
    publication = f"/publications/{made.id}"
    for asking, page, path in (
        (lead, f"{version}/strategy.{ending}", f"{version}/files/{ending}"),
        (lead, f"{record}.{ending}", f"{record}/{ending}"),
        (by, f"{publication}/preview.{ending}", f"{publication}/files/{ending}"),
    ):
        answer = asking.ask("GET", path)
        person = stage.person(Role.LEAD, "CBP") if asking is lead else directorate
        shown = visitor(app, person).get(page)
        assert answer.status_code == shown.status_code == 200, path
        # The record goes on to tell that it was taken out.
        assert said(answer) == said(shown) or path.startswith(record), path
        assert answer.content_type == shown.content_type
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert asking.ask("GET", path.replace(f"/{ending}", "/exe")).status_code == 404
    taken = [each["what"] for each in session().scalars(select(Event.details).where(Event.verb == "exported"))]
    assert taken.count(f"version 1 as a file for {kind.title}") == 2
    other = of(app, stage, Role.LEAD, "FEMA")
    assert other.ask("GET", f"{version}/files/{ending}").status_code == 404


def test_the_letter_about_a_decision_is_the_one_whose_hash_was_recorded(app: Flask, stage: Stage) -> None:
    strategy, lead = stage.approved("CBP"), of(app, stage, Role.LEAD, "CBP")
    decision = session().scalars(select(Decision).where(Decision.strategy_id == strategy.id)).one()
    answer = lead.ask("GET", f"/strategies/{strategy.id}/versions/1/letter")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    kept = session().scalars(select(DecisionLetter)).one()
    assert sha256(answer.get_data()).hexdigest() == decision.letter_sha256 == kept.sha256
    assert lead.ask("GET", f"/strategies/{strategy.id}/versions/2/letter").status_code == 404
    waiting = stage.submitted("ICE")
    of_ice = of(app, stage, Role.LEAD, "ICE")
    assert of_ice.ask("GET", f"/strategies/{waiting.id}/versions/1/letter").status_code == 404
    assert lead.ask("GET", f"/strategies/{waiting.id}/versions/1/letter").status_code == 404

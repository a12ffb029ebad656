"""A version's files on its page: for who may see the strategy, and on the record."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.models import Event, Role
from tests.documents.conftest import faults_of
from tests.stage import Stage
from tests.web.visiting import visitor

pytestmark = pytest.mark.integration


def test_a_version_can_be_taken_out_as_every_kind_of_file(app: Flask, stage: Stage) -> None:
    strategy = stage.approved("CBP")
    session().commit()
    reviewer = visitor(app, stage.person(Role.REVIEWER))
    page = reviewer.get(f"/strategies/{strategy.id}/versions/1").get_data(as_text=True)
    for kind in FILE_KINDS.values():
        path = f"/strategies/{strategy.id}/versions/1/strategy.{kind.ending}"
        assert f'href="{path}"' in page
        answer = reviewer.get(path)
        assert answer.status_code == 200, kind
        assert answer.content_type == kind.media_type
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert faults_of(reviewer.get(f"/strategies/{strategy.id}/versions/1/strategy.pdf").data) == []
    told = session().scalars(select(Event.details).where(Event.verb == "exported")).all()
    assert {"what": "version 1 as a file for Word"} in told


def test_there_is_no_other_kind_and_nothing_for_others(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("CBP")
    session().commit()
    path = f"/strategies/{strategy.id}/versions/1/strategy"
    assert visitor(app, stage.person(Role.REVIEWER)).get(f"{path}.exe").status_code == 404
    assert visitor(app, stage.person(Role.LEAD, "ICE")).get(f"{path}.pdf").status_code == 404

"""The pages of what follows an approval ask the database as often for many rows as for few."""

from datetime import date

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Disposal, GuidanceKind, Role
from cxworkflow.services import coordination, duty_drafts, guidance, holds, publications
from cxworkflow.services.public_texts import public
from tests import hisps
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

NOW = eastern("2024-01-10 09:00")
# Of each page, what more of its rows say.
PAGES = {
    "/commitments/": "FEMA",
    "/metrics": "FEMA",
    "/publications": "FEMA",
    "/published": "Federal Emergency Management Agency",
    "/guidance": "Playbook of FEMA",
    "/directorate/actions": "",
    "/hisps": "TSA",
    "/hisps/services": "Screening",
    "/hisps/quarters": "TSA",
    "/hisps/numbers": "Screening",
    "/coordination": "FEMA",
    "/retention": "The strategy of FEMA",
    "/retention/holds": "The strategy of FEMA",
    "/retention/disposals": "Withdrawn",
}


def published(stage: Stage, code: str) -> None:
    """The Component's strategy is approved and published, and it has a playbook."""
    lead, cio = stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.CIO)
    strategy = stage.approved(code)
    assert strategy.approved_version is not None
    made = publications.prepare(strategy, list(strategy.approved_version.content), by=lead, at=NOW)
    publications.release(made, sha256=public(made).sha256, by=cio, at=NOW)
    said = guidance.Words(title=f"Playbook of {code}", text="Ask five people.", tags="")
    piece = guidance.write(stage.edition, GuidanceKind.PLAYBOOK, said, by=lead, at=NOW)
    guidance.publish(piece, [stage.component(code)], acknowledge_by=None, by=lead, at=NOW)
    held = (stage.edition, stage.component(code), None)
    auditor = stage.person(Role.AUDITOR)
    holds.place(*held, reason="Asked for.", citation="OIG 24-17", from_on=NOW.date(), by=auditor, at=NOW)
    given_up = {"proposed_at": NOW, "by_id": lead.id, "withdrawn_at": NOW}
    items = [{"id": 1, "about": f"A draft of {code}", "parts": 2}]
    session().add(Disposal(kind="drafts", before_on=NOW.date(), items=items, sha256="0" * 64, **given_up))


def circulated(stage: Stage, what: str, *codes: str) -> None:
    """A paper of the Directorate is put to these Components."""
    lead = stage.person(Role.DIRECTORATE_LEAD)
    draft = duty_drafts.save(stage.edition, what, "All serve.", by=lead, at=NOW)
    asked = [stage.component(code) for code in codes]
    coordination.circulate(
        stage.edition, what, asked, until_on=date(2024, 2, 1), note="", base=draft.id, by=lead, at=NOW
    )


@pytest.fixture
def lead(app: Flask, stage: Stage) -> Browser:
    """The Directorate's lead, when one strategy is approved."""
    it_is(NOW)
    published(stage, "ICE")
    circulated(stage, "directive", "ICE")
    hisps.in_force()
    hisps.entered(stage, hisps.service(stage))
    session().commit()
    return visitor(app, stage.person(Role.DIRECTORATE_LEAD))


@pytest.mark.parametrize(("address", "said"), PAGES.items())
def test_more_approved_strategies_need_no_more_statements(
    app: Flask, stage: Stage, lead: Browser, address: str, said: str
) -> None:
    lead.get(address)
    with statements(app) as few:
        assert lead.get(address).status_code == 200
    for code in ("FEMA", "TSA", "CBP"):
        published(stage, code)
    hisps.entered(stage, hisps.service(stage, "TSA", "Screening"))
    circulated(stage, "instruction", "FEMA", "TSA", "CBP")
    session().commit()
    lead.get(address)
    with statements(app) as many:
        assert said in words(lead.get(address))
    assert len(many) == len(few), "\n".join(many)

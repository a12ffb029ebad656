"""The page of the certification: late by the policy, after a target, and as whom."""

from datetime import date

import pytest
from flask import Flask

from cxworkflow.models import Role
from cxworkflow.services import people, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration


@pytest.mark.clause("IV.b")
def test_a_late_submission_is_accepted_when_it_says_why(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    it_is(eastern("2024-01-12 09:00"))
    client, path = visitor(app, stage.person(Role.LEAD, "CBP")), f"/strategies/{strategy.id}/submit"
    assert "This submission is 3 days late." in words(client.get(path))
    refused = client.post(path, data={"certified": "yes", "reason": "  "})
    assert "Say why it is late" in words(refused)
    sha256 = strategies.draft_sha256(strategy)
    reason = {"certified": "yes", "sha256": sha256, "reason": "The survey came in late."}
    assert "Version 1 is submitted, 3 days late." in words(client.post(path, data=reason, follow_redirects=True))
    shown = words(client.get(f"/strategies/{strategy.id}/versions/1"))
    assert "Due January 9, 2024, 3 days late Why it was late The survey came in late." in shown


def test_a_revision_after_its_target_is_asked_no_reason_and_pages_say_target(app: Flask, stage: Stage) -> None:
    strategy = stage.returned("CBP", "2024-01-05 11:00")
    it_is(eastern("2024-01-31 09:00"))
    client, path = visitor(app, stage.person(Role.LEAD, "CBP")), f"/strategies/{strategy.id}"
    asked = words(client.get(f"{path}/submit"))
    assert "Target set by the CX Directorate January 19, 2024 Today January 31, 2024, after the target" in asked
    assert "Why it is late" not in asked
    sha256 = strategies.draft_sha256(strategy)
    sent = client.post(f"{path}/submit", data={"certified": "yes", "sha256": sha256}, follow_redirects=True)
    assert "Version 2 is submitted. The CX Directorate is told by e-mail." in words(sent)
    assert "Due January 19, 2024, a target that was missed" in words(client.get(f"{path}/versions/2"))
    assert "After the target" in words(client.get(path))


def test_who_is_acting_certifies_as_such(app: Flask, stage: Stage) -> None:
    strategy, ada = stage.drafted("CBP"), stage.newcomer("Ada West")
    first, end = date(2023, 12, 1), date(2024, 2, 1)
    at, role, cbp = eastern("2023-12-01 09:00"), Role.EXECUTIVE, stage.component("CBP")
    people.appoint(ada, role, cbp, from_on=first, until_on=end, acting=True, at=at)
    it_is(eastern("2023-12-18 09:00"))
    shown = words(visitor(app, ada).get(f"/strategies/{strategy.id}/submit"))
    assert "I, Ada West, Acting Component executive for CBP, certify that I have read this strategy" in shown

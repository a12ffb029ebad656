"""What if, on its page: which policy is played is chosen where there are several."""

import pytest
from flask import Flask

from config.settings import POLICIES
from cxworkflow.models import Role
from cxworkflow.policies import read_policy
from cxworkflow.services import policies
from tests.stage import Stage, eastern
from tests.web.visiting import visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.e")]

WHICH = 'name="policy"'


def test_where_one_policy_is_in_force_nobody_is_asked_which(app: Flask, stage: Stage) -> None:
    assert WHICH not in visitor(app, stage.person(Role.CIO)).get("/what-if").get_data(as_text=True)


def test_where_several_are_in_force_one_of_them_is_chosen(app: Flask, stage: Stage) -> None:
    policies.load(read_policy(POLICIES / "eo-13571.toml"), at=eastern("2024-01-02 09:00"))
    page = visitor(app, stage.person(Role.CIO)).get("/what-if").get_data(as_text=True)
    assert WHICH in page
    assert '<option value="eo-13571">' in page
    assert '<option value="dhs-076-02">' in page


def test_a_policy_that_is_not_in_force_is_not_played(app: Flask, stage: Stage) -> None:
    answer = visitor(app, stage.person(Role.CIO)).post("/what-if", data={"policy": "eo-00000", "slip": "1"})
    assert "eo-00000" in words(answer)
    assert "What would happen" not in words(answer)

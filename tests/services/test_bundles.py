"""Reminders to one person within one sweep are bundled where the policy file allows it, and only there."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.mail.compose import message
from cxworkflow.models import Notice
from cxworkflow.services import reminders
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration
A_DAY = "2024-01-23 06:00"  # 14 days after the strategies were due: the CIO hears of every Component


def notices(kind: str, role: str) -> list[Notice]:
    """The notices of a kind to a role."""
    return list(session().scalars(select(Notice).where(Notice.kind == kind, Notice.to_role == role)))


def allowing(tmp_path: Path) -> Path:
    """The policy with bundling allowed."""
    told = (POLICIES / "dhs-076-02.toml").read_text()
    changed = tmp_path / "dhs-076-02.toml"
    changed.write_text(told.replace('paper = "', 'bundle_reminders = true\npaper = "', 1))
    return changed


def test_where_the_policy_allows_it_one_person_gets_one_e_mail(app: Flask, tmp_path: Path) -> None:
    Stage.set(allowing(tmp_path))
    reminders.sweep(at=eastern(A_DAY))
    [bundle] = notices("bundle", "cio")
    of_cio = [each for each in notices("deadline", "cio") if each.rung == 14]
    assert len(bundle.facts["bundled"]) >= len(of_cio) > 10
    assert {each.state.value for each in of_cio} == {"joined", "superseded"}
    assert len(bundle.facts["bundled"]) == len([each for each in notices("deadline", "cio") if each.state == "joined"])
    mail = message(bundle, sender="CX <cx@example.gov>", base_url="http://localhost", at=eastern(A_DAY))
    assert b"reminders: " in mail


def test_what_goes_out_in_one_e_mail_is_owed_in_one_part(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "PART", 1)
    Stage.set(allowing(tmp_path))
    reminders.sweep(at=eastern(A_DAY), after_part=lambda: pytest.fail("A part of it could be sent by itself."))
    assert len(notices("bundle", "cio")) == 1


def test_a_single_reminder_is_left_as_it_is(app: Flask, tmp_path: Path) -> None:
    Stage.set(allowing(tmp_path))
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    assert not notices("bundle", "lead")
    assert len(notices("deadline", "lead")) > 10


def test_where_the_policy_says_nothing_each_goes_out_by_itself(stage: Stage) -> None:
    reminders.sweep(at=eastern(A_DAY))
    assert not notices("bundle", "cio")
    assert len([each for each in notices("deadline", "cio") if each.state.value == "owed"]) > 10

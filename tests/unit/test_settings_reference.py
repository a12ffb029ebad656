"""The settings reference of the README: made from the class, and no setting is read that it leaves out."""

import re
from dataclasses import fields

import pytest

from config.reference import BEGINS, BESIDE, FOLLOW, OF_THE_CLASS, README, readme, rows
from config.settings import Settings
from tests.test_house import OURS, ROOT

pytestmark = pytest.mark.unit

# What we set for ourselves, from one process to another, and parts of others.
NOT_FOR_PEOPLE = {"SUPERVISED_IN"}


def test_the_table_is_up_to_date() -> None:
    assert BEGINS in README.read_text(encoding="utf-8")
    assert README.read_text(encoding="utf-8") == readme(), "write it anew: python -m config.reference"


def test_every_field_of_the_class_is_told_of() -> None:
    assert {each.name for each in fields(Settings)} == OF_THE_CLASS.keys() | FOLLOW.keys()


def test_every_setting_that_is_read_anywhere_is_told_of() -> None:
    named = re.compile(r'CXWORKFLOW_([A-Z_]+)\b|PREFIX\}([A-Z_]+)|environment, "([A-Z_]+)"')
    places = [*OURS, ROOT / "docker-compose.yml", ROOT / "Dockerfile"]
    read = {
        next(filter(None, found))
        for place in places
        if place.name != "reference.py"
        for found in named.findall(place.read_text(encoding="utf-8"))
    }
    told = {name.removeprefix("CXWORKFLOW_") for name, _, _ in rows()}
    in_files = {f"{name}_FILE" for name in told}
    assert {each for each in read if not each.startswith("OIDC_")} - told - in_files == NOT_FOR_PEOPLE
    assert told >= BESIDE.keys()


def test_what_is_needed_and_what_holds_otherwise_is_what_the_reading_says() -> None:
    without = {name.removeprefix("CXWORKFLOW_"): said for name, _, said in rows()}
    assert {name for name, said in without.items() if said == "needed"} == {
        "DATABASE_URL",
        "REDIS_URL",
        "SMTP_URL",
        "SECRET_KEY",
        "BASE_URL",
    }
    assert (without["ATTACHMENT_MEGABYTES"], without["SIGN_IN_LINKS"], without["TRUSTED_PROXIES"]) == ("10", "yes", "0")

"""Two more mandates, from their files alone: Executive Orders 13571 and 12862, each played from its signature on."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cxworkflow.rehearsal import read_scenario, rehearse

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ORDERS = Path(__file__).parent / "orders"


def play(name: str, server_url: str) -> Any:
    return rehearse(read_scenario(ORDERS / f"{name}.json"), server_url=server_url)


def clocks_of(told: Any, kind: str) -> dict[str, tuple[str, str]]:
    return {each["component"]: (each["due_on"], each["state"]) for each in told["clocks"] if each["clock"] == kind}


@pytest.mark.clause("eo-13571 2")
@pytest.mark.clause("eo-13571 3")
@pytest.mark.clause("eo-13571 4")
@pytest.mark.clause("eo-13571 5")
@pytest.mark.clause("eo-13571 6")
@pytest.mark.clause("eo-13571 7")
def test_plans_under_eo_13571_are_consulted_on_published_and_withheld_in_part(server_url: str) -> None:
    told = play("eo-13571", server_url)
    assert {each["policy"] for each in told["clocks"]} == {"eo-13571"}
    # The consultation ends a minute before, and a minute after, the midnight of the last day; one agency never files.
    assert clocks_of(told, "plan") == {
        "VA": ("2011-10-24", "met"),
        "SSA": ("2011-10-24", "late"),
        "HUD": ("2011-11-07", "overdue"),  # 14 days without appropriations
    }
    stood = {each["component"]: each["status"] for each in told["strategies"]}
    assert stood == {"VA": "approved", "SSA": "approved", "FCC": "approved"}  # FCC was invited, and had no clock
    assert clocks_of(told, "publication") == {
        "VA": ("2011-11-23", "met"),
        "SSA": ("2011-11-24", "overdue"),
        "FCC": ("2011-12-10", "overdue"),
    }
    (published,) = told["published"]
    text = str(published["text"])
    assert published["component"] == "VA"
    assert "Where Is My Claim" in text
    assert "Ellis and Ward" not in text
    assert "law enforcement" in text
    steps = [each for each in told["commitments"] if each["component"] == "VA"]
    assert {each["kind"] for each in steps} == {"step"}
    assert [each["due_on"] for each in steps][0:2] == ["2012-03-30", "2012-01-31"]
    assert len(steps) == 6
    kinds = Counter(each["kind"] for each in told["notices"])
    assert {"deadline", "submitted", "returned", "recommended", "approved", "delivered"} <= kinds.keys()
    assert all(each["sent_at"] for each in told["notices"])
    of_hud = [each for each in told["notices"] if (each["component"], each["kind"]) == ("HUD", "deadline")]
    to_hud = [each["rung"] for each in of_hud if each["to_role"] == "lead"]
    assert to_hud == [-60, -30, -14, -7, -3, -1, 0, 1, 7, 14, 28, 42]


@pytest.mark.clause("eo-12862 2")
@pytest.mark.clause("eo-12862 3")
@pytest.mark.clause("eo-12862 4")
def test_reports_and_plans_under_eo_12862_are_met_by_what_was_delivered_and_published(server_url: str) -> None:
    told = play("eo-12862", server_url)
    assert clocks_of(told, "survey-report") == {"TREAS": ("1994-03-08", "met"), "USDA": ("1994-03-08", "late")}
    assert clocks_of(told, "plan") == {"TREAS": ("1994-09-08", "met"), "USDA": ("1994-09-08", "overdue")}
    assert {each["component"] for each in told["published"]} == {"TREAS", "NRC"}  # NRC was invited
    kept = {(each["kind"], each["due_on"]) for each in told["commitments"] if each["component"] == "TREAS"}
    assert kept == {("survey", "1995-03-31"), ("standard", "1995-01-02"), ("training", "1995-06-30")}
    delivered = [each for each in told["notices"] if each["kind"] == "delivered"]
    assert {each["component"] for each in delivered} == {"TREAS", "USDA"}
    assert {each["to_role"] for each in delivered} == {"lead", "executive", "directorate-lead"}

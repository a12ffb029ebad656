"""Quarters in a rehearsal: entered from a file, cleared, sent; and the silence of who sends nothing."""

from pathlib import Path
from typing import Any

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.policies.collection import our_collection
from tests import hisps
from tests.rehearsal.scenes import event

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.f", "omb-a11-280 280.data")]

DAYS = "2023-12-20 2024-02-05"


def quarter(at: str, step: str, *, by: str = "lead", **facts: str) -> dict[str, str]:
    return event(at, "quarter", "CBP", by=by, quarter="2024-Q1", step=step, **facts)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """CBP's numbers of the first quarter of 2024, beside the scenario."""
    columns = our_collection().columns_of(our_collection().form(hisps.TRUST))
    heading = ["year", "quarter", "service_name", "channel", *columns]
    cells = ["2024", "1", "Trusted traveler enrollment", "website", *hisps.typed().values()]
    (tmp_path / "cbp.csv").write_text("\n".join([",".join(heading), ",".join(cells)]), encoding="utf-8")
    return "cbp.csv"


def test_a_quarter_is_played_to_its_end_beside_the_silence_of_another_hisp(play: Any, file: str) -> None:
    told = play(
        quarter("2024-01-10T10:00", "enter", file=file),
        quarter("2024-01-10T11:00", "submit"),
        quarter("2024-01-11T09:00", "clear", by="cio"),
        quarter("2024-01-12T09:00", "send"),
        components="CBP FEMA",
        days=DAYS,
    )
    clocks = {(each["component"], each["cycle"]): each for each in told["clocks"] if each.get("cycle") == "2024-Q1"}
    assert {key: each["state"] for key, each in clocks.items()} == {
        ("CBP", "2024-Q1"): "met",
        ("FEMA", "2024-Q1"): "overdue",
    }
    assert clocks["FEMA", "2024-Q1"]["due_on"] == "2024-01-30"
    stands = {(each["component"], each["cycle"]): (each["state"], each["status"]) for each in told["quarters"]}
    # The register of a rehearsal has no OMB control numbers.
    assert stands["CBP", "2024-Q1"] == ("sent", "yellow")
    assert stands["FEMA", "2024-Q1"] == ("open", "red")
    kinds = [each["kind"] for each in told["notices"] if each["component"] == "CBP"]
    assert {"quarter-submitted", "quarter-cleared", "quarter-sent"} <= set(kinds)
    reminded = {
        each["rung"] for each in told["notices"] if each["component"] == "FEMA" and each["due_on"] == "2024-01-30"
    }
    assert reminded == {-14, -7, -3, -1, 0, 1}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"step": "send"}, "CBP has entered nothing for 2024-Q1 yet: enter it first."),
        ({"step": "enter", "file": "nothing.csv"}, "There is no file “nothing.csv” beside the scenario."),
    ],
)
def test_what_can_not_be_played_is_told_with_its_line(play: Any, facts: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as told:
        play(quarter("2024-01-10T10:00", **facts), components="CBP", days=DAYS)
    assert "line 2, quarter (CBP)" in str(told.value)


def test_a_quarter_that_is_none_is_told_before_anything_is_played(play: Any) -> None:
    with pytest.raises(InvalidInput, match="“quarter” should be a fiscal quarter"):
        play({**quarter("2024-01-10T10:00", "send"), "quarter": "2024-Q7"}, components="CBP", days=DAYS)

"""What a rehearsal plays after an approval: commitments until the close, and what the public reads."""

import json
from pathlib import Path
from typing import Any

import pytest

from cxworkflow.errors import InvalidInput
from tests.rehearsal.scenes import clock_of, event
from tests.stage import answers
from tests.uploads.samples import png

pytestmark = pytest.mark.integration


def test_commitments_are_kept_until_the_close_of_the_fiscal_year(play: Any, tmp_path: Path) -> None:
    paper = answers(hisp=False)
    metric, activity = paper["IV.c.3"]["metrics"][0]["name"], paper["IV.c.4"]["activities"][0]["what"]
    (tmp_path / "seen.png").write_bytes(png())
    told = play(
        event("2023-12-01T09:00", "import", "CBP", file="hisp.json"),
        event("2023-12-01T09:00", "import", "USCG", file="plain.json"),
        event("2023-12-18T15:00", "submit", "CBP"),
        event("2023-12-18T15:00", "submit", "USCG"),
        event("2024-01-08T11:00", "approve", "CBP", by="cio"),
        event("2024-01-08T11:00", "approve", "USCG", by="cio"),
        event("2024-03-01T11:00", "reading", "USCG", metric=metric, value=64.5),
        event("2024-05-01T11:00", "evidence", "USCG", commitment=activity, file="seen.png"),
        event("2024-05-02T11:00", "report", "USCG", commitment=activity, statement="All forms are tested."),
        event("2024-05-13T11:00", "accept", "USCG", by="directorate-lead", commitment=activity),
        event("2024-06-03T11:00", "report", "USCG", statement="Every part is in place."),
        event("2024-06-20T11:00", "accept", "USCG", by="directorate-lead", text="The metrics run on."),
        days="2023-07-13 2024-10-02",
    )
    done = next(each for each in told["commitments"] if each["title"] == activity and each["component"] == "USCG")
    assert (done["state"], done["done_on"]) == ("accepted", "2024-05-02")
    assert clock_of(told, "implementation", "USCG")["stopped_on"] == "2024-06-03"
    assert clock_of(told, "implementation", "CBP")["state"] == "overdue"
    (close,) = told["closes"]
    assert close == {"closed_on": "2024-09-30", "implemented": ["USCG"], "not_implemented": ["CBP"]}
    asked = [each["to"] for each in told["notices"] if each["kind"] == "close-statement-asked"]
    assert sorted(asked) == ["executive.cbp@rehearsal.example", "lead.cbp@rehearsal.example"]
    of_commitments = {each["rung"] for each in told["notices"] if each["clock"] == "commitment"}
    assert of_commitments == {-14, -3, 0, 7}


def test_a_commitment_that_there_is_not_and_a_reading_of_a_day_to_come_are_refused_with_their_line(play: Any) -> None:
    begun = (
        event("2023-12-01T09:00", "import", "USCG", file="plain.json"),
        event("2023-12-18T15:00", "submit", "USCG"),
        event("2024-01-08T11:00", "approve", "USCG", by="cio"),
    )
    metric = answers(hisp=False)["IV.c.3"]["metrics"][0]["name"]
    with pytest.raises(InvalidInput, match="There is no commitment “Cake” here"):
        play(*begun, event("2024-01-09T11:00", "report", "USCG", commitment="Cake"), components="USCG")
    late = event("2024-01-09T11:00", "reading", "USCG", metric=metric, value=1, as_of="2024-01-10")
    with pytest.raises(InvalidInput, match="January 10, 2024 has not come yet"):
        play(*begun, late, components="USCG")


def test_the_directorate_publishes_and_what_is_withheld_is_in_no_word_of_it(play: Any) -> None:
    told = play(
        event("2023-10-02T09:00", "import", "USCG", file="plain.json", **{"as": "USCG"}),
        event("2023-10-03T09:00", "submit", "USCG"),
        event("2023-10-20T09:00", "approve", "USCG", by="cio"),
        event(
            "2023-11-01T09:00",
            "publish",
            "USCG",
            by="directorate-lead",
            released_by="cio",
            sections=["IV.c.3", "IV.c.5.a"],
            withhold=[
                {"clause": "IV.c.3", "field": "metrics", "row": 1, "basis": "law-enforcement"},
                {"clause": "IV.c.5.a", "field": "text", "basis": "privileged"},
            ],
        ),
    )
    (published,) = told["published"]
    assert (published["component"], published["path"]) == ("USCG", "/published/dhs-076-02/uscg")
    said = json.dumps(published["text"])
    content = answers(hisp=False)
    assert "[Withheld: law enforcement]" in said
    assert content["IV.c.3"]["metrics"][0]["name"] not in said
    assert content["IV.c.5.a"]["text"] not in said
    assert content["IV.c.3"]["text"] in said


def test_a_publication_needs_a_second_person_in_a_rehearsal_too(play: Any) -> None:
    with pytest.raises(InvalidInput, match="Another person has to release it"):
        play(
            event("2023-10-02T09:00", "import", "USCG", file="plain.json", **{"as": "USCG"}),
            event("2023-10-03T09:00", "submit", "USCG"),
            event("2023-10-20T09:00", "approve", "USCG", by="cio"),
            event("2023-11-01T09:00", "publish", "USCG", by="directorate-lead", released_by="directorate-lead"),
        )

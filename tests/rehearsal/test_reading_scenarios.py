"""A scenario is read strictly: what is wrong is told with its line, and nothing is played."""

import json
from pathlib import Path
from typing import Any

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.rehearsal import read_scenario
from cxworkflow.rehearsal.events import EVENT, VERBS

pytestmark = pytest.mark.unit

HEAD = """{
  "policy": "dhs-076-02", "from": "2023-07-13", "to": "2024-01-31", "components": ["CBP", "S&T"],
  "events": [
"""
SUBMIT = '{"at": "2023-12-18T15:00:00-05:00", "do": "submit", "component": "CBP", "by": "lead"}'


def event(**facts: str) -> str:
    return json.dumps({"at": "2024-01-05T11:00:00Z", **facts})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def faults_in(file: Path, text: str | bytes) -> list[str]:
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidInput) as refused:
        read_scenario(file)
    assert str(refused.value).splitlines()[0].startswith("plan.json: ")
    return [str(fault) for fault in refused.value.faults]


def with_events(*events: str) -> str:
    return HEAD + ",\n".join(events) + "\n]}"


def with_head(**changes: Any) -> str:
    head = {"policy": "dhs-076-02", "from": "2023-07-13", "to": "2024-01-31", "components": ["CBP"], "events": []}
    return json.dumps({key: value for key, value in {**head, **changes}.items() if value is not None})


def test_events_are_read_in_the_order_of_their_time_and_keep_their_lines(file: Path) -> None:
    later = event(do="return", component="CBP", by="cio", reason="No [, ] or } here.").replace(", ", ",\n", 1)
    file.write_text(with_events(later, SUBMIT), encoding="utf-8")
    scenario = read_scenario(file)
    assert [(event.do, event.line) for event in scenario.events] == [("submit", 6), ("return", 4)]
    assert (scenario.components, scenario.file, scenario.folder) == (("CBP", "S&T"), "plan.json", file.parent)


def test_keys_may_stand_in_any_order_and_the_text_may_begin_with_a_mark(file: Path) -> None:
    text = (
        '{"events": ['
        + SUBMIT
        + '], "components": ["CBP"], "to": "2024-01-31", "from": "2023-07-13", "policy": "dhs-076-02"}'
    )
    file.write_text(text, encoding="utf-8-sig")
    assert [event.line for event in read_scenario(file).events] == [1]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ('{"do": "submit", "component": "CBP", "by": "lead"}', "“at” is missing."),
        (SUBMIT.replace('"component": "CBP", ', ""), "“component” is missing."),
        (SUBMIT.replace("submit", "fax"), "“do” should be one of: deliver, import,"),
        (SUBMIT.replace('"do": "submit", ', ""), "“do” should be one of: deliver, import,"),
        (SUBMIT.replace("-05:00", ""), "“at” should be a moment with its offset, such as 2023-12-18T15:00:00-05:00."),
        (SUBMIT.replace('"2023-12-18T15:00:00-05:00"', "1702929600"), "“at” should be a moment with its offset"),
        (SUBMIT.replace('"lead"', "7"), "“by” should be text in quotation marks."),
        (SUBMIT.replace('"by"', '"to": "x", "by"'), "“to” is not known for this event."),
        (SUBMIT.replace("CBP", "TSA"), "“TSA” is not among the scenario's components."),
        (
            SUBMIT.replace("2023-12-18", "2023-07-12"),
            "July 12, 2023 is not among the days that are played, July 13, 2023",
        ),
        (SUBMIT.replace("2023-12-18T15:00:00-05:00", "2024-02-01T05:00:00Z"), "February 1, 2024 is not among"),
        ('"submit"', "An event is an object with at, do and by."),
        (
            event(do="extend", component="CBP", clock="strategy", to="soon", by="cio", reason="A storm."),
            "“to” should be a day, such as 2024-02-08.",
        ),
        (
            event(do="recommend", component="CBP", by="cio", recommendation="no"),
            "“recommendation” should be 'approve' or 'return'.",
        ),
        (
            event(do="deliver", clock="strategy", what="cx-directorate", by="cio"),
            "“clock” is not known for this event.",
        ),
    ],
)
def test_a_wrong_event_is_told_with_its_line(file: Path, wrong: str, fault: str) -> None:
    (found,) = faults_in(file, with_events(SUBMIT, wrong))
    assert found.startswith(f"line 5: {fault}")


def test_the_last_minute_of_the_last_day_is_played_and_the_next_is_not(file: Path) -> None:
    last = SUBMIT.replace("2023-12-18T15:00:00-05:00", "2024-02-01T04:59:00Z")
    file.write_text(with_events(last), encoding="utf-8")
    assert len(read_scenario(file).events) == 1


def test_every_fault_is_told_at_once(file: Path) -> None:
    assert len(faults_in(file, with_events("{}", SUBMIT.replace("lead", "").replace('"by"', '"bye"'), "[]"))) == 4


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"policy": None}, "policy: Name the policy, such as order-7."),
        ({"policy": 76}, "policy: Name the policy"),
        ({"components": None}, "components: List the codes"),
        ({"components": []}, "components: List the codes"),
        ({"components": ["CBP", 2]}, "components: List the codes"),
        ({"components": ["CBP", "CBP"]}, "components: A Component is listed twice."),
        ({"from": None}, "from: This should be a day, such as 2023-07-13."),
        ({"to": "2024-02-30"}, "to: This should be a day"),
        ({"to": "2023-07-12"}, "to: The last day lies before the first one."),
        ({"to": "2123-07-12"}, "to: A rehearsal plays 3,660 days at most."),
        ({"events": {}}, "events: This should be a list of events."),
        ({"speed": "fast"}, "speed: A scenario has no such key. It has policy, from, to, components, events."),
    ],
)
def test_a_wrong_head_is_told_by_its_key(file: Path, changes: dict[str, Any], fault: str) -> None:
    (found,) = faults_in(file, with_head(**changes))
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "This file is empty. Give it a scenario"),
        (with_events(SUBMIT)[:-20], "This file is cut short"),
        ("[]", "A scenario is an object with policy, from, to, components, events."),
        (b'{"policy": "\xff"}', "Line 1 is not in UTF-8."),
        (
            with_head().replace('"events": []', '"events": [], "events": []'),
            "events: This key stands here more than once.",
        ),
        (with_events(SUBMIT.replace("lead", "le\\u0000ad")), "events[0].by: Character 3 is a control character"),
        (with_events(SUBMIT.replace("lead", "\\ud83d")), "events[0].by: Character 1 is half of a broken character"),
        ("[" * 100_000, "Lists and objects are nested too deeply"),
        (b"x" * 20_000_000, "This file has 5.0 MB; the most allowed is 5 MB."),
    ],
)
def test_what_is_not_a_scenario_at_all_is_told(file: Path, text: str | bytes, fault: str) -> None:
    assert faults_in(file, text)[0].startswith(fault)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(InvalidInput, match="This file can't be read"):
            read_scenario(path)


def test_the_verbs_that_are_told_are_the_verbs_that_are_read() -> None:
    schema = EVENT.json_schema()
    assert sorted(schema["discriminator"]["mapping"]) == sorted(VERBS.split(", "))

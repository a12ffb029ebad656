"""A CSV of quarterly numbers: taken in whole or not at all, with every wrong line named, in bounded memory."""

import io
import resource
import time
from collections.abc import Iterable

import pytest
from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed
from cxworkflow.models import Event, QuarterEntry, Role, Service
from cxworkflow.policies.collection import our_collection
from cxworkflow.services import quarter_files, quarters
from cxworkflow.services.quarter_files import Brought
from tests import hisps
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.f", "omb-a11-280 280.data")]

AT = eastern("2024-02-01 10:00")
COLLECTION = our_collection()
HEADING = ["year", "quarter", "service_name", "channel", *COLLECTION.columns_of(COLLECTION.form(hisps.COUNTS))]


@pytest.fixture
def service(stage: Stage) -> Service:
    return hisps.service(stage, channels=("website", "phone"))


def line(service: str = "Trusted traveler enrollment", channel: str = "website", **changed: str) -> list[str]:
    told = {"year": "2023", "quarter": "4", "service_name": service, "channel": channel}
    return list({**told, **hisps.typed(hisps.COUNTS), **changed}.values())


def file(*lines: list[str], heading: list[str] = HEADING) -> io.StringIO:
    return io.StringIO("\r\n".join(",".join(each) for each in (heading, *lines)))


def brought(stage: Stage, source: io.StringIO) -> Brought:
    component = stage.component("CBP")
    return quarter_files.bring_in(component, source, by=stage.person(Role.LEAD, "CBP"), at=AT)


def faults(stage: Stage, source: io.StringIO) -> list[str]:
    with refused(InvalidInput, "file: ") as told:
        brought(stage, source)
    return [fault.reason for fault in told.value.faults]


def test_a_file_fills_the_quarters_it_names(stage: Stage, service: Service) -> None:
    done = brought(stage, file(line(), line(channel="phone"), line(quarter="Q3", channel="PHONE".lower())))
    assert (done.lines, done.changed, done.cycles) == (3, 3, ("2023-Q3", "2023-Q4"))
    report = quarters.report_of(stage.component("CBP"), "2023-Q4")
    assert report is not None
    assert {entry.channel: entry.numbers["q7_5"] for entry in report.entries} == {"website": 10, "phone": 10}
    told = session().scalars(select(Event.details).where(Event.verb == "quarter-imported")).one()
    assert told == {"lines": 3, "changed": 3, "cycles": "2023-Q3, 2023-Q4"}


def test_the_same_file_again_changes_nothing_and_another_is_a_new_revision(stage: Stage, service: Service) -> None:
    brought(stage, file(line(), line(channel="phone")))
    assert brought(stage, file(line(), line(channel="phone"))).changed == 0
    assert brought(stage, file(line(volume_of_customers="2000"), line(channel="phone"))).changed == 1
    kept = session().execute(
        select(QuarterEntry.channel, QuarterEntry.revision).order_by(QuarterEntry.channel, QuarterEntry.revision)
    )
    assert kept.tuples().all() == [("phone", 1), ("website", 1), ("website", 2)]


def test_nothing_is_taken_when_one_line_is_wrong_and_all_wrong_lines_are_named(stage: Stage, service: Service) -> None:
    told = faults(
        stage,
        file(
            line(),
            line(service="Bridges"),
            line(channel="in-person"),
            line(quarter="5"),
            line(year="2025", quarter="1"),
            line(channel="phone", volume_of_respondents="401", q3_1="x"),
            line(),
            [*line(channel="phone"), "7"],
        ),
    )
    assert [reason.partition(".")[0] for reason in told] == [f"Line {number}" for number in range(3, 10)]
    said = "\n".join(told)
    assert "the register has no service “Bridges”" in said
    assert "is offered on website, phone, not on “in-person”" in said
    assert "“5” is not a quarter from 1 to 4" in said
    assert "Quarter 1 of fiscal year 2025 ends on December 31, 2024." in said
    assert "q3_1: Effectiveness, 1: “x” is not a whole number" in said
    assert "It repeats line 2: one line for each service, channel and quarter." in said
    assert "It has more cells than the heading has columns." in said


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        (["year"], "Line 1 lacks these columns: quarter, service_name, channel, volume_of_customers,"),
        ([*HEADING, "=cmd()"], "Line 1 has columns that the collection does not know: =cmd()."),
        ([*HEADING, "q1_1"], "Line 1 has these columns twice: q1_1."),
        ([], "Line 1 lacks these columns"),
    ],
)
def test_a_wrong_heading_is_told(stage: Stage, service: Service, heading: list[str], sentence: str) -> None:
    assert sentence in " ".join(faults(stage, file(line(), heading=heading)))


def test_a_file_without_lines_or_of_another_kind_is_told(stage: Stage, service: Service) -> None:
    assert faults(stage, file()) == ["The file has no lines below its heading."]
    odd = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00y"), "utf-8-sig", newline="")
    with refused(InvalidInput, "The file is not in UTF-8."):
        quarter_files.bring_in(stage.component("CBP"), odd, by=stage.person(Role.LEAD, "CBP"), at=AT)


def test_a_line_fills_one_form(stage: Stage, service: Service) -> None:
    both = ["year", "quarter", "service_name", "channel", *COLLECTION.columns]
    numbers = {**hisps.typed(hisps.COUNTS), **hisps.typed(hisps.TRUST)}
    told = ["2024", "1", service.name, "phone"]
    newer = hisps.typed(hisps.TRUST)
    only_newer = [*told, *(newer.get(column, "") for column in COLLECTION.columns)]
    assert brought(stage, file(only_newer, heading=both)).changed == 1
    mixed = [*told, *(numbers[column] for column in COLLECTION.columns)]
    assert "It has the columns of two forms." in faults(stage, file(mixed, heading=both))[0]
    early = ["2023", "4", *told[2:], *only_newer[4:]]
    assert "It has no answers." in faults(stage, file(early, heading=both))[0]


def test_a_quarter_that_was_sent_is_told_line_by_line_and_stays_as_it_was(stage: Stage, service: Service) -> None:
    hisps.sent(stage, service)
    told = faults(stage, file(line(volume_of_customers="2000"), line(quarter="3")))
    assert len(told) == 1
    assert "was sent to OMB on October 20, 2023" in told[0]


def test_only_the_lead_brings_a_file_in(stage: Stage, service: Service) -> None:
    for by in (stage.person(Role.LEAD, "FEMA"), stage.person(Role.CIO), stage.person(Role.CONTRIBUTOR, "CBP")):
        with refused(NotAllowed, "You may not report this Component’s quarterly data."):
            quarter_files.bring_in(stage.component("CBP"), file(line()), by=by, at=AT)


def hundred_thousand(wrong: Iterable[int]) -> io.StringIO:
    """Two channels and four quarters of 12,500 services; in the wrong lines there are too many respondents."""
    source, numbers = io.StringIO(newline=""), set(wrong)
    source.write(",".join(HEADING) + "\n")
    for number in range(100_000):
        cells = line(f"Service {number // 8}", "phone" if number % 2 else "website", quarter=str(number // 2 % 4 + 1))
        if number + 2 in numbers:
            cells[6] = "999999"
        source.write(",".join(cells) + "\n")
    return source


def most_memory() -> float:
    """The most that this process has ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_hundred_thousand_lines_with_three_bad_ones_get_an_answer_within_seconds(stage: Stage) -> None:
    component, by = stage.component("CBP"), stage.person(Role.LEAD, "CBP")
    facts = {"channels": ["website", "phone"], "omb_control_number": "", "from_on": AT.date().replace(year=2020)}
    names = [
        Service(component_id=component.id, name=f"Service {n}", added_at=AT, by_id=by.id, revision=1, **facts)
        for n in range(12_500)
    ]
    session().add_all(names)
    session().flush()
    source = hundred_thousand((17, 50_000, 100_001))
    before, begun = most_memory(), time.monotonic()
    with pytest.raises(InvalidInput) as told:
        quarter_files.bring_in(component, source, by=by, at=AT)
    took, most = time.monotonic() - begun, most_memory() - before
    assert [fault.reason.partition(".")[0] for fault in told.value.faults] == ["Line 17", "Line 50,000", "Line 100,001"]
    assert "Respondents (999,999) can’t be more than customers offered the survey (400)." in str(told.value)
    assert session().scalar(select(func.count(QuarterEntry.id))) == 0
    print(f"{took:.1f} s, {most:.0f} MB")
    assert took < 30, "within seconds, even on a machine that is busy with other things"
    assert most < 100

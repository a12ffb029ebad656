"""The register of Components: who files, who is covered, and what a wrong line gets to hear."""

from datetime import date
from pathlib import Path

import pytest

from cxworkflow.errors import InvalidInput, NotFound
from cxworkflow.policies.organizations import Organization, read_organization

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
SIGNED_ON = date(2023, 7, 13)

SMALL = """
id = "dept"
name = "Department"

[[components]]
code = "OCIO"
name = "Headquarters"
kind = "headquarters"
files = "self"
from_on = 2023-07-13

[[components]]
code = "OPA"
name = "Public Affairs"
kind = "headquarters"
covered_by = "OCIO"
from_on = 2023-07-13
until_on = 2024-01-01
"""


@pytest.fixture(scope="module")
def dhs() -> Organization:
    return read_organization(ROOT / "config" / "organizations" / "dhs.toml")


@pytest.mark.clause("IV.b")
@pytest.mark.clause("IV.b.note-1")
def test_those_who_file_for_themselves_are_obliged(dhs: Organization) -> None:
    obliged = {component.code for component in dhs.obliged(SIGNED_ON)}

    assert obliged == {
        *("CBP", "CISA", "FEMA", "FLETC", "ICE", "TSA", "USCG", "USCIS", "USSS"),
        *("I&A", "S&T", "CWMD", "OHS", "OSA", "OCIO"),
    }


@pytest.mark.clause("IV.b.note-1")
def test_headquarters_offices_are_covered_and_the_inspector_general_is_invited(dhs: Organization) -> None:
    assert {dhs.component(code).covered_by for code in ("MGMT", "OGC", "PLCY", "PRIV", "OIDO")} == {"OCIO"}
    assert dhs.component("OIG").files == "invited"


@pytest.mark.clause("IV.f", "omb-a11-280 280.hisp")
def test_four_components_are_high_impact_service_providers(dhs: Organization) -> None:
    assert {component.code for component in dhs.components if component.hisp} == {"CBP", "FEMA", "TSA", "USCIS"}


def test_a_line_counts_until_the_day_it_ends() -> None:
    office = read_organization(SMALL.encode()).component("OPA")

    assert office.in_force(date(2023, 12, 31))
    assert not office.in_force(date(2024, 1, 1))
    assert not office.in_force(date(2023, 7, 12))


def test_an_unknown_component_is_named() -> None:
    with pytest.raises(NotFound, match="no Component “XYZ”"):
        read_organization(SMALL.encode()).component("XYZ")


@pytest.mark.parametrize(
    ("find", "replace", "key", "says"),
    [
        ('code = "OPA"', 'code = "opa"', "components[opa].code", "capital letters"),
        ('code = "OPA"', 'code = "OCIO"', "components[OCIO].code", "stands here 2 times"),
        ('kind = "headquarters"', 'kind = "HQ!"', "components[OCIO].kind", "small letters"),
        ('files = "self"', 'files = "invited"', "components[OPA].covered_by", "Nobody covers it"),
        (
            'covered_by = "OCIO"',
            'covered_by = "OCI"',
            "components[OPA].covered_by",
            "it: “OCI” is no other",
        ),
        (
            'covered_by = "OCIO"',
            'covered_by = "OPA"',
            "components[OPA].covered_by",
            "it: “OPA” is no other",
        ),
        ('covered_by = "OCIO"', 'files = "ocio"', "components[OPA].files", "“ocio” is no way to file."),
        ('covered_by = "OCIO"', "", "components[OPA].files", "Who files for it?"),
        ('covered_by = "OCIO"', 'files = "covered"', "components[OPA].files", "Who files for it?"),
        ('covered_by = "OCIO"', 'covered_by = "OCIO"\nfiles = "self"', "components[OPA].covered_by", "“self”, too."),
        ("until_on = 2024-01-01", "until_on = 2023-01-01", "components[OPA].until_on", "not after from_on"),
        ('name = "Public Affairs"', "hisp = 1", "components[OPA].hisp", "true or false"),
        ('name = "Public Affairs"', "", "components[OPA].name", "missing"),
        ("until_on = 2024", 'part_of = "OCI"\nuntil_on = 2024', "components[OPA].part_of", "not another Component"),
        ("until_on = 2024", 'part_of = "OPA"\nuntil_on = 2024', "components[OPA].part_of", "not another Component"),
        ("until_on = 2024", 'continues = ["X"]\nuntil_on = 2024', "components[OPA].continues", "not another Component"),
    ],
)
def test_a_wrong_line_is_refused(find: str, replace: str, key: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_organization(SMALL.replace(find, replace, 1).encode(), file="dept.toml")

    faults = {fault.key: fault.reason for fault in refused.value.faults}
    assert says in faults[key]


def test_a_component_that_is_part_of_itself_by_a_circle_is_told() -> None:
    circle = SMALL.replace('files = "self"', 'files = "self"\npart_of = "OPA"', 1)
    circle = circle.replace('covered_by = "OCIO"', 'covered_by = "OCIO"\npart_of = "OCIO"', 1)
    with pytest.raises(InvalidInput, match="It would be a part of itself: OPA, OCIO"):
        read_organization(circle.encode())


def test_former_names_begin_with_the_oldest() -> None:
    names = '[{ name = "Press Office", until_on = 2023-09-01 }, { name = "News Office", until_on = 2023-08-01 }]'
    wrong = SMALL.replace("until_on = 2024-01-01", f"until_on = 2024-01-01\nformerly = {names}")
    with pytest.raises(InvalidInput, match="Begin with the name that was given up first"):
        read_organization(wrong.encode())


@pytest.mark.parametrize(
    ("lines", "key", "says"),
    [
        ('[{ part_of = "OCI", until_on = 2023-09-01 }]', "formerly_part_of", "“OCI” is not another Component"),
        ('[{ part_of = "OPA", until_on = 2023-09-01 }]', "formerly_part_of", "“OPA” is not another Component"),
        ('[{ part_of = "OCIO", until_on = "May" }]', "formerly_part_of[0].until_on", "date"),
        ('[{ part_of = "OCIO" }]', "formerly_part_of[0].until_on", "missing"),
        ("[{ until_on = 2023-09-01 }]", "formerly_part_of", "to the same place"),
        (
            '[{ until_on = 2023-09-01 }, { part_of = "OCIO", until_on = 2023-09-01 }]',
            "formerly_part_of",
            "out of order. Two places would hold on one day. Begin with the place that was given up first.",
        ),
    ],
)
def test_a_wrong_former_place_is_told(lines: str, key: str, says: str) -> None:
    wrong = SMALL.replace("until_on = 2024-01-01", f"formerly_part_of = {lines}\nuntil_on = 2024-01-01")
    with pytest.raises(InvalidInput) as refused:
        read_organization(wrong.encode())
    assert says in {fault.key: fault.reason for fault in refused.value.faults}[f"components[OPA].{key}"]


def test_a_circle_is_told_with_the_first_day_on_which_there_is_one() -> None:
    inner = 'formerly_part_of = [{ until_on = 2023-09-01 }, { part_of = "OCIO", until_on = 2023-11-01 }]'
    outer = 'part_of = "OPA"\nformerly_part_of = [{ until_on = DAY }]'
    both = SMALL.replace("until_on = 2024-01-01", inner)
    apart = both.replace('files = "self"', 'files = "self"\n' + outer.replace("DAY", "2023-11-01"), 1)
    assert read_organization(apart.encode()).component("OCIO").part_of == "OPA"
    together = both.replace('files = "self"', 'files = "self"\n' + outer.replace("DAY", "2023-10-31"), 1)
    with pytest.raises(InvalidInput, match="On October 31, 2023 it would be a part of itself: OPA, OCIO"):
        read_organization(together.encode())

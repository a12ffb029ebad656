"""A file to begin with, and what a new edition changes."""

from datetime import date
from pathlib import Path

import pytest

from config.settings import ORGANIZATIONS, POLICIES
from cxworkflow.cli import main, policy
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.comparison import changes
from cxworkflow.policies.starting import starting_text

pytestmark = pytest.mark.unit

TEXT = (POLICIES / "dhs-076-02.toml").read_text(encoding="utf-8")


def edition(*replaced: tuple[str, str]) -> Policy:
    """076-02 with something said otherwise."""
    text = TEXT
    for find, replace in replaced:
        assert find in text
        text = text.replace(find, replace, 1)
    return read_policy(text.encode())


def said(*replaced: tuple[str, str]) -> list[str]:
    return [str(change) for change in changes(edition(), edition(*replaced))]


def test_the_file_to_begin_with_passes_the_check_and_explains_every_part() -> None:
    text = starting_text("order-7", department="dhs", signed_on=date(2024, 2, 29))
    policy = read_policy(text.encode())
    assert (policy.id, policy.signed_on, policy.department) == ("order-7", date(2024, 2, 29), "dhs")
    tables = [line for line in text.splitlines() if line.startswith("# ---- ")]
    assert len(tables) == 6
    assert text.count("\n#") > 20


def test_it_is_written_once_under_a_name_that_can_be_an_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "order-7.toml"
    assert main(["policy", "new", str(new)]) == 0
    assert main(["policy", "check", str(new)]) == 0
    before = new.read_bytes()
    assert main(["policy", "new", str(new)]) == 1
    assert "This file is there already." in capsys.readouterr().err
    assert new.read_bytes() == before
    assert main(["policy", "new", str(tmp_path / "Order 7.toml")]) == 1
    assert "id: Use small letters" in capsys.readouterr().err
    assert main(["policy", "new", str(tmp_path / "order-8.toml"), "--department", "dsh"]) == 1
    assert "“dsh” has no file in config/organizations." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["order-7.toml"]


def test_a_policy_for_a_department_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lost.toml").write_text(TEXT.replace('department = "dhs"', 'department = "dsh"'), encoding="utf-8")
    assert main(["policy", "check", str(tmp_path / "lost.toml")]) == 1
    assert "lost.toml: department: “dsh” has no file in config/organizations." in capsys.readouterr().err


def test_the_check_tells_what_is_wrong_with_the_departments_components(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = (ORGANIZATIONS / "dhs.toml").read_text(encoding="utf-8")
    moved = 'code = "OHS"\npart_of = "MGNT"\nformerly_part_of = [{ part_of = "OHS", until_on = 2024-02-01 }]'
    (tmp_path / "dhs.toml").write_text(listed.replace('code = "OHS"', moved), encoding="utf-8")
    monkeypatch.setattr(policy, "ORGANIZATIONS", tmp_path)
    assert main(["policy", "check", str(POLICIES / "dhs-076-02.toml")]) == 1
    told = capsys.readouterr().err
    assert "dhs.toml: components[OHS].part_of: “MGNT” is not another Component of this file." in told
    assert "dhs.toml: components[OHS].formerly_part_of: “OHS” is not another Component of this file." in told


def test_two_editions_that_say_the_same_differ_in_nothing() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("find", "replace", "says"),
    [
        (
            "days = 180\nat_risk_days = 30",
            "days = 210\nat_risk_days = 30",
            "clock “strategy”: days was 180 and is 210.",
        ),
        (
            "signed_on = 2023-07-13",
            "signed_on = 2023-07-14",
            "policy: signed_on was July 13, 2023 and is July 14, 2023.",
        ),
        ("rungs = [-14, -3, 0, 7]", "rungs = [-14, 0]", "ladder “commitment”: rungs was -14, -3, 0, 7 and is -14, 0."),
        ('delivered = ["cio", "directorate-lead"]', "", "notice “delivered”: is gone."),
        (
            'label = "Reports to"',
            'label = "Who leads it reports to"',
            "section “IV.c.2”: fields[reports_to].label was “Reports to” and is “Who leads it reports to”.",
        ),
        (
            'key = "by"\nlabel = "By"',
            'key = "until"\nlabel = "By"',
            "section “IV.c.3”: fields[metrics].columns[by] is gone.",
        ),
    ],
)
def test_each_difference_is_a_sentence_with_its_place(find: str, replace: str, says: str) -> None:
    if 'key = "by"' in find:
        found = said((find, replace), ('due = "by"', 'due = "until"'), ('column = "by"', 'column = "until"'))
    elif find.startswith("delivered"):
        found = said((find, replace), ('notices = ["delivered", ', "notices = ["))
    else:
        found = said((find, replace))
    assert says in found


def test_two_policies_are_not_two_editions(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(POLICIES / f"{name}.toml") for name in ("eo-12862", "eo-13571")]
    assert main(["policy", "diff", *files]) == 1
    assert "two editions have the same id" in capsys.readouterr().err

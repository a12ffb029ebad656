"""A strategy's whole story: a folder that anybody can read, and check with one file of plain Python."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from cxworkflow import verify_record
from cxworkflow.cli import main as cli
from cxworkflow.db import session
from cxworkflow.documents.packing import write_folder, write_zip
from cxworkflow.documents.story import Folder
from cxworkflow.errors import NotAllowed
from cxworkflow.models import Event, Kind, Notice, Outcome, Role, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import anchors, attachments, comments, reviews, stories, strategies
from cxworkflow.uploads.examining import examine
from cxworkflow.verify_record import Anchor, check_folder
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.uploads.samples import png

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

VERIFIER = Path(verify_record.__file__)
REMARK = "Say how this is measured — “trust” alone is no metric."


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """A strategy of CBP that was returned, submitted again, recommended, approved and implemented; another of ICE."""
    lead = stage.person(Role.LEAD, "CBP")
    chief = stage.person(Role.DIRECTORATE_LEAD)
    strategy = stage.drafted("CBP")
    file = examine("baseline.png", png(), largest=1_000_000, clamd_url=None)
    attachments.attach(strategy, "IV.c.3", file, most=1_000_000, by=lead, at=eastern("2023-12-10 10:00"))
    strategies.submit(strategy, by=lead, at=eastern("2023-12-18 15:00"))
    remark = comments.comment(
        strategy, "IV.c.3", REMARK, kind=Kind.MUST_CHANGE, by=chief, at=eastern("2023-12-20 10:00")
    )
    comments.answer(remark, "We will add a baseline.", by=lead, at=eastern("2023-12-21 10:00"))
    reviews.send_back(strategy, reason="Metrics need baselines.", by=chief, at=eastern("2024-01-02 10:00"))
    strategies.submit(strategy, by=lead, at=eastern("2024-01-05 10:00"))
    comments.settle(remark, by=chief, at=eastern("2024-01-06 10:00"))
    reviews.recommend(strategy, Outcome.APPROVED, text="Good.", by=chief, at=eastern("2024-01-07 10:00"))
    stage.submitted("ICE")
    stage.approve(strategy, "2024-01-09 10:00")
    stage.implemented(strategy, "2024-05-01 10:00")
    for notice in session().scalars(select(Notice).where(Notice.strategy_id == strategy.id)):
        notice.state, notice.sent_at = NoticeState.SENT, notice.owed_at
    session().commit()
    anchors.anchor(eastern("2024-05-02 06:00").date(), eastern("2024-05-02 06:00"))
    session().commit()
    return strategy


@pytest.fixture
def folder(strategy: Strategy, tmp_path: Path) -> Path:
    """The folder that was taken out."""
    out = tmp_path / "story"
    write_folder(Folder(strategy, "CX <cx@example.gov>", "http://localhost").files(), out)
    return out


def verified(folder: Path, *more: str) -> tuple[int, str]:
    """What the one file of plain Python says, with nothing of ours and nothing else in reach."""
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(folder), *more], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_what_was_taken_out_can_be_read_and_verified(folder: Path, strategy: Strategy) -> None:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "story.json", "record.jsonl", "anchors.jsonl", "manifest.json", "verify_record.py"} <= there
    assert {"versions/1.json", "versions/1.html", "versions/2.json", "versions/2.html"} <= there
    assert any(name.startswith("attachments/") and name.endswith(".png") for name in there)
    assert any(name.startswith("e-mails/") for name in there)
    assert len([name for name in there if name.startswith("letters/")]) == 2
    page = (folder / "index.html").read_text(encoding="utf-8")
    for told in (
        REMARK,
        "We will add a baseline.",
        "Metrics need baselines.",
        "approved version 2",
        "All of it is in place.",
    ):
        assert told in page
    assert "<script" not in page
    own = subprocess.run(
        [sys.executable, "-I", "verify_record.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (own.returncode, own.stderr) == (0, "")
    last = session().scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert f"Verified: {last.seq} lines, the last with the hash {last.hash}" in own.stdout


def test_a_version_is_the_very_text_whose_hash_was_decided_on(folder: Path, strategy: Strategy) -> None:
    assert strategy.approved_version is not None
    text = (folder / "versions/2.json").read_bytes()
    assert sha256(text).hexdigest() == strategy.approved_version.sha256
    assert json.loads(text)["attachments"][0]["name"] == "baseline.png"


def test_what_is_not_of_this_strategy_is_withheld_and_still_in_its_place(folder: Path, strategy: Strategy) -> None:
    lines = [json.loads(line) for line in (folder / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    shown = [json.loads(line["body"]) for line in lines if "body" in line]
    clocks = {told["clock"] for told in shown if "clock" in told}
    assert 0 < len(shown) < len(lines)
    assert all(told.get("strategy") == strategy.id or told["clock"] in clocks for told in shown)
    assert "ICE" not in "".join(json.dumps(told) for told in shown)


def test_a_byte_changed_in_any_file_is_found_and_the_file_is_named(folder: Path) -> None:
    assert verified(folder)[0] == 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for spot in {0, len(whole) // 2}:
            path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
            code, told = verified(folder)
            assert code == 1, f"{path.name} at byte {spot}"
            name = path.relative_to(folder).as_posix()
            assert name in told or name == "manifest.sha256", told
        path.write_bytes(whole)
    assert verified(folder)[0] == 0


def test_a_file_that_is_missing_or_was_added_is_found(folder: Path) -> None:
    (folder / "versions/3.json").write_text("{}")
    assert "versions/3.json does not belong to the folder" in verified(folder)[1]
    (folder / "versions/3.json").unlink()
    (folder / "versions/1.json").unlink()
    assert "versions/1.json is missing" in verified(folder)[1]


def resealed(folder: Path) -> None:
    """What somebody does who changes a file and knows how the manifest is made."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    rows = (folder / "record.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(rows[-1])
    manifest["record"] = {"lines": last["seq"], "hash": last["hash"]}
    manifest["files"] = {name: sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]}
    written = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(written)
    (folder / "manifest.sha256").write_text(f"{sha256(written).hexdigest()}  manifest.json\n")


def test_a_text_changed_together_with_the_manifest_does_not_fit_the_record(folder: Path) -> None:
    for name in ("versions/1.json", next(iter(folder.glob("comments/*.txt"))).relative_to(folder).as_posix()):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole.replace(b"a", b"e", 1))
        resealed(folder)
        code, told = verified(folder)
        assert code == 1
        assert f"{name} is not the text that line" in told
        (folder / name).write_bytes(whole)


def test_a_tail_that_was_cut_off_with_the_manifest_is_known_by_an_anchor(folder: Path, tmp_path: Path) -> None:
    path = folder / "record.jsonl"
    kept = tmp_path / "my-anchors.jsonl"
    shutil.copy(folder / "anchors.jsonl", kept)
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[:-1]), encoding="utf-8")
    (folder / "anchors.jsonl").write_text("")
    resealed(folder)
    code, told = verified(folder, "--anchors", str(kept))
    assert code == 1
    assert f"The record ends with line {len(rows) - 1}, but on 2024-05-02 it had line {len(rows)}" in told


def test_an_auditor_takes_it_out_as_a_zip_and_that_is_on_the_record(strategy: Strategy, stage: Stage) -> None:
    stories.take_out(strategy, by=stage.person(Role.AUDITOR), at=eastern("2024-05-03 10:00"))
    session().commit()
    out = io.BytesIO()
    write_zip(Folder(strategy, "CX <cx@example.gov>", "http://localhost").files(), out, within="cbp")
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        rows = archive.read("cbp/record.jsonl").decode().splitlines()
    last = json.loads(json.loads(rows[-1])["body"])
    assert (last["what"], last["as"], last["strategy"]) == ("exported", "auditor", strategy.id)


@pytest.mark.parametrize("role", [Role.LEAD, Role.DIRECTORATE_LEAD, Role.CIO, Role.ADMINISTRATOR])
def test_nobody_else_does(strategy: Strategy, stage: Stage, role: Role) -> None:
    by = stage.person(role, "CBP" if role is Role.LEAD else None)
    with refused(NotAllowed, "You may not take out a strategy's whole story."):
        stories.take_out(strategy, by=by, at=eastern("2024-05-03 10:00"))


def test_the_command_that_verifies_is_the_same_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["audit", "verify", str(folder)]) == 0
    assert "Verified:" in capsys.readouterr().out
    (folder / "index.html").write_text("Nothing happened.")
    assert cli(["audit", "verify", str(folder)]) == 1
    assert "index.html was changed" in capsys.readouterr().err
    faults, _ = check_folder(folder, [Anchor(1, "", "0" * 64, "2024-01-09")])
    assert any("told elsewhere on 2024-01-09" in fault for fault in faults)

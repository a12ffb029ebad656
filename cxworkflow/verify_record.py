"""Checks a record that CX Workflow has given out: `python -I verify_record.py [FOLDER] [--anchors FILE]`.

This one file needs nothing but Python 3.9 or newer, none of the system that made the record, and no network. Take it
from a source that you trust rather than from the folder that you check.

How the record is made, so that anybody can write another program that checks it
--------------------------------------------------------------------------------
The record is a list of lines, numbered 1, 2, 3 and so on without a gap. Each line has

    seq          its number
    time         when the database wrote it, in UTC, always like 2024-01-09T15:00:00.000000Z
    body         what it says: JSON in canonical form (RFC 8785; lines of before November 2026 in PostgreSQL's)
    body_sha256  the SHA-256 of the body's UTF-8 bytes
    hash         what binds it to the line before

A SHA-256 is written as 64 digits 0-9 a-f; "\\n" is one line feed (byte 10); all text is in UTF-8.

    hash = SHA-256( hash of the line before + "\\n" + seq + "\\n" + time + "\\n" + body_sha256 )

The line before the first has 64 zeros for a hash. Since only the hash of the body goes into it, a body can be withheld,
and everybody can still see that the line is in its place.

A body names what was done ("what"), by whom (the number of a person in "by"; none: the system), as whom ("as"), when
("at"), in which request ("request") and on what: "component", "strategy", "clock" and "version" are numbers of rows,
"sha256" is the SHA-256 of that version's text, "details" is the rest.

An anchor is a copy of seq, time and hash of one line, made on the day itself and kept elsewhere. Without an anchor
nobody can tell whether lines were cut off the end, or whether the whole record was written anew.

What is in the folder
---------------------
    manifest.json    "files" with the SHA-256 of each, "record" with the number of lines and the last hash, "proofs"
                     with what in which line's body has to be the SHA-256 of which file
    manifest.sha256  the SHA-256 of manifest.json
    record.jsonl     every line of the record as one line of JSON, those of other matters without their body
    anchors.jsonl    the anchors that the system holds; compare them with those that were sent to you
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Optional

NOTHING = "0" * 64  # the hash before the first line
MANIFEST, SEAL, RECORD, ANCHORS = "manifest.json", "manifest.sha256", "record.jsonl", "anchors.jsonl"
MOST_TOLD = 20  # faults of one kind; the rest is counted


class Line(NamedTuple):
    """One line of the record; a withheld body is None."""

    seq: int
    time: str
    body: Optional[str]  # noqa: UP045  # older Pythons than ours run this file
    body_sha256: str
    hash: str


class Anchor(NamedTuple):
    """What was told elsewhere of one line."""

    seq: int
    time: str
    hash: str
    day: str


class Head(NamedTuple):
    """Where a record ends: with which line, and its hash."""

    seq: int
    hash: str


def sha256(data: bytes) -> str:
    """The SHA-256 as 64 digits."""
    return hashlib.sha256(data).hexdigest()


def line_hash(before: str, seq: int, time: str, body_sha256: str) -> str:
    """The hash of a line, given that of the line before."""
    return sha256(f"{before}\n{seq}\n{time}\n{body_sha256}".encode())


def check_lines(lines: Iterable[Line], anchors: Iterable[Anchor] = ()) -> tuple[list[str], Head]:
    """What is wrong with a record, in plain sentences that name the lines; and where it ends."""
    faults: list[str] = []
    waiting = sorted(set(anchors), reverse=True)
    head = Head(0, NOTHING)
    for line in lines:
        after_gap = line.seq > head.seq + 1
        if after_gap:
            missing = f"{head.seq + 1}" if line.seq == head.seq + 2 else f"{head.seq + 1} to {line.seq - 1}"
            faults.append(f"Missing from the record: line {missing}. It was deleted, or has another number now.")
        elif line.seq <= head.seq:
            faults.append(f"Line {line.seq} stands after line {head.seq}: it was inserted, repeated or moved.")
        if line.body is not None and sha256(line.body.encode("utf-8", "surrogatepass")) != line.body_sha256:
            faults.append(f"Line {line.seq}: what it says is not what was written then.")
        elif not after_gap and line_hash(head.hash, line.seq, line.time, line.body_sha256) != line.hash:
            faults.append(
                f"Line {line.seq} does not fit on the line before it: its text, time, number or hash was changed, "
                "or a line was inserted, deleted or moved here."
            )
        head = Head(line.seq, line.hash)
        while waiting and waiting[-1].seq <= line.seq:
            anchor = waiting.pop()
            if anchor.seq == line.seq and (anchor.hash, anchor.time) != (line.hash, line.time):
                faults.append(
                    f"Line {line.seq} is not the one that was told elsewhere on {anchor.day}: the record up to it "
                    "was written anew after that day, or the anchor was changed."
                )
    faults += [
        f"The record ends with line {head.seq}, but on {each.day} it had line {each.seq}: lines were cut off its end, "
        "or the anchor was changed."
        for each in reversed(waiting)
    ]
    return shortened(faults), head


def shortened(faults: list[str]) -> list[str]:
    """The first faults, and how many more there are: one change can upset every line after it."""
    more = len(faults) - MOST_TOLD
    return [*faults[:MOST_TOLD], f"And {more} more of this kind."] if more > 0 else faults


class Unreadable(ValueError):
    """A file that is not in the form that it has to have."""


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file like record.jsonl; raises Unreadable."""
    for number, told in _objects(path):
        try:
            body = None if told.get("body") is None else str(told["body"])
            line = Line(int(told["seq"]), str(told["time"]), body, str(told["body_sha256"]), str(told["hash"]))
        except (KeyError, TypeError, ValueError):
            raise Unreadable(f"{path.name}: row {number} is not a line of the record.") from None
        yield line


def read_anchors(path: Path) -> list[Anchor]:
    """The anchors of a file like anchors.jsonl; raises Unreadable."""
    rows = list(_objects(path))
    try:
        return [Anchor(int(told["seq"]), told["time"], told["hash"], told["day"]) for _, told in rows]
    except (KeyError, TypeError, ValueError):
        raise Unreadable(f"{path.name} is not a list of anchors.") from None


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    try:
        with path.open("rb") as file:
            for number, row in enumerate(file, start=1):
                yield number, dict(json.loads(row))
    except OSError as error:
        raise Unreadable(f"{path.name} can't be read ({error.strerror}).") from None
    except (ValueError, TypeError):
        raise Unreadable(f"{path.name}: row {number} can't be read.") from None


def check_folder(folder: Path, anchors: Iterable[Anchor] = ()) -> tuple[list[str], Head]:
    """What is wrong with a folder that was given out, in plain sentences; and where its record ends."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        files, record = dict(told["files"]), dict(told["record"])
        proofs = [(str(each["file"]), int(each["line"]), list(each["key"])) for each in told["proofs"]]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{MANIFEST} is missing or can't be read: what belongs to the folder is not known."], Head(0, NOTHING)
    faults = list(_check_files(folder, files))
    wanted = {line for _, line, _ in proofs}
    bodies: dict[int, str] = {}

    def noting() -> Iterator[Line]:
        for line in read_lines(folder / RECORD):
            if line.seq in wanted and line.body is not None:
                bodies[line.seq] = line.body
            yield line

    try:
        in_record, head = check_lines(noting(), [*anchors, *read_anchors(folder / ANCHORS)])
    except Unreadable as fault:
        return [*faults, str(fault)], Head(0, NOTHING)
    faults += in_record
    if (head.seq, head.hash) != (record.get("lines"), record.get("hash")):
        faults.append(
            f"The record ends with line {head.seq}, but {MANIFEST} tells of {record.get('lines')} lines with another "
            "end: lines were cut off or added."
        )
    faults += _check_proofs(folder, proofs, bodies)
    return faults, head


def _check_files(folder: Path, files: dict[str, str]) -> Iterator[str]:
    seal = (folder / SEAL).read_bytes() if (folder / SEAL).is_file() else b""
    if seal != f"{sha256((folder / MANIFEST).read_bytes())}  {MANIFEST}\n".encode():
        yield f"{MANIFEST} was changed, or {SEAL} was: they do not agree."
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(there - set(files) - {MANIFEST, SEAL}):
        yield f"{name} does not belong to the folder: it was added."
    for name, expected in sorted(files.items()):
        if name not in there:
            yield f"{name} is missing."
        elif sha256((folder / name).read_bytes()) != expected:
            yield f"{name} was changed: its SHA-256 is not the one in {MANIFEST}."


def _check_proofs(folder: Path, proofs: list[tuple[str, int, list[str]]], bodies: dict[int, str]) -> Iterator[str]:
    for name, number, keys in proofs:
        said: Any = json.loads(bodies.get(number, "{}"))
        for key in keys:
            said = said.get(key) if isinstance(said, dict) else None
        path = folder / name
        if not path.is_file() or sha256(path.read_bytes()) != said:
            yield f"{name} is not the text that line {number} of the record speaks of."


def main() -> int:
    """Check the folder that is named; 0 if nothing is wrong with it."""
    parser = argparse.ArgumentParser(description="Check a record that CX Workflow has given out.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    parser.add_argument("--anchors", type=Path, metavar="FILE", help="anchors that were kept elsewhere")
    given = parser.parse_args()
    try:
        anchors = read_anchors(given.anchors) if given.anchors else []
        faults, head = check_folder(given.folder, anchors)
    except Unreadable as unreadable:
        faults, head = [str(unreadable)], Head(0, NOTHING)
    for fault in faults:
        print(fault)
    if faults:
        print(f"NOT VERIFIED: {len(faults)} finding{'s' * (len(faults) > 1)}.")
        return 1
    kept = f"{len(anchors)} anchors of yours" if given.anchors else "no anchors of yours: see --anchors"
    print(
        f"Verified: {head.seq} lines, the last with the hash {head.hash}; every file is as it was given out ({kept})."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

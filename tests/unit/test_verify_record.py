"""The standalone verifier: whatever is done to a record, it is found, and the line is named."""

import json
import random
from collections.abc import Callable

import pytest

from cxworkflow.verify_record import NOTHING, Anchor, Line, check_lines, line_hash, sha256

pytestmark = pytest.mark.unit

LENGTH = 1_000
TRIALS = 100


def written(length: int) -> list[Line]:
    """A record as the database writes it."""
    lines, before = [], NOTHING
    for seq in range(1, length + 1):
        body = json.dumps({"event": seq, "what": "saved", "by": seq % 7})
        time = f"2024-01-{1 + seq % 28:02}T15:00:00.{seq:06}Z"
        its_hash = line_hash(before, seq, time, sha256(body.encode()))
        lines.append(Line(seq, time, body, sha256(body.encode()), its_hash))
        before = its_hash
    return lines


RECORD = written(LENGTH)
LAST = Anchor(LENGTH, RECORD[-1].time, RECORD[-1].hash, "2024-02-01")
Tampering = Callable[[list[Line], int, random.Random], None]


def flip_body(lines: list[Line], at: int, chance: random.Random) -> None:
    body = lines[at].body or ""
    spot = chance.randrange(len(body))
    lines[at] = lines[at]._replace(body=body[:spot] + chr(ord(body[spot]) ^ 1) + body[spot + 1 :])


def flip_body_with_its_hash(lines: list[Line], at: int, chance: random.Random) -> None:
    flip_body(lines, at, chance)
    lines[at] = lines[at]._replace(body_sha256=sha256((lines[at].body or "").encode()))


def flip_hash(lines: list[Line], at: int, chance: random.Random) -> None:
    spot = chance.randrange(64)
    other = "0" if lines[at].hash[spot] != "0" else "1"
    lines[at] = lines[at]._replace(hash=lines[at].hash[:spot] + other + lines[at].hash[spot + 1 :])


def backdate(lines: list[Line], at: int, chance: random.Random) -> None:
    lines[at] = lines[at]._replace(time=f"2023{lines[at].time[4:]}")


def rewrite_one(lines: list[Line], at: int, chance: random.Random) -> None:
    """Another text, with a hash that fits on the line before."""
    body, before = '{"what": "nothing"}', lines[at - 1].hash if at else NOTHING
    line = lines[at]._replace(body=body, body_sha256=sha256(body.encode()))
    lines[at] = line._replace(hash=line_hash(before, line.seq, line.time, line.body_sha256))


def swap(lines: list[Line], at: int, chance: random.Random) -> None:
    other = (at + chance.randrange(1, LENGTH - 1)) % (LENGTH - 1)
    lines[at], lines[other] = lines[other], lines[at]


def swap_under_their_numbers(lines: list[Line], at: int, chance: random.Random) -> None:
    other = (at + chance.randrange(1, LENGTH - 1)) % (LENGTH - 1)
    one, two = lines[at], lines[other]
    lines[at], lines[other] = two._replace(seq=one.seq), one._replace(seq=two.seq)


def insert(lines: list[Line], at: int, chance: random.Random) -> None:
    lines.insert(at, chance.choice(lines))


def delete(lines: list[Line], at: int, chance: random.Random) -> None:
    del lines[at]


def delete_and_number_anew(lines: list[Line], at: int, chance: random.Random) -> None:
    lines[at:] = [line._replace(seq=line.seq - 1) for line in lines[at + 1 :]]


def cut_off(lines: list[Line], at: int, chance: random.Random) -> None:
    del lines[at:]


def write_anew(lines: list[Line], at: int, chance: random.Random) -> None:
    """The whole record from a line on, every hash right: only an anchor tells."""
    rewrite_one(lines, at, chance)
    for number in range(at + 1, len(lines)):
        line = lines[number]
        fits = line_hash(lines[number - 1].hash, line.seq, line.time, line.body_sha256)
        lines[number] = line._replace(hash=fits)


# What is done, and the line whose number has to stand in what is found, counted from where it is done.
TAMPERINGS: list[tuple[Tampering, int]] = [
    (flip_body, 0),
    (flip_body_with_its_hash, 0),
    (flip_hash, 0),
    (backdate, 0),
    (rewrite_one, 1),
    (swap, 0),
    (swap_under_their_numbers, 0),
    (insert, 0),
    (delete, 0),
    (delete_and_number_anew, 0),
    (cut_off, -1),
    (write_anew, LENGTH),
]


def test_a_record_that_nobody_touched_is_in_order() -> None:
    faults, head = check_lines(RECORD, [LAST])
    assert faults == []
    assert (head.seq, head.hash) == (LENGTH, RECORD[-1].hash)


@pytest.mark.asvs("V11.4.3")
@pytest.mark.parametrize(("tamper", "named"), TAMPERINGS, ids=lambda each: getattr(each, "__name__", None))
def test_every_tampering_is_found_and_the_line_is_named(tamper: Tampering, named: int) -> None:
    chance = random.Random(tamper.__name__)
    for _ in range(TRIALS):
        lines, at = list(RECORD), chance.randrange(LENGTH - 1)
        tamper(lines, at, chance)
        faults, _head = check_lines(lines, [LAST])
        number = LENGTH if named == LENGTH else at + 1 + named
        assert faults, f"{tamper.__name__} at line {at + 1} was not found"
        assert any(f"line {number}" in fault.lower() for fault in faults) or "inserted" in faults[0], faults


def test_a_withheld_body_leaves_the_chain_whole() -> None:
    lines = [line._replace(body=None) if line.seq % 3 else line for line in RECORD]
    assert check_lines(lines, [LAST])[0] == []

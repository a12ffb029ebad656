"""A policy file that is no TOML, or anything at all, is read or refused: never worse."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxworkflow.errors import InvalidInput
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.load import fitted
from cxworkflow.policies.rules import faults_between

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
REAL = (ROOT / "config" / "policies" / "dhs-076-02.toml").read_text(encoding="utf-8")


def refusal_of(found: bytes) -> str:
    """The one sentence about a file that can't be read at all."""
    with pytest.raises(InvalidInput) as refused:
        read_policy(found, file="order.toml")
    [fault] = refused.value.faults
    assert fault.key == ""
    return fault.reason


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (b'id = "x', "This is not TOML at its end"),
        (b"id = \ntitle = 3", "This is not TOML at line 1, column 6. This is not a value."),
        (b'id = "a"\nid = "b"\n', "This key stands here twice"),
        (b"[a]\n[a]\n", "at line 2, column 3. This table stands here twice"),
        (b"on = 2011-02-30\n", "not a day of the calendar"),
        (b"\n\nid = '\xe9'", "Line 3 is not in UTF-8"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"#" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_toml_says_where(found: bytes, says: str) -> None:
    assert says in refusal_of(found)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "policy.toml"

    with pytest.raises(InvalidInput) as refused:
        read_policy(missing)
    with pytest.raises(InvalidInput, match="This is a folder"):
        read_policy(tmp_path)

    assert str(refused.value) == f"{missing}: There is no such file. Check its name and folder."


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(data=st.data())
def test_whatever_stands_in_a_policy_is_read_or_refused(data: st.DataObject) -> None:
    raw = tomllib.loads(REAL)
    holder: Any = raw
    while True:
        place = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
        if not isinstance(holder[place], dict | list) or not holder[place] or data.draw(st.booleans()):
            break
        holder = holder[place]
    holder[place] = data.draw(ANYTHING)

    try:
        read = fitted(raw, Policy, faults_between, file=None)
    except InvalidInput as refusal:
        faults = refusal.faults
    else:
        assert read.id == raw["id"]
        return
    assert faults
    assert all(fault.key.isprintable() and fault.reason.isprintable() for fault in faults)

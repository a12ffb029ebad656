"""What people type, as the record keeps it."""

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.services.words import said

pytestmark = pytest.mark.unit


def test_a_text_is_kept_without_the_space_around_it() -> None:
    assert (
        said("  A storm drew the team away.\r\nIt is over. \n", "reason") == "A storm drew the team away.\nIt is over."
    )


def test_where_nothing_is_needed_nothing_may_be_said() -> None:
    assert (said(None, "authority"), said("   ", "authority")) == ("", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Say why."),
        (" \n ", "Say why."),
        ("A\x00B", "control character"),
        ("A\x1bB", "control character"),
        ("half \ud83d", "half of a broken character"),
        ("x" * 20_001, "20,001 characters"),
    ],
)
def test_what_can_not_be_kept_is_refused_at_its_place(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        said(text, "reason", needed="Say why.")
    assert [fault.key for fault in refused.value.faults] == ["reason"]

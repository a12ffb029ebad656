"""Names of attached files: only the last part is kept, nothing in it deceives, and its ending says the kind."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxworkflow.errors import InvalidInput
from cxworkflow.uploads.examining import examine, said_size
from cxworkflow.uploads.names import LONGEST, kind_of, safe_name
from tests.uploads.samples import SOUND

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Plan.pdf", "Plan.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\Plan.pdf", "Plan.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("  .hidden.pdf. ", "hidden.pdf"),
        ("Ha\u0301lf.pdf", "H\u00e1lf.pdf"),
        ("a\n b.pdf", "a b.pdf"),
        ("a\u200bb\u200f.pdf", "ab.pdf"),
    ],
)
def test_a_name_is_kept_as_far_as_it_does_no_harm(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@pytest.mark.parametrize("name", ["annual\u202efdp.exe.pdf", "a\u2066b.pdf", "a\0b.pdf", "a\x1b[2J.pdf"])
def test_a_name_that_reads_otherwise_than_it_is_stored_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"The name of this file can’t be kept\. Character \d+ is .* Remove it"):
        safe_name(name)


@pytest.mark.asvs("V1.3.4")
@pytest.mark.parametrize(
    "name", ["Plan.exe", "Plan", "Plan.docm", "Plan.xlsm", "Plan.pdf.zip", ".pdf", "Plan.", "svg", "a.svg"]
)
def test_other_kinds_of_files_are_refused_by_their_names(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not a kind of file that can be attached.*\.pdf, \.docx, \.xlsx, \.png"):
        kind_of(name)


def test_a_name_is_as_long_as_every_file_system_takes_it() -> None:
    assert safe_name("a" * (LONGEST - 4) + ".pdf")
    with pytest.raises(InvalidInput, match="has 151 characters; the most allowed is 150"):
        safe_name("a" * (LONGEST - 3) + ".pdf")


@pytest.mark.asvs("V5.3.2")
@given(st.text())
def test_no_name_leads_anywhere(sent: str) -> None:
    try:
        kept = safe_name(sent)
    except InvalidInput:
        return
    assert not re.search(r'[/\\<>:"|?*\0-\x1f]|^\.|\.$', kept)


def test_a_file_has_bytes_but_not_one_too_many() -> None:
    size = len(SOUND["png"])
    assert examine("a.png", SOUND["png"], largest=size, clamd_url=None).sha256
    with pytest.raises(
        InvalidInput, match=rf"“a\.png” has {size} bytes; the most allowed is 1 KB \({size - 1} bytes\)"
    ):
        examine("a.png", SOUND["png"], largest=size - 1, clamd_url=None)
    with pytest.raises(InvalidInput, match=r"“a\.png” is empty"):
        examine("a.png", b"", largest=size, clamd_url=None)
    with pytest.raises(InvalidInput, match=r"Choose a file first"):
        examine("", b"", largest=size, clamd_url=None)


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 KB"), (312_000, "305 KB"), (10 * 1024**2, "10 MB"), (1_500_000, "1.4 MB")]
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert said_size(size) == words

"""What changed between two texts, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxworkflow.policies.answers.words import Change, changed_words

pytestmark = pytest.mark.unit

MARKS = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "[+{}+]"}


def told(before: str, after: str) -> str:
    """Both texts as one, with marks around what was removed and added."""
    return "".join(MARKS[piece.change].format(piece.text) for piece in changed_words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("We hire two analysts.", "We hire three analysts.", "We hire[- two-][+ three+] analysts."),
        ("We hire two analysts. In May.", "In May.", "[-We hire two analysts.-] In May."),
        ("In May.", "In May. And in June.", "In May.[+ And in June.+]"),
        ("", "New.", "[+New.+]"),
        ("Old.", "", "[-Old.-]"),
        ("The same.", "The same.", "The same."),
        ("$1,200.50 a year", "$1,300.50 a year", "$[-1,200.50-][+1,300.50+] a year"),
        ("One line.\n\nAnother.", "One line. Another.", "One line.\n\nAnother."),
        ("The cat sat on the mat", "A dog lay on a rug", "[-The cat sat on the mat-][+A dog lay on a rug+]"),
    ],
)
def test_changed_words_are_told_and_the_others_stay(before: str, after: str, said: str) -> None:
    assert told(before, after) == said


@given(st.text("ab. \n", max_size=60), st.text("ab. \n", max_size=60))
def test_no_word_is_lost_on_either_side(before: str, after: str) -> None:
    pieces = changed_words(before, after)
    for text, other in ((before, Change.ADDED), (after, Change.REMOVED)):
        assert "".join("".join(each.text for each in pieces if each.change is not other).split()) == "".join(
            text.split()
        )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 40_000, "word " * 39_999),
        ("a " * 100_000, "a b " * 50_000),
        ("a. b! " * 30_000, "b? a. " * 30_000),
        ("x" * 200_000, "y" * 200_000),
        ("\n" * 200_000, "x" + "\n" * 199_999),
    ],
    ids=["a word less", "every second word", "every sentence", "one word", "nothing but lines"],
)
@pytest.mark.timeout(30)  # compared one by one, these would take hours
def test_a_long_paste_is_compared_all_the_same(before: str, after: str) -> None:
    assert changed_words(before, after)

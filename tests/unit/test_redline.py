"""What changed between two drafts in Markdown, as it reads."""

from cxworkflow.policies.answers.words import Change
from cxworkflow.redline import Passage, redline


def told(passages: list[Passage]) -> list[tuple[str, str]]:
    """Each passage's kind, and its words with removed ones in [-...-] and added ones in {+...+}."""
    marks = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return [
        (each.kind, "".join(marks[piece.change].format(piece.text.strip()) for piece in each.pieces))
        for each in passages
    ]


def test_words_are_compared_without_their_marks() -> None:
    before = "# Purpose\n\nThe **Directorate** serves all.\n\n- Forms\n- Calls"
    after = "# Purpose\n\nThe **Directorate** serves everybody.\n\n- Forms\n- Letters\n- Calls"
    assert told(redline(before, after)) == [
        ("heading", "Purpose"),
        ("par", "The Directorate serves[-all-]{+everybody+}."),
        ("item", "Forms"),
        ("item", "{+Letters+}"),
        ("item", "Calls"),
    ]


def test_what_is_gone_stands_where_it_stood() -> None:
    assert told(redline("One stays.\n\nThis goes.\n\nTwo stays.", "One stays.\n\nTwo stays.")) == [
        ("par", "One stays."),
        ("par", "[-This goes.-]"),
        ("par", "Two stays."),
    ]


def test_a_heading_that_became_a_paragraph_is_one_gone_and_another_come() -> None:
    assert told(redline("# Scope", "Scope")) == [("heading", "[-Scope-]"), ("par", "{+Scope+}")]


def test_marks_alone_change_no_words() -> None:
    assert not any(each.changed for each in redline("All **serve**.", "All serve."))


def test_the_depth_and_the_number_of_an_item_are_kept() -> None:
    passages = redline("", "1. One\n   - Inner")
    assert [(each.depth, each.mark) for each in passages] == [(1, "1."), (2, "•")]


def test_long_texts_are_set_against_each_other_as_a_whole() -> None:
    before, after = ("\n\n".join(f"{word} {number}." for number in range(200)) for word in ("Old", "New"))
    passages = redline(before, after)
    assert len(passages) == 400
    assert all(each.changed for each in passages)

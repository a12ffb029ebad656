"""What changed between two texts, word by word, in a time that no text makes long."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from re import compile as pattern

# Comparing takes as long as the product of the lengths, so at most so much of it at once. Texts are compared by
# sentences first, and the sentences that differ by words; what is longer still counts as replaced as a whole.
MOST_PAIRS = 250_000
ISLAND = 3  # characters: a word of so many that stands alone between two changes is shown as changed too

_WORDS = pattern(r"\s*(?:\w+(?:[.,'’-]\w+)*|[^\w\s])|\s+$")
_SENTENCES = pattern(r"\s*\S.*?(?:[.!?](?=\s)|\n|$)|\s+$")
Stretch = tuple[list[str], list[str]]


class Change(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words in a row, and what happened to them."""

    change: Change
    text: str


def changed_words(before: str, after: str) -> list[Piece]:
    """The pieces of two texts in order: the same and the removed make up the first, the same and the added the second.

    White space alone is no change; the longer one stands.
    """
    stretches: list[Stretch] = []
    for gone, come in _compared(_SENTENCES.findall(before), _SENTENCES.findall(after)):
        same = _bare(gone) == _bare(come)
        stretches += [(gone, come)] if same else _compared(_WORDS.findall("".join(gone)), _WORDS.findall("".join(come)))
    return _joined(_pieces(_without_islands(stretches)))


def _compared(before: list[str], after: list[str]) -> Iterator[Stretch]:
    """Stretches that together make up both lists: each the same on both sides, or different."""
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield before[:start], after[:start]
    if len(old) * len(new) <= MOST_PAIRS:
        matcher = SequenceMatcher(None, _bare(old), _bare(new), autojunk=False)
        yield from ((old[i:j], new[k:m]) for _, i, j, k, m in matcher.get_opcodes())
    else:
        yield old, new
    yield before[len(before) - end :], after[len(after) - end :]


def _bare(tokens: Iterable[str]) -> list[str]:
    return [token.strip() for token in tokens]


def _alike(one: list[str], other: list[str]) -> int:
    """How many are the same from the beginning."""
    pairs = zip(_bare(one), _bare(other), strict=False)
    return next((count for count, (each, its) in enumerate(pairs) if each != its), min(len(one), len(other)))


def _without_islands(stretches: list[Stretch]) -> Iterator[Stretch]:
    """The stretches, where a short word between two changes is part of the change."""
    told = [stretch for stretch in stretches if any(stretch)]
    same = [_bare(gone) == _bare(come) for gone, come in told]
    for place, (gone, come) in enumerate(told):
        alone = 0 < place < len(told) - 1 and not same[place - 1] and not same[place + 1]
        if same[place] and alone and len("".join(come).strip()) <= ISLAND:
            yield gone, []
            yield [], come
        else:
            yield gone, come


def _pieces(stretches: Iterable[Stretch]) -> Iterator[Piece]:
    for gone, come in stretches:
        if _bare(gone) == _bare(come):
            yield Piece(Change.SAME, max("".join(come), "".join(gone), key=len))
        else:
            yield Piece(Change.REMOVED, "".join(gone))
            yield Piece(Change.ADDED, "".join(come))


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece; what is removed comes before what was added in its place."""
    joined: list[Piece] = []
    removed = added = ""
    for piece in [*pieces, Piece(Change.SAME, "")]:
        if piece.change is Change.REMOVED:
            removed += piece.text
        elif piece.change is Change.ADDED:
            added += piece.text
        elif piece.text or removed or added:
            changed = [Piece(Change.REMOVED, removed), Piece(Change.ADDED, added)]
            joined += [each for each in changed if each.text]
            removed = added = ""
            if joined and joined[-1].change is Change.SAME:
                joined[-1] = Piece(Change.SAME, joined[-1].text + piece.text)
            elif piece.text:
                joined.append(piece)
    return joined

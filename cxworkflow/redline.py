"""What changed between two texts in Markdown, block by block as they read, and in each word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from cxworkflow.markdown import blocks
from cxworkflow.policies.answers.words import Piece, changed_words

ALIKE = 0.4  # how much two blocks have in common that are shown as one which was changed
MOST_PAIRS = 2_500  # blocks that are set against each other; of longer stretches all is shown as replaced


@dataclass(frozen=True)
class Passage:
    """A heading, a paragraph or an item of a list; `depth` counts the lists around it, `mark` is what stands before."""

    kind: str
    level: int
    depth: int
    mark: str
    pieces: Sequence[Piece]

    @property
    def changed(self) -> bool:
        """Whether it reads otherwise than before."""
        return any(piece.change != "same" for piece in self.pieces)


def redline(before: str, after: str) -> list[Passage]:
    """The passages of the later text in order, with what is gone from the earlier one where it stood."""
    old, new = blocks(before), blocks(after)
    matcher = SequenceMatcher(None, [_key(each) for each in old], [_key(each) for each in new], autojunk=False)
    return [
        _passage(gone, come) for _, i, j, k, m in matcher.get_opcodes() for gone, come in _paired(old[i:j], new[k:m])
    ]


Block = dict[str, Any]


def _key(block: Block) -> tuple[str, str]:
    return block["kind"], _words(block)


def _words(block: Block) -> str:
    return "".join(run["text"] for run in block["runs"])


def _paired(old: list[Block], new: list[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Blocks of a stretch side by side: the same ones, changed ones, and alone those that are gone or came."""
    partners = [(0, 0), *((i + 1, k + 1) for i, k in _partners(old, new)), (len(old) + 1, len(new) + 1)]
    for (i, k), (j, m) in pairwise(partners):
        yield from ((each, None) for each in old[i : j - 1])
        yield from ((None, each) for each in new[k : m - 1])
        if j <= len(old):
            yield old[j - 1], new[m - 1]


def _partners(old: list[Block], new: list[Block]) -> Iterator[tuple[int, int]]:
    """The places of blocks that belong together, in the order of both texts."""
    if len(old) * len(new) > MOST_PAIRS:
        return
    begin = 0
    for i, gone in enumerate(old):
        found = next((k for k in range(begin, len(new)) if _alike(gone, new[k])), None)
        if found is not None:
            yield i, found
            begin = found + 1


def _alike(one: Block, other: Block) -> bool:
    if one["kind"] != other["kind"]:
        return False
    return SequenceMatcher(None, _words(one).split(), _words(other).split(), autojunk=False).quick_ratio() >= ALIKE


def _passage(gone: Block | None, come: Block | None) -> Passage:
    shown = come or gone
    assert shown is not None
    pieces = changed_words(_words(gone) if gone else "", _words(come) if come else "")
    return Passage(shown["kind"], shown["level"], shown["depth"], shown["mark"], pieces)

"""The piece of a text in which a search found its words, with those words marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, case, cast, func, select
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY, TSVECTOR

from cxworkflow.db import session

# Around a word that was found. No text here may hold these characters, so nothing can be taken for such a mark.
BEGINS, ENDS = "\x02", "\x03"
ENGLISH = cast("english", REGCONFIG)
MARKS = f'StartSel="{BEGINS}", StopSel="{ENDS}"'
WHOLE, FRAGMENTS = (
    f"{MARKS}, HighlightAll=true",
    f'{MARKS}, MaxFragments=2, MinWords=8, MaxWords=28, FragmentDelimiter=" … "',
)
SHORT = 240  # characters: such a text is shown whole


class Piece(NamedTuple):
    """Some characters of an excerpt, and whether they are what was looked for."""

    text: str
    found: bool


@dataclass(frozen=True)
class Asked:
    """What is looked for, as PostgreSQL has understood it: three queries, empty where no word is left to look for."""

    whole: str  # in English
    needed: str  # of this, what has to be there
    named: str  # the words as they are, for names

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to look for: only common words, or only words to leave out."""
        return not (self.whole or self.named)

    @property
    def any_word(self) -> str:
        """Each of its words alone, as a tsquery."""
        return " | ".join(f"'{word}'" for word in re.findall(r"'((?:[^']|'')*)'", self.whole))


def understood(words: str) -> Asked:
    """What somebody typed, read as search engines do: quotation marks, a minus, or."""
    english = func.websearch_to_tsquery(ENGLISH, words)
    simple = func.websearch_to_tsquery(cast("simple", REGCONFIG), words)
    trees = func.querytree(english), func.querytree(simple)
    whole, named, needed, also = session().execute(select(cast(english, Text), cast(simple, Text), *trees)).one()
    # "" or "T": PostgreSQL's names for a query without a word that has to be there.
    if needed in ("", "T"):
        whole = needed = ""
    return Asked(whole, needed, "" if also in ("", "T") else named)


@dataclass(frozen=True)
class Excerpt:
    """Where in a row the words were found (`key` of the field; "" for the whole), and the words around them."""

    key: str
    pieces: tuple[Piece, ...]


def excerpts(asked: Asked, texts: Sequence[Sequence[tuple[str, str]]]) -> list[Excerpt | None]:
    """For each row, given as the keys and texts of its parts, the best part: one statement for all of them.

    None where the words stand in none of the parts, as a choice that is stored by another name.
    """
    parts = [(row, key, text) for row, each in enumerate(texts) for key, text in each]
    any_word = cast(asked.any_word, TSQUERY)
    given = (
        func.unnest(cast([text for _, _, text in parts], ARRAY(Text)))
        .table_valued("text", with_ordinality="place")
        .render_derived()
    )
    vector = func.to_tsvector(ENGLISH, given.c.text, type_=TSVECTOR)
    order = (vector.bool_op("@@")(cast(asked.whole, TSQUERY)).desc(), func.ts_rank(vector, any_word).desc())
    how = case((func.length(given.c.text) <= SHORT, WHOLE), else_=FRAGMENTS)
    wanted = select(given.c.place, func.ts_headline(ENGLISH, given.c.text, any_word, how)).where(
        vector.bool_op("@@")(any_word)
    )
    best: list[Excerpt | None] = [None] * len(texts)
    for place, headline in session().execute(wanted.order_by(*order, given.c.place)):
        row, key, _ = parts[place - 1]
        best[row] = best[row] or Excerpt(key, tuple(_pieces(headline)))
    return best


def _pieces(headline: str) -> list[Piece]:
    split = re.split(f"{BEGINS}([^{ENDS}]*){ENDS}", headline)
    return [Piece(text, found=bool(place % 2)) for place, text in enumerate(split) if text]

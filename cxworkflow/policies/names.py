"""What a policy calls those who act under it and what they file, and our own sentences in its words."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Self

from cxworkflow.policies.parts import Part, Prose


class Names(Part):
    """What a policy calls those who act under it, where they are not the Department's own."""

    decider: Prose = "Chief Information Officer"
    directorate: Prose = "CX Directorate"
    # Who files, and in a word what: "agency" and "plan". Their plurals follow.
    component: Prose = "Component"
    paper: Prose = "strategy"

    @property
    def components(self) -> str:
        """Several of those who file."""
        return _plural(self.component)

    @property
    def papers(self) -> str:
        """Several of what they file."""
        return _plural(self.paper)

    def in_words(self, said: str) -> str:
        """One of our own sentences or titles in the words of this policy: "Agency lead", "Chief Performance Officer".

        For fixed words only, with their markup or without: whatever a person wrote stays as it is.
        """
        theirs = _theirs(self)
        return _OURS.sub(lambda found: _other(found, theirs), said) if theirs else said

    def in_sentence(self, said: str) -> str:
        """The same of a sentence that tells of something: what stands in “quotation marks” is told as it is."""
        parts = _QUOTED.split(said)
        return "".join(each if each[:1] == "“" else self.in_words(each) for each in parts) if _theirs(self) else said

    @property
    def told(self) -> dict[str, str]:
        """What an e-mail is told of them, where they are not the usual ones: JSON values."""
        return {key: said for name, key in _TOLD.items() if (said := getattr(self, name)) != getattr(USUAL, name)}

    @classmethod
    def of_told(cls, facts: Mapping[str, Any]) -> Self:
        """The names as an e-mail was told of them."""
        return cls(**{name: facts[key] for name, key in _TOLD.items() if key in facts})


USUAL = Names()
_NEUTRAL = Names(decider="deciding official", directorate="reviewing office", component="organization", paper="paper")
# What the facts of an e-mail call them: "component" and "paper" are there the code and the kind in full.
_TOLD = {"decider": "decider", "directorate": "directorate", "component": "called_component", "paper": "called_paper"}
_QUOTED = re.compile("(“[^”]*”)")


def shared(of_policies: Collection[Names]) -> Names:
    """The names that all these policies use; where they differ, a word that fits each. The usual ones of no policy."""
    said = {name: {getattr(each, name) for each in of_policies or [USUAL]} for name in Names.model_fields}
    return Names(**{name: each.pop() if len(each) == 1 else getattr(_NEUTRAL, name) for name, each in said.items()})


def is_ours(said: str) -> bool:
    """Whether there is a word in it that another policy may have another one for."""
    return _OURS.search(said) is not None


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


# Our nouns, with their article. What stands in braces is a fact's place, to be filled in afterwards; and a small
# "strategy" right beside a quotation mark, a stroke or the like is part of an address or the name of a box.
_OURS = re.compile(
    r"(?P<article>\b[Aa]n? )?"
    r"(?P<noun>(?<![\w{/])(?:Chief Information Officer|CIO|CX Directorate|Directorate|Components?|Strategy|Strategies)"
    r"(?![\w}])"
    r"""|(?<![\w{/"'=#&?.-])strateg(?:y|ies)(?![\w}/="-]|\.\w))"""
)
# Where a sentence, a title or a label begins: also after a tag, or in an attribute.
_BEGINS = re.compile(r"""(?:^(?:\s*\n\s*)?|[.!?] |[>"“]|>\s*\n\s*)$""")


@lru_cache(maxsize=1_000)
def _theirs(names: Names) -> dict[str, str]:
    """Their nouns by ours, of those that are not the same."""
    pairs = {
        "Chief Information Officer": (names.decider, USUAL.decider),
        "CIO": (names.decider, USUAL.decider),
        "CX Directorate": (names.directorate, USUAL.directorate),
        "Directorate": (names.directorate, USUAL.directorate),
        "Component": (names.component, USUAL.component),
        "Components": (names.components, USUAL.components),
        "strategy": (names.paper, USUAL.paper),
        "strategies": (names.papers, USUAL.papers),
    }
    return {ours: theirs for ours, (theirs, usual) in pairs.items() if theirs != usual}


def _other(found: re.Match[str], theirs: Mapping[str, str]) -> str:
    """Another noun for one of ours, with its article, and with a capital where a sentence or a title begins with it."""
    article, noun = found["article"] or "", found["noun"]
    before = found.string[: found.start()]
    begins = not article and _BEGINS.search(before) is not None
    ours = noun if noun in theirs else noun.lower()
    if ours not in theirs or (noun == "Directorate" and not begins and not before.lower().endswith("the ")):
        return found[0]
    if ours != noun and not begins:
        return found[0]  # a capital within a sentence: a name
    new = theirs[ours]
    if begins and noun[0].isupper():
        new = new[:1].upper() + new[1:]
    if article.strip().lower() in ("a", "an"):
        article = article[0] + ("n " if new[0].lower() in "aeiou" else " ")
    return article + new

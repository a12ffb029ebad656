"""What a policy's file says to those who write, review and decide: as passages that can be looked for."""

from collections.abc import Iterator
from typing import NamedTuple

from cxworkflow.policies.model import Policy
from cxworkflow.policies.parts import anchor
from cxworkflow.policies.questions import Section


class Passage(NamedTuple):
    """A piece of guidance: where it stands on its page, what it is called, and its words."""

    page: str  # "policy" or "glossary"
    anchor: str
    title: str
    text: str


def passages(policy: Policy) -> Iterator[Passage]:
    """Everything the policy's pages say: clauses, sections with their questions, principles, words."""
    for clause in policy.clauses:
        yield Passage("policy", anchor("clause", clause.id), f"Clause {clause.id}: {clause.title}", clause.summary)
    for section in policy.sections:
        yield _of_section(section)
    for principle in policy.principles:
        named = f"Principle {principle.number}"
        yield Passage("policy", anchor("principle", str(principle.number)), named, principle.title)
    for word in policy.words:
        yield Passage("glossary", anchor("word", word.word), f"Glossary: {word.word}", f"{word.word}: {word.meaning}")


def _of_section(section: Section) -> Passage:
    told = [section.asks, section.help, f"For example: {section.example}", section.rubric]
    for field in section.fields:
        for each in (field, *field.columns):
            told += [
                f"{each.label}: {each.help}" if each.help else "",
                f"For example: {each.example}" * bool(each.example),
            ]
    text = " ".join(part for part in told if part)
    return Passage("policy", anchor("section", section.clause), f"{section.clause} {section.title}", text)

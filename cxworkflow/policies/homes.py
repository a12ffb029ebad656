"""The homes of a clause: the clocks, sections, deliverables, pages and notices of the product that keep it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cxworkflow.errors import Fault
from cxworkflow.policies.clauses import Clause
from cxworkflow.policies.model import Policy
from cxworkflow.policies.pages import PAGES
from cxworkflow.policies.parts import anchor
from cxworkflow.policies.raw import Raw, entries, path_of, values
from cxworkflow.policies.wording import nearest, quoted
from cxworkflow.wording import NOTICE_KINDS

HomeKind = Literal["clock", "section", "deliverable", "action", "principle", "limit", "page", "notice", "clause"]


@dataclass(frozen=True)
class Home:
    """One place in which a clause is kept: its kind, its name in the policy's file, what it is called, its address."""

    kind: HomeKind
    name: str
    title: str
    path: str


def homes_of(policy: Policy, clause: Clause) -> tuple[Home, ...]:
    """Every home of a clause: first what names the clause itself, then what the clause names."""
    page, of, say = f"/policies/{policy.id}", clause.id, policy.names.in_words
    derived = [
        *(
            Home("clock", each.kind, each.title, f"/clocks/?kind={each.kind}")
            for each in policy.clocks
            if each.clause == of
        ),
        *(
            Home("section", of, each.title, f"{page}#{anchor('section', of)}")
            for each in policy.sections
            if each.clause == of
        ),
        *(
            Home("deliverable", each.id, each.title, f"{page}#deliverables")
            for each in policy.deliverables
            if each.clause == of
        ),
        *(
            Home("action", of, each.title, f"/directorate/actions/{policy.id}/{of}")
            for each in policy.actions
            if each.clause == of
        ),
        *(
            Home("principle", str(each.number), each.title, f"{page}#{anchor('principle', str(each.number))}")
            for each in policy.principles
            if each.clause == of
        ),
    ]
    if policy.extension_limit is not None and policy.extension_limit.clause == of:
        derived.append(Home("limit", "extension_limit", "The last day of any extension", f"{page}#clocks"))
    named = [
        *(Home("page", name, say(PAGES[name][0]), PAGES[name][1]) for name in clause.pages),
        *(Home("notice", kind, say(NOTICE_KINDS[kind]), f"{page}#told") for kind in clause.notices),
        *(
            Home("clause", each, policy.clause(each).title, f"{page}#{anchor('clause', each)}")
            for each in clause.through
        ),
    ]
    return (*derived, *named)


# The tables of a policy's file whose entries say which clause they keep.
_KEEPERS = ("clocks", "sections", "deliverables", "actions", "principles")


def home_faults(raw: Raw) -> Iterator[Fault]:
    """Clauses that nothing keeps, and homes that are not there."""
    known = values(raw, "clauses", "id", str)
    told = list(raw["notices"]) if isinstance(raw.get("notices"), dict) else []
    limit = raw.get("extension_limit")
    kept = {clause for table in _KEEPERS for clause in values(raw, table, "clause", str)}
    kept |= {limit["clause"]} if isinstance(limit, dict) and isinstance(limit.get("clause"), str) else set()
    for _, clause in entries(raw, "clauses"):
        if isinstance(clause.get("id"), str) and (_words(clause, "pages") or _words(clause, "notices")):
            kept.add(clause["id"])
    for loc, clause in entries(raw, "clauses"):
        through = _words(clause, "through")
        for name in through:
            if name not in known or name == clause.get("id"):
                reason = f"{quoted(name)} is not another of the [[clauses]].{nearest(name, known)} Name one that is."
                yield Fault(path_of((*loc, "through"), raw), reason)
        for kind in _words(clause, "notices"):
            if kind not in told:
                reason = f"Nobody is told when {quoted(kind)} happens. Say under [notices] who is.{nearest(kind, told)}"
                yield Fault(path_of((*loc, "notices"), raw), reason)
        if isinstance(clause.get("id"), str) and clause["id"] not in kept and not kept & set(through):
            reason = (
                "Nothing keeps this clause. Name it at a clock, section, deliverable, action or principle, or name "
                "here the pages or notices that do, or the clauses through whose homes it is kept."
            )
            yield Fault(path_of((*loc, "id"), raw), reason)


def _words(raw: Raw, key: str) -> list[str]:
    value = raw.get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

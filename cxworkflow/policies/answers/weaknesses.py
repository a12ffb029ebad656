"""What is complete but weak: the policy's own rules of thumb, which keep nothing from being submitted."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from cxworkflow.errors import Fault
from cxworkflow.policies.answers.sections import Content, check_section
from cxworkflow.policies.model import Policy
from cxworkflow.policies.questions import Section, Weakness
from cxworkflow.policies.wording import long_date

RUN = 4  # words in a row
FEWEST_RUNS = 6  # in shorter texts, the same words come together by chance
MOSTLY = 0.6  # of the runs of the shorter text

Found = Iterator[tuple[str, dict[str, str]]]


def weak_in(policy: Policy, section: Section, answers: Mapping[str, object]) -> list[Fault]:
    """What is weak in a section, with keys such as `activities[1].end`; `answers` is keyed by clause."""
    content, _ = check_section(section, answers.get(section.clause), at_key="")
    if section.as_needed and content["needed"] is not True:
        return []
    return [
        Fault(key, rule.says.format_map(facts))
        for rule in section.weak
        for key, facts in _CHECKS[rule.check](rule, content, policy, answers, section)
    ]


def _past_last_day(rule: Weakness, content: Content, policy: Policy, *_: object) -> Found:
    clock = policy.clock(rule.clock or "")
    last = clock.cap_on or clock.due_on or date.max
    for place, row in enumerate(content[rule.field]):
        written = row[rule.column]
        if written and date.fromisoformat(written) > last:
            yield f"{rule.field}[{place}].{rule.column}", {"day": long_date(last)}


def _no_better(rule: Weakness, content: Content, *_: object) -> Found:
    for place, row in enumerate(content[rule.field]):
        value, before, way = row[rule.column], row[rule.than], row[rule.way]
        if None not in (value, before, way) and (value <= before if way == "up" else value >= before):
            yield f"{rule.field}[{place}].{rule.column}", {}


def _none_of(rule: Weakness, content: Content, *_: object) -> Found:
    rows = content[rule.field]
    if rows and not any(row[rule.column] == rule.value for row in rows):
        yield f"{rule.field}[0].{rule.column}", {}


def _short(rule: Weakness, content: Content, *_: object) -> Found:
    written = content[rule.field]
    if written and len(written.split()) < (rule.words or 0):
        yield rule.field, {}


def _long_sentences(rule: Weakness, content: Content, *_: object) -> Found:
    sentences = re.split(r"[.!?]+(?=\s)|\n", content[rule.field])
    if max(len(each.split()) for each in sentences) > (rule.words or 0):
        yield rule.field, {}


def _repeats(
    rule: Weakness, content: Content, policy: Policy, answers: Mapping[str, object], section: Section
) -> Found:
    runs = _runs(content[rule.field])
    for other in policy.sections:
        theirs: Any = answers.get(other.clause)
        if other.clause == section.clause or not isinstance(theirs, dict):
            continue
        for field in other.fields:
            compared = _runs(theirs.get(field.key, "")) if field.type == "text" else frozenset()
            fewer = min(len(runs), len(compared))
            if fewer >= FEWEST_RUNS and len(runs & compared) >= MOSTLY * fewer:
                yield rule.field, {"section": f"{other.clause}, {other.title}"}
                return


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return frozenset(zip(*(words[start:] for start in range(RUN)), strict=False))


_CHECKS: dict[str, Callable[..., Found]] = {
    "past-last-day": _past_last_day,
    "no-better": _no_better,
    "none-of": _none_of,
    "short": _short,
    "repeats": _repeats,
    "long-sentences": _long_sentences,
}

"""The numbers of one service and channel for a quarter: read from text, and checked against each other."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from cxworkflow.errors import Fault
from cxworkflow.policies.characters import shown
from cxworkflow.policies.collection import VOLUMES, Collection, Form

LARGEST = 10**12  # more than there are people, for any number of visits

Numbers = dict[str, int]  # by column


def read_numbers(collection: Collection, form: Form, typed: Mapping[str, str]) -> tuple[Numbers, list[Fault]]:
    """The numbers of a form as they were typed, and every fault, each at its column."""
    numbers: Numbers = {}
    faults: list[Fault] = []
    titles = titles_of(collection, form)
    if not any(typed.get(column, "").strip() for column in titles):
        nothing = "Nothing is filled in. Give every number; write 0 where there was none."
        return {}, [Fault(next(iter(titles)), nothing)]
    for column, title in titles.items():
        text = typed.get(column, "").strip()
        if not text:
            faults.append(Fault(column, f"{title}: give a number. Write 0 if there was none."))
        elif (number := _number(text)) is None:
            faults.append(Fault(column, f"{title}: “{shown(text[:40])}” is not a whole number from 0 on."))
        elif number > LARGEST:
            faults.append(Fault(column, f"{title}: {number:,} is more than {LARGEST:,}. Check it."))
        else:
            numbers[column] = number
    return numbers, faults or list(faults_between(collection, form, numbers))


def faults_between(collection: Collection, form: Form, numbers: Numbers) -> Iterator[Fault]:
    """What does not fit: respondents ≤ offered ≤ served, and no question has more answers than respondents."""
    for larger, smaller in pairwise(collection.volume_columns):
        if numbers[smaller] > numbers[larger]:
            titles = titles_of(collection, form)
            reason = (
                f"{titles[smaller]} ({numbers[smaller]:,}) can’t be more than "
                f"{titles[larger].lower()} ({numbers[larger]:,})."
            )
            yield Fault(smaller, reason)
    respondents = numbers[collection.volume_columns[-1]]
    for question in form.questions:
        answers = sum(map(numbers.__getitem__, question.columns))
        if answers > respondents:
            reason = f"{question.title}: {answers:,} answers are more than the {respondents:,} respondents."
            yield Fault(question.columns[0], reason)


def titles_of(collection: Collection, form: Form) -> dict[str, str]:
    """What each column of a form is called: "Customers served", "Ease, good"."""
    volumes = {getattr(collection.volumes, name).column: getattr(collection.volumes, name).title for name in VOLUMES}
    counts = {
        column: f"{question.title}, {label if question.answers == 'scale' else label.lower()}"
        for question in form.questions
        for column, label in zip(question.columns, question.labels, strict=True)
    }
    return {**volumes, **counts}


_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_LONGEST = 15  # figures


def _number(text: str) -> int | None:
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST else None

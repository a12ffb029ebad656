"""Refusals leave no trace: what every row of the database said before is what it says afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from sqlalchemy import select, text

from cxworkflow.db import Base, session
from cxworkflow.errors import WorkflowError
from cxworkflow.models import Event

WITHOUT = {"event": "where verb not in ('signed-in', 'signed-out', 'asked', 'refused')"}

Refusal = TypeVar("Refusal", bound=WorkflowError)


@contextmanager
def refused(error: type[Refusal], sentence: str) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """What is tried here is refused with this sentence in the reason, and has changed nothing, not even before that."""
    session().flush()
    before = every_row()
    with pytest.raises(error, match=re.escape(sentence)) as told:
        yield told
    session().flush()
    assert every_row() == before


def every_row() -> dict[str, str]:
    """Each table with a hash over all that its rows say, but for who signed in and out meanwhile."""
    session().scalar(select(Event.id).limit(1))  # so that no line of the record waits to be written
    said = "md5(string_agg(row::text, '|' order by row::text))"
    hashes = " union all ".join(
        f"select '{name}', {said} from {name} as row {WITHOUT.get(name, '')}"
        for name in Base.metadata.tables
        if name != "sign_in"
    )
    return dict(session().execute(text(hashes)).tuples().all())

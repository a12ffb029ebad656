"""Statements that are the same all day for everybody, written once: on busy pages, writing them costs most."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

from cxworkflow.models import PolicyEdition

Statement = TypeVar("Statement")
KEPT = 200  # of each kind, the last used


def written_once(write: Callable[..., Statement]) -> Callable[..., Statement]:
    """Keep what `write` makes of an edition and of arguments that say all that it depends on, such as the day."""
    kept: OrderedDict[Hashable, Statement] = OrderedDict()

    @wraps(write)
    def written(edition: PolicyEdition, *rest: Any) -> Statement:
        # The object itself is another in each request; what an edition of this hash says never changes.
        key = (edition.id, edition.sha256, *rest)
        statement = kept.pop(key, None)
        if statement is None:
            statement = write(edition, *rest)
        kept[key] = statement
        if len(kept) > KEPT:
            kept.popitem(last=False)
        return statement

    return written
